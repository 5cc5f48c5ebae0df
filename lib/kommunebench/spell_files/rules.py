"""What may be wrong with the rows of a file of spells: every rule is counted in one pass, and the
first rows that break one are named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.registers.findings import words_of
from kommunebench.registers.locations import AnyPath
from kommunebench.registers.opening import MALFORMED, ROW_FILE, ROW_NUMBER, UNREADABLE
from kommunebench.registers.reading import problem_column
from kommunebench.registers.sas_files import TRUNCATED, UNDECODABLE
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.analysis import Covariate
from kommunebench.spell_files.roles import (
    DURATION,
    EVENT,
    FOLLOW_UP,
    GROUP,
    PERSON,
    UNIT,
    covariate_role,
    follow_up_column,
    is_number,
    named_columns,
)

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LARGEST = 2_147_483_647
_ROWS_NAMED = 5
_CODES_NAMED = 3
# Longer codes may be identifiers, which are not shown.
_LONGEST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in the words of its message, and whether a row breaks it."""

    words: str
    broken: "Column"


def rules_of(settings: AnalysisSettings) -> list[Rule]:
    """Every rule a row must keep, over the columns by role with their problems."""
    named = named_columns(settings)
    whole = F.col(UNREADABLE).isNull()

    def wrong(role: str) -> "Column":
        return whole & F.col(problem_column(role)).isNotNull()

    rules = [
        Rule(words_of(MALFORMED), F.col(UNREADABLE) == MALFORMED),
        Rule(words_of(TRUNCATED), F.col(UNREADABLE) == TRUNCATED),
        Rule(words_of(UNDECODABLE), F.col(UNREADABLE) == UNDECODABLE),
        Rule(f"column {named.unit} is empty", wrong(UNIT)),
        Rule(f"column {named.duration} is not a whole number from 1 to {LARGEST}", wrong(DURATION)),
        Rule(f"column {named.event} is neither 0 nor 1", wrong(EVENT)),
    ]
    rules += [
        Rule(f"column {name} is empty", wrong(role))
        for name, role in ((named.person, PERSON), (named.group, GROUP))
        if name
    ]
    if follow_up := follow_up_column(named):
        too_large = whole & (F.abs(F.col(FOLLOW_UP)) > LARGEST // 2)
        rules.append(Rule(f"column {follow_up} is not a number", wrong(FOLLOW_UP)))
        rules.append(Rule(f"column {follow_up} is beyond {LARGEST // 2}", too_large))
    for covariate in settings.model.covariates:
        what = "is not a number" if is_number(covariate) else "is empty"
        words = f"covariate {covariate.column} {what}"
        rules.append(Rule(words, wrong(covariate_role(covariate))))
        rules += _bins_kept(covariate, whole)
    return rules


def _bins_kept(covariate: Covariate, whole: "Column") -> list[Rule]:
    """That a number lies in one of its classes, where it has any."""
    if covariate.bins is None:
        return []
    value, bins = F.col(covariate_role(covariate)), list(covariate.bins)
    outside = whole & ((value < bins[0]) | (value >= bins[-1]))
    return [Rule(f"covariate {covariate.column} lies outside its bins {bins}", outside)]


def check_rows(
    path: AnyPath, frame: "DataFrame", rules: Sequence[Rule], numbered: "Callable[[], DataFrame]"
) -> None:
    """Raise RegisterError where rows break rules, with all counts and the first rows of each.

    ``numbered``: the same rows with their places in the file; called only where a rule is broken.
    """
    counts = frame.agg(
        F.count(F.lit(1)).alias("rows"),
        *(F.count_if(rule.broken).alias(f"rule {place}") for place, rule in enumerate(rules)),
    ).first()
    assert counts is not None
    if counts["rows"] == 0:
        raise RegisterError(f"{path}: no rows below the header.")
    broken = [place for place, _ in enumerate(rules) if counts[f"rule {place}"]]
    if not broken:
        return
    first_rows = _first_rows(numbered(), rules)
    said = "; ".join(
        f"{rules[place].words}: {counts[f'rule {place}']} of {counts['rows']} rows"
        f" ({_listed(first_rows[place], counts[f'rule {place}'])})"
        for place in broken
    )
    raise RegisterError(f"{path}: {said}. Correct these rows or leave them out, then run again.")


def check_codes(path: AnyPath, frame: "DataFrame", column: str) -> None:
    """Raise RegisterError where codes of units differ in leading zeros only (0101 and 101)."""
    codes = frame.select(UNIT).where(F.col(UNIT).isNotNull()).distinct()
    without_zeros = F.regexp_replace(UNIT, "^0+(?=.)", "")
    alike = (
        codes.groupBy(without_zeros.alias("code"))
        .agg(F.sort_array(F.collect_set(UNIT)).alias("codes"))
        .where(F.size("codes") > 1)
        .orderBy("code")
        .limit(_CODES_NAMED)
        .collect()
    )
    if alike:
        shown = [
            " and ".join(row["codes"]) for row in alike if len(row["codes"][0]) <= _LONGEST_SHOWN
        ]
        examples = f" ({', '.join(shown)})" if shown else ""
        raise RegisterError(
            f"{path}: column {column} holds codes that differ in leading zeros only{examples}."
            " Write the code of a unit in one way, then run again."
        )


def _first_rows(frame: "DataFrame", rules: Sequence[Rule]) -> list[list[str]]:
    """Of each rule the first rows that break it, in words. All rules are asked for, because Spark
    refuses a query of text that goes by malformed lines alone."""
    broken = F.array_compact(
        F.array(*(F.when(rule.broken, F.lit(place)) for place, rule in enumerate(rules)))
    )
    first = {row[0]: row[1] for row in frame.groupBy(ROW_FILE).agg(F.min(ROW_NUMBER)).collect()}
    in_order = Window.partitionBy("rule").orderBy(ROW_FILE, ROW_NUMBER)
    rows = (
        frame.select(ROW_FILE, ROW_NUMBER, F.explode(broken).alias("rule"))
        .withColumn("place", F.row_number().over(in_order))
        .where(F.col("place") <= _ROWS_NAMED)
        .orderBy("rule", "place")
        .collect()
    )
    named: list[list[str]] = [[] for _ in rules]
    for row in rows:
        row_in_file = row[ROW_NUMBER] - first[row[ROW_FILE]] + 1
        file_name = unquote(row[ROW_FILE].rsplit("/", 1)[-1])
        of_file = f" of {file_name}" if len(first) > 1 else ""
        named[row["rule"]].append(f"{row_in_file}{of_file}")
    return named


def _listed(rows: Sequence[str], count: int) -> str:
    """Rows in words; row 1 is the first one below the header."""
    more = f" and {count - len(rows)} more" if count > len(rows) else ""
    return f"row{'s' if count > 1 else ''} {', '.join(rows)}{more}"
