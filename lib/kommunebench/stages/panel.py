"""The stages of the verb panel: population, weekly panel, spells. Each is written before the next
reads it."""

from typing import TYPE_CHECKING

from kommunebench import bronze
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.spells import JOBS_REPORTED_SINCE
from kommunebench.silver import (
    PERMIT_HOLDERS,
    POPULATION,
    POPULATION_DROPS,
    SPELL_CANDIDATES,
    SPELLS,
    WEEKLY_PANEL,
)
from kommunebench.spells import (
    RegisterFrames,
    build_population,
    build_spells,
    build_weekly_panel,
    count_drops,
    find_permit_holders,
    find_spell_candidates,
)
from kommunebench.spells.last_events import refuse_registers_that_end_early
from kommunebench.spells.persons_found import refuse_registers_of_others
from kommunebench.spells.residence import count_unplaced_addresses
from kommunebench.stages.bronze_writes import delivered_tables
from kommunebench.stages.labour_market_years import note_of_carried_figures
from kommunebench.stages.stage import Stage, StageInputs, StageOutput

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Registers of health that name persons.
PERSONS_HEALTH = ("hospital_contacts", "health_services", "prescriptions")
SECTIONS = ("name", "population", "observation", "measurement", "employment")


def register_frames(inputs: StageInputs) -> RegisterFrames:
    """The bronze tables a stage declares and the delivery holds, by name; registers an analysis
    does not need may be absent."""
    delivered = delivered_tables(inputs.rows(bronze.DELIVERED_FILES))
    registers = [
        table for table in inputs.reads if table.layer == "bronze" and table.name in delivered
    ]
    return RegisterFrames(**{table.name: inputs.read(table) for table in registers})


def _permit_holders(inputs: StageInputs) -> StageOutput:
    holders = find_permit_holders(register_frames(inputs), inputs.settings)
    return StageOutput({PERMIT_HOLDERS: inputs.of_run(PERMIT_HOLDERS, holders)})


def _population(inputs: StageInputs) -> StageOutput:
    holders, registers = inputs.read(PERMIT_HOLDERS), register_frames(inputs)
    refuse_registers_of_others(holders, registers, (*PERSONS_HEALTH, "danish_courses"))
    population = build_population(holders, registers, inputs.settings)
    return StageOutput(
        {
            POPULATION: inputs.of_run(POPULATION, population),
            POPULATION_DROPS: inputs.of_run(POPULATION_DROPS, count_drops(holders)),
        }
    )


def _weekly_panel(inputs: StageInputs) -> StageOutput:
    return weekly_panel_of(inputs, inputs.read(POPULATION))


def weekly_panel_of(inputs: StageInputs, persons: "DataFrame") -> StageOutput:
    """The weekly panel of these persons, and what must be known of their addresses. Raises
    RegisterError where nobody of them is found in a register of benefits or employment, and where
    deaths, migrations or addresses end before the observation does."""
    registers = register_frames(inputs)
    refuse_registers_that_end_early(registers, inputs.settings.observation.observation_end)
    refuse_registers_of_others(persons, registers, ("benefit_weeks", "employment_months"))
    panel = build_weekly_panel(persons, registers, inputs.settings)
    unplaced, note = _about_addresses(registers, persons)
    return StageOutput(
        {WEEKLY_PANEL: inputs.of_run(WEEKLY_PANEL, panel)},
        {"address_spells_without_municipality": float(unplaced)},
        "; ".join(text for text in (note, note_of_unseen_work(inputs.settings)) if text),
    )


def note_of_unseen_work(settings: AnalysisSettings) -> str:
    """That nobody is seen in work in the first weeks, where no register holds them."""
    if not settings.opens_before_jobs:
        return ""
    return (
        f"no jobs are reported before {JOBS_REPORTED_SINCE}: from"
        f" {settings.population.window_start} to then nobody is seen in work"
    )


