"""The stages of the verb panel: population, weekly panel, spells. Each is written before the next reads it."""

from kommunebench import bronze
from kommunebench.gold import POPULATION_FLOW, SPELL_OUTCOMES
from kommunebench.silver import POPULATION, SPELLS, WEEKLY_PANEL
from kommunebench.spells import RegisterFrames, build_population, build_spells, build_weekly_panel
from kommunebench.spells.flow import build_flow
from kommunebench.spells.outcomes import count_outcomes
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.storage import table_exists

_SECTIONS = ("name", "population", "observation", "measurement")


def register_frames(inputs: StageInputs) -> RegisterFrames:
    """The bronze tables the store holds, by name; registers an analysis does not need may be absent."""
    frames = {
        table.name: inputs.read(table)
        for table in bronze.BRONZE_TABLES
        if table is not bronze.DELIVERED_FILES and table_exists(inputs.store, table)
    }
    return RegisterFrames(**frames)


def _population(inputs: StageInputs) -> StageOutput:
    built = build_population(register_frames(inputs), inputs.settings)
    return StageOutput({POPULATION: inputs.own(POPULATION, built.population)})


def _weekly_panel(inputs: StageInputs) -> StageOutput:
    panel = build_weekly_panel(inputs.read(POPULATION), register_frames(inputs), inputs.settings)
    return StageOutput({WEEKLY_PANEL: inputs.own(WEEKLY_PANEL, panel)})


def _spells(inputs: StageInputs) -> StageOutput:
    built = build_spells(inputs.read(WEEKLY_PANEL), inputs.read(POPULATION), register_frames(inputs), inputs.settings)
    return StageOutput({SPELLS: inputs.own(SPELLS, built.spells)})


_BRONZE_FOR_POPULATION = (bronze.PERMITS, bronze.POPULATION_SNAPSHOTS, bronze.MIGRATIONS)

POPULATION_STAGE = Stage("population", "panel", _BRONZE_FOR_POPULATION, (POPULATION,), _SECTIONS, _population)
PANEL_STAGE = Stage(
    "weekly_panel",
    "panel",
    (POPULATION, bronze.BENEFIT_WEEKS, bronze.EMPLOYMENT_MONTHS),
    (WEEKLY_PANEL,),
    (*_SECTIONS, "employment"),
    _weekly_panel,
    after=("population",),
)
SPELLS_STAGE = Stage(
    "spells",
    "panel",
    (WEEKLY_PANEL, POPULATION),
    (SPELLS,),
    (*_SECTIONS, "employment", "spells"),
    _spells,
    after=("population", "weekly_panel"),
)
