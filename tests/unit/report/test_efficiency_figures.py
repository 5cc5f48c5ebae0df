"""What the figures draw, read off their axes: the robust indicator that belongs to the plain one,
and results as ratios whatever the form of the run's indicator."""

import numpy as np
import pytest
from synthetic_measures import in_form, measuring, share_results
from synthetic_results import registers_results, registers_settings

from kommunebench.report.chapters import chapters
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.figures.efficiency import classes, result_by_cost
from kommunebench.report.figures.frontier import frontier
from kommunebench.report.figures.robust import plain_robust
from kommunebench.report.method_notes import robust_note
from kommunebench.report.tables.efficiency import efficiency_tables

FORMS = ("ratio", "inverse", "difference")


def edition(measure="restricted_mean", form="ratio", language="en", **model) -> Edition:
    settings = measuring(registers_settings(), measure, form)
    settings = settings.model_copy(update={"model": settings.model.model_copy(update=model)})
    if measure == "share":
        data = share_results(form)
    else:
        data = registers_results() if form == "ratio" else in_form(registers_results(), form)
    return Edition(tidy(data), settings, language)


def points(axes) -> np.ndarray:
    """All points of the scatters of a figure, ordered by x."""
    drawn = np.concatenate([np.asarray(group.get_offsets()) for group in axes.collections])
    return drawn[np.lexsort(drawn.T[::-1])]


class Everything(dict):
    def __contains__(self, _name: object) -> bool:
        return True


@pytest.mark.parametrize(
    ("model", "column"), [("within", "indicator_robust_pooled"), ("pooled", "indicator_robust")]
)
def test_plain_is_drawn_against_the_robust_indicator_of_its_own_model(model, column):
    one = edition(verdict_model=model)
    rows = one.data.benchmark_indicators
    rows = rows[rows["included"].astype(bool)].sort_values("indicator")
    drawn = points(plain_robust(one).axes[0])
    assert drawn[:, 0] == pytest.approx(rows["indicator"].to_numpy(float))
    assert drawn[:, 1] == pytest.approx(rows[column].to_numpy(float))


@pytest.mark.parametrize(
    ("language", "said"), [("da", "fælles models, uden led"), ("en", "of the pooled model")]
)
def test_the_model_of_the_robust_indicator_is_named_where_another_decides(language, said):
    for model, named in (("within", True), ("pooled", False)):
        one = edition(language=language, verdict_model=model)
        chapter = next(c for c in chapters(one, Everything()) if c.key == "robust")
        assert (said in chapter.pictures[0].explanation) is named
        assert (said in robust_note(one)) is named
        label = plain_robust(one).axes[0].get_ylabel()
        assert (
            label in ("Robust indikator (fælles model)", "Robust indicator (pooled model)")
        ) is (named)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_results_stand_against_costs_as_the_ratio_the_lines_were_fitted_to(measure, form):
    as_ratio, one = edition(measure, "ratio"), edition(measure, form)
    figures = (
        result_by_cost,
        classes,
        lambda shown: frontier(shown, "production"),
        lambda shown: frontier(shown, "cost"),
    )
    for number, draw in enumerate(figures):
        wanted, drawn = draw(as_ratio).axes[0], draw(one).axes[0]
        assert points(drawn) == pytest.approx(points(wanted))
        label = drawn.get_xlabel() if number == 3 else drawn.get_ylabel()
        ratio = "expected/observed" if measure == "restricted_mean" else "observed/expected share"
        assert label == f"Benchmark indicator ({ratio})"
    # The regression line of figure 5.3 goes through the same points.
    lines = [
        frontier(shown, "production").axes[0].lines[-1].get_ydata() for shown in (as_ratio, one)
    ]
    assert lines[0] == pytest.approx(lines[1])


@pytest.mark.parametrize("form", FORMS)
def test_table_5_3_prints_a_mean_ratio_and_says_so(form):
    one = edition(form=form)
    table = next(t for t in efficiency_tables(one) if t.key == "table_5_3")
    labels = [f"{column.group} {column.label}" for column in table.columns]
    at = next(k for k, label in enumerate(labels) if "Mean benchmark indicator (ratio)" in label)
    rows = one.data.cost_by_result.set_index(["cost_class", "result_class"])
    mean = rows.loc[("above", "total"), "mean_indicator"]
    assert table.blocks[0].rows[-1].cells[at] == f"{mean:.2f}"
