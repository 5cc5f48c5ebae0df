"""The national models of a run against R, on the store's own spells and cases:
`python -m benchmarks.against_r demo`.

R (with the packages survival and sandwich) fits the same columns: `coxph` with Breslow ties for
each sex, or `glm`, pooled and with a term for every municipality, and what follows from the pooled
one by municipality. Persons and mothers are running
numbers in a temporary file that is removed; nothing of persons is printed.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import markdown
from benchmarks.rows_for_r import LIMITS, Run, analyses_of, for_r, read_run

SCRIPTS = Path(__file__).parent / "against_r"
TOLERANCE = 1e-8
# Quantities by municipality: R's name, the run's in the tables of indicators, and the unit.
DURATIONS = {
    "expected": ("expected_duration", "weeks"),
    "observed": ("observed_duration", "weeks"),
    "observed_se": ("observed_se", "weeks"),
    "difference": ("difference", "weeks"),
}
SHARES = {
    "expected": ("expected_share", "absolute"),
    "observed": ("observed_share", "absolute"),
    "observed_se": ("observed_se", "absolute"),
    "difference": ("difference_plain", "percentage points"),
}
# Where a curve is still 1 R has no limits, and where it is 0 no error.
CURVES = {
    "survival": False,
    "survival_se": True,
    "ci_low": True,
    "ci_high": True,
    "median_duration": False,
}


def results_of_r(run: Run) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """R's tables by name, and the terms it was given. The files of persons are removed, also where
    R stops."""
    rows, terms = for_r(run)
    with tempfile.TemporaryDirectory() as folder:
        rows.to_csv(Path(folder) / "rows.csv", index=False)
        terms.to_csv(Path(folder) / "terms.csv", index=False)
        within = run.within[["group", "term", "prior_sd", "coefficient"]]
        within.to_csv(Path(folder) / "within.csv", index=False)
        if run.settings.starts_from_cases:
            call = ["shares.R", folder]
        else:
            horizon = str(run.settings.observation.horizon_weeks)
            call = ["durations.R", folder, horizon, run.settings.measure]
        for script, *rest in (call, ["within.R", folder]):
            ended = subprocess.run(
                ["Rscript", "--vanilla", str(SCRIPTS / script), *rest],
                capture_output=True,
                text=True,
                check=False,
            )
            if ended.returncode:
                sys.exit(f"{run.settings.name}: {script} stopped: {ended.stderr.strip()}")
        names = ("coefficients", "units", "curves", "within_coefficients")
        paths = {name: Path(folder) / f"{name}.csv" for name in names}
        tables = {
            name: pd.read_csv(path, dtype={"unit": str, "group": str})
            for name, path in paths.items()
            if path.exists()
        }
    return tables, terms


@dataclass(frozen=True)
class Gap:
    """A compared quantity: how many numbers, in which unit, and the largest difference."""

    quantity: str
    count: int
    unit: str
    largest: float


def gap(
    quantity: str,
    unit: str,
    ours: pd.Series,
    theirs: pd.Series,
    *,
    scale: pd.Series | float = 1.0,
    r_may_lack: bool = False,
) -> Gap:
    """The largest difference, divided by ``scale``; infinite where only one of both has a value,
    unless it is the run and R may lack it."""
    ours, theirs = ours.astype(float), theirs.astype(float)
    known = ours.notna() & theirs.notna()
    apart = ((ours - theirs) / scale)[known].abs()
    alone = theirs.notna() & ours.isna() if r_may_lack else theirs.notna() != ours.notna()
    largest = np.inf if alone.any() else float(apart.max()) if len(apart) else np.nan
    return Gap(quantity, int(known.sum()), unit, largest)


def compare(run: Run, theirs: dict[str, pd.DataFrame]) -> Iterator[Gap]:
    """Everything R found beside the run's gold tables."""
    yield from compare_terms(run, theirs["coefficients"])
    yield from compare_within(run, theirs["within_coefficients"])
    is_share = run.settings.measure == "share"
    indicators = run.gold("share_indicators" if is_share else "benchmark_indicators")
    ours = indicators.set_index("municipality_code")
    units = theirs["units"].set_index("unit").reindex(ours.index)
    difference = (units["observed"] - units["expected"]) * (100 if is_share else 1)
    units = units.assign(difference=difference)
    for name, (column, unit) in (SHARES if is_share else DURATIONS).items():
        told = f"{name.replace('_', ' ')} by municipality"
        yield gap(told, unit, ours[column], units[name])
    if "difference_se" in units:
        verdicts = run.gold("model_verdicts").query("model == 'pooled'")
        ours_se = verdicts.set_index("municipality_code")["indicator_robust_se"]
        r_se = units["difference_se"].reindex(ours_se.index)
        told = "errors of the difference"
        yield gap(told, "percentage points", ours_se, r_se, r_may_lack=True)
    if "curves" in theirs:
        # Every week in which the spells of a municipality end; the curve of all is not R's.
        by_unit = run.gold("km_curves").query(
            "municipality_code in @theirs['units']['unit'].values"
        )
        r_curves = theirs["curves"].rename(columns={"unit": "municipality_code"})
        keys = ["municipality_code", "week"]
        both = by_unit.merge(r_curves, on=keys, suffixes=("", "_r"), how="outer")
        for name, r_may_lack in CURVES.items():
            told = f"curves: {name.replace('_', ' ')}"
            yield gap(told, "absolute", both[name], both[f"{name}_r"], r_may_lack=r_may_lack)


