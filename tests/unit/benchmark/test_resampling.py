"""Weights looked up by their first bits are the quantiles of the whole number."""

import numpy as np

from kommunebench.benchmark.bootstrap.weights import (
    _CUMULATIVE,
    _UNSURE,
    _WEIGHTS,
    poisson_quantile,
    poisson_weights,
)


def test_the_table_is_the_quantile_function_at_both_ends_of_every_cell():
    start = np.arange(2**16, dtype=np.uint64) << np.uint64(48)
    sure = _WEIGHTS != _UNSURE
    for bits in (start, start + np.uint64(2**48 - 1)):
        np.testing.assert_array_equal(poisson_quantile(bits)[sure], _WEIGHTS[sure])
    assert (~sure).sum() <= len(_CUMULATIVE)


def test_unsure_numbers_get_their_weight_too():
    weights = poisson_weights(np.arange(200_000, dtype=np.uint64), np.arange(10), seed=1)
    assert weights.max() < 20
    counts = np.bincount(weights.astype(int).ravel(), minlength=3)[:3] / weights.size
    np.testing.assert_allclose(counts, np.exp(-1.0) / np.array([1, 1, 2]), atol=2e-3)
