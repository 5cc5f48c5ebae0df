"""The stage cost: accounts and weekly panel to unit costs, cost need and cost indicators (method,
sections 8.1, 8.2)."""

import pandas as pd

from kommunebench import bronze
from kommunebench.costs import (
    AccountKinds,
    AccountSettings,
    CostAnalysis,
    CostNeedSettings,
    CostRules,
    CostSensitivity,
    analyse_costs,
    analyse_sensitivity,
    cost_exclusions,
    cost_metrics,
)
from kommunebench.errors import RegisterError
from kommunebench.gold import (
    COST_EXCLUSIONS,
    COST_INDICATORS,
    COST_MODEL,
    COST_SENSITIVITY,
    EXPENDITURE,
    EXPENDITURE_BY_GROUP,
    UNIT_COSTS,
)
from kommunebench.settings.analysis import AnalysisSettings, CostSettings
from kommunebench.silver import POPULATION, WEEKLY_PANEL
from kommunebench.spells.person_weeks import count_full_year_persons
from kommunebench.stages.estimates import indicator_table
from kommunebench.stages.stage import Stage, StageInputs, StageOutput


def _cost(inputs: StageInputs) -> StageOutput:
    settings = _section(inputs.settings)
    accounts, price_index = _accounts(inputs), inputs.rows(bronze.PRICE_INDEX).to_pandas()
    persons = count_full_year_persons(
        inputs.read(WEEKLY_PANEL), inputs.read(POPULATION), inputs.settings
    ).toPandas()
    compared = _compared(inputs)
    rules, of_fewer = (
        cost_rules(inputs.settings, compared, groups)
        for groups in (settings.groups, settings.sensitivity_groups)
    )
    main = analyse_costs(accounts, price_index, persons, rules)
    sensitivity = analyse_sensitivity(accounts, price_index, persons, of_fewer)
    frames = {
        EXPENDITURE: main.expenditure.lines,
        EXPENDITURE_BY_GROUP: main.expenditure.by_group,
        UNIT_COSTS: main.unit_costs_with_need,
        COST_MODEL: main.need.models,
        COST_INDICATORS: main.indicators_with_persons,
        COST_SENSITIVITY: sensitivity.indicators,
        COST_EXCLUSIONS: cost_exclusions(main, sensitivity),
    }
    made = {table: inputs.frame(table, rows) for table, rows in frames.items()}
    return StageOutput(made, cost_metrics(main, sensitivity), note(main, sensitivity))


def _section(settings: AnalysisSettings) -> CostSettings:
    """The section cost, which every analysis with this stage has."""
    assert settings.cost is not None
    return settings.cost


def _accounts(inputs: StageInputs) -> pd.DataFrame:
    """The account rows of the function and years, which are few; summed over owners where they are
    used."""
    settings = _section(inputs.settings)
    if not inputs.holds(bronze.MUNICIPAL_ACCOUNTS):
        raise RegisterError(
            "The store has no municipal accounts: deliver REGK100 (registers/regk100.csv) and"
            " ingest again, or leave the section cost out of the analysis."
        )
    rows = inputs.read(bronze.MUNICIPAL_ACCOUNTS)
    in_years = rows["year"].between(settings.first_year, settings.last_year)
    # Rows without a year are taken along, to be counted among those that cannot be used.
    wanted = (rows["account_function"] == settings.function) & (in_years | rows["year"].isNull())
    accounts = rows.where(wanted).toPandas()
    if accounts.empty:
        raise RegisterError(
            f"bronze.municipal_accounts has no row of function {settings.function} in"
            f" {settings.first_year}-{settings.last_year}: check the function codes of REGK100"
            " (column FUNKTION) and the section cost of the analysis."
        )
    return accounts


def _compared(inputs: StageInputs) -> frozenset[str]:
    indicators = inputs.rows(indicator_table(inputs.settings))
    return frozenset(indicators.filter(indicators["included"])["municipality_code"].to_pylist())


def cost_rules(
    settings: AnalysisSettings, compared: frozenset[str], groups: tuple[str, ...]
) -> CostRules:
    """The settings of an analysis as the functions of costs take them, for one choice of groups."""
    section = _section(settings)
    others = section.other_groups
    accounts = AccountSettings(
        function=section.function,
        groups=groups,
        # Groups that one of the two choices leaves out are known groups all the same.
        other_groups=(
            None if others is None else (*others, *section.groups, *section.sensitivity_groups)
        ),
        kinds=AccountKinds(**section.kinds.model_dump()),
        first_year=section.first_year,
        last_year=section.last_year,
        price_year=section.price_year,
    )
    return CostRules(
        accounts=accounts,
        need=CostNeedSettings(section.min_full_year_persons, compared),
        autocorrelation=section.autocorrelation,
        confidence_level=settings.uncertainty.confidence_level,
    )


def note(costs: CostAnalysis, sensitivity: CostSensitivity) -> str:
    """One line for the terminal: what counts, and what had to be left out for which reason."""
    cells = pd.concat(
        [
            costs.unit_costs.problems[["reason", "rows"]],
            costs.need.left_out.assign(rows=1)[["reason", "rows"]],
        ]
    )
    cells = cells[cells["reason"] != "not_compared"]
    rows = costs.expenditure.problems
    parts = [
        (
            f"no cost model: {costs.fault}"
            if costs.fault
            else f"{len(costs.need.yearly)} municipality-years count"
        )
    ]
    if len(cells):
        parts.append(f"left out {_counted(cells)}")
    if len(rows):
        parts.append(f"account rows: {_counted(rows)}")
    if costs.need.constant_terms:
        parts.append(f"shares without variation: {', '.join(costs.need.constant_terms)}")
    if costs.indicators.interval_fault:
        parts.append(f"no intervals: {costs.indicators.interval_fault}")
    if sensitivity.fault and not costs.fault:
        parts.append(f"no sensitivity: {sensitivity.fault}")
    return "; ".join(parts) + (" (gold.cost_exclusions)" if len(parts) > 1 else "")


def _counted(cells: pd.DataFrame) -> str:
    """Reasons with their number of rows, the most frequent first."""
    counts = cells.groupby("reason")["rows"].sum().sort_values(ascending=False, kind="stable")
    return ", ".join(f"{int(count)} {reason}" for reason, count in counts.items())


def cost_stage(settings: AnalysisSettings) -> Stage:
    """Expenditure, unit costs, cost need and cost indicators."""
    return Stage(
        name="cost",
        verb="cost",
        reads=(
            bronze.MUNICIPAL_ACCOUNTS,
            bronze.PRICE_INDEX,
            WEEKLY_PANEL,
            POPULATION,
            indicator_table(settings),
        ),
        writes=(
            EXPENDITURE,
            EXPENDITURE_BY_GROUP,
            UNIT_COSTS,
            COST_MODEL,
            COST_INDICATORS,
            COST_SENSITIVITY,
            COST_EXCLUSIONS,
        ),
        sections=("name", "observation", "model", "measure", "uncertainty", "cost"),
        build=_cost,
        after=("population", "weekly_panel", "benchmark"),
    )
