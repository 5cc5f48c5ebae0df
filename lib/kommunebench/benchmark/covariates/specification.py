"""How columns of spells enter a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kommunebench.errors import InputError
from kommunebench.survival.argument_values import as_numbers, kind_of_values, refuse

Kind = Literal["category", "number", "indicator"]


@dataclass(frozen=True, slots=True)
class CovariateSpec:
    """How a column enters the model. A category's terms are ``prefix``, ``separator`` and value
    (the value alone where the prefix is empty)."""

    column: str
    kind: Kind
    prefix: str
    reference: str | None = None
    separator: str = "_"

    def term(self, value: str) -> str:
        """Name of the term of one value of a category."""
        return f"{self.prefix}{self.separator}{value}" if self.prefix else value


def usable_covariates(spells: pd.DataFrame, covariates: Sequence[str]) -> pd.DataFrame:
    """The spells of a frame in memory (rows as given) with each covariate as finite floats, or as
    texts or categories without missing values.

    Raises InputError naming a covariate of another kind (dates, time spans, mixed values), and with
    the number and first positions of rows a covariate with missing or infinite values. Positions
    can be given here because the frame is the caller's; in a task of Spark a row has no position.
    """
    columns = {}
    for name in covariates:
        argument = f"covariate {name}"
        kind = kind_of_values(spells[name])
        if kind in ("text", "categories"):
            _refuse_missing(argument, spells[name])
            continue
        if kind != "numbers":
            raise InputError(
                f"{argument}: expected numbers, text or categories, got {kind}; turn them into"
                " numbers, or into one text each."
            )
        numbers = as_numbers(argument, spells[name])
        _refuse_missing(argument, pd.Series(numbers))
        refuse(argument, np.isinf(numbers), "infinite")
        columns[name] = numbers
    return spells.assign(**columns)


def _refuse_missing(argument: str, values: pd.Series) -> None:
    refuse(argument, values.isna(), "missing", "give unknown a category of its own")


def infer_specs(spells: pd.DataFrame, covariates: Sequence[str]) -> tuple[CovariateSpec, ...]:
    """Text and category columns are dummy coded against their first level (categories: in their
    order), numbers are linear.

    A category whose terms would have the name of another covariate's term gets a colon between
    column and value. Raises InputError for a column that is named twice.
    """
    twice = sorted({name for name in covariates if list(covariates).count(name) > 1})
    if twice:
        raise InputError(f"covariates: columns {twice} are named twice; name each once.")
    specs: list[CovariateSpec] = []
    taken: set[str] = {name for name in covariates if _is_number(spells[name])}
    for name in covariates:
        if _is_number(spells[name]):
            specs.append(CovariateSpec(name, "number", name))
            continue
        levels = _levels(spells[name])
        if not levels:
            raise InputError(f"covariates: column {name} has no value in any row.")
        spec = CovariateSpec(name, "category", name, levels[0])
        if taken & {spec.term(level) for level in levels}:
            spec = CovariateSpec(name, "category", name, levels[0], ":")
        taken |= {spec.term(level) for level in levels}
        specs.append(spec)
    return tuple(specs)


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype)


def _levels(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(value) for value in column.cat.categories]
    return sorted({str(value) for value in column.dropna().unique()})
