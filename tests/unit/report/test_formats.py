"""Numbers and dates in the two languages."""

from datetime import date

import pytest

from kommunebench.report.formats import NumberFormat

DA, EN = NumberFormat("da"), NumberFormat("en")


@pytest.mark.parametrize(
    ("value", "decimals", "danish", "english"),
    [
        (36583, 0, "36.583", "36,583"),
        (1.0523, 3, "1,052", "1.052"),
        (-7.84, 1, "−7,8", "−7.8"),
        (-0.04, 1, "0,0", "0.0"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (None, 1, "·", "·"),
        (float("-inf"), 3, "−∞", "−∞"),
        (float("nan"), 1, "·", "·"),
    ],
)
def test_a_number_has_the_separators_of_its_language(value, decimals, danish, english):
    assert (DA.number(value, decimals), EN.number(value, decimals)) == (danish, english)


def test_a_difference_shows_its_sign_and_zero_has_none():
    assert [EN.signed(v, 1) for v in (2.04, -2.04, 0.01, None)] == ["+2.0", "−2.0", "0.0", "·"]


def test_percent_has_a_space_before_its_sign_in_danish_only():
    assert (DA.percent(0.925, 1), EN.percent(0.925, 1)) == ("92,5\u00a0%", "92.5%")


def test_an_interval_of_which_nothing_is_known_is_one_dot():
    assert DA.interval(None, float("nan"), 2) == "·"
    assert DA.interval(0.95, 1.1, 2) == "0,95–1,10"


def test_a_small_p_value_is_given_as_a_bound():
    assert (DA.p_value(0.00004), EN.p_value(0.0123)) == ("< 0,001", "0.012")


def test_a_date_is_written_in_words():
    assert (DA.day(date(2016, 8, 31)), EN.day(date(2016, 8, 31))) == (
        "31. august 2016",
        "31 August 2016",
    )
