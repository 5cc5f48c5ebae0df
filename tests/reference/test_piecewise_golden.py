"""The model whose hazard is constant within intervals on real persons against R's glm with a log
of the time at risk as offset: dialysis centres with 50 patients and more
(tests/reference/data/piecewise_dialysis)."""

import json
from pathlib import Path

import numpy as np
import pytest
from dialysis import HORIZON, by_term, estimated, read_centres

from kommunebench.benchmark.model.national import ModelChoice

GOLDEN = Path(__file__).parent / "data" / "piecewise_dialysis" / "expected.json"
TOLERANCE = 1e-8  # relative


@pytest.mark.parametrize("model", ["pooled", "within"])
def test_the_piecewise_model_is_that_of_glm(model):
    """Coefficients, errors, likelihood, and the expected duration of every centre."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden["horizon"] == HORIZON
    wanted = golden[model]
    choice = ModelChoice(baseline="piecewise", cuts=tuple(golden["cuts"]))
    laid_out, chain = estimated(
        read_centres(), ["age_group", "disease"], choice, unit_effects=model == "within"
    )
    (fitted,) = chain.models
    estimate = fitted.estimate
    for ours, name in (
        (estimate.beta, "coefficients"),
        (np.sqrt(np.diag(estimate.covariance)), "se"),
        (estimate.se_robust, "se_robust"),
    ):
        terms = dict(zip(fitted.design.terms, ours[fitted.shared], strict=True))
        assert terms == pytest.approx(by_term(wanted[name]), rel=TOLERANCE), name
    assert estimate.log_likelihood == pytest.approx(wanted["log_likelihood"], rel=TOLERANCE)
    expected = dict(zip(laid_out.layout.unit_names, chain.expected, strict=True))
    assert expected == pytest.approx(wanted["expected"], rel=TOLERANCE)
