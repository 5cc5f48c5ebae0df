"""Simulated registers: the latent table once, every register from it, the truth beside them."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pyspark.sql import functions as F

from kommunebench.reference import read_reference
from kommunebench.simulation import delivered_health as health
from kommunebench.simulation import delivered_people as people
from kommunebench.simulation.composition import full_year_persons
from kommunebench.simulation.country import Effects, build_country
from kommunebench.simulation.delivered_municipal import write_municipal
from kommunebench.simulation.lives import calibrate
from kommunebench.simulation.persons import BLOCK, CONDITIONS, DATE_COLUMNS, SimulationPlan, draw_background, draw_block
from kommunebench.simulation.true_costs import TrueCosts, cost_model_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SPELLS_PER_PERSON = 1.075
NATIONAL_POPULATION = 5_700_000
SNAPSHOTS = [date(year, 12, 31) for year in range(2007, 2017)] + [date(2016, 3, 31)]
FIRST_YEAR, LAST_YEAR = 2008, 2016
_WRITERS = 3

_TEXT = ("person_id", "role", "outside", "family_id", "partner_id", "first_place", "place", "moved_to", "course", "match_group")
_WHOLE = (
    "sex",
    "country_code",
    "ie_type",
    "category",
    "ground",
    "explanation",
    "family_position",
    "family_code",
    "gp_contacts",
)
_FLAGS = ("danish_partner", "on_benefit", "in_bef", "in_dream", *CONDITIONS)
_NUMBERS = tuple(f"job{k}_hours" for k in range(1, 5))
_TRUE = tuple(f"true_{what}{k}" for what in ("start", "end", "event") for k in range(1, 4))
SCHEMA = ", ".join(
    [f"{n} string" for n in _TEXT]
    + [f"{n} int" for n in (*_WHOLE, *_TRUE)]
    + [f"{n} boolean" for n in _FLAGS]
    + [f"{n} double" for n in _NUMBERS]
    + [f"{n} date" for n in DATE_COLUMNS]
)


def simulate_registers(
    spark: "SparkSession",
    out: Path,
    *,
    scale: float = 1.0,
    seed: int = 1,
    fmt: str = "parquet",
    background: float = 0.01,
    effects: Effects = "report",
) -> None:
    """Write registers in the delivered layout under OUT/registers, and OUT/truth.

    ``scale`` 1: about the report's spells; ``background``: share of the national population beside the newcomers (times scale). The
    same seed, scale and background give the same registers, whatever the number of partitions.
    """
    plan = _plan(scale, seed, background, effects)
    latent, registers = out / ".latent", out / "registers"
    for folder in (latent, registers, out / "truth"):
        shutil.rmtree(folder, ignore_errors=True)
    _draw(spark, plan).write.mode("overwrite").parquet(str(latent))
    persons = spark.read.parquet(str(latent))
    jobs = [partial(_write, registers, name, frame, fmt, column) for name, frame, column in _registers(persons)]
    with ThreadPoolExecutor(max_workers=_WRITERS) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    _write_tables(persons, registers, plan)
    _write_truth(persons, out / "truth", plan)
    shutil.rmtree(latent)


def _plan(scale: float, seed: int, background: float, effects: Effects) -> SimulationPlan:
    country = build_country(effects, seed)
    countries = read_reference("countries")
    terms = countries[countries["cox_term"] != ""]
    codes = {str(t).removeprefix("origin_"): int(own["country_code"].iloc[0]) for t, own in terms.groupby("cox_term")}
    western = countries[(countries["western"] == "true") & (countries["country_code"] != "5100")]
    newcomers = max(round(scale * country.spells / SPELLS_PER_PERSON), 50)
    return SimulationPlan(
        country,
        codes,
        tuple(int(code) for code in western["country_code"]),
        calibrate(country, codes, seed),
        seed,
        newcomers,
        round(scale * background * NATIONAL_POPULATION),
    )


def _draw(spark: "SparkSession", plan: SimulationPlan) -> "DataFrame":
    """The latent table, drawn in blocks inside Spark tasks."""
    blocks = [("newcomers", b) for b in range(-(-plan.newcomers // BLOCK))] + [
        ("background", b) for b in range(-(-plan.background // BLOCK))
    ]
    frame = spark.createDataFrame(blocks, "kind string, block int").repartition(min(len(blocks), 8), "kind", "block")
    return frame.mapInPandas(_drawer(plan), SCHEMA)


def _drawer(plan: SimulationPlan) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    return partial(_draw_blocks, plan=plan)


def _draw_blocks(frames: Iterator[pd.DataFrame], plan: SimulationPlan) -> Iterator[pd.DataFrame]:
    for frame in frames:
        for kind, block in frame.itertuples(index=False):
            drawn = draw_block(plan, block) if kind == "newcomers" else draw_background(plan, block)
            yield _typed(drawn)


def _typed(drawn: pd.DataFrame) -> pd.DataFrame:
    """The latent columns with nullable types Arrow can take."""
    typed: dict[str, Any] = {}
    for name in _TEXT:
        typed[name] = [v if isinstance(v, str) else None for v in drawn[name]] if name in drawn else None
    for name in (*_WHOLE, *_TRUE):
        typed[name] = pd.to_numeric(drawn[name]).astype("Int32") if name in drawn else pd.array([pd.NA] * len(drawn), "Int32")
    for name in _FLAGS:
        typed[name] = drawn[name].map(lambda v: v is not None and v == v and bool(v)) if name in drawn else False
    for name in _NUMBERS:
        typed[name] = drawn[name].astype(float) if name in drawn else float("nan")
    for name in DATE_COLUMNS:
        days = pd.to_datetime(drawn[name]) if name in drawn else pd.Series(pd.NaT, drawn.index)
        typed[name] = [None if pd.isna(day) else day.date() for day in days]
    return pd.DataFrame(typed, index=drawn.index)


def _registers(persons: "DataFrame") -> list[tuple[str, "DataFrame", str | None]]:
    """Register name, frame, and the column whose values name its files (None: one file)."""
    somatic, psychiatric = health.contacts(persons, False), health.contacts(persons, True)
    return [
        ("dream201609", people.dream(persons), None),
        ("bfl", people.bfl(persons), "year"),
        ("bef", people.bef(persons, SNAPSHOTS), "period"),
        ("sssy", health.sssy(persons), "year"),
        ("lmdb", health.lmdb(persons), "year"),
        ("befbop2016", people.befbop(persons), None),
        ("ophg", people.ophg(persons), "year"),
        ("vnds2016", people.vnds(persons), None),
        ("dod2016", people.dod(persons), None),
        ("danskudd", people.danskudd(persons), None),
        ("lpr_adm", somatic, "year"),
        ("lpr_diag", health.diagnoses(somatic), "year"),
        ("psyk_adm", psychiatric, "year"),
        ("psyk_diag", health.diagnoses(psychiatric), "year"),
    ]


def _write(registers: Path, name: str, frame: "DataFrame", fmt: str, column: str | None) -> None:
    """One register: one folder of parts, or one per period (bef/bef201512.parquet)."""
    stem = name.rstrip("0123456789")
    target = registers / stem
    # The delivery covers the study's years; lives go on beyond them.
    covered = frame.where(F.col(column).between(FIRST_YEAR, LAST_YEAR)) if column == "year" and stem != "ophg" else frame
    shaped = covered.coalesce(2)
    if column is None:
        _save(shaped, target / f"{name}.{fmt}", fmt)
        return
    staging = registers / f".{stem}"
    # One column of partitions gives a folder per period in a single pass; the folders then get their delivered names.
    _save(shaped.withColumn("kb_period", F.col(column).cast("string")).drop(column), staging, fmt, "kb_period")
    target.mkdir(parents=True, exist_ok=True)
    for part in sorted(staging.glob("kb_period=*")):
        part.rename(target / f"{stem}{part.name.split('=', 1)[1]}.{fmt}")
    shutil.rmtree(staging)


def _save(frame: "DataFrame", path: Path, fmt: str, *by: str) -> None:
    writer = frame.write.mode("overwrite")
    writer = writer.partitionBy(*by) if by else writer
    if fmt == "csv":
        writer.option("header", True).option("sep", ";").csv(str(path))
    else:
        writer.parquet(str(path))


def _write_tables(persons: "DataFrame", registers: Path, plan: SimulationPlan) -> None:
    """Tables of municipality size: labour market from the residents, accounts from the newcomers, code lists, addresses."""
    spark = persons.sparkSession
    years = F.explode(F.array(*(F.lit(day) for day in SNAPSHOTS if day.month == 12))).alias("day")
    adults = (
        persons.where("in_bef")
        .select("*", years)
        .where(
            F.coalesce(F.col("arrival") <= F.col("day"), F.lit(True))
            & F.floor(F.months_between("day", "birth_date") / 12).between(18, 64)
        )
    )
    residents = adults.groupBy(F.col("place").alias("municipality_code"), F.year("day").alias("year")).agg(
        F.count(F.lit(1)).alias("residents")
    )
    truth = write_municipal(
        registers / "municipal", plan.country, residents.toPandas(), full_year_persons(persons).toPandas(), plan.seed
    )
    folder = registers.parent / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    truth.to_csv(folder / "unit_costs.csv", index=False)
    codes = registers / "codes"
    codes.mkdir(parents=True, exist_ok=True)
    for name in ("countries", "residence_basis_codes"):
        read_reference(name).to_csv(codes / f"{name}.csv", index=False)
    addresses = [
        (f"{code}{n:05d}", code, date(1970, 1, 1), date(2999, 12, 31)) for code in plan.country.code.tolist() for n in range(50)
    ]
    frame = spark.createDataFrame(addresses, "ADRESSE_ID string, KOM string, ADR_VFRA date, ADR_VTIL date")
    _save(frame.coalesce(1), registers / "befadr" / "befadr2016.parquet", "parquet")


def _write_truth(persons: "DataFrame", folder: Path, plan: SimulationPlan) -> None:
    """Coefficients, hazard levels, effects of the municipalities, cost model, true spells."""
    folder.mkdir(parents=True, exist_ok=True)
    coefficients = [(sex, term, value) for sex, own in plan.country.coefficients.items() for term, value in own.items()]
    pd.DataFrame(coefficients, columns=["group", "term", "coefficient"]).to_csv(folder / "coefficients.csv", index=False)
    pd.DataFrame({"municipality_code": plan.country.code, "effect": plan.country.effect}).to_csv(
        folder / "municipality_effects.csv", index=False
    )
    pd.DataFrame({"group": ["men", "women"], "hazard_level": list(plan.levels)}).to_csv(folder / "baseline.csv", index=False)
    cost_model_table(TrueCosts()).to_csv(folder / "cost_model.csv", index=False)
    spells = persons.where((F.col("role") == "newcomer") & F.col("true_start1").isNotNull())
    spells.select("person_id", F.col("place").alias("municipality_code"), *_TRUE).coalesce(2).write.mode("overwrite").parquet(
        str(folder / "spells.parquet")
    )
