"""Axes of indicators: bounded by the many and not stretched by the few, with few ticks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_measures import out_of_bounds
from synthetic_results import registers_results, registers_settings

from kommunebench.report import build_report
from kommunebench.report.chapters import chapters
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures import draw_figures
from kommunebench.report.figures.axes import Limits, bounded_limits, indicator_ticks
from kommunebench.report.scale import IndicatorScale

RATIO, WEEKS = IndicatorScale(), IndicatorScale("restricted_mean", "difference")
SHARES = IndicatorScale("share", "difference")


def test_one_enormous_interval_does_not_stretch_the_axis():
    points = np.linspace(0.95, 1.05, 41)
    ends = np.concatenate([points * 0.95, points * 1.05, [1e-50, 1e50, np.nan, np.inf, 0.0]])
    limits = bounded_limits(RATIO, 156, points, ends)
    assert 0.6 < limits.low < 0.9 and 1.1 < limits.high < 1.6
    assert limits.cuts


def test_ordinary_intervals_are_all_inside():
    ends = np.linspace(0.9, 1.12, 30)
    limits = bounded_limits(RATIO, 156, ends, ends)
    assert limits.low < 0.9 and limits.high > 1.12 and not limits.cuts


@pytest.mark.parametrize(
    ("scale", "values", "most"),
    [
        (RATIO, [1e-50, 1e50], 150),
        (WEEKS, [-1e9, 1e9], 170),
        (SHARES, [-1e9, 1e9], 110),
        (RATIO, [], 2),
        (WEEKS, [np.nan], 5),
        (RATIO, [1.0], 2),
        (WEEKS, [0.0, 0.0], 5),
    ],
)
def test_limits_are_finite_whatever_is_drawn(scale, values, most):
    limits = bounded_limits(scale, 156, values, values)
    assert np.isfinite([limits.low, limits.high]).all() and limits.low < limits.high <= most


finite = st.floats(-700, 700, allow_nan=False)


@given(st.lists(finite, min_size=1, max_size=30), st.sampled_from([RATIO, WEEKS, SHARES]))
def test_ticks_are_few_and_lie_between_the_limits(positions, scale):
    limits = bounded_limits(scale, 156, scale.indicator(positions))
    ticks = indicator_ticks(scale, limits)
    assert len(ticks) <= 12
    assert all(limits.low <= tick <= limits.high for tick in ticks)
    assert ticks == sorted(set(ticks))


@pytest.mark.parametrize(("low", "high"), [(1e-40, 1e40), (0.02, 60.0), (0.9, 1.1), (0.3, 4.0)])
def test_ratios_have_at_least_two_ticks(low, high):
    ticks = indicator_ticks(RATIO, Limits(low, high, False))
    assert 2 <= len(ticks) <= 12


def test_a_run_with_enormous_and_missing_intervals_has_its_report():
    data = out_of_bounds(registers_results(costs=False))
    text = build_report(data, registers_settings(), language="en")
    assert "An arrow marks an interval" in text and "&gt; 10,000" in text
    assert "Without a verdict: Frederiksberg." in text
    figures = draw_figures(Edition(tidy(data), registers_settings(), "en"))
    for figure in figures.values():
        for axes in figure.axes:
            assert len(axes.get_xticks()) <= 60 and len(axes.get_yticks()) <= 60
    caterpillar = figures["caterpillar"].axes[0]
    assert len(caterpillar.get_xticks()) <= 12 and caterpillar.get_xlim()[1] < 3


def test_nothing_is_said_of_arrows_where_there_are_none():
    edition = Edition(tidy(registers_results(costs=False)), registers_settings(), "en")
    benchmark = chapters(edition, draw_figures(edition))[0]
    assert all("arrow" not in picture.explanation for picture in benchmark.pictures)
