"""Facts of spells and counts of how they end, from rows of silver tables."""

from types import SimpleNamespace

import numpy as np
import pytest
from pyspark.sql import functions as F

from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.checks.facts import UnitSums
from kommunebench.benchmark.checks.moves import at_destination
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.settings import load_analysis
from kommunebench.silver import WEEKLY_PANEL
from kommunebench.spells.ends import count_ends
from kommunebench.stages.fact_blocks import SparkFacts
from kommunebench.stages.packed_spells import pack_spells
from kommunebench.stages.spell_facts import (
    add_destinations,
    column_of,
    fact_columns,
    fact_labels,
)

SETTINGS = load_analysis("integration_employment")
# person, sex, unit, start year, basis, duration, end week, reason for the end, potential follow-up
SPELLS = [
    ("p1", "men", "101", "2009", "refugee_quota", 5, 5, "moved_municipality", 200),
    ("p1", "men", "147", "2012", "refugee_quota", 9, 30, "success", 156),
    ("p2", "women", "147", "2015", "family_danish_nordic", 7, 7, "moved_municipality", 50),
    ("p3", "women", "147", "2011", None, 3, 3, "emigration", None),
    ("p4", "men", "101", "2016", "unlisted", 4, 4, "end_of_data", 4),
]
# person, week, municipality
PANEL = [("p1", 4, "101"), ("p1", 5, "147"), ("p1", 30, "147"), ("p2", 7, "999"), ("p3", 3, "101")]


@pytest.fixture(scope="module")
def spells(spark):
    rows = [(f"{row[0]}-{row[6]:03d}", *row) for row in SPELLS]
    names = (
        "spell_id string, person_id string, sex string, municipality_code string,"
        " start_year string, residence_basis string, duration int, end_week int, end_reason string,"
        " potential_follow_up int"
    )
    frame = spark.createDataFrame(rows, names)
    return frame.withColumn("event", (F.col("end_reason") == "success").cast("int"))


@pytest.fixture(scope="module")
def with_facts(spark, spells):
    panel = spark.createDataFrame(PANEL, "person_id string, week int, municipality_code string")
    inputs = SimpleNamespace(read=lambda table: panel if table is WEEKLY_PANEL else None)
    labels = fact_labels(SETTINGS, ["101", "147"])
    codes = [code.alias(name) for name, code in fact_columns(labels).items()]
    kept = spells.select(
        "spell_id", "person_id", F.col("sex").alias("model_group"), "municipality_code",
        "duration", "event", *codes,
    )  # fmt: skip
    return add_destinations(inputs, kept, labels), labels


def test_immigrants_may_have_another_permit_or_none_known():
    immigrants = load_analysis("immigrants_over_10_years")
    bases = fact_labels(immigrants, ["101"])["fact_residence_basis"]
    assert bases[-2:] == ["none_known", "other"]
    assert set(fact_labels(SETTINGS, ["101"])["fact_residence_basis"]) == set(bases[:-2])
    # Without family reunification they are not called refugees.
    assert fact_labels(immigrants, ["101"])["fact_kind"][0] == "not_family_reunified"
    assert fact_labels(SETTINGS, ["101"])["fact_kind"][0] == "refugee"


def test_facts_are_codes_of_their_labels(with_facts):
    frame, labels = with_facts
    rows = frame.toPandas().sort_values("spell_id").set_index("spell_id")
    assert "end_week" not in rows
    wanted = {
        "start_year": [1, 4, 7, 3, -1],
        "residence_basis": [
            labels["fact_residence_basis"].index("refugee_quota"),
            labels["fact_residence_basis"].index("refugee_quota"),
            labels["fact_residence_basis"].index("family_danish_nordic"),
            -1,
            -1,
        ],
        "half": [0, 1, 1, 0, 1],
        "kind": [0, 0, 1, -1, 0],
        "moved": [1, 0, 1, 0, 0],
        # Where p2 went there are no spells of the analysis.
        "moved_to": [1, -1, -1, -1, -1],
        "follow_up": [156, 156, 50, -1, 4],
    }
    for fact, codes in wanted.items():
        assert rows[column_of(fact)].tolist() == codes, fact


def test_spells_of_a_file_have_the_follow_up_where_all_of_them_give_it(spells):
    """And nothing else: such a file says neither when spells began nor where movers went."""
    settings = load_analysis("dialysis_centres")
    assert fact_labels(settings, ["101", "147"], all_followed=False) == {}
    labels = fact_labels(settings, ["101", "147"])
    horizon = settings.observation.horizon_weeks
    assert labels == {"fact_follow_up": [str(week) for week in range(horizon + 1)]}
    codes = [code.alias(name) for name, code in fact_columns(labels).items()]
    kept = spells.where("potential_follow_up is not null").select("spell_id", *codes)
    assert add_destinations(None, kept, labels) is kept
    rows = kept.toPandas().set_index("spell_id")["fact_follow_up"].sort_index()
    assert rows.tolist() == [min(weeks, horizon) for weeks in (200, 156, 50, 4)]


def test_packed_facts_stay_with_their_spells(with_facts):
    frame, labels = with_facts
    layout = RecordLayout(
        unit_names=("101", "147"),
        group_names=("men", "women"),
        designs=(DesignPlan(), DesignPlan()),
        horizon=30,
    )
    packed = pack_spells(frame, layout, (), 2, tuple(labels))
    facts = tuple(name.removeprefix("fact_") for name in labels)
    blocks = SparkFacts(packed, layout, 2, facts)

    # Tasks do not know this module: what they run is defined here.
    def durations_by_half(block, facts):
        return UnitSums(np.bincount(facts["half"], block.duration, 2))

    def by_unit(block):
        return UnitSums(block.unit_sums(block.duration.astype(float)))

    assert blocks.total_with_facts(durations_by_half).values.tolist() == [8.0, 20.0]
    assert blocks.recoded(at_destination).total(by_unit).values.tolist() == [4.0, 24.0]


def test_ends_are_counted_by_breakdown(spells):
    rows = count_ends(spells).toPandas()
    rows = rows.set_index(["breakdown", "value", "week", "end"]).sort_index()["spells"]
    everyone = rows.loc[("all", "all")]
    assert everyone.to_dict() == {
        (5, "moved"): 1, (9, "success"): 1, (7, "moved"): 1, (3, "left"): 1, (4, "open"): 1,
    }  # fmt: skip
    assert rows.loc[("sex", "men")].sum() == 3 and rows.loc[("sex", "women")].sum() == 2
    assert rows.loc[("residence_basis", "family_reunified")].to_dict() == {(7, "moved"): 1}
    others = count_ends(spells, "not_family_reunified").where("breakdown = 'residence_basis'")
    assert {row.value for row in others.collect()} == {"not_family_reunified", "family_reunified"}
    # A spell of unknown basis is in neither group.
    assert rows.loc["residence_basis"].sum() == 4