def compare_terms(run: Run, theirs: pd.DataFrame) -> Iterator[Gap]:
    """Coefficients and their errors; omitted terms are 0 in the run and missing in R, which has no
    errors of a share model with priors, nor the coefficients that have them."""
    fitted = run.coefficients[~run.coefficients["mark"].isin(LIMITS)]
    if run.settings.starts_from_cases:
        free = fitted.merge(run.priors, how="left")["prior_sd"].astype(float)
        fitted = fitted[~np.isfinite(free.to_numpy())]
    both = fitted.merge(theirs, on=["group", "term"], suffixes=("", "_r"), how="outer")
    omitted = (both["mark"] == "omitted").astype(float)
    yield gap("which terms are omitted", "terms", omitted, both["coefficient_r"].isna() * 1.0)
    yield from _compare_numbers(both, "", r_may_lack=True)


def compare_within(run: Run, theirs: pd.DataFrame) -> Iterator[Gap]:
    """Coefficients of the model within municipalities and their errors, those of municipalities
    among them. R lacks what a prior of cases touches."""
    both = run.within.merge(theirs, on=["group", "term"], suffixes=("", "_r"), how="outer")
    r_may_lack = run.settings.starts_from_cases
    yield from _compare_numbers(both, "within: ", r_may_lack=r_may_lack)


def _compare_numbers(both: pd.DataFrame, model: str, *, r_may_lack: bool) -> Iterator[Gap]:
    for name, told, unit, scale in (
        ("coefficient", "coefficients", "model errors", "se"),
        ("se", "model errors", "relative", "se"),
        ("se_robust", "clustered errors", "relative", "se_robust"),
    ):
        ours, r = both[name], both[f"{name}_r"]
        yield gap(f"{model}{told}", unit, ours, r, scale=both[scale], r_may_lack=r_may_lack)


def told_of(run: Run, terms: pd.DataFrame) -> str:
    """How many rows R was given, and what it was told of the run's terms."""
    cases = run.settings.starts_from_cases
    marks = run.coefficients["mark"].value_counts()
    roles = terms.loc[terms["mark"] != "omitted", "role"].value_counts()
    of_priors = "have the same prior in R, ridge()"
    if cases:
        of_priors = "enter R as an offset at the run's coefficients; errors are not compared"
    sentences = {
        "whose levels have nobody or everybody with the event stay outside the fit": "limit",
        f"with a prior {of_priors}": "prior",
    }
    told = [f"{len(run.rows)} {'cases' if cases else 'spells'}"]
    told += [f"terms {text}: {roles[role]}" for text, role in sentences.items() if role in roles]
    if "omitted" in marks:
        told.append(f"terms that the run omits, and R must find out: {marks['omitted']}")
    return f"{run.settings.name}: {'; '.join(told)}"


def versions() -> str:
    """R and its packages."""
    code = "cat(R.version.string, 'survival', format(packageVersion('survival')),"
    code += "'sandwich', format(packageVersion('sandwich')))"
    call = ["Rscript", "--vanilla", "-e", code]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"R lacks the packages survival or sandwich: {ended.stderr.strip()}")
    return ended.stdout


def main() -> None:
    """Print the differences as a table; ends with an error where one is above the tolerance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, help="folder of the demo")
    parser.add_argument("--analysis", nargs="+", help="these alone; all of the store otherwise")
    arguments = parser.parse_args()
    if shutil.which("Rscript") is None:
        sys.exit("Rscript is not on the path: install R with its packages survival and sandwich.")
    store, told, wide = arguments.demo / "store", [versions()], []
    markdown.table(
        "National models against R", "analysis", "quantity", "numbers", "unit", "largest difference"
    )
    for name in arguments.analysis or analyses_of(store):
        run = read_run(store, name)
        theirs, terms = results_of_r(run)
        told.append(told_of(run, terms))
        for one in compare(run, theirs):
            markdown.row(name, one.quantity, one.count, one.unit, f"{one.largest:.1e}")
            if one.count and not one.largest <= TOLERANCE:
                wide.append(f"{name}: {one.quantity}")
    print("\n" + "\n".join(f"- {sentence}" for sentence in told))
    if wide:
        sys.exit(f"above {TOLERANCE:g}: {'; '.join(wide)}")


if __name__ == "__main__":
    main()
