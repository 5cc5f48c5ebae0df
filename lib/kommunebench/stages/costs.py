"""The stage cost: accounts and weekly panel to unit costs, cost need and cost indicators (method,
sections 8.1, 8.2)."""

from dataclasses import dataclass

import pandas as pd

from kommunebench import bronze
from kommunebench.costs import (
    AccountKinds,
    AccountSettings,
    CostIndicators,
    CostNeed,
    CostNeedSettings,
    Expenditure,
    UnitCosts,
    build_cost_indicators,
    build_expenditure,
    build_unit_costs,
    fit_cost_need,
    summarise_unit_costs,
)
from kommunebench.errors import InputError, RegisterError
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    COST_EXCLUSIONS,
    COST_INDICATORS,
    COST_MODEL,
    COST_SENSITIVITY,
    EXPENDITURE,
    EXPENDITURE_BY_GROUP,
    UNIT_COSTS,
)
from kommunebench.settings.analysis import CostSettings
from kommunebench.silver import POPULATION, WEEKLY_PANEL
from kommunebench.spells.person_weeks import count_full_year_persons
from kommunebench.stages.stage import Stage, StageInputs, StageOutput


@dataclass(frozen=True, slots=True)
class _Costs:
    """What the accounts of one choice of groups give; ``fault``: why there is no cost model (need
    and indicators are then empty)."""

    expenditure: Expenditure
    unit_costs: UnitCosts
    need: CostNeed
    indicators: CostIndicators
    fault: str = ""


def cost_settings(inputs: StageInputs) -> CostSettings:
    """The section cost, which the stages of cost have."""
    assert inputs.settings.cost is not None
    return inputs.settings.cost


def _cost(inputs: StageInputs) -> StageOutput:
    settings = cost_settings(inputs)
    accounts, price_index = _accounts(inputs), inputs.read(bronze.PRICE_INDEX).toPandas()
    persons = count_full_year_persons(
        inputs.read(WEEKLY_PANEL), inputs.read(POPULATION), inputs.settings
    ).toPandas()
    compared = _compared(inputs)
    main = _build(accounts, price_index, persons, compared, settings, settings.groups)
    fewer = _build(accounts, price_index, persons, compared, settings, settings.sensitivity_groups)
    unit_costs = main.unit_costs.unit_costs.merge(
        main.need.yearly[["municipality_code", "year", "cost_need", "cost_indicator"]],
        "left",
        ["municipality_code", "year"],
    )
    indicators = _with_persons(main.indicators.table, main.need.yearly)
    frames = {
        EXPENDITURE: main.expenditure.lines,
        EXPENDITURE_BY_GROUP: main.expenditure.by_group,
        UNIT_COSTS: unit_costs,
        COST_MODEL: main.need.models,
        COST_INDICATORS: indicators,
        COST_SENSITIVITY: (
            _with_persons(fewer.indicators.table, fewer.need.yearly).assign(
                r_squared=_r_squared(fewer.need)
            )
        ),
        COST_EXCLUSIONS: exclusions(main),
    }
    made = {table: inputs.frame(table, rows) for table, rows in frames.items()}
    return StageOutput(made, _metrics(main, fewer, compared), note(main))


def _accounts(inputs: StageInputs) -> pd.DataFrame:
    """The account rows of the function and years, which are few; summed over owners where they are
    used."""
    settings = cost_settings(inputs)
    if not inputs.holds(bronze.MUNICIPAL_ACCOUNTS):
        raise RegisterError(
            "The store has no municipal accounts: deliver REGK100 (registers/regk100.csv) and"
            " ingest again, or leave the section cost out of the analysis."
        )
    rows = inputs.read(bronze.MUNICIPAL_ACCOUNTS)
    wanted = (rows["account_function"] == settings.function) & rows["year"].between(
        settings.first_year, settings.last_year
    )
    found = rows.where(wanted).toPandas()
    if found.empty:
        raise RegisterError(
            f"bronze.municipal_accounts has no row of function {settings.function} in"
            f" {settings.first_year}-{settings.last_year}: check the function codes of REGK100"
            " (column FUNKTION) and the section cost of the analysis."
        )
    return found


def _compared(inputs: StageInputs) -> frozenset[str]:
    rows = (
        inputs.read(BENCHMARK_INDICATORS).where("included").select("municipality_code").toPandas()
    )
    return frozenset(rows["municipality_code"])


def _build(
    accounts: pd.DataFrame,
    price_index: pd.DataFrame,
    persons: pd.DataFrame,
    compared: frozenset[str],
    settings: CostSettings,
    groups: tuple[str, ...],
) -> _Costs:
    others = settings.other_groups
    chosen = AccountSettings(
        function=settings.function,
        groups=groups,
        # What one choice of groups leaves out is known all the same.
        other_groups=(
            None if others is None else (*others, *settings.groups, *settings.sensitivity_groups)
        ),
        kinds=AccountKinds(**settings.kinds.model_dump()),
        first_year=settings.first_year,
        last_year=settings.last_year,
        price_year=settings.price_year,
    )
    expenditure = build_expenditure(accounts, price_index, chosen)
    unit_costs = build_unit_costs(expenditure, persons, chosen)
    try:
        need = fit_cost_need(
            unit_costs.unit_costs, CostNeedSettings(settings.min_full_year_persons, compared)
        )
        return _Costs(
            expenditure,
            unit_costs,
            need,
            build_cost_indicators(need.yearly, settings.autocorrelation),
        )
    except InputError as error:
        # Expenditure and unit costs stand without a model; what depends on it is left out and said.
        return _Costs(expenditure, unit_costs, *_without_model(unit_costs.unit_costs), str(error))


