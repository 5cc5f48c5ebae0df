"""From account rows to tables 4.1 and 4.2; every row that cannot be used is named."""

import numpy as np
import pandas as pd
import pytest
from account_cases import INDEX, accounts, cell, line

from kommunebench.costs import (
    AccountKinds,
    AccountSettings,
    build_expenditure,
)
from kommunebench.errors import InputError
from kommunebench.reference import read_reference


def test_gross_less_payments_deflated() -> None:
    """(1 000 + 500 - 200) thousand in 2011 prices, index 95 against 100."""
    rows = accounts(
        cell("101", 2011, 1000.0),
        cell("101", 2011, 500.0, "001"),
        ("101", 2011, "010", "1", "77", -200.0),
        ("101", 2011, "010", "1", "I", -250.0),
        ("101", 2011, "010", "1", "TOT", 1250.0),
        ("101", 2011, "010", "2", "I", -300.0),
        cell("101", 2011, 90.0, "092"),
    )
    result = build_expenditure(rows, INDEX)
    spent = result.cells["programme_expenditure"].item()
    assert spent == pytest.approx(1_300_000 * 100 / 95)
    factor = 0.001 * 100 / 95
    expected = {
        "gross": 1590,
        "payments_from_municipalities": -200,
        "gross_less_payments": 1390,
        "state_refund": -300,
        "other_income": -50,
        "net": 1040,
    }
    for name, thousand in expected.items():
        assert line(result.lines, block="total", line=name) == pytest.approx(thousand * factor), (
            name
        )
    assert line(result.lines, block="other_groups", line="gross") == pytest.approx(90 * factor)
    assert line(result.by_group, account_group="010") == pytest.approx(800 * factor)
    assert result.problems.empty


def test_income_delivered_as_positive_numbers_gives_the_same_and_is_said() -> None:
    rows = accounts(
        cell("101", 2015, 1000.0),
        ("101", 2015, "010", "1", "77", -200.0),
        ("101", 2015, "010", "1", "I", -250.0),
    )
    turned = rows.assign(amount_thousand_dkk=rows["amount_thousand_dkk"].abs())
    one, other = build_expenditure(rows, INDEX), build_expenditure(turned, INDEX)
    pd.testing.assert_frame_equal(one.cells, other.cells)
    pd.testing.assert_frame_equal(one.lines, other.lines)
    assert other.problems["reason"].str.endswith("was_positive_and_is_turned").sum() == 2


def test_rows_that_cannot_be_used_are_named_and_the_rest_goes_on() -> None:
    rows = accounts(
        cell("101", 2015, 10.0),
        cell("000", 2015, 999.0),
        cell("101", 2015, 5.0, "uopl"),
        cell("101", 2014, 7.0),
        cell("147", 2015, np.nan),
        cell("151", 2015, 3.0, "017"),
    )
    settings = AccountSettings(other_groups=("018",))
    result = build_expenditure(rows, INDEX[INDEX["year"] == 2015], settings)
    counted = result.problems.groupby("reason")["rows"].sum().to_dict()
    assert counted == {
        "not_a_municipality": 1,
        "unknown_group": 2,
        "missing_amount": 1,
        "year_without_price_index": 1,
    }
    assert result.cells[["municipality_code", "programme_expenditure"]].to_numpy().tolist() == [
        ["101", 10_000.0]
    ]


def test_other_functions_and_years_are_not_looked_at() -> None:
    rows = accounts(cell("101", 2015, 10.0), cell("101", 2016, 10.0), cell("101", 2015, 99.0))
    rows.loc[2, "account_function"] = "54661"
    assert build_expenditure(rows, INDEX).cells["programme_expenditure"].to_list() == [10_000.0]


def test_sensitivity_counts_the_groups_asked_for() -> None:
    rows = accounts(cell("101", 2015, 10.0, "001"), cell("101", 2015, 30.0, "010"))
    settings = AccountSettings(groups=tuple(f"{g:03d}" for g in range(1, 10)))
    assert build_expenditure(rows, INDEX, settings).cells["programme_expenditure"].to_list() == [
        10_000.0
    ]


def test_price_index_must_hold_the_price_year_once() -> None:
    with pytest.raises(InputError, match="price year 2015"):
        build_expenditure(accounts(cell("101", 2014, 1.0)), INDEX[INDEX["year"] < 2015])
    with pytest.raises(InputError, match="year 2015 occurs more than once"):
        build_expenditure(
            accounts(cell("101", 2014, 1.0)), pd.concat([INDEX, INDEX]).query("year == 2015")
        )
    with pytest.raises(InputError, match="lacks the columns kind"):
        build_expenditure(accounts(cell("101", 2014, 1.0)).drop(columns="kind"), INDEX)


