"""The rows of a file of spells as rows of silver.imported_spells."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import Register
from kommunebench.registers.delivered_file import SUFFIXES, DeliveredFile, delivered_file
from kommunebench.registers.failures import damaged_file, is_from_spark
from kommunebench.registers.file_columns import read_file_columns
from kommunebench.registers.locations import AnyPath
from kommunebench.registers.reading import read_register, text_column
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.analysis import Covariate
from kommunebench.spell_files.classes import class_of_number
from kommunebench.spell_files.roles import (
    DURATION,
    EVENT,
    FOLLOW_UP,
    GROUP,
    PERSON,
    UNIT,
    covariate_role,
    is_number,
    missing_columns,
    named_columns,
    roles_by_column,
    spell_register,
)
from kommunebench.spell_files.rules import check_codes, check_rows, rules_of
from kommunebench.tables import Table, columns

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

IMPORTED_SPELLS = Table(
    name="imported_spells",
    layer="silver",
    grain="one spell of an analysis that starts from spells",
    key=("analysis", "spell_id"),
    columns=columns(
        "analysis string, spell_id string, person_id string, model_group string,"
        " municipality_code string, duration int, potential_follow_up int, event int"
    )
    | {"covariates": "map<string,string>"},
    constraints={"duration_positive": "duration >= 1", "event_binary": "event IN (0, 1)"},
)


def read_spells(spark: "SparkSession", path: AnyPath, settings: AnalysisSettings) -> "DataFrame":
    """The spells of a file, or of the files of a folder, in the columns of silver.imported_spells.

    CSV, Parquet and SAS7BDAT are read as registers are (``registers.text_files``). Raises
    RegisterError naming the file, every missing column, and per column how many rows cannot be
    used, why, and the first of them.
    """
    register = spell_register(settings)
    file = delivered_file(register, path)
    if not file.files:
        raise RegisterError(
            f"{path}: no file of spells; the name must end in {', '.join(SUFFIXES)}."
        )
    try:
        return _checked(spark, file, settings)
    except Exception as error:
        if not is_from_spark(error):
            raise
        raise RegisterError(damaged_file(file, error)) from error


def _checked(spark: "SparkSession", file: DeliveredFile, settings: AnalysisSettings) -> "DataFrame":
    described = [(file, read_file_columns(file, spark))]
    by_name = described[0][1].names
    if missing := missing_columns(settings, by_name):
        raise RegisterError(
            f"{file.path}: missing columns {missing}; found {list(by_name.values())}. The settings"
            f" of {settings.name} name them under spells_file and model.covariates: correct the"
            " file or the settings."
        )
    register = file.register
    frame = read_register(spark, register, described).frame
    check_rows(
        file.path,
        frame,
        rules_of(settings),
        lambda: read_register(spark, register, described, numbered=True).frame,
    )
    check_codes(file.path, frame, named_columns(settings).unit)
    return frame.select(*_spell_columns(settings, register))


def _spell_columns(settings: AnalysisSettings, register: Register) -> "list[Column]":
    """The columns of silver.imported_spells. A spell's id is a hash of what its row holds, not of
    its place in the file."""
    named = named_columns(settings)
    delivered = [F.col(text_column(role)) for role in _roles_in_order(settings, register)]
    # Rows equal in every column are different spells: number them.
    copy_number = F.row_number().over(Window.partitionBy(*delivered).orderBy(F.lit(1)))
    spell_id = F.concat_ws("-", F.hex(F.xxhash64(*delivered)), copy_number)
    if named.potential_follow_up:
        follow_up = F.col(FOLLOW_UP).cast("int")
    elif named.potential_follow_up_from:
        follow_up = (F.lit(named.follow_up_end) - F.col(FOLLOW_UP)).cast("int")
    else:
        follow_up = F.lit(None).cast("int")
    pairs = [
        name_or_value
        for covariate in settings.model.covariates
        for name_or_value in (F.lit(covariate.column), _covariate(covariate))
    ]
    return [
        F.lit(settings.name).alias("analysis"),
        spell_id.alias("spell_id"),
        (F.col(PERSON) if named.person else spell_id).alias("person_id"),
        (F.col(GROUP) if named.group else F.lit("all")).alias("model_group"),
        F.col(UNIT).alias("municipality_code"),
        F.col(DURATION).alias("duration"),
        follow_up.alias("potential_follow_up"),
        F.col(EVENT).alias("event"),
        (F.create_map(*pairs) if pairs else F.create_map().cast("map<string,string>")).alias(
            "covariates"
        ),
    ]


def _roles_in_order(settings: AnalysisSettings, register: Register) -> list[str]:
    """One role of each delivered column, in an order that never changes: ids of spells, and with
    them the draws of the bootstrap, depend on it."""
    named, roles = named_columns(settings), roles_by_column(register)
    in_order = (
        named.unit,
        named.duration,
        named.event,
        named.person,
        named.group,
        named.potential_follow_up,
        named.potential_follow_up_from,
        *settings.covariate_columns,
    )
    return [roles[name.lower()] for name in dict.fromkeys(in_order) if name]


def _covariate(covariate: Covariate) -> "Column":
    """A covariate as text: a category as delivered, a number with a decimal point, and of a number
    that is cut into classes the label of its class."""
    role = covariate_role(covariate)
    value, text = F.col(role), F.col(text_column(role))
    if covariate.bins is None:
        if not is_number(covariate):
            return value
        return F.when(text.contains(","), value.cast("string")).otherwise(text)
    return class_of_number(value, covariate)
