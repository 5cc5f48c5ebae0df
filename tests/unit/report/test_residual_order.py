"""Frontiers without inefficiency: the first ten by signed residual, drawn open, listed with their
residuals, never called a ranking, and none of them hidden."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from synthetic_results import registers_results, registers_settings

from kommunebench.costs import (
    EfficiencyRules,
    IntervalSettings,
    SimexSettings,
    assess_efficiency,
)
from kommunebench.report.cost_chapters import cost_chapters, figure_caption
from kommunebench.report.data import ReportData, tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures.frontier import frontier
from kommunebench.report.figures.style import PAPER, RED
from kommunebench.report.frontiers import is_ranking, ordered_by_residual
from kommunebench.report.results_by_cost import both_indicators, ranked_on
from kommunebench.report.tables.efficiency_notes import ten_best_table
from kommunebench.report.tables.residual_order import residual_order_table

FIGURES = {"production": "figure_5_3", "cost": "figure_5_4"}
NO_RANKING = {"da": "ikke en rangliste over", "en": "not a ranking of"}


def edition(data: ReportData, language="en") -> Edition:
    return Edition(tidy(data), registers_settings(), language)


@cache
def without_inefficiency() -> ReportData:
    """The synthetic results with costs whose noise has the wrong skew on both sides, and the
    frontiers fitted to them."""
    data = registers_results()
    rows = both_indicators(edition(data))
    cost = 2.2 - rows["cost_indicator"].astype(float)
    units = pd.DataFrame(
        {
            "municipality_code": rows["municipality_code"],
            "indicator": rows["ratio"].astype(float),
            "indicator_se": 0.02,
            "persons": rows["persons"].astype(float),
            "cost_indicator": cost,
            "cost_error_variance": 0.005,
            "mean_unit_cost": 80_000 * cost,
            "result_assessment": "as_expected",
            "cost_assessment": "as_expected",
        }
    )
    quick = {"simex": SimexSettings(draws=5), "intervals": IntervalSettings(draws=100)}
    fitted = assess_efficiency(units, EfficiencyRules(**quick))
    turned = dict(zip(rows["municipality_code"], cost, strict=True))
    costs = data.cost_indicators
    return replace(
        data,
        cost_indicators=costs.assign(cost_indicator=costs["municipality_code"].map(turned)),
        frontier_parameters=fitted.parameters,
        frontier_scores=fitted.scores,
    )


def numbers_and_list(one: Edition, side: str) -> tuple[set[str], str]:
    """The numbers beside points, and the text that lists the ten."""
    texts = [text.get_text() for text in frontier(one, side).axes[0].texts]
    return {text for text in texts if text.isdigit()}, next(t for t in texts if "\n" in t)


@pytest.mark.parametrize("side", FIGURES)
@pytest.mark.parametrize("language", NO_RANKING)
def test_the_ten_by_residual_are_numbered_open_and_under_a_heading_of_their_own(language, side):
    one = edition(without_inefficiency(), language)
    assert ordered_by_residual(one.data.frontier_parameters, one.data.frontier_scores, side)
    assert not is_ranking(one.data.frontier_parameters, one.data.frontier_scores, side, 0.95)
    numbers, listed = numbers_and_list(one, side)
    assert numbers == {str(k) for k in range(1, 11)}
    assert NO_RANKING[language] in listed.replace("\n", " ")
    first = ranked_on(one, side).sort_values("rank")["municipality"].head(10)
    assert [line.split("  ")[1] for line in listed.splitlines()[-10:]] == first.to_list()
    axes = frontier(one, side).axes[0]
    circles = axes.collections[1]
    assert to_hex(circles.get_facecolor()[0]) == PAPER and to_hex(circles.get_edgecolor()[0]) == RED
    legend = {text.get_text() for text in axes.get_legend().get_texts()}
    assert {one.words("open_circles"), one.words("frontier_is_regression")} <= legend
    caption = figure_caption(one, FIGURES[side])
    assert NO_RANKING[language] in caption and "σᵤ = 0" in caption


@pytest.mark.parametrize("language", NO_RANKING)
def test_the_table_has_the_signed_residuals_in_the_good_direction(language):
    one = edition(without_inefficiency(), language)
    table = residual_order_table(one)
    assert NO_RANKING[language] in table.caption
    assert len(table.blocks) == 2 and all(len(block.rows) == 10 for block in table.blocks)
    for block, side in zip(table.blocks, FIGURES, strict=True):
        assert [row.cells[0] for row in block.rows] == [str(k) for k in range(1, 11)]
        shown = [row.cells[4].replace("−", "-").replace(",", ".") for row in block.rows]
        residual = np.array(shown, float)
        good = residual if side == "production" else -residual
        assert (good > 0).all() and (np.diff(good) <= 0).all()
    assert ten_best_table(one).empty
    keys = [table.key for table in cost_chapters(one)[-1].tables]
    assert "residual_order" in keys


def test_residuals_are_those_of_the_fitted_regression():
    """Weighted least squares on a quadratic, written out."""
    one = edition(without_inefficiency())
    rows = both_indicators(one)
    x, y = (rows[name].to_numpy(float) for name in ("cost_indicator", "ratio"))
    line = np.polyfit(x, y, 2, w=np.sqrt(rows["persons"].to_numpy(float)))
    residual = pd.Series(y - np.polyval(line, x), index=rows["municipality"])
    wanted = residual.sort_values(ascending=False).head(10)
    block = residual_order_table(one).blocks[0]
    assert [row.cells[1] for row in block.rows] == wanted.index.to_list()
    assert [row.cells[4] for row in block.rows] == [f"+{value:.3f}" for value in wanted]


@pytest.mark.parametrize("hidden_in", ["benchmark_indicators", "cost_indicators"])
def test_a_hidden_municipality_is_not_named_and_leaves_no_gap(hidden_in):
    """The rows are as disclosure leaves them: the key stays, the figures are gone. With a gap in
    the numbers the place of the hidden one would be told."""
    data = without_inefficiency()
    by_rank = ranked_on(edition(data), "production").sort_values("rank")
    code, name = by_rank[["municipality_code", "municipality"]].iloc[2]
    tables = {hidden_in: without_figures(getattr(data, hidden_in), code)}
    if hidden_in == "benchmark_indicators":
        tables["frontier_scores"] = without_figures(data.frontier_scores, code)
    one = edition(replace(data, **tables))
    numbers, listed = numbers_and_list(one, "production")
    names = [row.cells[1] for row in residual_order_table(one).blocks[0].rows]
    assert name not in names and name not in listed
    assert names[:3] == by_rank["municipality"].iloc[[0, 1, 3]].to_list()
    assert numbers == {str(k) for k in range(1, 11)} and len(names) == 10


def without_figures(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    kept = {"side", "municipality_code", "municipality", "included"}
    blanked = rows.astype(dict.fromkeys(rows.columns.difference(list(kept)), object))
    at = blanked["municipality_code"] == code
    blanked.loc[at, [name for name in rows if name not in kept]] = None
    return blanked


def test_with_inefficiency_the_ten_are_dots_and_in_no_table_of_residuals():
    data = registers_results()
    one = edition(data)
    assert {row.heading for row in residual_order_table(one).blocks} == {
        one.words("ten_by_residual_production", side="Production side")
    }
    axes = frontier(one, "cost").axes[0]
    assert to_hex(axes.collections[1].get_facecolor()[0]) == RED
    assert one.words("ten_residual") not in numbers_and_list(one, "cost")[1]
    parameters, scores = data.frontier_parameters, data.frontier_scores
    on_cost = replace(
        data,
        frontier_parameters=parameters[parameters["side"] == "cost"],
        frontier_scores=scores[scores["side"] == "cost"],
    )
    assert residual_order_table(edition(on_cost)) is None
    assert residual_order_table(edition(replace(data, frontier_scores=None))) is None
