"""What Spark is asked to do for populations of any size: each register is read once, and nothing
that grows with persons is sent to every task whole."""

import re
from contextlib import redirect_stdout
from io import StringIO

import pytest

from kommunebench import bronze
from kommunebench.settings import load_analysis
from kommunebench.silver import PERMIT_HOLDERS, POPULATION, SPELL_CANDIDATES, WEEKLY_PANEL
from kommunebench.spells import (
    RegisterFrames,
    build_population,
    build_spells,
    build_weekly_panel,
    find_permit_holders,
    find_spell_candidates,
    joins,
)

SETTINGS = load_analysis("integration_employment")
# Lists of some hundred rows: of codes, countries, municipalities.
SMALL = {
    "countries",
    "residence_basis_codes",
    "commuting_areas",
    "jobs",
    "unemployment",
}


@pytest.fixture(scope="module")
def plans(spark, tmp_path_factory):
    """The physical plan of every stage from registers to spells, for a population above the limit
    up to which its rows are broadcast, without any broadcast Spark chooses itself."""
    folder = tmp_path_factory.mktemp("plans")

    def table(declared):
        path = f"{folder}/{declared.name}"
        schema = ", ".join(
            f"{name} {kind}" for name, kind in declared.columns.items() if name != "analysis"
        )
        spark.createDataFrame([], schema).write.parquet(path)
        return spark.read.schema(schema).parquet(path)

    names = RegisterFrames.__dataclass_fields__
    delivered = [
        one for one in bronze.BRONZE_TABLES if one.name in names and one is not bronze.MOVES
    ]
    registers = RegisterFrames(**{one.name: table(one) for one in delivered})
    holders, population, panel, candidates = (
        table(one) for one in (PERMIT_HOLDERS, POPULATION, WEEKLY_PANEL, SPELL_CANDIDATES)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joins, "BROADCAST_PERSONS", -1)
        settings = {
            "spark.sql.autoBroadcastJoinThreshold": "-1",
            "spark.sql.maxMetadataStringLength": "1000",
        }
        before = {name: spark.conf.get(name) for name in settings}
        for name, value in settings.items():
            spark.conf.set(name, value)
        frames = {
            "permit_holders": find_permit_holders(registers, SETTINGS),
            "population": build_population(holders, registers, SETTINGS),
            "weekly_panel": build_weekly_panel(population, registers, SETTINGS),
            "spell_candidates": find_spell_candidates(panel, population, SETTINGS),
            "spells": build_spells(candidates, population, registers, SETTINGS),
        }
        told = {name: _plan(frame) for name, frame in frames.items()}
        patch.setattr(joins, "BROADCAST_PERSONS", 200_000)
        told["population of few"] = _plan(build_population(holders, registers, SETTINGS))
        yield told
        for name, value in before.items():
            spark.conf.set(name, value)


def _plan(frame) -> str:
    out = StringIO()
    with redirect_stdout(out):
        frame.explain("simple")
    return out.getvalue()


def _scans(plan: str) -> list[str]:
    return re.findall(r"FileScan parquet.*?Location: [^\]]*/(\w+)\]", plan)


@pytest.mark.parametrize(
    ("stage", "twice"),
    [
        # The persons of the permits alone are read first, to leave everybody else's rows out.
        ("permit_holders", {"permits"}),
        # Diagnoses have no person: the contacts of the window are read again to reach them.
        ("population", {"hospital_contacts"}),
        ("population of few", {"hospital_contacts"}),
        ("weekly_panel", set()),
        ("spell_candidates", set()),
        ("spells", set()),
    ],
)
def test_each_register_is_read_once(plans, stage, twice):
    registers = set(RegisterFrames.__dataclass_fields__)
    read = [name for name in _scans(plans[stage]) if name in registers - SMALL]
    assert {name for name in read if read.count(name) > 1} <= twice
    assert all(read.count(name) <= 2 for name in read)


def test_plans_read_the_registers_they_are_about(plans):
    assert {"permits", "population_snapshots", "migrations"} <= set(_scans(plans["permit_holders"]))
    assert {
        "health_services",
        "prescriptions",
        "hospital_diagnoses",
        "population_snapshots",
    } <= set(_scans(plans["population"]))
    assert {"benefit_weeks", "employment_months", "address_spells", "deaths"} <= set(
        _scans(plans["weekly_panel"])
    )


@pytest.mark.parametrize(
    "stage", ["permit_holders", "population", "weekly_panel", "spell_candidates", "spells"]
)
def test_only_lists_of_codes_and_municipalities_are_broadcast(plans, stage):
    for broadcast in _broadcasts(plans[stage]):
        assert set(_scans(broadcast)) <= SMALL | {"population_snapshots"}
        # Snapshots are broadcast only as counts by municipality and year.
        if "population_snapshots" in _scans(broadcast):
            assert "keys=[municipality_code" in broadcast


def test_few_persons_are_sent_to_the_snapshots_of_their_relatives(plans):
    looked_for = [part for part in _broadcasts(plans["population of few"]) if "role" in part]
    assert [set(_scans(part)) for part in looked_for] == [{"permit_holders"}]
    assert not any("role" in part for part in _broadcasts(plans["population"]))


def _broadcasts(plan: str) -> list[str]:
    """The parts of a plan below each broadcast."""
    lines, parts = plan.splitlines(), []
    for number, line in enumerate(lines):
        if "BroadcastExchange" in line:
            depth = line.index("BroadcastExchange")
            below = lines[number + 1 :]
            end = next((n for n, one in enumerate(below) if _depth(one) <= depth), len(below))
            parts.append("\n".join(below[:end]))
    return parts


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" :+-*(0123456789)"))
