"""What the documents name exists: files, links, commands with their options, and imports that go as
docs/architecture.md says."""

import ast
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from kommunebench.cli import build_parser

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "lib/kommunebench"
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "deploy/README.md"])
# Where a path in a document may begin.
STARTS = (
    ROOT,
    ROOT / "tests/reference/data",
    ROOT / "docs",
    PACKAGE,
    PACKAGE / "benchmark",
    ROOT / "deploy",
)
SUFFIXES = ("py", "md", "yaml", "yml", "csv", "json", "R", "sh", "toml")
# Files of a delivery, of a person or of a study of theirs, not of this repository.
NOT_OURS = re.compile(
    r"^(codes|municipal|bef|population|spells|simulation)/"
    r"|^(FILE|my_analysis|our_cluster|closed_machine|job_centres|problems)"
    r"|^(aul01|jobs|price_index|regk100|commuting_areas|residence_basis_codes|countries|spells)\.csv"
    r"|^bfl2011\.csv|^(robust|expected|benchmark|simulation)\.json|^part\."
)
WITHOUT = {
    "survival": {"pyspark", "mlflow", "pydantic", "statsmodels"},
    "benchmark": {"pyspark", "mlflow", "pydantic"},
    "costs": {"pyspark", "mlflow", "pydantic"},
    "report": {"pyspark", "mlflow"},
    "tracking": {"pyspark"},
    "spells": {"mlflow", "numpy", "pandas", "scipy"},
    "registers": {"mlflow", "scipy", "statsmodels"},
    "settings": {"pyspark", "mlflow", "numpy", "pandas"},
}
NOT_IMPORTED = {
    "survival": {"settings", "registers"},
    "benchmark": {"settings", "registers", "spells"},
    "costs": {"settings", "registers", "spells"},
    "registers": {"spells", "spell_files", "populations"},
    "spells": {"registers", "spell_files", "survival", "populations"},
    "populations": {"registers", "spell_files", "survival", "benchmark"},
    "report": {"storage", "simulation"},
    "simulation": {"registers", "spells", "survival", "benchmark", "costs", "storage", "report"},
    "storage": {"bronze", "silver", "gold", "registers", "benchmark"},
}


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def named_paths(text: str) -> list[str]:
    """Paths of files in backticks or commands, without options and without placeholders."""
    words = re.findall(rf"[\w./*-]+\.(?:{'|'.join(SUFFIXES)})\b", text)
    return [word for word in words if not NOT_OURS.search(word) and not word.startswith("//")]


@cache
def names_of_files() -> frozenset[str]:
    """Names, without their folders, of the files of library and tests."""
    return frozenset(file.name for top in ("lib", "tests") for file in (ROOT / top).rglob("*.*"))


def exists(word: str, page: Path) -> bool:
    """Whether a path is there, from the page's own folder or where paths in documents may begin."""
    if "*" in word:
        return any(list(start.glob(word)) for start in STARTS)
    if any((start / word.lstrip("/")).exists() for start in (page.parent, *STARTS)):
        return True
    return "/" not in word and (word in names_of_files() or is_written(word))


@cache
def texts_of_simulation() -> str:
    """The source of the simulator."""
    return "".join(text_of(file) for file in (PACKAGE / "simulation").glob("*.py"))


def is_written(name: str) -> bool:
    """Whether the simulator writes a file of this name, such as a table of the truth."""
    stem, suffix = name.rsplit(".", 1)
    return suffix == "csv" and any(f'"{n}"' in texts_of_simulation() for n in (name, stem))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_a_page_names_exists(page):
    absent = sorted({word for word in named_paths(text_of(page)) if not exists(word, page)})
    assert not absent


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_resolves(page):
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text_of(page))
    relative = [link for link in links if "://" not in link]
    assert not [link for link in relative if not (page.parent / link).exists()]