def test_published_tables_4_1_and_4_2_come_back_from_account_rows() -> None:
    """Account rows built from the groups of table 4.2 and the income of table 4.1 give both tables,
    as printed."""
    groups = read_reference("table_4_2_expenditure_by_group")
    printed = read_reference("table_4_1_expenditure")
    paid = printed[
        (printed["block"] == "programme") & (printed["line"] == "payments_from_municipalities")
    ]
    payments = dict(zip(paid["year"], paid["million_dkk_2015"].astype(float), strict=True))
    rows = []
    for row in groups[groups["group_code"] != "total"].itertuples():
        group, thousand = row.group_code[-3:], 1000 * float(row.million_dkk_2015)
        back = 1000 * payments[row.year] if group == "010" else 0.0
        rows += [
            cell("101", int(row.year), thousand - back, group),
            ("101", int(row.year), group, "1", "77", back),
        ]
    flat = INDEX.assign(index=100.0)
    result = build_expenditure(accounts(*rows), flat)
    for row in groups.itertuples():
        code = row.group_code[-3:] if row.group_code != "total" else "total"
        found = line(result.by_group, account_group=code, year=int(row.year))
        # A34: printed sums are off by 0.1 in places
        assert found == pytest.approx(
            float(row.million_dkk_2015), abs=0.11 if code == "total" else 1e-6
        )
    for row in printed[printed["block"] == "programme"].itertuples():
        found = line(result.lines, block="programme", line=row.line, year=int(row.year))
        assert found == pytest.approx(float(row.million_dkk_2015), abs=0.21)


def test_accounts_in_other_codes_say_what_they_hold() -> None:
    rows = accounts(cell("101", 2015, 10.0)).assign(kind="brutto")
    with pytest.raises(InputError, match=r"dranst 1, kind UE\).*Found instead: .*brutto"):
        build_expenditure(rows, INDEX)
    kinds = AccountKinds(gross="brutto", payments="betalt")
    more = pd.concat([rows, accounts(("101", 2015, "010", "1", "betalt", -4.0))])
    assert build_expenditure(more, INDEX, AccountSettings(kinds=kinds)).cells[
        "programme_expenditure"
    ].to_list() == [6_000.0]
    with pytest.raises(InputError, match="unknown_group: 1 rows"):
        build_expenditure(
            accounts(cell("101", 2015, 10.0, "777")), INDEX, AccountSettings(other_groups=())
        )


def test_state_refunds_count_whatever_their_group() -> None:
    """Christiansø, which is no municipality, does not."""
    rows = accounts(
        cell("101", 2015, 10.0), ("101", 2015, "888", "2", "TOT", -3.0), cell("411", 2015, 99.0)
    )
    result = build_expenditure(rows, INDEX, AccountSettings(other_groups=()))
    assert line(result.lines, block="total", line="state_refund") == pytest.approx(-0.003)
    assert line(result.lines, block="total", line="gross") == pytest.approx(0.01)
    assert result.problems[["municipality_code", "reason"]].to_numpy().tolist() == [
        ["411", "not_a_municipality"]
    ]


def test_income_that_does_not_hold_payments_is_taken_as_it_is() -> None:
    """7.7 is one kind of income; where income is the smaller of the two it was delivered apart."""
    for income, other in ((-250.0, -0.05), (-50.0, -0.05)):
        rows = accounts(
            cell("101", 2015, 1000.0),
            ("101", 2015, "010", "1", "77", -200.0),
            ("101", 2015, "010", "1", "I", income),
        )
        assert line(
            build_expenditure(rows, INDEX).lines, block="total", line="other_income"
        ) == pytest.approx(other)


def test_rows_without_a_year_and_infinite_amounts_are_named() -> None:
    rows = accounts(
        cell("101", 2015, 10.0), cell("101", None, 999.0), cell("147", 2015, np.inf)
    ).astype({"year": float})
    result = build_expenditure(rows, INDEX)
    assert result.problems[["municipality_code", "reason", "rows"]].to_numpy().tolist() == [
        ["101", "missing_year", 1],
        ["147", "amount_not_finite", 1],
    ]
    assert result.problems["year"].isna().tolist() == [True, False]
    assert result.cells.to_numpy().tolist() == [["101", 2015, 10_000.0]]
    assert result.cells["year"].dtype == np.dtype("int64")
    with pytest.raises(InputError, match="missing_year: 1 rows"):
        build_expenditure(accounts(cell("101", None, 1.0)), INDEX)


def test_codes_may_be_whole_numbers_or_missing() -> None:
    texts = accounts(cell("101", 2015, 10.0), cell(None, 2015, 5.0), cell(" ", 2015, 5.0))
    numbers = accounts(cell(101, 2015, 10.0), cell(None, 2015, 5.0), cell(None, 2015, 5.0))
    one, other = build_expenditure(texts, INDEX), build_expenditure(numbers, INDEX)
    pd.testing.assert_frame_equal(one.cells, other.cells)
    for problems in (one.problems, other.problems):
        assert problems[["reason", "rows"]].to_numpy().tolist() == [["not_a_municipality", 2]]


@pytest.mark.parametrize(
    ("of_accounts", "of_index", "message"),
    [
        ({"year": "2015"}, {}, r"accounts\['year'\]: expected numbers, got text"),
        ({"year": 2015.5}, {}, r"accounts\['year'\]: no whole year in 1 of 1 rows"),
        ({"year": 1e30}, {}, r"accounts\['year'\]: no whole year in 1 of 1 rows"),
        ({"amount_thousand_dkk": "1.500"}, {}, r"\['amount_thousand_dkk'\]: expected numbers"),
        ({}, {"year": "2015"}, r"price_index\['year'\]: expected numbers, got text"),
        ({}, {"index": "100"}, r"price_index\['index'\]: expected numbers, got text"),
    ],
)
def test_texts_are_not_read_as_numbers(
    of_accounts: dict[str, object], of_index: dict[str, object], message: str
) -> None:
    rows = accounts(cell("101", 2015, 10.0)).assign(**of_accounts)
    with pytest.raises(InputError, match=message):
        build_expenditure(rows, INDEX.assign(**of_index))
