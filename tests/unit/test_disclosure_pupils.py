"""Pupils without marks by municipality and reason: neither follows from a total."""

import pandas as pd

from kommunebench.disclosure import publish
from kommunebench.gold import PUPILS_WITHOUT_MARKS
from kommunebench.settings.analysis import DisclosureSettings


def shown(counts: dict[str, dict[str, int]], sizes: dict[str, int]) -> dict[tuple[str, str], float]:
    """What is published of counts by municipality and reason, with the totals that go with them."""
    lines = [
        (code, "no_exam_marks", reason, pupils)
        for code, reasons in counts.items()
        for reason, pupils in reasons.items()
    ]
    lines += [(code, "total", "total", sum(reasons.values())) for code, reasons in counts.items()]
    rows = pd.DataFrame(lines, columns=["municipality_code", "kind", "reason", "pupils"])
    nation = rows.groupby(["kind", "reason"], as_index=False)["pupils"].sum()
    rows = pd.concat([rows, nation.assign(municipality_code="all")], ignore_index=True)
    everyone = sizes | {"all": sum(sizes.values())}
    rows["all_pupils"] = rows["municipality_code"].map(everyone)
    published = publish(PUPILS_WITHOUT_MARKS, rows, DisclosureSettings(min_persons=5)).rows
    keys = zip(published["municipality_code"], published["reason"], strict=True)
    return dict(zip(keys, pd.to_numeric(published["pupils"]), strict=True))


SIZES = {"a": 200, "b": 200, "c": 200}


def test_a_reason_of_a_municipality_does_not_follow_from_the_nations_and_the_others():
    counts = {
        "a": {"S": 3, "G": 40, "U": 9},
        "b": {"S": 20, "G": 30, "U": 11},
        "c": {"S": 30, "G": 50, "U": 60},
    }
    pupils = shown(counts, SIZES)
    # b's 20 is hidden with a's 3; beside them in a and b the smallest of another reason.
    for reason, kept in {"S": 30, "U": 60}.items():
        of_reason = [pupils[code, reason] for code in "abc"]
        assert pd.isna(of_reason[0]) and pd.isna(of_reason[1]) and of_reason[2] == kept
    assert [pupils[code, "G"] for code in "abc"] == [40, 30, 50]
    assert pupils["all", "S"] == 53 and pupils["a", "total"] == 52


def test_a_total_of_a_municipality_does_not_follow_from_the_nations_and_the_others():
    pupils = shown({"a": {"S": 4}, "b": {"S": 20, "G": 6}, "c": {"S": 30, "G": 50}}, SIZES)
    totals = {code: pupils[code, "total"] for code in ("a", "b", "c", "all")}
    assert pd.isna(totals["a"]) and sum(pd.isna(list(totals.values()))) >= 2
    # Reasons that are all shown would add up to a hidden total.
    for code, reasons in {"b": "SG", "c": "SG"}.items():
        if pd.isna(totals[code]):
            assert any(pd.isna(pupils[code, reason]) for reason in reasons)


def test_a_total_that_leaves_few_with_marks_is_not_the_sum_of_its_reasons():
    pupils = shown(
        {"a": {"S": 10, "G": 8}, "b": {"S": 20, "G": 30}, "c": {"S": 30, "G": 50}},
        SIZES | {"a": 20},
    )
    assert pd.isna(pupils["a", "total"])
    assert any(pd.isna(pupils["a", reason]) for reason in "SG")


def test_where_nothing_is_few_everything_is_shown():
    pupils = shown({"a": {"S": 10, "G": 0}, "b": {"S": 20, "G": 30}, "c": {"S": 30}}, SIZES)
    assert not any(map(pd.isna, pupils.values())) and pupils["a", "G"] == 0
