"""Covariates of spells as columns of a model: dummy coding, references, levels without events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kommunebench.errors import InputError

Kind = Literal["category", "number", "indicator"]


@dataclass(frozen=True, slots=True)
class CovariateSpec:
    """How a column enters the model. A category's terms are ``prefix_value`` (the value alone where the prefix is empty)."""

    column: str
    kind: Kind
    prefix: str
    reference: str | None = None

    def term(self, value: str) -> str:
        """Name of the term of one value of a category."""
        return f"{self.prefix}_{value}" if self.prefix else value


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of one model: ``matrix`` (n, p), one row per spell; ``references``: reference terms; ``no_events``: terms whose level
    has spells but no event, and ``certain`` (n,) marks those spells: their hazard is 0, the limit of the likelihood."""

    matrix: pd.DataFrame
    references: tuple[str, ...]
    no_events: tuple[str, ...]
    certain: np.ndarray


def infer_specs(spells: pd.DataFrame, covariates: Sequence[str]) -> tuple[CovariateSpec, ...]:
    """Text and category columns are dummy coded against their first level (categories: in their order), numbers are linear."""
    specs = []
    for name in covariates:
        column = spells[name]
        if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
            specs.append(CovariateSpec(name, "number", name))
        else:
            ordered = (
                column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else sorted(column.dropna().unique())
            )
            specs.append(CovariateSpec(name, "category", name, str(ordered[0])))
    return tuple(specs)


def build_design(spells: pd.DataFrame, event: np.ndarray, specs: Sequence[CovariateSpec]) -> Design:
    """Design of the spells of one group. Levels no spell has give no column; a level all have gives none either.

    Raises InputError naming column and count for missing values and for a reference that no spell has.
    """
    columns: dict[str, np.ndarray] = {}
    references, no_events = [], []
    certain = np.zeros(len(spells), bool)
    for spec in specs:
        values = spells[spec.column]
        missing = int(values.isna().sum())
        if missing:
            raise InputError(
                f"covariate {spec.column}: missing in {missing} of {len(values)} spells; give unknown a category of its own."
            )
        if spec.kind != "category":
            number = pd.to_numeric(values).to_numpy(float)
            if number.max() > number.min():
                columns[spec.column] = number
            continue
        text = values.astype(str).to_numpy()
        levels = sorted(set(text))
        reference = spec.reference if spec.reference in levels else None
        if reference is None:
            # A group without spells in the reference level compares with its most frequent level.
            reference = max(levels, key=lambda level: (int((text == level).sum()), level))
        references.append(spec.term(reference))
        for level in levels:
            own = text == level
            if level == reference:
                continue
            if not event[own].any():
                no_events.append(spec.term(level))
                certain |= own
            else:
                columns[spec.term(level)] = own.astype(float)
    matrix = pd.DataFrame(columns, index=range(len(spells)))
    return Design(matrix, tuple(references), tuple(no_events), certain)
