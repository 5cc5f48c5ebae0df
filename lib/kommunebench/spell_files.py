"""Analyses that start from spells: a CSV or Parquet file, its columns named by the settings,
checked in one pass."""

from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.errors import RegisterError
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.analysis import Covariate
from kommunebench.tables import Table, columns

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

IMPORTED_SPELLS = Table(
    "imported_spells",
    "silver",
    "one spell of an analysis that starts from spells",
    ("analysis", "spell_id"),
    columns(
        """analysis string, spell_id string, person_id string, model_group string, municipality_code string,
        duration int, potential_follow_up int, event int"""
    )
    | {"covariates": "map<string,string>"},
    {"duration_positive": "duration >= 1", "event_binary": "event IN (0, 1)"},
)


def read_spells(spark: "SparkSession", file: Path, settings: AnalysisSettings) -> "DataFrame":
    """The spells of a file in the columns of silver.imported_spells.

    Raises RegisterError naming the file, every missing column, and per column how many rows cannot
    be used and why.
    """
    from pyspark.sql import functions as F

    frame = _read(spark, file)
    names = _named_columns(settings)
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise RegisterError(
            f"{file}: missing columns {missing}; found {frame.columns}. The settings of"
            f" {settings.name} name them under spells_file and model.covariates: correct the file"
            " or the settings."
        )
    selected = frame.select(
        *(
            F.nullif(F.trim(F.col(f"`{name}`").cast("string")), F.lit("")).alias(name)
            for name in names
        )
    )
    _check(file, selected, settings)
    return selected.select(*_our_columns(settings))


def _read(spark: "SparkSession", file: Path) -> "DataFrame":
    """The file as text columns."""
    name = file.name.lower()
    if name.endswith(".parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            parts = [file] if file.is_file() else sorted(file.glob("*.parquet"))
            for part in parts:
                pq.ParquetFile(part)
        except (pa.ArrowInvalid, OSError) as error:
            raise RegisterError(f"{file}: not a whole Parquet file; deliver it again.") from error
        return spark.read.parquet(str(file))
    if not name.endswith(".csv"):
        raise RegisterError(f"{file}: the name must end in .csv or .parquet.")
    try:
        with file.open(encoding="utf-8") as handle:
            header = handle.readline()
            for _ in handle:
                pass
    except UnicodeDecodeError as error:
        raise RegisterError(
            f"{file}: not UTF-8 (byte {error.start} of the part read); save it as UTF-8."
        ) from error
    if not header.strip():
        raise RegisterError(f"{file}: empty; expected a header line with the column names.")
    separator = ";" if header.count(";") > header.count(",") else ","
    return spark.read.csv(str(file), header=True, sep=separator, encoding="UTF-8")


def _named_columns(settings: AnalysisSettings) -> list[str]:
    named = settings.spells_file
    assert named is not None
    wanted = [
        named.unit,
        named.duration,
        named.event,
        named.person,
        named.group,
        named.potential_follow_up,
        named.potential_follow_up_from,
        *settings.covariate_columns,
    ]
    return list(dict.fromkeys(name for name in wanted if name))


def _check(file: Path, frame: "DataFrame", settings: AnalysisSettings) -> None:
    """All problems of all rows, counted in one aggregation, raised as one error."""
    from pyspark.sql import functions as F

    problems = _problems(settings)
    counts = frame.agg(
        F.count(F.lit(1)).alias("rows"),
        *(F.count_if(rule).alias(text) for text, rule in problems.items()),
    )
    found = counts.first()
    assert found is not None
    if found["rows"] == 0:
        raise RegisterError(f"{file}: no rows below the header.")
    breaches = [
        f"{text}: {found[text]} of {found['rows']} rows" for text in problems if found[text]
    ]
    if breaches:
        raise RegisterError(
            f"{file}: "
            + "; ".join(breaches)
            + ". Correct these rows or leave them out, then run again."
        )


def _problems(settings: AnalysisSettings) -> "dict[str, Column]":
    """Rules a row may break, each with the words of its message."""
    from pyspark.sql import functions as F

    named = settings.spells_file
    assert named is not None
    duration, event = (
        F.col(named.duration).try_cast("double"),
        F.col(named.event).try_cast("double"),
    )
    problems = {
        f"column {named.unit} is empty": F.col(named.unit).isNull(),
        f"column {named.duration} is not a whole number of 1 or more": (
            duration.isNull() | (duration < 1) | (duration != F.floor(duration))
        ),
        f"column {named.event} is neither 0 nor 1": event.isNull() | ~event.isin(0.0, 1.0),
    }
    for name in (named.person, named.group):
        if name:
            problems[f"column {name} is empty"] = F.col(name).isNull()
    for name in (named.potential_follow_up, named.potential_follow_up_from):
        if name:
            problems[f"column {name} is not a number"] = F.col(name).try_cast("double").isNull()
    for covariate in settings.model.covariates:
        column = F.col(covariate.column)
        if covariate.kind == "category" and covariate.bins is None:
            problems[f"covariate {covariate.column} is empty"] = column.isNull()
        else:
            problems[f"covariate {covariate.column} is not a number"] = column.try_cast(
                "double"
            ).isNull()
        if covariate.bins is not None:
            value = column.try_cast("double")
            outside = (value < covariate.bins[0]) | (value >= covariate.bins[-1])
            problems[
                f"covariate {covariate.column} lies outside its bins {list(covariate.bins)}"
            ] = outside
    return problems


def _our_columns(settings: AnalysisSettings) -> "list[Column]":
    """The file's columns under our names; a spell's id is a hash of its row's person and content,
    not of its place."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    named = settings.spells_file
    assert named is not None
    names = _named_columns(settings)
    content = F.xxhash64(*(F.col(name) for name in names))
    # Rows equal in every column are different spells: number them.
    number = F.row_number().over(Window.partitionBy(*names).orderBy(F.lit(1)))
    spell_id = F.concat_ws("-", F.hex(content), number)
    if named.potential_follow_up:
        follow_up = F.col(named.potential_follow_up).cast("double").cast("int")
    elif named.potential_follow_up_from:
        follow_up = (
            F.lit(named.follow_up_end) - F.col(named.potential_follow_up_from).cast("double")
        ).cast("int")
    else:
        follow_up = F.lit(None).cast("int")
    pairs = [
        part
        for covariate in settings.model.covariates
        for part in (F.lit(covariate.column), _covariate(covariate))
    ]
    return [
        F.lit(settings.name).alias("analysis"),
        spell_id.alias("spell_id"),
        (F.col(named.person) if named.person else spell_id).alias("person_id"),
        (F.col(named.group) if named.group else F.lit("all")).alias("model_group"),
        F.col(named.unit).alias("municipality_code"),
        F.col(named.duration).cast("double").cast("int").alias("duration"),
        follow_up.alias("potential_follow_up"),
        F.col(named.event).cast("double").cast("int").alias("event"),
        (F.create_map(*pairs) if pairs else F.create_map().cast("map<string,string>")).alias(
            "covariates"
        ),
    ]


def _covariate(covariate: Covariate) -> "Column":
    """A covariate as text; a binned number as the label of its class."""
    from pyspark.sql import functions as F

    column = F.col(covariate.column)
    if covariate.bins is None:
        return column
    value = column.cast("double")
    label = F.lit(None).cast("string")
    for upper, name in zip(
        reversed(covariate.bins[1:]), reversed(covariate.bin_labels or ()), strict=True
    ):
        label = F.when(value < upper, F.lit(name)).otherwise(label)
    return label
