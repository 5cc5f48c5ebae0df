"""The comparison of units as rows of the gold tables: indicators with the units' names, the ten
best, potentials."""

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa

from kommunebench.benchmark.comparison.potential import potentials, ten_best
from kommunebench.benchmark.comparison.table import Comparison
from kommunebench.benchmark.influence.covariance import PerformanceCovariance
from kommunebench.benchmark.model.group_model import GroupModel
from kommunebench.benchmark.model.tables import count_marks
from kommunebench.gold import BENCHMARK_INDICATORS, POTENTIALS, SHARE_INDICATORS, TEN_BEST
from kommunebench.reference import read_reference
from kommunebench.settings import AnalysisSettings
from kommunebench.stages.stage import StageInputs
from kommunebench.tables import Table
from kommunebench.verdict_rules import VerdictRules


def indicator_table(settings: AnalysisSettings) -> Table:
    """The gold table that holds an analysis' indicators."""
    return SHARE_INDICATORS if settings.measure == "share" else BENCHMARK_INDICATORS


def indicator_frame(inputs: StageInputs, table: pd.DataFrame) -> pa.Table:
    """Rows of the table of indicators with the units' names."""
    target = indicator_table(inputs.settings)
    return inputs.frame(target, with_municipality(inputs.settings, table))


def with_municipality(settings: AnalysisSettings, table: pd.DataFrame) -> pd.DataFrame:
    """A table with the names of its units: Danish municipalities by code, other units under their
    code."""
    codes = table["municipality_code"]
    if settings.starts_from == "spells":
        return table.assign(municipality=codes)
    known = read_reference("municipalities").set_index("municipality_code")["municipality"]
    return table.assign(municipality=codes.map(known).fillna(codes))


def benchmark_metrics(
    *, rows: str, n_rows: float, n_events: float, log_likelihood: float, concordance: float
) -> dict[str, float]:
    """What the tracked run is told of a benchmark beside the published tables: numbers of the whole
    nation and of the pooled model. ``rows``: what the units have (spells, cases)."""
    return {
        rows: float(n_rows),
        "events": float(n_events),
        "success_share": float(n_events / n_rows),
        "log_likelihood": float(log_likelihood),
        "concordance": float(concordance),
    }


def thin_note(coefficients: pd.DataFrame, models: Mapping[str, Sequence[GroupModel]]) -> str:
    """What the terminal is told of terms that the data hardly carry, from the table of
    coefficients and the models by name; empty where they carry all."""
    words = {
        "terms_with_prior": "terms with a prior",
        "terms_omitted": "terms omitted",
        "levels_at_limit": "levels at the limit",
    }
    counts = count_marks(coefficients)
    said = [f"{counts[name]} {text}" for name, text in words.items() if counts[name]]
    held = [f"{name} {model.name}" for name, of in models.items() for model in of if model.is_held]
    if held:
        said.append(f"a prior on every level and unit of the models {', '.join(held)}")
    return "; ".join(said)


def model_note(
    coefficients: pd.DataFrame, models: Mapping[str, Sequence[GroupModel]], why_alone: str
) -> str:
    """What the terminal is told of the models: as thin_note, and why there is no model within
    municipalities beside the pooled one (``why_alone``, else empty)."""
    alone = f"no verdicts of the model within municipalities to compare with: {why_alone}"
    return "; ".join(filter(None, (thin_note(coefficients, models), alone if why_alone else "")))


def has_potentials(settings: AnalysisSettings) -> bool:
    """Whether the analysis lists the ten best units and the potential: a difference of shares."""
    return settings.measure == "share" and settings.indicator == "difference"


def list_frames(  # type: ignore[no-untyped-def]
    inputs: StageInputs,
    comparison: Comparison,
    covariance: PerformanceCovariance,
    rules: VerdictRules,
):
    """Ten best and ten worst units, and the potential, by the plain difference as the fifths
    are."""
    table = comparison.table
    fifth = table["quintile"].to_numpy(float)
    listed = ten_best(comparison.plain, fifth, list(table["municipality_code"]))
    potential = potentials(
        comparison.plain,
        covariance,
        fifth,
        rules,
        n_events=table["events"].to_numpy(float),
        judged=table["no_verdict_reason"].isna().to_numpy(),
    )
    return {
        POTENTIALS: inputs.frame(POTENTIALS, potential),
        TEN_BEST: inputs.frame(TEN_BEST, with_municipality(inputs.settings, listed)),
    }
