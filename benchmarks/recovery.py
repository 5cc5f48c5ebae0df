"""How a run on simulated registers compares with their truth and with the published figures:
`python -m benchmarks.recovery demo`."""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from deltalake import DeltaTable

from kommunebench.reference import read_reference


def table(demo: Path, name: str) -> pd.DataFrame:
    """A table of the demo's store."""
    return DeltaTable(str(demo / "store" / name)).to_pandas()


def coefficients(demo: Path) -> pd.DataFrame:
    """Estimated, true and published coefficients with the deviation in standard errors."""
    estimated = table(demo, "gold/cox_coefficients")
    truth = pd.read_csv(demo / "truth" / "coefficients.csv")
    rows = estimated[~estimated["is_reference"]].merge(
        truth, on=["group", "term"], suffixes=("", "_true")
    )
    return rows.assign(z=(rows["coefficient"] - rows["coefficient_true"]) / rows["se"])


def same_spells(demo: Path) -> tuple[int, float]:
    """First spells found in the registers, and the share that is exactly the one drawn."""
    truth = (
        pd.read_parquet(demo / "truth" / "spells.parquet")
        .set_index("person_id")
        .drop(columns="municipality_code")
    )
    spells = (
        table(demo, "silver/spells")
        .sort_values("start_week")
        .groupby("person_id")
        .first()
        .join(truth, how="inner")
    )
    same = (
        (spells["start_week"] == spells["true_start1"])
        & (spells["end_week"] == spells["true_end1"])
        & (spells["event"] == spells["true_event1"])
    )
    return len(spells), float(same.mean())


def outcomes(demo: Path) -> pd.DataFrame:
    """Spells by sex and outcome, simulated beside table 2.1."""
    run = (
        table(demo, "gold/spell_outcomes")
        .query("breakdown == 'sex'")
        .set_index(["value", "outcome"])["spells"]
    )
    published = read_reference("table_2_1_spells_by_sex").query("quantity == 'spells'")
    printed = published.assign(n=pd.to_numeric(published["value"])).set_index(["sex", "outcome"])[
        "n"
    ]
    return pd.DataFrame({"run": run, "table 2.1": printed.rename_axis(["value", "outcome"])})


def inefficiency(demo: Path) -> float:
    """Correlation over municipalities of the cost indicator with what was wasted there in truth."""
    truth = pd.read_csv(demo / "truth" / "inefficiency.csv", dtype={"municipality_code": str})
    both = table(demo, "gold/cost_indicators").merge(truth, on="municipality_code")
    return float(np.corrcoef(both["cost_indicator"], both["inefficiency"])[0, 1])


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", nargs="?", default="demo", type=Path, help="folder of the demo")
    demo = parser.parse_args().demo
    rows = coefficients(demo)
    z = rows["z"][np.isfinite(rows["z"])]
    print(
        f"coefficients: {len(z)}; deviation from the truth in standard errors: mean {z.mean():.3f},"
        f" standard deviation {z.std():.3f}"
    )
    count, share = same_spells(demo)
    print(f"first spells: {count}; exactly the one drawn: {100 * share:.1f} %")
    effects = pd.read_csv(
        demo / "truth" / "municipality_effects.csv", dtype={"municipality_code": str}
    )
    indicators = table(demo, "gold/benchmark_indicators").merge(effects, on="municipality_code")
    judged = indicators[indicators["no_verdict_reason"].isna()]
    for name in ("indicator", "indicator_robust"):
        print(
            f"correlation of log {name} with the true effect:"
            f" {np.corrcoef(np.log(judged[name]), judged['effect'])[0, 1]:.2f}"
        )
    print(f"correlation of the cost indicator with the true inefficiency: {inefficiency(demo):.2f}")
    print(outcomes(demo).to_string())
    shown = rows[["group", "term", "coefficient", "coefficient_true", "se", "se_robust", "z"]]
    print(shown.to_string(index=False, float_format=lambda v: f"{v:.3f}"))


if __name__ == "__main__":
    main()
