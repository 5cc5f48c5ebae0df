"""Damaged accounts on the way from the store to table 5.3: every fault is named and counted, and
the analysis goes on without the cell."""

import contextlib
import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable, write_deltalake

from kommunebench.errors import InputError
from kommunebench.pipeline import Run, run_stages
from kommunebench.report import build_report
from kommunebench.run_log import RunLog
from kommunebench.settings import EnvironmentSettings, load_analysis
from kommunebench.stages.costs import cost_stage
from kommunebench.stages.efficiency import efficiency_stage
from kommunebench.stages.published import read_published, run_information
from kommunebench.storage import Store
from kommunebench.terminal import Progress

pytestmark = [pytest.mark.delta, pytest.mark.slow]
NO_ACCOUNTS, NEGATIVE, NO_PERSONS, UNKNOWN, CHRISTIANSO = "101", "461", "860", "751", "411"


def rewrite(store: Path, name: str, change, layer: str = "bronze") -> None:
    """A table of the store with its rows changed."""
    place = str(store / layer / name)
    rows = DeltaTable(place).to_pandas()
    write_deltalake(place, change(rows)[rows.columns].reset_index(drop=True), mode="overwrite")


def damage_accounts(rows: pd.DataFrame) -> pd.DataFrame:
    """No accounts for a municipality's 2013, a negative net, an unknown group, Christiansø."""
    kept = rows[~((rows["municipality_code"] == NO_ACCOUNTS) & (rows["year"] == 2013))].copy()
    gross = (
        (kept["kind"] == "UE")
        & (kept["account_group"].str.endswith("010"))
        & (kept["year"] == 2014)
    )
    chosen = gross & (kept["municipality_code"] == NEGATIVE)
    assert chosen.sum() == 1
    kept.loc[chosen, "amount_thousand_dkk"] = -1e6
    like = kept[gross & (kept["municipality_code"] == UNKNOWN)].head(1)
    assert len(like) == 1
    stranger = like.assign(account_group="077", amount_thousand_dkk=123.0)
    island = like.assign(municipality_code=CHRISTIANSO, amount_thousand_dkk=9e9)
    return pd.concat([kept, stranger, island], ignore_index=True)


@dataclass
class Damaged:
    store: Path
    exclusions: pd.DataFrame
    said: str
    pages: dict[str, str]


@pytest.fixture(scope="module")
def damaged(small_run, spark, tmp_path_factory) -> Damaged:
    folder = tmp_path_factory.mktemp("damaged") / "store"
    shutil.copytree(small_run.store, folder)
    rewrite(folder, "municipal_accounts", damage_accounts)
    rewrite(folder, "price_index", lambda rows: rows[rows["year"] != 2011])
    rewrite(
        folder, "weekly_panel", lambda rows: rows[rows["municipality_code"] != NO_PERSONS], "silver"
    )
    said, pages = run_money_stages(folder, small_run, spark)
    return Damaged(folder, table(folder, "gold/cost_exclusions"), said, pages)


def table(store: Path, name: str) -> pd.DataFrame:
    return DeltaTable(str(store / name)).to_pandas()


def money_run(folder: Path, small_run, spark, *more: str) -> Run:
    """The run a store's cost stage belongs to, to be done again."""
    words = small_run.arguments
    overrides = tuple(words[at + 1] for at, word in enumerate(words) if word == "--set")
    settings = load_analysis("integration_employment", (*overrides, *more))
    store = Store(spark, str(folder), EnvironmentSettings(name="test", platform="local"))
    log = [record for record in RunLog(store).records if record.stage == "cost"]
    return Run(
        store=store,
        settings=settings,
        run_id=log[-1].run_id,
        data_fingerprint="damaged",
        progress=Progress(),
        log=RunLog(store),
        force=True,
    )


