"""Simulated registers: the latent table once, every register from it, the truth beside them."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pyspark.sql import functions as F

from kommunebench.places import glob_escaped, local_uri
from kommunebench.reference import read_reference
from kommunebench.simulation import delivered_education as education
from kommunebench.simulation import delivered_health as health
from kommunebench.simulation import delivered_people as people
from kommunebench.simulation import delivered_work as work
from kommunebench.simulation.chance import present_on
from kommunebench.simulation.composition import full_year_persons
from kommunebench.simulation.country import Effects
from kommunebench.simulation.delivered_dream import dream
from kommunebench.simulation.delivered_municipal import write_municipal
from kommunebench.simulation.earlier import EARLIER_PERSONS, draw_earlier
from kommunebench.simulation.latent import SCHEMA, to_batch
from kommunebench.simulation.other_truth import EDUCATION_LEVELS, urban_table
from kommunebench.simulation.persons import BLOCK, draw_block
from kommunebench.simulation.plan import SimulationPlan, plan_country
from kommunebench.simulation.residents import draw_background
from kommunebench.simulation.settled import SETTLED_PERSONS, draw_settled
from kommunebench.simulation.true_costs import NO_DIFFERENCES, TrueCosts
from kommunebench.simulation.truth import write_truth
from kommunebench.simulation.youth import YOUTH_PERSONS, draw_youth

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DEFAULT_BACKGROUND = 0.002
SNAPSHOTS = [date(year, 12, 31) for year in range(1997, 2017)] + [date(2016, 3, 31)]
# The first year each yearly register is delivered for; jobs are registered since 2008.
FIRST_YEARS = {"bfl": 2008, "sssy": 2006, "udda": 1997, "ophg": 1997}
FIRST_YEAR_OF_HEALTH, LAST_YEAR = 1997, 2016
_WRITERS = 3


@dataclass(frozen=True, slots=True)
class _Delivered:
    """A register as it is written. ``by``: the column whose values name its files, None for one
    file; ``parts``: Parquet parts of each."""

    name: str
    rows: "DataFrame"
    by: str | None = None
    parts: int = 2


def simulate_registers(
    spark: "SparkSession",
    out: Path,
    *,
    scale: float = 1.0,
    seed: int = 1,
    fmt: str = "parquet",
    background: float = DEFAULT_BACKGROUND,
    effects: Effects = "report",
) -> None:
    """Write registers in the delivered layout under OUT/registers, and OUT/truth.

    ``scale`` 1: about the report's spells; ``background``: share of the national population beside
    the newcomers (times scale); ``effects``: report-like, none, or a CSV of true effects. The same
    seed, scale, background and effects give the same registers, whatever the number of partitions.
    Raises ConfigError for a file of effects that is not usable.
    """
    plan = plan_country(scale, seed, background, effects)
    latent, registers = out / ".latent", out / "registers"
    for folder in (latent, registers, out / "truth"):
        shutil.rmtree(folder, ignore_errors=True)
    draw_latent(spark, plan).write.mode("overwrite").parquet(local_uri(latent))
    persons = spark.read.parquet(glob_escaped(local_uri(latent)))
    jobs: list[Callable[[], None]] = [
        partial(_write, registers, delivered, fmt) for delivered in _registers(persons, scale)
    ]
    jobs.insert(2, partial(_write_tables, persons, registers, plan))
    with ThreadPoolExecutor(max_workers=_WRITERS) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    shutil.rmtree(latent)


def draw_latent(
    spark: "SparkSession", plan: SimulationPlan, tasks: int | None = None
) -> "DataFrame":
    """The latent table, drawn in blocks inside Spark tasks; how many of them does not change it."""
    sizes = {
        "newcomers": plan.newcomers,
        "background": plan.background,
        "settled": round(plan.scale * SETTLED_PERSONS),
        "youth": round(plan.scale * YOUTH_PERSONS),
        "earlier": round(plan.scale * EARLIER_PERSONS),
    }
    blocks = [
        (kind, b, min(BLOCK, size - b * BLOCK))
        for kind, size in sizes.items()
        for b in range(-(-size // BLOCK))
    ]
    # Few blocks: a task each would cost more than it does; many: tasks of some fifty blocks.
    n_tasks = tasks or max(min(len(blocks), 8), len(blocks) // 50)
    frame = spark.createDataFrame(blocks, "kind string, block int, persons int").repartition(
        n_tasks, "kind", "block"
    )
    return frame.mapInArrow(partial(_draw_blocks, plan=plan), SCHEMA)


def _draw_blocks(
    batches: Iterator[pa.RecordBatch], plan: SimulationPlan
) -> Iterator[pa.RecordBatch]:
    draw = {"background": draw_background, "settled": draw_settled, "earlier": draw_earlier}
    for batch in batches:
        for row in batch.to_pylist():
            first = row["block"] * BLOCK
            if row["kind"] == "newcomers":
                yield from map(to_batch, draw_block(plan, row["block"]))
            elif row["kind"] == "youth":
                yield from map(to_batch, draw_youth(plan, first, row["persons"]))
            else:
                yield to_batch(draw[row["kind"]](plan, first, row["persons"]))


def _registers(persons: "DataFrame", scale: float) -> list[_Delivered]:
    """What is delivered, the long ones first."""
    somatic, psychiatric = health.contacts(persons), health.psychiatric_contacts(persons)
    parts = max(2, round(2 * scale))
    return [
        _Delivered("sssy", health.sssy(persons), "year", parts),
        _Delivered("dream201609", dream(persons), None, parts),
        _Delivered("lmdb", health.lmdb(persons), "year", parts),
        _Delivered("bef", people.bef(persons, SNAPSHOTS), "period", parts),
        _Delivered("bfl", work.bfl(persons), "year", parts),
        _Delivered("lpr_diag", health.diagnoses(somatic), "year", parts),
        _Delivered("udda", education.udda(persons), "year", parts),
        _Delivered("lpr_adm", somatic, "year", parts),
        _Delivered("befbop2016", people.befbop(persons), None, parts),
        _Delivered("udfk2012", education.udfk(persons)),
        _Delivered("ophg", people.ophg(persons), "year"),
        _Delivered("kotre2016", education.kotre(persons)),
        _Delivered("vnds2016", people.vnds(persons)),
        _Delivered("vnds2015", people.older_vnds(persons)),
        _Delivered("dod2016", people.dod(persons)),
        _Delivered("danskudd", people.danskudd(persons)),
        _Delivered("psyk_adm", psychiatric, "year"),
        _Delivered("psyk_diag", _lower_case(health.diagnoses(psychiatric)), "year"),
    ]


def _lower_case(frame: "DataFrame") -> "DataFrame":
    return frame.toDF(*(name.lower() for name in frame.columns))


def _write(registers: Path, delivered: _Delivered, fmt: str) -> None:
    """One register: one folder of parts, or one per period (bef/bef201512.parquet)."""
    stem, column = delivered.name.rstrip("0123456789"), delivered.by
    target = registers / stem
    # The delivery covers the study's years; lives go on beyond them.
    first_year = FIRST_YEARS.get(stem, FIRST_YEAR_OF_HEALTH)
    rows = delivered.rows
    if column == "year":
        rows = rows.where(F.col("year").between(first_year, LAST_YEAR))
    shaped = rows.coalesce(delivered.parts)
    if column is None:
        _save(shaped, target / f"{delivered.name}.{fmt}", fmt)
        return
    staging = registers / f".{stem}"
    # One column of partitions gives a folder per period in a single pass; the folders then get
    # their delivered names.
    _save(shaped.withColumnRenamed(column, "kb_period"), staging, fmt, "kb_period")
    target.mkdir(parents=True, exist_ok=True)
    for period_folder in sorted(staging.glob("kb_period=*")):
        period_folder.rename(target / f"{stem}{period_folder.name.split('=', 1)[1]}.{fmt}")
    shutil.rmtree(staging)


def _save(frame: "DataFrame", path: Path, fmt: str, *by: str) -> None:
    writer = frame.write.mode("overwrite")
    writer = writer.partitionBy(*by) if by else writer
    if fmt == "csv":
        writer.option("header", True).option("sep", ";").csv(local_uri(path))
    else:
        writer.parquet(local_uri(path))


def _write_tables(persons: "DataFrame", registers: Path, plan: SimulationPlan) -> None:
    """Tables of municipality size: labour market from the residents, accounts from the newcomers,
    code lists, addresses; the truth."""
    spark = persons.sparkSession
    true = TrueCosts() if plan.municipalities_differ else NO_DIFFERENCES
    residents, served = _residents(persons).toPandas(), full_year_persons(persons).toPandas()
    unit_costs = write_municipal(
        registers / "municipal", plan.country, residents, served, seed=plan.seed, true=true
    )
    write_truth(persons, registers.parent / "truth", plan, true, unit_costs)
    codes = registers / "codes"
    codes.mkdir(parents=True, exist_ok=True)
    for name in ("countries", "residence_basis_codes"):
        read_reference(name).to_csv(codes / f"{name}.csv", index=False)
    levels = pd.DataFrame(list(EDUCATION_LEVELS.items()), columns=["audd", "level"])
    levels.assign(classification="DISCED-15").to_csv(codes / "education_levels.csv", index=False)
    urban_table(plan).to_csv(registers / "municipal" / "urban_share.csv", index=False)
    addresses = [
        (f"{code}{n:05d}", code, date(1970, 1, 1), date(2999, 12, 31))
        for code in plan.country.code.tolist()
        for n in range(people.ADDRESSES)
    ]
    frame = spark.createDataFrame(
        addresses, "ADRESSE_ID string, KOM string, ADR_VFRA date, ADR_VTIL date"
    )
    _save(frame.coalesce(1), registers / "befadr" / "befadr2016.parquet", "parquet")


def _residents(persons: "DataFrame") -> "DataFrame":
    """municipality_code, year, residents 18-64 at the end of it."""
    years = F.explode(F.array(*(F.lit(day) for day in SNAPSHOTS if day.month == 12))).alias("day")
    age = F.floor(F.months_between("day", "birth_date") / 12)
    adults = (
        persons.where("in_bef")
        .select("*", years)
        .where(present_on(F.col("day")) & age.between(18, 64))
    )
    return adults.groupBy(
        people.place_on(F.col("day")).alias("municipality_code"), F.year("day").alias("year")
    ).agg(F.count(F.lit(1)).alias("residents"))
