"""Rows per second of ingestion by format, as ratios to Parquet: `python -m benchmarks.ingestion
[--rows 200000]`.

One register (BFL, three years) is written once as Parquet, CSV (`;`, decimal comma) and SAS7BDAT
with the same rows, and brought into a store of its own from each, checks included. Every format is
read twice and the faster time counts; a first ingestion that is not counted warms the machine up.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from kommunebench.bronze import EMPLOYMENT_MONTHS
from kommunebench.registers import content_fingerprints, find_delivery
from kommunebench.registers.catalogue import BFL
from kommunebench.registers.checks import check_register
from kommunebench.registers.describing import describe_files
from kommunebench.registers.people import prepare_bfl
from kommunebench.registers.reading import read_register
from kommunebench.settings import AnalysisSettings, load_analysis, load_environment
from kommunebench.spark import get_spark
from kommunebench.storage import Store, write_table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "spark" / "registers"))
from sas_files import write_sas  # the only writer of SAS7BDAT files there is for Python

YEARS = (2013, 2014, 2015)
FORMATS = ("parquet", "csv", "sas7bdat")
REPEATS = 2
DATES = ("AJO_JOB_START_DATO", "AJO_JOB_SLUT_DATO")


def employment(year: int, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of BFL as they are delivered, with columns nobody reads."""
    start = pd.Timestamp(f"{year}-01-01") + pd.to_timedelta(rng.integers(0, 330, rows), "D")
    return pd.DataFrame(
        {
            "PNR": [f"{n:012d}" for n in rng.integers(0, max(rows // 8, 1), rows)],
            "AJO_JOB_START_DATO": start,
            "AJO_JOB_SLUT_DATO": start + pd.to_timedelta(rng.integers(0, 31, rows), "D"),
            "AJO_LOENTIMER": np.round(rng.gamma(4, 30, rows), 2),
            "AJO_ATP_BIDRAG_SATS_KODE": rng.choice(["A", "B", "C"], rows),
            "AJO_BREDT_LOENBELOEB": np.round(rng.gamma(4, 6000, rows), 2),
            "AJO_BRANCHE07": [f"{n:06d}" for n in rng.integers(0, 999_999, rows)],
        }
    )


def write(folder: Path, frame: pd.DataFrame, year: int, fmt: str) -> None:
    """One year in one format."""
    path = folder / "bfl" / f"bfl{year}.{fmt}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if fmt == "parquet":
        frame.assign(**{name: frame[name].dt.date for name in DATES}).to_parquet(path)
    elif fmt == "csv":
        frame.to_csv(path, sep=";", decimal=",", index=False, date_format="%Y-%m-%d")
    else:
        days = {
            name: (frame[name] - pd.Timestamp("1960-01-01")).dt.days.astype(float).tolist()
            for name in DATES
        }
        columns = {name: days.get(name, frame[name].tolist()) for name in frame}
        write_sas(path, columns, dict.fromkeys(DATES, "DATE"))


def ingest(store: Store, folder: Path, settings: AnalysisSettings) -> float:
    """Seconds from the files to the committed table: fingerprints, checks, write."""
    started = time.monotonic()
    delivery = find_delivery(folder, settings)
    content_fingerprints(delivery)
    described, problems = describe_files(store.spark, BFL, delivery.files["BFL"])
    checked = check_register(read_register(store.spark, BFL, described))
    assert not problems and not checked.problems and not checked.findings
    write_table(store, EMPLOYMENT_MONTHS, prepare_bfl(checked.rows), None, {})
    return time.monotonic() - started


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="rows a year")
    options = parser.parse_args()
    environment, settings = load_environment("local"), load_analysis("integration_employment")
    spark, rng = get_spark(environment), np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as name:
        root, seconds, counts = Path(name), {}, {}
        for year in YEARS:
            frame = employment(year, options.rows, rng)
            for fmt in FORMATS:
                write(root / fmt, frame, year, fmt)
        ingest(Store(spark, str(root / "warm"), environment), root / "csv", settings)
        for fmt in FORMATS:
            store = Store(spark, str(root / f"store_{fmt}"), environment)
            seconds[fmt] = min(ingest(store, root / fmt, settings) for _ in range(REPEATS))
            counts[fmt] = spark.read.format("delta").load(store.path(EMPLOYMENT_MONTHS)).count()
    assert set(counts.values()) == {options.rows * len(YEARS)}, counts
    print(
        "| format | rows | seconds | rows per second | ratio to Parquet"
        " |\n|---|---:|---:|---:|---:|"
    )
    for fmt in FORMATS:
        speed = counts[fmt] / seconds[fmt]
        ratio = seconds["parquet"] / seconds[fmt]
        print(f"| {fmt} | {counts[fmt]:,} | {seconds[fmt]:.1f} | {speed:,.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
