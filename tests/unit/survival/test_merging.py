"""Equal rows are merged before a fit, and nothing about the fit changes."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.survival import cox, fit_cox
from kommunebench.survival.merging import equal_rows


def repeated(seed=0, n=6000):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"a": rng.integers(0, 2, n) * 1.0, "b": rng.integers(0, 3, n) * 1.0})
    time = np.ceil(rng.exponential(12 / np.exp(0.4 * x["a"] - 0.2 * x["b"]))).clip(1, 20)
    entry = np.minimum(rng.integers(0, 3, n), time - 1)
    return (
        time,
        (rng.random(n) < 0.25).astype(int),
        x,
        entry,
        rng.integers(1, 4, n).astype(float),
        rng.integers(0, 2, n),
    )


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_a_fit_with_merged_rows_is_the_fit(monkeypatch, ties):
    time, event, x, entry, weights, strata = repeated()
    more = {
        "entry": entry,
        "weights": weights,
        "strata": strata,
        "cluster": np.arange(len(time)) // 2,
        "ties": ties,
    }
    sizes = []
    monkeypatch.setattr(
        cox, "equal_rows", lambda *given: sizes.append(equal_rows(*given)) or sizes[-1]
    )
    merged = fit_cox(time, event, x, **more)
    assert len(sizes[0].rows) < len(time) * 2 / 3
    monkeypatch.setattr(cox, "equal_rows", lambda *given: None)
    whole = fit_cox(time, event, x, **more)
    for name in ("coefficients", "se", "se_robust"):
        np.testing.assert_allclose(getattr(merged, name), getattr(whole, name), rtol=1e-10)
    assert merged.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    assert merged.score_statistic == pytest.approx(whole.score_statistic, rel=1e-10)


def test_rows_are_merged_only_where_they_are_equal_and_many():
    rng = np.random.default_rng(2)
    few = rng.integers(0, 2, (500, 3)) * 1.0
    found = equal_rows(few, np.zeros(500, np.intp))
    assert found is not None and len(found.rows) == 8
    np.testing.assert_array_equal(few[found.rows[found.member]], few)
    assert found.weights(np.ones(500)).sum() == 500
    assert equal_rows(few, np.arange(500)) is None
    assert equal_rows(rng.normal(size=(9000, 3)), np.zeros(9000, np.intp)) is None
    # Most rows differ: a sample is enough to see it.
    assert equal_rows(np.round(rng.normal(size=(20_000, 1)), 5), np.zeros(20_000, np.intp)) is None
