"""Terms of a model that rest on few events, as they may leave: coefficients without errors."""

import pandas as pd

from kommunebench.benchmark.covariates.design import PRIOR_SD
from kommunebench.benchmark.model.tables import FEW_EVENTS, HELD
from kommunebench.disclosure.differences import blanked

_ERRORS = ("se", "se_robust", "z", "p_value")
_TESTS = ("chi2", "p_value")


def terms_of_few(rows: pd.DataFrame, minimum: int) -> pd.Series:
    """Rows of a table of coefficients whose standard error would tell that few had the event.

    One over its square, less the prior's precision, is the information on the term, which of a
    level is hardly less than its number of events. A level with few has a prior (mark
    ``few_events``); in a model that is ``held`` all have one, and those with less information than
    ``minimum`` are taken. Terms without a prior rest on five events or more.
    """
    information = 1.0 / pd.to_numeric(rows["se"]).astype(float) ** 2 - 1.0 / PRIOR_SD**2
    return (rows["mark"] == FEW_EVENTS) | ((rows["mark"] == HELD) & (information < minimum))


def without_errors(rows: pd.DataFrame, few: pd.Series) -> pd.DataFrame:
    """Coefficients without errors, z and p-values where the term rests on few events: what the
    model predicts stays as it is."""
    return blanked(rows, few, _ERRORS)


def of_terms(rows: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    """Which rows of a table by group and term are of these ``terms`` (columns group and term)."""
    named = pd.MultiIndex.from_frame(terms[["group", "term"]])
    return pd.Series(pd.MultiIndex.from_frame(rows[["group", "term"]]).isin(named), rows.index)


def without_tests(rows: pd.DataFrame, few: pd.Series) -> pd.DataFrame:
    """Rows of gold.proportionality without the tests of terms that rest on few events: that of a
    single event is a function of the week it happened in."""
    return blanked(rows, few, _TESTS)
