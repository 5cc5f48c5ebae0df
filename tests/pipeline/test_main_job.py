"""The whole job on a small simulated country: registers in; benchmark, tracked run, report out."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from deltalake import DeltaTable

from kommunebench.cli import main

pytestmark = [pytest.mark.delta, pytest.mark.slow]


def table(store: Path, name: str) -> pd.DataFrame:
    return DeltaTable(str(store / name.replace(".", "/"))).to_pandas()


def test_simulated_spells_are_the_true_ones_for_nearly_all(small_run):
    """The spells found in the registers are the ones the simulator drew; early short jobs and moves
    may end a few otherwise."""
    truth = pd.read_parquet(small_run.registers.parent / "truth" / "spells.parquet").set_index(
        "person_id"
    )
    truth = truth.drop(columns="municipality_code")
    spells = (
        table(small_run.store, "silver.spells")
        .sort_values("start_week")
        .groupby("person_id")
        .first()
    )
    both = spells.join(truth, how="inner")
    same = (
        (both["start_week"] == both["true_start1"])
        & (both["end_week"] == both["true_end1"])
        & (both["event"] == both["true_event1"])
    )
    assert len(both) > 500
    assert same.mean() > 0.95


def test_the_flow_accounts_for_every_person(small_run):
    flow = table(small_run.store, "gold.population_flow").set_index("reason")["persons"]
    names = list(table(small_run.store, "gold.population_flow").sort_values("step")["reason"])
    dropped = names[1 : names.index("in_population")]
    assert flow["with_permit"] == flow[dropped].sum() + flow["in_population"]
    assert (
        flow[
            [
                "permit_outside_population",
                "age_outside_limits",
                "western_origin",
                "arrival_outside_window",
            ]
        ]
        > 0
    ).all()
    without = [
        "age_limit_before_origin",
        "origin_after_observation",
        "only_lost_spells",
        "never_without_work_or_state",
    ]
    assert flow["in_population"] == flow[without].sum() + flow["with_spells"]


def test_every_spell_is_in_the_counts_and_has_an_expected_duration(small_run):
    spells = table(small_run.store, "silver.spells")
    curves = table(small_run.store, "gold.km_curves")
    national = curves[curves["municipality_code"].isna()]
    assert national["events"].sum() + national["censored"].sum() == len(spells)
    expected = table(small_run.store, "gold.expected_durations")
    assert set(expected["spell_id"]) == set(spells["spell_id"])
    assert expected["expected_duration"].between(1, 156).all()


def test_indicators_have_verdicts_with_reasons_and_intervals(small_run):
    rows = table(small_run.store, "gold.benchmark_indicators")
    judged = rows[rows["no_verdict_reason"].isna()]
    assert len(judged) > 3
    assert (
        (judged["ci_low"] < judged["indicator_robust"])
        & (judged["indicator_robust"] < judged["ci_high"])
    ).all()
    assert rows.loc[rows["no_verdict_reason"].notna(), "assessment"].isna().all()
    ratio = judged["se_bootstrap_robust"] / judged["indicator_robust_se"]
    # A term for every municipality on a thousand spells: a dozen successes are too few for both
    # errors to agree.
    enough = judged["events"] > 50
    assert enough.any() and ratio[enough].between(0.8, 1.25).all()


def test_the_checks_of_the_model_account_for_every_spell(small_run):
    spells = table(small_run.store, "silver.spells")
    rows = table(small_run.store, "gold.calibration")
    totals = rows.groupby("breakdown")[["observed_events", "expected_events"]].sum()
    assert set(totals.index) == {"risk_tenth", "start_year", "residence_basis", "province"}
    assert (totals["observed_events"] == spells["event"].sum()).all()
    assert np.allclose(totals["expected_events"], spells["event"].sum())
    incidence = table(small_run.store, "gold.cumulative_incidence").set_index(
        ["breakdown", "value"]
    )
    together = incidence.groupby(["breakdown", "value", "week"])["share"].sum()
    assert together.between(1 - 1e-9, 1 + 1e-9).all()
    last = incidence.loc[("all", "all")].sort_values("week").groupby("end").last()["share"]
    moved = (spells["end_reason"] == "moved_municipality").mean()
    assert set(last.index) == {"success", "left", "moved", "open"} and last["moved"] > 0.8 * moved


def test_other_choices_are_tried_on_every_municipality_judged(small_run):
    rows = table(small_run.store, "gold.sensitivity")
    units = table(small_run.store, "gold.benchmark_indicators").set_index("municipality_code")
    judged = set(units.index[units["no_verdict_reason"].isna()])
    checks = {
        "piecewise",
        "weeks_seen",
        "moves_half",
        "moves_double",
        "movers_to_target",
        "first_half",
    }
    assert checks <= set(rows["check"])
    for check, of_check in rows.groupby("check"):
        assert set(of_check["municipality_code"]) == judged, check
    change = rows[rows["check"] == "movers_to_target"].set_index("municipality_code")
    # Movers take successes nowhere: where they went fewer spells end in success.
    assert (change["difference_in_se"].abs() > 0).any()
    wanted = np.log(units.loc[change.index, "indicator_robust"])
    moved = change["difference_in_se"] * units.loc[change.index, "indicator_robust_se"]
    np.testing.assert_allclose(change["log_indicator"] - moved, wanted, atol=1e-9)


def test_curves_have_limits_and_medians(small_run):
    curves = table(small_run.store, "gold.km_curves")
    known = curves[curves["survival"] > 0]
    assert (known["ci_low"] <= known["survival"]).all()
    assert (known["survival"] <= known["ci_high"]).all()
    halved = curves[curves["survival"] <= 0.5 + 1e-9].groupby("municipality_code")["week"].min()
    medians = curves.groupby("municipality_code")["median_duration"].first().dropna()
    assert (medians.reindex(halved.index) == halved).all() and len(medians) == len(halved)


def test_a_second_run_does_nothing_again_and_gives_the_same_numbers(small_run, capsys):
    before = table(small_run.store, "gold.benchmark_indicators")
    versions = DeltaTable(str(small_run.store / "gold/benchmark_indicators")).version()
    assert main(small_run.arguments) == 0
    assert DeltaTable(str(small_run.store / "gold/benchmark_indicators")).version() == versions
    pd.testing.assert_frame_equal(table(small_run.store, "gold.benchmark_indicators"), before)


def test_the_tracked_run_has_settings_metrics_model_and_report(small_run):
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{small_run.store}/mlflow.db")
    run = client.search_runs([client.get_experiment_by_name("kommunebench").experiment_id])[-1]
    assert run.info.status == "FINISHED"
    assert run.data.params["employment.weeks"] == "13"
    assert run.data.metrics["spells"] > 500
    assert run.data.tags["simulated"] == "true"
    artifacts = {item.path for item in client.list_artifacts(run.info.run_id)}
    assert {"report.html", "report_en.html", "settings.yaml", "gold", "figures"} <= artifacts


def test_no_identifier_leaves_in_report_or_tracked_run(small_run):
    ids = set(table(small_run.store, "silver.spells")["person_id"])
    places = [small_run.store / "reports", small_run.store / "mlartifacts"]
    for place in places:
        for file in place.rglob("*"):
            if file.is_file() and file.suffix in (".html", ".json", ".yaml", ".svg", ".txt"):
                found = (
                    set(
                        re.findall(r"\b\d{12}\b", file.read_text(encoding="utf-8", errors="ignore"))
                    )
                    & ids
                )
                assert not found, file


def test_a_report_stands_alone_and_says_the_registers_are_simulated(small_run):
    page = next((small_run.store / "reports").rglob("report_da.html")).read_text(encoding="utf-8")
    assert "simulere" in page.lower()
    assert "<script" not in page
    assert "København" in page


@pytest.mark.long
def test_a_damaged_delivery_stops_before_anything_is_written_and_shows_no_identifier(
    small_run, tmp_path, capsys
):
    """All that is wrong is said at once; of rows of DOD whose date is the marked identifier the
    finding counts how many there are and quotes none."""
    broken = tmp_path / "registers"
    shutil.copytree(small_run.registers, broken)
    part = next((broken / "danskudd").rglob("*.parquet"))
    part = next(part.rglob("part-*.parquet")) if part.is_dir() else part
    part.write_bytes(part.read_bytes()[:200])
    shutil.rmtree(broken / "bfl" / "bfl2012.parquet")
    shutil.rmtree(broken / "dod")
    (broken / "dod").mkdir()
    rows = "\n".join(["000000SECRET;SECRET-IDENTIFIER"] * 20)
    (broken / "dod" / "dod2016.csv").write_text(f"PNR;DODDATO\n{rows}\n", encoding="utf-8")
    store = tmp_path / "store"
    arguments = ["run", "integration_employment", "--registers", str(broken), "--quiet"]
    assert main([*arguments, "--store", str(store)]) == 1
    shown = capsys.readouterr()
    assert "not a whole Parquet file" in shown.err
    assert "year 2012 is missing between 2008 and 2016" in shown.err
    assert "register DOD, column DODDATO: is not of the declared type in 20 of 20 rows" in shown.err
    assert "SECRET" not in shown.err + shown.out
    assert "Traceback" not in shown.err
    assert not (store / "bronze").exists()


@pytest.mark.long
def test_validate_lists_everything_at_once_and_changes_nothing(small_run, tmp_path, capsys):
    target = tmp_path / "problems.json"
    assert (
        main(
            ["validate", "--registers", str(small_run.registers), "--json", str(target), "--quiet"]
        )
        == 0
    )
    assert json.loads(target.read_text(encoding="utf-8"))["usable"] is True
    assert "The delivery can be used." in capsys.readouterr().out


def test_every_municipality_year_is_counted_or_named(small_run):
    """Cells with persons have a cost indicator, or stand among the exclusions with a reason."""
    units = table(small_run.store, "gold.unit_costs")
    excluded = table(small_run.store, "gold.cost_exclusions")
    counted = units[units["cost_indicator"].notna()]
    assert len(counted) > 30
    assert (counted["full_year_persons"] > 5).all()
    named = excluded[excluded["part"] == "cost_model"]
    assert len(counted) + len(named) == len(units)
    assert counted["unit_cost"].to_numpy() == pytest.approx(
        counted["programme_expenditure"].to_numpy() / counted["full_year_persons"].to_numpy()
    )


def test_full_year_persons_are_the_panels_weeks(small_run):
    """Weeks lived in Denmark within the horizon, of everybody, over the weeks of the ISO year."""
    panel = table(small_run.store, "silver.weekly_panel")
    lived = panel[
        (panel["week"] < 156) & panel["absence"].isna() & panel["municipality_code"].notna()
    ]
    weeks = lived[lived["iso_week"].str.startswith("2015")].groupby("municipality_code").size()
    units = (
        table(small_run.store, "gold.unit_costs")
        .query("year == 2015")
        .set_index("municipality_code")
    )
    assert (units["full_year_persons"] * 53).to_numpy() == pytest.approx(
        weeks[units.index].to_numpy()
    )


def test_efficiency_of_the_municipalities_with_both_indicators(small_run):
    both = set(table(small_run.store, "gold.cost_indicators")["municipality_code"])
    scores = table(small_run.store, "gold.frontier_scores")
    notes = table(small_run.store, "gold.efficiency_notes")
    assert set(scores["municipality_code"]) <= both
    assert (scores["efficiency"] <= 1).all()
    fitted = set(scores["side"])
    not_fitted = {
        part.removeprefix("frontier_") for part in notes["part"] if part.startswith("frontier_")
    }
    assert fitted | not_fitted == {"production", "cost"}
    specifications = set(table(small_run.store, "gold.efficiency_regressions")["specification"])
    assert {
        "linear",
        "quadratic",
        "errors_in_variables",
        "simex",
        "linear_sensitivity",
    } <= specifications
