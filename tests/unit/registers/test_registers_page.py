"""docs/registers.md: current, and nothing the catalogue declares is missing from it."""

from pathlib import Path

import pytest

from kommunebench.registers.catalogue import ALL_REGISTERS, BEF, LPR_ADM, OPHG, SSSY, UDFK
from kommunebench.registers.documentation import MEANINGS, meaning_of, registers_page, use_of
from kommunebench.settings import load_analysis

PAGE = Path(__file__).resolve().parents[3] / "docs" / "registers.md"


def test_the_page_of_registers_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == registers_page(), (
        "run: python -m kommunebench.registers.documentation > docs/registers.md"
    )


@pytest.mark.parametrize("register", ALL_REGISTERS, ids=lambda register: register.name)
def test_every_register_stands_there_with_all_of_its_columns(register):
    section = registers_page().split(f"\n### {register.name}\n")[1].split("\n### ")[0]
    assert f"{register.folder}/{register.stems[0]}".lstrip("/") in section
    for column in register.columns:
        assert all(f"`{name.upper()}`" in section for name in column.delivered), column.name
        assert meaning_of(register, column), column.name


def test_every_meaning_belongs_to_a_column():
    declared = {f"{r.name}.{column.name}" for r in ALL_REGISTERS for column in r.columns}
    named = {column.name for r in ALL_REGISTERS for column in r.columns}
    assert set(MEANINGS) <= declared | named


def test_what_an_analysis_needs_can_replace_or_reads_where_it_is_there():
    main, exams = load_analysis("integration_employment"), load_analysis("school_exams")
    assert [use_of(r, main) for r in (OPHG, BEF, LPR_ADM, SSSY, UDFK)] == [
        "needed", "needed", "one of", "one of", "",
    ]  # fmt: skip
    assert [use_of(r, exams) for r in (OPHG, BEF, UDFK)] == ["", "needed", "needed"]
    lines = registers_page().splitlines()
    mother = next(line for line in lines if line.startswith("| `MOR_ID`"))
    assert "for `school_exams`, `upper_secondary`" in mother
