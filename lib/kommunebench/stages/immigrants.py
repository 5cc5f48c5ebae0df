"""The stages of analyses of immigrants in a spell, up to the spells: who is followed, the weekly
panel, spells, and the flow."""

from pyspark.sql import functions as F

from kommunebench import bronze
from kommunebench.gold import POPULATION_FLOW
from kommunebench.populations.immigrant_flow import count_immigrant_flow
from kommunebench.populations.immigrant_spells import build_immigrant_spells, lose_spells
from kommunebench.populations.immigrants import find_immigrants
from kommunebench.populations.origin import EARLIER_ARRIVAL
from kommunebench.silver import IMMIGRANTS, SPELL_CANDIDATES, SPELLS, WEEKLY_PANEL
from kommunebench.spells import find_spell_candidates
from kommunebench.spells.arrivals import MIGRATIONS_SINCE, migrations_begin
from kommunebench.spells.persons_found import refuse_registers_of_others
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.schooling import years_of_unknown_schooling
from kommunebench.stages.labour_market_years import note_of_carried_figures
from kommunebench.stages.panel import (
    ALWAYS_READ,
    HEALTH,
    LABOUR_MARKET,
    PERSONS_HEALTH,
    RESIDENCE,
    SECTIONS,
    register_frames,
    weekly_panel_of,
)
from kommunebench.stages.stage import Stage, StageInputs, StageOutput

_EDUCATION = (bronze.EDUCATIONS, bronze.EDUCATION_SPELLS, bronze.EDUCATION_LEVELS)
_SECTIONS = (*SECTIONS, "immigrants")


def _immigrants(inputs: StageInputs) -> StageOutput:
    immigrants = find_immigrants(register_frames(inputs), inputs.settings)
    return StageOutput({IMMIGRANTS: inputs.of_run(IMMIGRANTS, immigrants)})


def _weekly_panel(inputs: StageInputs) -> StageOutput:
    return weekly_panel_of(inputs, inputs.read(IMMIGRANTS).where("reason IS NULL"))


def _spell_candidates(inputs: StageInputs) -> StageOutput:
    settings, registers = inputs.settings, register_frames(inputs)
    followed = inputs.read(IMMIGRANTS).where("reason IS NULL")
    candidates = find_spell_candidates(inputs.read(WEEKLY_PANEL), followed, settings)
    unknown_years = years_of_unknown_schooling(
        registers, settings.population.window_start, settings.observation.observation_end
    )
    candidates = lose_spells(candidates, followed, settings, schooling_known=not unknown_years)
    notes = (_about_arrivals(inputs, registers), _about_schooling(unknown_years, registers))
    note = "; ".join(note for note in notes if note)
    return StageOutput({SPELL_CANDIDATES: inputs.of_run(SPELL_CANDIDATES, candidates)}, note=note)


def _about_schooling(unknown_years: tuple[int, ...], registers: RegisterFrames) -> str:
    """Why spells of minors do not count; empty where they do."""
    if not unknown_years:
        return ""
    lacks = (
        "neither KOTRE nor UDDA is delivered"
        if registers.educations is None
        else "KOTRE is not delivered, and UDDA has nobody in an education (UDD) on 1 October of "
        + ", ".join(map(str, unknown_years))
    )
    return f"no register tells which minors are in education ({lacks}): spells from 18 years on"


def _about_arrivals(inputs: StageInputs, registers: RegisterFrames) -> str:
    """That migrations do not reach back as far as the years in Denmark are counted; empty where
    they do, or where nobody came before they begin."""
    begin = migrations_begin(registers.migrations)
    if begin is None:
        return ""
    settings, immigrants = inputs.settings, inputs.read(IMMIGRANTS)
    assert settings.immigrants is not None
    taken = immigrants.where("reason IS NULL").where(F.array_contains("remarks", EARLIER_ARRIVAL))
    n_taken = taken.count()
    counted_from = settings.population.window_start.year - settings.immigrants.years_limit - 1
    if not n_taken and begin.year <= counted_from:
        return ""
    return (
        f"VNDS begins in {begin.year} as delivered, not in {MIGRATIONS_SINCE}:"
        f" FOERSTE_INDVANDRING before it is the first arrival of {n_taken:,} immigrants who came"
        " back; of whoever has none in BEF the return counts as the first arrival. Deliver VNDS,"
        f" or VNDS_HIST beside VNDS_IND and VNDS_UD, from {MIGRATIONS_SINCE} on"
    )


def _spells(inputs: StageInputs) -> StageOutput:
    immigrants, registers = inputs.read(IMMIGRANTS), register_frames(inputs)
    refuse_registers_of_others(immigrants, registers, PERSONS_HEALTH)
    spells = build_immigrant_spells(
        inputs.read(SPELL_CANDIDATES), immigrants, registers, inputs.settings
    )
    return StageOutput(
        {SPELLS: inputs.of_run(SPELLS, spells)}, note=note_of_carried_figures(inputs)
    )


def _flow(inputs: StageInputs) -> StageOutput:
    flow = count_immigrant_flow(
        inputs.read(IMMIGRANTS),
        inputs.read(SPELL_CANDIDATES),
        inputs.read(SPELLS),
        inputs.settings.model.min_spells,
    )
    return StageOutput({POPULATION_FLOW: inputs.of_run(POPULATION_FLOW, flow)})


IMMIGRANTS_STAGE = Stage(
    name="immigrants",
    verb="panel",
    reads=ALWAYS_READ,
    writes=(IMMIGRANTS,),
    sections=_SECTIONS,
    build=_immigrants,
)
PANEL_STAGE = Stage(
    name="weekly_panel",
    verb="panel",
    reads=(
        IMMIGRANTS,
        *ALWAYS_READ,
        *RESIDENCE,
        *_EDUCATION,
        bronze.BENEFIT_WEEKS,
        bronze.EMPLOYMENT_MONTHS,
    ),
    writes=(WEEKLY_PANEL,),
    sections=_SECTIONS,
    build=_weekly_panel,
    after=("immigrants",),
)
SPELL_CANDIDATES_STAGE = Stage(
    name="spell_candidates",
    verb="panel",
    reads=(WEEKLY_PANEL, IMMIGRANTS, *ALWAYS_READ, *_EDUCATION),
    writes=(SPELL_CANDIDATES,),
    sections=(*_SECTIONS, "spells"),
    build=_spell_candidates,
    after=("immigrants", "weekly_panel"),
)
SPELLS_STAGE = Stage(
    name="spells",
    verb="panel",
    reads=(
        SPELL_CANDIDATES,
        IMMIGRANTS,
        *ALWAYS_READ,
        *HEALTH,
        *LABOUR_MARKET,
        *_EDUCATION,
        bronze.BENEFIT_WEEKS,
        bronze.DANISH_COURSES,
    ),
    writes=(SPELLS,),
    sections=(*_SECTIONS, "spells", "measurement"),
    build=_spells,
    after=("immigrants", "spell_candidates"),
)
FLOW_STAGE = Stage(
    name="flow",
    verb="benchmark",
    reads=(IMMIGRANTS, SPELL_CANDIDATES, SPELLS),
    writes=(POPULATION_FLOW,),
    sections=("name", "model"),
    build=_flow,
    after=("immigrants", "spell_candidates", "spells"),
)
IMMIGRANT_STAGES = (
    IMMIGRANTS_STAGE,
    PANEL_STAGE,
    SPELL_CANDIDATES_STAGE,
    SPELLS_STAGE,
    FLOW_STAGE,
)
