"""The stages of the verb panel: population, weekly panel, spells. Each is written before the next reads it."""

from pyspark.sql import functions as F

from kommunebench import bronze
from kommunebench.gold import POPULATION_FLOW, SPELL_OUTCOMES
from kommunebench.silver import POPULATION, SPELLS, WEEKLY_PANEL
from kommunebench.spells import RegisterFrames, build_population, build_spells, build_weekly_panel
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.storage import table_exists

_SECTIONS = ("name", "population", "observation", "measurement", "model")


def register_frames(inputs: StageInputs) -> RegisterFrames:
    """The bronze tables the store holds, by name; registers an analysis does not need may be absent."""
    frames = {
        table.name: inputs.read(table)
        for table in bronze.BRONZE_TABLES
        if table is not bronze.DELIVERED_FILES and table_exists(inputs.store, table)
    }
    return RegisterFrames(**frames)