def _without_model(unit_costs: pd.DataFrame) -> tuple[CostNeed, CostIndicators]:
    """Need and indicators without a row."""
    kept = ["municipality_code", "year", "full_year_persons", "unit_cost"]
    yearly = unit_costs.head(0)[kept].assign(cost_need=0.0, cost_indicator=0.0)
    models = pd.DataFrame(columns=["model", "term", "is_reference", "n", "r_squared"])
    need = CostNeed(
        models, yearly, pd.DataFrame(columns=["municipality_code", "year", "reason"]), ()
    )
    table = pd.DataFrame(
        {"municipality_code": [], "cost_indicator": [], "assessment": [], "quintile": []}
    )
    return need, CostIndicators(table, None, None)


def _with_persons(indicators: pd.DataFrame, yearly: pd.DataFrame) -> pd.DataFrame:
    """Indicators with the mean full-year persons of the counted years, on which their disclosure
    rests."""
    persons = yearly.groupby("municipality_code")["full_year_persons"].mean()
    return indicators.assign(full_year_persons=indicators["municipality_code"].map(persons))


def _r_squared(need: CostNeed) -> float:
    """Of the last model, which gives the need; NaN without one."""
    if need.models.empty:
        return float("nan")
    return float(
        need.models.loc[need.models["model"] == need.models["model"].max(), "r_squared"].iloc[0]
    )


def exclusions(costs: _Costs) -> pd.DataFrame:
    """Every cell that does not count, by part: account rows, unit costs, years of the cost model."""
    parts = {
        "accounts": costs.expenditure.problems,
        "unit_cost": costs.unit_costs.problems,
        "cost_model": costs.need.left_out.assign(rows=1),
    }
    terms = pd.DataFrame(
        {
            "account_group": list(costs.need.constant_terms),
            "reason": "share_without_variation",
            "rows": 1,
        }
    )
    if costs.fault:
        parts["cost_model_not_fitted"] = pd.DataFrame({"reason": [costs.fault], "rows": 1})
    named = [
        {**row, "part": part}
        for part, rows in {**parts, "cost_model_term": terms}.items()
        for row in rows.to_dict("records")
    ]
    return pd.DataFrame(named)


def note(costs: _Costs) -> str:
    """One line for the terminal: what counts, and what had to be left out for which reason."""
    faults = pd.concat(
        [
            costs.unit_costs.problems[["reason", "rows"]],
            costs.need.left_out.assign(rows=1)[["reason", "rows"]],
        ]
    )
    faults = faults[faults["reason"] != "not_compared"]
    rows = costs.expenditure.problems
    parts = [
        (
            f"no cost model: {costs.fault}"
            if costs.fault
            else f"{len(costs.need.yearly)} municipality-years count"
        )
    ]
    if len(faults):
        parts.append(f"left out {_counted(faults)}")
    if len(rows):
        parts.append(f"account rows: {_counted(rows)}")
    if costs.need.constant_terms:
        parts.append(f"shares without variation: {', '.join(costs.need.constant_terms)}")
    return "; ".join(parts) + (" (gold.cost_exclusions)" if len(parts) > 1 else "")


def _counted(faults: pd.DataFrame) -> str:
    """Reasons with their number of rows, the most frequent first."""
    counts = faults.groupby("reason")["rows"].sum().sort_values(ascending=False, kind="stable")
    return ", ".join(f"{int(count)} {reason}" for reason, count in counts.items())


def _metrics(main: _Costs, fewer: _Costs, compared: frozenset[str]) -> dict[str, float]:
    summary = summarise_unit_costs(main.unit_costs.unit_costs, compared)
    left_out = float(len(main.unit_costs.problems) + len(main.need.left_out))
    metrics = {"unit_cost_mean": float(summary["mean"].iloc[-1]), "cost_cells_left_out": left_out}
    if main.fault:
        return metrics
    counts = main.indicators.table["assessment"].value_counts()
    both = main.indicators.table.merge(
        fewer.indicators.table, on="municipality_code", suffixes=("", "_fewer")
    )
    metrics |= {
        "cost_model_r_squared": _r_squared(main.need),
        "cost_sensitivity_r_squared": _r_squared(fewer.need),
        "cost_model_n": float(main.need.models["n"].iloc[-1]),
        "cost_above": float(counts.get("above", 0)),
        "cost_below": float(counts.get("below", 0)),
        "cost_as_expected": float(counts.get("as_expected", 0)),
        "cost_sensitivity_correlation": float(
            both["cost_indicator"].corr(both["cost_indicator_fewer"])
        ),
    }
    if main.indicators.correlation is not None:
        metrics["cost_year_correlation"] = main.indicators.correlation
    return metrics


COST_STAGE = Stage(
    "cost",
    "cost",
    (bronze.MUNICIPAL_ACCOUNTS, bronze.PRICE_INDEX, WEEKLY_PANEL, POPULATION, BENCHMARK_INDICATORS),
    (
        EXPENDITURE,
        EXPENDITURE_BY_GROUP,
        UNIT_COSTS,
        COST_MODEL,
        COST_INDICATORS,
        COST_SENSITIVITY,
        COST_EXCLUSIONS,
    ),
    ("name", "observation", "model", "cost"),
    _cost,
    after=("population", "weekly_panel", "benchmark"),
)