def _about_addresses(registers: RegisterFrames, persons: "DataFrame") -> tuple[int, str]:
    """How many of the persons' address spells are in no municipality, and what to say of it."""
    counted = count_unplaced_addresses(registers, persons)
    if counted is not None:
        spells, addresses = counted
        text = (
            f"{spells} address spells at {addresses} addresses that BEFADR places in no"
            " municipality: their days are taken from BEF"
        )
        return spells, text if spells else ""
    if registers.address_spells is None:
        return 0, ""
    instead = "FLYT" if registers.moves is not None else "BEF"
    return 0, f"BEFBOP without BEFADR is not used: municipalities are taken from {instead}"


def _spell_candidates(inputs: StageInputs) -> StageOutput:
    candidates = find_spell_candidates(
        inputs.read(WEEKLY_PANEL), inputs.read(POPULATION), inputs.settings
    )
    return StageOutput({SPELL_CANDIDATES: inputs.of_run(SPELL_CANDIDATES, candidates)})


def _spells(inputs: StageInputs) -> StageOutput:
    spells = build_spells(
        inputs.read(SPELL_CANDIDATES),
        inputs.read(POPULATION),
        register_frames(inputs),
        inputs.settings,
    )
    return StageOutput(
        {SPELLS: inputs.of_run(SPELLS, spells)}, note=note_of_carried_figures(inputs)
    )


# What RegisterFrames is never without.
ALWAYS_READ = (
    bronze.DELIVERED_FILES,
    bronze.PERMITS,
    bronze.POPULATION_SNAPSHOTS,
    bronze.MIGRATIONS,
    bronze.DEATHS,
    bronze.COUNTRIES,
    bronze.RESIDENCE_BASIS_CODES,
)
HEALTH = (
    bronze.HOSPITAL_CONTACTS,
    bronze.HOSPITAL_DIAGNOSES,
    bronze.HEALTH_SERVICES,
    bronze.PRESCRIPTIONS,
)
RESIDENCE = (bronze.ADDRESS_SPELLS, bronze.ADDRESSES, bronze.MOVES)
LABOUR_MARKET = (bronze.UNEMPLOYMENT, bronze.JOBS, bronze.COMMUTING_AREAS)

PERMIT_HOLDERS_STAGE = Stage(
    name="permit_holders",
    verb="panel",
    reads=ALWAYS_READ,
    writes=(PERMIT_HOLDERS,),
    sections=SECTIONS,
    build=_permit_holders,
)
POPULATION_STAGE = Stage(
    name="population",
    verb="panel",
    reads=(PERMIT_HOLDERS, *ALWAYS_READ, *HEALTH, bronze.DANISH_COURSES),
    writes=(POPULATION, POPULATION_DROPS),
    sections=SECTIONS,
    build=_population,
    after=("permit_holders",),
)
PANEL_STAGE = Stage(
    name="weekly_panel",
    verb="panel",
    reads=(POPULATION, *ALWAYS_READ, *RESIDENCE, bronze.BENEFIT_WEEKS, bronze.EMPLOYMENT_MONTHS),
    writes=(WEEKLY_PANEL,),
    sections=SECTIONS,
    build=_weekly_panel,
    after=("population",),
)
SPELL_CANDIDATES_STAGE = Stage(
    name="spell_candidates",
    verb="panel",
    reads=(WEEKLY_PANEL, POPULATION),
    writes=(SPELL_CANDIDATES,),
    sections=(*SECTIONS, "spells"),
    build=_spell_candidates,
    after=("population", "weekly_panel"),
)
SPELLS_STAGE = Stage(
    name="spells",
    verb="panel",
    reads=(SPELL_CANDIDATES, POPULATION, *ALWAYS_READ, *LABOUR_MARKET, bronze.BENEFIT_WEEKS),
    writes=(SPELLS,),
    sections=(*SECTIONS, "spells"),
    build=_spells,
    after=("population", "spell_candidates"),
)
