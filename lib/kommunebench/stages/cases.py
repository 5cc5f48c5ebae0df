"""The stages of analyses of shares: who is looked at, cases with their conditions, and counts."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench import bronze
from kommunebench.gold import POPULATION_FLOW, PUPILS_WITHOUT_MARKS
from kommunebench.populations import (
    NO_MARKS,
    TOO_FEW_MARKS,
    CaseRegisters,
    case_population,
    count_case_flow,
    count_without_marks,
    measure_cases,
)
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import CASE_CANDIDATES, CASES
from kommunebench.spells.persons_found import refuse_registers_of_others
from kommunebench.stages.bronze_writes import delivered_tables
from kommunebench.stages.panel import PERSONS_HEALTH
from kommunebench.stages.parents_health import note_of_undelivered_years, parents_health_years
from kommunebench.stages.stage import Stage, StageInputs, StageOutput

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_TABLES = (
    bronze.POPULATION_SNAPSHOTS,
    bronze.MIGRATIONS,
    bronze.COUNTRIES,
    bronze.SCHOOL_MARKS,
    bronze.EDUCATIONS,
    bronze.EDUCATION_LEVELS,
    bronze.URBAN_SHARES,
    bronze.HOSPITAL_CONTACTS,
    bronze.HOSPITAL_DIAGNOSES,
    bronze.HEALTH_SERVICES,
    bronze.PRESCRIPTIONS,
)


def _registers(inputs: StageInputs) -> CaseRegisters:
    """The bronze tables the store holds, of those analyses of shares read."""
    files = inputs.rows(bronze.DELIVERED_FILES)
    delivered = delivered_tables(files)
    frames = {table.name: inputs.read(table) for table in _TABLES if table.name in delivered}
    return CaseRegisters(**frames, health_years=parents_health_years(files, inputs.settings))


def _candidates(inputs: StageInputs) -> StageOutput:
    population = case_population(inputs.settings)
    candidates = population.select(_registers(inputs), inputs.settings)
    if "current_municipality_code" not in candidates.columns:
        # A population of one's own need not say it: only residents have the check it is for.
        nowhere = F.lit(None).cast("string")
        candidates = candidates.withColumn("current_municipality_code", nowhere)
    return StageOutput({CASE_CANDIDATES: inputs.of_run(CASE_CANDIDATES, candidates)})


def _cases(inputs: StageInputs) -> StageOutput:
    candidates, registers = inputs.read(CASE_CANDIDATES), _registers(inputs)
    refuse_identifiers_of_others(candidates, registers, inputs.settings)
    cases = measure_cases(candidates, registers, inputs.settings)
    note = note_of_undelivered_years(registers.health_years, inputs.settings)
    return StageOutput({CASES: inputs.of_run(CASES, cases)}, note=note)


def refuse_identifiers_of_others(
    candidates: "DataFrame", registers: CaseRegisters, settings: AnalysisSettings
) -> None:
    """Raise RegisterError where nobody of the population, parents among them, is found in a
    register of health or education that the analysis needs: everybody would count as healthy and
    without an education."""
    from kommunebench.registers.needs import registers_of
    from kommunebench.registers.preparations import table_of

    needed = {table_of(register.name).name for register in registers_of(settings)}
    looked_through = [n for n in (*PERSONS_HEALTH, bronze.EDUCATIONS.name) if n in needed]
    family = F.explode(F.array("person_id", "mother_id", "father_id")).alias("person_id")
    persons = candidates.where(F.col("lost").isNull()).select(family)
    refuse_registers_of_others(
        persons.where(F.col("person_id").isNotNull()), registers, looked_through
    )


def _counts(inputs: StageInputs) -> StageOutput:
    population, candidates = case_population(inputs.settings), inputs.read(CASE_CANDIDATES)
    flow = count_case_flow(
        candidates,
        inputs.read(CASES),
        start=population.start,
        reasons=population.reasons,
        min_cases=inputs.settings.model.min_spells,
    )
    reasons = (NO_MARKS, TOO_FEW_MARKS)
    about_marks = set(reasons) <= set(population.reasons)
    without = count_without_marks(candidates.where(F.lit(about_marks)), reasons)
    return StageOutput(
        {
            POPULATION_FLOW: inputs.of_run(POPULATION_FLOW, flow),
            PUPILS_WITHOUT_MARKS: inputs.of_run(PUPILS_WITHOUT_MARKS, without),
        }
    )


_SECTIONS = ("name", "pupils", "residents", "population_module")
CASE_CANDIDATES_STAGE = Stage(
    name="case_candidates",
    verb="panel",
    reads=(bronze.DELIVERED_FILES, *_TABLES),
    writes=(CASE_CANDIDATES,),
    sections=_SECTIONS,
    build=_candidates,
)
CASES_STAGE = Stage(
    name="cases",
    verb="panel",
    reads=(CASE_CANDIDATES, bronze.DELIVERED_FILES, *_TABLES),
    writes=(CASES,),
    sections=(*_SECTIONS, "model", "measurement"),
    build=_cases,
    after=("case_candidates",),
)
CASE_COUNTS_STAGE = Stage(
    name="case_flow",
    verb="benchmark",
    reads=(CASE_CANDIDATES, CASES),
    writes=(POPULATION_FLOW, PUPILS_WITHOUT_MARKS),
    sections=(*_SECTIONS, "model"),
    build=_counts,
    after=("case_candidates", "cases"),
)
CASE_STAGES = (CASE_CANDIDATES_STAGE, CASES_STAGE, CASE_COUNTS_STAGE)
