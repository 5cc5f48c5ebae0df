"""The scale of an indicator: centre, direction, units; and the one table of units made on it."""

import numpy as np
import pytest
from synthetic_measures import in_form, measuring, share_results
from synthetic_results import registers_results, registers_settings

from kommunebench.benchmark.comparison.normal import two_sided_z
from kommunebench.errors import InputError
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.scale import IndicatorScale
from kommunebench.report.units import best_first

FORMS = ("ratio", "difference", "inverse")


def edition(measure: str, form: str, language: str = "en", **uncertainty) -> Edition:
    settings = measuring(registers_settings(), measure, form, **uncertainty)
    data = (
        share_results(form) if measure == "share" else in_form(registers_results(), form)
        if form != "ratio" else registers_results()
    )  # fmt: skip
    return Edition(tidy(data), settings, language)


@pytest.mark.parametrize(
    ("measure", "form", "centre", "higher_is_sooner"),
    [
        ("restricted_mean", "ratio", 1.0, True),
        ("restricted_mean", "inverse", 1.0, False),
        ("restricted_mean", "difference", 0.0, False),
        ("share", "ratio", 1.0, True),
        ("share", "inverse", 1.0, False),
        ("share", "difference", 0.0, True),
    ],
)
def test_centre_and_direction(measure, form, centre, higher_is_sooner):
    scale = IndicatorScale(measure, form)
    assert (scale.centre, scale.higher_is_sooner) == (centre, higher_is_sooner)
    assert scale.position(centre) == 0.0


@pytest.mark.parametrize("form", FORMS)
def test_positions_and_indicators_are_inverse(form):
    scale = IndicatorScale("restricted_mean", form)
    values = np.array([0.5, 1.0, 1.7])
    assert scale.indicator(scale.position(values)) == pytest.approx(values)


def test_a_ratio_of_nothing_is_infinitely_far_away():
    scale = IndicatorScale()
    assert scale.position([0.0, np.inf]).tolist() == [-np.inf, np.inf]
    assert np.isinf(scale.indicator(800.0))


def test_z_follows_the_level():
    assert two_sided_z(0.95) == pytest.approx(1.959964)
    assert two_sided_z(0.99) == pytest.approx(2.575829)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_the_best_are_on_the_favourable_side_whatever_the_form(measure, form):
    rows = edition(measure, form).compared
    scale = IndicatorScale(measure, form)
    toward_sooner = scale.position(rows["verdict"]) * (1 if scale.higher_is_sooner else -1)
    assert (toward_sooner[rows["assessment"] == "better"] > 0).all()
    assert (toward_sooner[rows["assessment"] == "worse"] < 0).all()
    assert (rows["ci_low"] <= rows["verdict"]).all() and (rows["verdict"] <= rows["ci_high"]).all()
    ordered = best_first(rows, scale)
    assert ordered["rank"].is_monotonic_increasing


def test_without_ranks_the_shrunk_indicator_orders():
    for form in FORMS:
        unit = edition("restricted_mean", form)
        shrunk = best_first(unit.compared.assign(rank=np.nan), unit.scale)["indicator_shrunk"]
        best_to_worst = shrunk.astype(float) * (1 if form == "ratio" else -1)
        assert best_to_worst.is_monotonic_decreasing, form


def test_shares_are_shown_in_percent_and_durations_as_they_are():
    shares, durations = edition("share", "difference"), edition("restricted_mean", "ratio")
    assert shares.units["observed"].between(20, 90).all()
    assert shares.measured(51.23) == "51.2%" and durations.measured(51.23) == "51.2"
    assert shares.departure(1.57) == "1.6 percentage points"
    assert durations.departure(0.0157) == "1.6%"


def test_the_plain_indicator_may_decide():
    plain = edition("restricted_mean", "ratio", verdict_indicator="plain").compared
    assert plain["verdict"].equals(plain["plain"])
    shares = edition("share", "ratio", verdict_indicator="plain").compared
    assert shares["robust"].isna().all() and shares["verdict"].notna().all()


def test_a_run_without_the_table_its_settings_ask_for_is_refused():
    settings = measuring(registers_settings(), "share", "ratio")
    with pytest.raises(InputError, match="measures share, but the run has no table share_ind"):
        Edition(tidy(registers_results()), settings, "en").units  # noqa: B018


def test_printed_figures_stand_only_beside_what_the_printed_report_measured():
    assert [edition("restricted_mean", f).compares("indicators") for f in FORMS] == [
        True, False, False,
    ]  # fmt: skip
    shares = edition("share", "ratio")
    assert shares.compares() and not shares.compares("durations")
