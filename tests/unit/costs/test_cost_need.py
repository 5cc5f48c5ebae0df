"""Cost need: the terms of table 5.1, and who counts."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import CostNeedSettings, fit_cost_need
from kommunebench.errors import InputError
from kommunebench.reference import read_reference

TABLE_5_1 = read_reference("table_5_1_cost_model")
SHARES = {
    "danish": ["danish_unknown", "danish_1", "danish_2", "danish_3"],
    "continent": ["europe_non_eu28", "africa", "south_central_america", "asia"],
    "basic": ["under_25", "refugee", "syria", "thailand_philippines", "turkey", "iran_afghanistan"],
}


def published_coefficients(model: str) -> dict[str, float]:
    rows = TABLE_5_1[(TABLE_5_1["model"] == model) & (TABLE_5_1["is_reference"] == "false")]
    return {
        term: float(value) for term, value in zip(rows["term"], rows["coefficient"], strict=True)
    }


def simulate(noise: float, seed: int = 1, municipalities: int = 92) -> pd.DataFrame:
    """Municipality-years whose cost follows the third model of table 5.1."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(str(101 + k), year) for k in range(municipalities) for year in range(2011, 2016)],
        columns=["municipality_code", "year"],
    )
    # Few from Latin America and Turkey: the coefficients of these would else predict costs below
    # zero.
    frame[SHARES["danish"]] = rng.dirichlet(np.full(4, 6.0), len(frame))
    frame[SHARES["continent"]] = rng.dirichlet([6.0, 12.0, 0.8, 20.0], len(frame))
    for term in SHARES["basic"]:
        frame[term] = rng.uniform(0.0, 0.6 if term == "refugee" else 0.2, len(frame))
    b = published_coefficients("3")
    cost = b["constant"] + sum(
        b[t] * frame[t] for names in SHARES.values() for t in names if t in b
    )
    cost += frame["year"].map({2011: 0.0} | {year: b[f"year_{year}"] for year in range(2012, 2016)})
    return frame.assign(
        full_year_persons=120.0, unit_cost=cost * np.exp(noise * rng.normal(size=len(frame)))
    )


def test_third_model_recovers_the_published_coefficients_it_was_drawn_from() -> None:
    need = fit_cost_need(simulate(noise=0.0))
    third = need.models[(need.models["model"] == 3) & ~need.models["is_reference"]].set_index(
        "term"
    )
    assert third["coefficient"].to_dict() == pytest.approx(published_coefficients("3"), rel=1e-6)
    assert need.yearly["cost_indicator"].to_numpy() == pytest.approx(np.ones(460))
    assert need.left_out.empty


def test_terms_references_and_degrees_of_freedom_are_those_of_table_5_1() -> None:
    models = fit_cost_need(simulate(noise=0.2)).models
    for number, rows in models.groupby("model"):
        printed = TABLE_5_1[TABLE_5_1["model"] == str(number)]
        assert set(rows["term"]) == set(printed["term"])
        assert set(rows.loc[rows["is_reference"], "term"]) == set(
            printed.loc[printed["is_reference"] == "true", "term"]
        )
        assert rows.loc[rows["is_reference"], "coefficient"].isna().all()
    estimated = models[~models["is_reference"]].groupby("model").size() - 1
    fit = read_reference("table_5_1_cost_model_fit")
    assert estimated.to_list() == fit["df_model"].astype(int).to_list() == [9, 12, 16]
    assert models.groupby("model")["r_squared"].first().is_monotonic_increasing
    assert (models["se_clustered"].notna() == models["coefficient"].notna()).all()


def test_only_compared_municipalities_with_more_than_fifty_persons_and_a_cost_count() -> None:
    frame = simulate(noise=0.2)
    frame.loc[0, "full_year_persons"] = 50.0
    frame.loc[1, "full_year_persons"] = 50.01
    frame.loc[2, "unit_cost"] = np.nan
    compared = frozenset(frame["municipality_code"]) - {"102"}
    need = fit_cost_need(frame, CostNeedSettings(compared=compared))
    assert len(need.yearly) == 460 - 5 - 2
    reasons = need.left_out.groupby("reason").size().to_dict()
    assert reasons == {"not_compared": 5, "too_few_full_year_persons": 1, "no_unit_cost": 1}
    assert "102" not in set(need.yearly["municipality_code"])


def test_a_share_without_variation_is_left_out_and_named() -> None:
    need = fit_cost_need(simulate(noise=0.2).assign(turkey=0.0))
    assert need.constant_terms == ("turkey",)
    row = need.models[(need.models["term"] == "turkey")].iloc[0]
    assert np.isnan(row["coefficient"])
    assert not row["is_reference"]


def test_faults_are_named() -> None:
    frame = simulate(noise=0.2)
    with pytest.raises(InputError, match="lacks the columns refugee"):
        fit_cost_need(frame.drop(columns="refugee"))
    with pytest.raises(InputError, match="1 municipality-years occur twice"):
        fit_cost_need(pd.concat([frame, frame.head(1)]))
    with pytest.raises(InputError, match="no municipality-year is left"):
        fit_cost_need(frame.assign(full_year_persons=10.0))
    with pytest.raises(
        InputError, match=r"column asia, values|column asia: \d+ values|column asia: a linear"
    ):
        fit_cost_need(frame.assign(asia=frame["europe_non_eu28"]))


def test_cost_need_that_is_not_above_zero_gives_no_indicator() -> None:
    frame = simulate(noise=0.1)
    # spending falls steeply with the refugee share and then stays: the line goes below zero
    frame["unit_cost"] = np.where(
        frame["refugee"] > 0.3, 1.0, 60_000.0 * (0.3 - frame["refugee"]).clip(lower=0.01)
    )
    need = fit_cost_need(frame)
    unusable = need.left_out[need.left_out["reason"] == "cost_need_not_above_zero"]
    assert len(unusable) > 0
    assert len(need.yearly) + len(unusable) == len(frame)
    assert (need.yearly["cost_need"] > 0.0).all()