def run_money_stages(folder: Path, small_run, spark) -> tuple[str, dict[str, str]]:
    """The stages cost and efficiency on a store, and the report made from it: what the terminal
    said, and the pages."""
    run = money_run(folder, small_run, spark)
    with contextlib.redirect_stderr(io.StringIO()) as heard:
        run_stages(run, (cost_stage(run.settings), efficiency_stage(run.settings)))
    results = read_published(run.store, run.settings, run.run_id)
    data = results.report_data(run_information(run.run_id, run.metrics, results.simulated, "none"))
    return heard.getvalue(), {"en": build_report(data, run.settings, language="en")}


def test_every_fault_is_named_and_counted(damaged):
    found = damaged.exclusions
    cells = set(
        zip(found["part"], found["municipality_code"], found["year"], found["reason"], strict=True)
    )
    assert ("unit_cost", NO_ACCOUNTS, 2013, "no_accounts") in cells
    assert ("unit_cost", NEGATIVE, 2014, "negative_expenditure") in cells
    assert ("unit_cost", NO_PERSONS, 2015, "expenditure_without_persons") in cells
    assert ("unit_cost", NEGATIVE, 2011, "year_without_price_index") in cells
    of_rows = found[found["part"] == "accounts"].set_index("reason")
    assert of_rows.loc[
        "unknown_group", ["municipality_code", "account_group", "rows"]
    ].to_list() == [UNKNOWN, "077", 1]
    assert of_rows.loc["not_a_municipality", "municipality_code"] == CHRISTIANSO


def test_the_analysis_goes_on_without_those_cells(damaged):
    units = table(damaged.store, "gold/unit_costs")
    assert set(units["year"]) == {2012, 2013, 2014, 2015}
    cells = set(zip(units["municipality_code"], units["year"], strict=True))
    assert not {(NO_ACCOUNTS, 2013), (NEGATIVE, 2014), (NO_PERSONS, 2015)} & cells
    assert (NO_ACCOUNTS, 2014) in cells
    assert units["unit_cost"].between(0, 1e6).all()
    lines = table(damaged.store, "gold/expenditure")
    assert set(lines["year"]) == {2012, 2013, 2014, 2015}
    # The island's nine billion are in no total.
    assert lines["million_dkk_2015"].abs().max() < 5_000
    assert len(table(damaged.store, "gold/efficiency_regressions")) > 0


def test_terminal_and_report_say_so(damaged):
    said = " ".join(damaged.said.split())
    for reason in (
        "no_accounts",
        "negative_expenditure",
        "expenditure_without_persons",
        "year_without_price_index",
    ):
        assert re.search(rf"\d+ {reason}", said), said
    for reason in ("unknown_group", "not_a_municipality"):
        assert f"1 {reason}" in said
    page = damaged.pages["en"]
    assert "could not be used, and the analysis went on without: account rows: " in page
    assert "København 2013" in page
    assert "expenditure but no persons" in page
    assert "Odense 2014" in page
    assert "Aarhus 2014 (077)" in page


def test_kinds_and_groups_of_accounts_are_settings(small_run, spark, tmp_path):
    """Other codes of art and dranst for the same accounts give the same unit costs; without them
    the error says what is there."""
    folder = tmp_path / "store"
    shutil.copytree(small_run.store, folder)
    before = table(folder, "gold/unit_costs").set_index(["municipality_code", "year"])["unit_cost"]
    named = {"UE": "brutto", "77": "betaling"}
    rewrite(
        folder, "municipal_accounts", lambda rows: rows.assign(kind=rows["kind"].replace(named))
    )
    with pytest.raises(
        InputError, match=r"no usable row of gross operating expenditure .* Found instead: .*brutto"
    ):
        run = money_run(folder, small_run, spark)
        run_stages(run, (cost_stage(run.settings),))
    run = money_run(
        folder, small_run, spark, "cost.kinds.gross=brutto", "cost.kinds.payments=betaling"
    )
    run_stages(run, (cost_stage(run.settings),))
    after = table(folder, "gold/unit_costs").set_index(["municipality_code", "year"])["unit_cost"]
    pd.testing.assert_series_equal(before.sort_index(), after.sort_index())
