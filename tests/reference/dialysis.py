"""The dialysis centres with 50 patients and more, as the scripts in data/ prepare them for R, and
their model estimated in memory."""

from pathlib import Path

import pandas as pd

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.in_memory import SpellsInMemory, estimate_in_memory, lay_out_spells
from kommunebench.benchmark.model.national import ModelChoice

SPELLS = Path(__file__).resolve().parents[2] / "examples" / "dialysis_centres.csv"
AGES = ["0-29", "30-44", "45-59", "60-74", "75+"]
DISEASES = ["hypert", "congen", "diabetes", "other", "renal"]
HORIZON = 44


def read_centres() -> pd.DataFrame:
    """A row for each patient, with ages in classes and the share of a centre's patients with
    hypertension (``market``)."""
    every = pd.read_csv(SPELLS)
    large = every.groupby("center")["pid"].transform("size") >= 50
    kept = every[large].reset_index(drop=True)
    is_hypertensive = (kept["disease"] == "hypert").astype(float)
    return kept.assign(
        age_group=pd.cut(kept["age"], [-1, 29, 44, 59, 74, 120], labels=AGES),
        disease=pd.Categorical(kept["disease"], DISEASES),
        market=is_hypertensive.groupby(kept["center"]).transform("mean"),
    )


def estimated(
    spells: pd.DataFrame,
    covariates: list[str],
    choice: ModelChoice = ModelChoice(),  # noqa: B008, a named tuple
    *,
    unit_effects: bool = True,
) -> tuple[SpellsInMemory, ChainEstimate]:
    """The patients laid out, and the chain of their restricted means."""
    names = {"unit": "center", "duration": "time", "event": "event", "person": "pid"}
    columns = spell_columns(spells, **names, horizon=HORIZON)
    specs = infer_specs(spells, covariates)
    laid_out = lay_out_spells(spells, columns, specs, unit_effects=unit_effects)
    chain = estimate_in_memory(laid_out, choice, "restricted_mean", unit_effects=unit_effects)
    return laid_out, chain


def by_term(values: dict) -> dict:
    """R's terms under the library's names."""
    return {
        name.replace("agegrp", "age_group_").replace("disease", "disease_"): value
        for name, value in values.items()
    }
