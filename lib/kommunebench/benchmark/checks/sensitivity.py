"""How far the indicators depend on a choice in the model: every municipality under the choice
against the run (method, section 7)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Flags, Floats
from kommunebench.benchmark.comparison.models import differing
from kommunebench.benchmark.comparison.pace import Paces, PaceScale, paces_of
from kommunebench.benchmark.comparison.verdicts import assess, half_width, normal_error
from kommunebench.verdict_rules import VerdictRules


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResults:
    """What the run says of its K units: codes; performance of the indicator that is judged (log
    indicator, or difference) with its standard error; events; which are judged; the verdicts (None
    without); the rules of the verdicts."""

    codes: np.ndarray
    performance: Floats
    se: Floats
    n_events: Floats
    judged: Flags
    assessment: np.ndarray
    rules: VerdictRules

    def paces(self, scale: PaceScale) -> Paces:
        """The units' paces with the errors that spread, shrinkage and tiers of the run take;
        ``scale``: of the model that carries the verdicts. An error is NaN where a unit has none."""
        error = normal_error(self.se, self.n_events, self.rules)
        return paces_of(self.performance, error, scale.under(self.rules))


def under_choice(run: RunResults, check: str, change: Floats) -> pd.DataFrame:
    """Rows of gold.sensitivity of the units judged, whose performance a choice changes by
    ``change`` (K,): the verdict is that of the changed performance with the run's standard
    error."""
    performance = run.performance + change
    rows = _rows(run, check, performance)
    usable = np.isfinite(performance) & np.isfinite(run.se) & (run.n_events > 1)
    half = half_width(run.se, run.n_events, run.rules.confidence_level)
    verdict = assess(performance - half, performance + half)
    verdicts = [one if known else None for one, known in zip(verdict, usable, strict=True)]
    return rows.assign(assessment=pd.Series(verdicts, dtype=object))[run.judged]


def under_models(run: RunResults, verdicts: pd.DataFrame) -> list[pd.DataFrame]:
    """Rows of gold.sensitivity of the units judged, one frame for each model of
    gold.model_verdicts that does not carry the verdicts, under its name: the same numbers, and the
    verdict with the model's own standard error."""
    frames = []
    for model, of_model in verdicts[~verdicts["carries_verdicts"]].groupby("model", sort=False):
        by_code = of_model.set_index("municipality_code").reindex(run.codes)
        change = by_code["difference_in_se"].to_numpy(float) * run.se
        rows = _rows(run, str(model), run.performance + change)
        verdict = by_code["assessment"].to_numpy(object)
        frames.append(rows.assign(assessment=verdict)[run.judged])
    return frames


def of_other_cases(
    run: RunResults,
    check: str,
    performance: Floats,
    *,
    se: Floats,
    n_events: Floats,
    judged: Flags,
) -> pd.DataFrame:
    """Rows of gold.sensitivity of the units judged, with the performance (K,) of a model of other
    cases, and of those that are ``judged`` there the verdict with its own standard error and
    events."""
    half = half_width(se, n_events, run.rules.confidence_level)
    verdict = assess(performance - half, performance + half)
    known = judged & np.isfinite(performance) & np.isfinite(half)
    verdicts = [one if is_known else None for one, is_known in zip(verdict, known, strict=True)]
    rows = _rows(run, check, performance)
    return rows.assign(assessment=pd.Series(verdicts, dtype=object))[run.judged]


def in_half(run: RunResults, check: str, performance: Floats) -> pd.DataFrame:
    """Rows of gold.sensitivity of the units judged, with the performance (K,) of one half of the
    window; halves have no verdicts of their own."""
    return _rows(run, check, performance).assign(assessment=None)[run.judged]


def _rows(run: RunResults, check: str, performance: Floats) -> pd.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        in_se = (performance - run.performance) / run.se
    return pd.DataFrame(
        {
            "check": check,
            "municipality_code": run.codes,
            "log_indicator": np.where(np.isfinite(performance), performance, np.nan),
            "difference_in_se": np.where(np.isfinite(in_se), in_se, np.nan),
        }
    )


def summarise_check(rows: pd.DataFrame, verdicts: pd.Series) -> dict[str, float]:
    """Headline figures of one check: verdicts that change, largest and mean change in standard
    errors. ``rows``: of gold.sensitivity; ``verdicts``: the run's, by municipality_code."""
    changed = differing(rows["assessment"], verdicts.reindex(rows["municipality_code"]))
    size = pd.to_numeric(rows["difference_in_se"]).abs()
    return {
        "verdicts_changed": float(changed.sum()),
        "largest_change": float(size.max()),
        "mean_change": float(size.mean()),
    }