def anchor_of(heading: str) -> str:
    """The name GitHub gives a heading for links."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_heading_resolves(page):
    for file, anchor in re.findall(r"\]\((?!\w+://)([^)#]*)#([^)]+)\)", text_of(page)):
        target = page.parent / file if file else page
        headings = re.findall(r"^#+ (.*)$", text_of(target), re.MULTILINE)
        assert anchor in map(anchor_of, headings), f"{file}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_folder_of_tests_and_every_target_of_make_exists(page):
    text = text_of(page)
    folders = re.findall(r"\btests/[\w/]*\w", text)
    assert not [folder for folder in folders if not list(ROOT.glob(f"{folder}*"))]
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets


def is_command(command: str) -> bool:
    """Whether the words after a program's name call something of ours: the name may stand in a
    sentence, and `python -m` may run a program of others."""
    first = command.split(maxsplit=1)[0] if command else ""
    other = ("pip", "venv", "pytest", "reads", "builds", "compares", "is", "has", "and")
    return re.match(r"[a-z]+(\.|$)", first) is not None and first not in other


def commands(program: str) -> list[tuple[str, str]]:
    """Each command line of a program in the pages, up to the end of its line or code, with the name
    of the page."""
    pattern = re.compile(rf"(?:^|[\s`(/]){program} ([^`\n#&…|]*)")
    found = [(page, match) for page in PAGES for match in pattern.findall(text_of(page))]
    shown = [(str(page.relative_to(ROOT)), match.strip(" .,;)")) for page, match in found]
    return [(page, command) for page, command in shown if is_command(command)]


@pytest.mark.parametrize(("page", "command"), commands("python -m"))
def test_every_module_a_page_runs_exists_and_has_the_options(page, command):
    words = shlex.split(command)
    path = words[0].replace(".", "/")
    file = next((f for f in (ROOT / f"{path}.py", ROOT / f"lib/{path}.py") if f.exists()), None)
    assert file is not None, f"{page}: {words[0]}"
    options = [word.strip("[]") for word in words[1:] if word.strip("[").startswith("--")]
    assert not [option for option in options if f'"{option}"' not in text_of(file)]


@pytest.mark.parametrize(("page", "command"), commands("kommunebench"))
def test_every_command_a_page_shows_has_its_verb_and_options(page, command):
    verbs = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    verb = command.split(maxsplit=1)[0]
    assert verb in verbs, f"{page}: kommunebench {command}"
    known = verbs[verb]._option_string_actions
    options = re.findall(r"(?<![\w-])--[a-z-]+", command)
    assert not [option for option in options if option not in known]


def test_every_section_the_code_cites_is_explained_in_the_method():
    """Docstrings cite papers by section; docs/method.md says what each of these is about."""
    cited = {
        (paper, int(section))
        for file in PACKAGE.rglob("*.py")
        for paper, section in re.findall(
            r"\(?(method|fact sheet|registers),\s+sections? (\d+)", text_of(file)
        )
    }
    explained = set()
    for row in re.findall(
        r"^\| (method|fact sheet|registers), section (\d+)(?: to (\d+))? \|",
        text_of(ROOT / "docs/method.md"),
        re.MULTILINE,
    ):
        paper, first, last = row
        explained |= {(paper, k) for k in range(int(first), int(last or first) + 1)}
    assert cited
    assert cited <= explained


def imports_of(name: str) -> tuple[set[str], set[str]]:
    """Modules of this package and packages of others that a module or sub-package imports."""
    folder = PACKAGE / name
    files = folder.rglob("*.py") if folder.is_dir() else [PACKAGE / f"{name}.py"]
    ours, others = set(), set()
    for file in files:
        for node in ast.walk(ast.parse(text_of(file))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "kommunebench":
                modules = [f"kommunebench.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module]
            else:
                continue
            for first, *rest in (module.split(".") for module in modules):
                if first != "kommunebench":
                    others.add(first)
                elif rest and rest[0] != "__version__":
                    ours.add(rest[0])
    return ours - {name}, others


MODULES = sorted(
    path.stem
    for path in PACKAGE.iterdir()
    if path.stem != "__init__" and (path.suffix == ".py" or (path / "__init__.py").exists())
)


def layers() -> list[list[str]]:
    """The modules of each line of the table in docs/architecture.md, from the lowest to the
    highest: a module may import from its own line and from lines above it."""
    page = text_of(ROOT / "docs/architecture.md")
    table = page[page.index("| module | knows | does not know |") :].split("\n\n", 1)[0]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    return [re.findall(r"`(\w+)(?:\.py|/)`", cell) for cell in first_cells]


def test_every_module_has_one_line_of_the_architecture():
    listed = [module for line in layers() for module in line]
    assert sorted(listed) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name):
    rank = {module: place for place, line in enumerate(layers()) for module in line}
    assert name in rank, f"{name} has no line in docs/architecture.md yet"
    ours, others = imports_of(name)
    assert not [module for module in ours if rank.get(module, 0) > rank[name]]
    assert not others & WITHOUT.get(name, set())
    assert not ours & NOT_IMPORTED.get(name, set())
