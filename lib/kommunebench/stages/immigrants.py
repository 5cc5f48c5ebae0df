"""The stages of analyses of immigrants in a spell, up to the spells: who is followed, the weekly
panel, spells, and the flow."""

from kommunebench import bronze
from kommunebench.gold import POPULATION_FLOW
from kommunebench.populations.immigrant_flow import count_immigrant_flow
from kommunebench.populations.immigrant_spells import build_immigrant_spells, lose_spells
from kommunebench.populations.immigrants import find_immigrants
from kommunebench.silver import IMMIGRANTS, SPELL_CANDIDATES, SPELLS, WEEKLY_PANEL
from kommunebench.spells import find_spell_candidates
from kommunebench.spells.persons_found import refuse_registers_of_others
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
    known = registers.education_spells is not None or registers.educations is not None
    candidates = lose_spells(candidates, followed, settings, schooling_known=known)
    note = "" if known else "no education of minors: from 18 years"
    return StageOutput({SPELL_CANDIDATES: inputs.of_run(SPELL_CANDIDATES, candidates)}, note=note)


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
        inputs.read(IMMIGRANTS), inputs.read(SPELL_CANDIDATES), inputs.settings.model.min_spells
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
    reads=(IMMIGRANTS, SPELL_CANDIDATES),
    writes=(POPULATION_FLOW,),
    sections=("name", "model"),
    build=_flow,
    after=("immigrants", "spell_candidates"),
)
IMMIGRANT_STAGES = (
    IMMIGRANTS_STAGE,
    PANEL_STAGE,
    SPELL_CANDIDATES_STAGE,
    SPELLS_STAGE,
    FLOW_STAGE,
)
