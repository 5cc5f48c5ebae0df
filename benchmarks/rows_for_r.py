"""What R is given of a finished store: the spells or cases of an analysis as columns of its models'
terms, persons and mothers as running numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from deltalake import DeltaTable

from kommunebench.errors import InputError
from kommunebench.settings import AnalysisSettings, load_analysis
from kommunebench.settings.model import Covariate

# Marks of levels in which nobody, or everybody, has the event.
LIMITS = ("no_events", "all_events")


@dataclass(frozen=True)
class Run:
    """What a store holds of one analysis: ``rows`` of silver, ``coefficients`` of gold, the
    ``priors`` of the pooled model (group, term, prior_sd), and the terms of the first stage of the
    one ``within`` municipalities (group, term, coefficient, se, se_robust, prior_sd)."""

    store: Path
    settings: AnalysisSettings
    rows: pd.DataFrame
    coefficients: pd.DataFrame
    priors: pd.DataFrame
    within: pd.DataFrame

    def gold(self, name: str) -> pd.DataFrame:
        """The analysis' rows of a gold table."""
        return table(self.store, f"gold/{name}", self.settings.name)


def table(store: Path, name: str, analysis: str | None = None) -> pd.DataFrame:
    """A table of the store, or the rows of one analysis."""
    filters = None if analysis is None else [("analysis", "=", analysis)]
    return DeltaTable(str(store / name)).to_pandas(filters=filters)


def read_run(store: Path, name: str) -> Run:
    """One analysis of a finished store."""
    settings = load_analysis(name)
    cases = settings.starts_from_cases
    models = table(store, "gold/national_models", name)
    pooled = models.query("model == 'pooled'")
    priors = pooled[["group", "terms", "prior_sd"]].explode(["terms", "prior_sd"])
    coefficients = table(store, f"gold/{'logit' if cases else 'cox'}_coefficients", name)
    return Run(
        store,
        settings,
        table(store, f"silver/{'cases' if cases else 'spells'}", name),
        coefficients[~coefficients["is_reference"]],
        priors.rename(columns={"terms": "term"}),
        first_stage(store, name, models.query("model == 'within'")),
    )


def first_stage(store: Path, name: str, models: pd.DataFrame) -> pd.DataFrame:
    """The terms of the fit with a term for every municipality, these included, with their errors;
    without the constant, what is omitted, and columns of the second stage."""
    second = table(store, "gold/second_stage", name)
    rows = []
    for model in models.to_dict("records"):
        size = len(model["terms"])
        covariance = np.reshape(model["covariance"], (size, size))
        terms = pd.DataFrame(
            {
                "group": model["group"],
                "term": model["terms"],
                "coefficient": model["coefficients"],
                "se": np.sqrt(np.diag(covariance)),
                "se_robust": model["se_robust"],
                "prior_sd": model["prior_sd"],
            }
        )
        of_group = second.loc[second["group"] == model["group"], "term"]
        outside = np.array(model["omitted"], bool) | terms["term"].isin(["constant", *of_group])
        rows.append(terms[~outside.to_numpy()])
    return pd.concat(rows, ignore_index=True)


def term_columns(rows: pd.DataFrame, covariate: Covariate) -> dict[str, np.ndarray]:
    """A column (n,) for every term that a covariate may have, by its name."""
    if covariate.kind != "category":
        values = rows[covariate.column].to_numpy(float)
        return {covariate.column: values, f"{covariate.column}_0": (values == 0).astype(float)}
    prefix = covariate.column if covariate.prefix is None else covariate.prefix
    levels = rows[covariate.column].astype(str)
    return {
        f"{prefix}_{level}" if prefix else level: (levels == level).to_numpy(float)
        for level in levels.unique()
    }


def for_r(run: Run) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows and the terms that R is given. Raises InputError where the run had other
    settings."""
    rows, model = run.rows, run.settings.model
    known: dict[str, np.ndarray] = {}
    for covariate in model.covariates:
        known |= term_columns(rows, covariate)
    # R finds the constant of its own.
    terms = run.coefficients.query("term != 'constant'").merge(run.priors, how="left")
    unknown = sorted(set(terms["term"]) - set(known))
    if unknown:
        raise InputError(f"{run.settings.name}: the settings in conf/ make no terms {unknown}.")
    role = np.where(np.isfinite(terms["prior_sd"].astype(float)), "prior", "free")
    terms = terms.assign(role=np.where(terms["mark"].isin(LIMITS), "limit", role))
    cluster = rows["cluster_id" if "cluster_id" in rows else "person_id"]
    outcome = "outcome" if run.settings.starts_from_cases else "event"
    frame = {
        "unit": rows["municipality_code"],
        "cluster": pd.factorize(cluster)[0],
        "group": rows[model.group] if model.group else "all",
        "event": rows[outcome],
        **({} if "duration" not in rows else {"duration": rows["duration"]}),
        **{name: known[name] for name in sorted(set(terms["term"]))},
    }
    return pd.DataFrame(frame), terms[["group", "term", "role", "prior_sd", "coefficient", "mark"]]


def analyses_of(store: Path) -> list[str]:
    """The analyses of the store that start from registers, by name."""
    names = sorted(table(store, "gold/national_models")["analysis"].unique())
    return [name for name in names if load_analysis(name).starts_from == "registers"]
