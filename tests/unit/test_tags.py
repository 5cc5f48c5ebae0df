"""From which code a run says it was made: a clone, a clone with changes, an installed package."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kommunebench.tracking import tags

ROOT = Path(__file__).resolve().parents[2]
NOBODY = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]


def git(folder: Path, *arguments: str) -> str:
    call = ["git", "-C", str(folder), *NOBODY, *arguments]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository that holds a file of the package and the builder, not the whole package."""
    clone = tmp_path / "Mit projekt æøå"
    (clone / "lib" / "kommunebench" / "tracking").mkdir(parents=True)
    shutil.copy(ROOT / "setup.py", clone)
    shutil.copy(ROOT / "lib/kommunebench/__init__.py", clone / "lib/kommunebench")
    for name in ("__init__.py", "tags.py"):
        (clone / "lib/kommunebench/tracking" / name).write_text("", encoding="utf-8")
    (clone / "conf").mkdir()
    (clone / "conf" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    git(clone, "init", "--quiet", "--initial-branch", "main")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--message", "first")
    return clone


def stand_in(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the package lay there."""
    monkeypatch.setattr(tags, "__file__", str(package / "tracking" / "tags.py"))
    monkeypatch.setattr(tags, "_PACKAGE", package)


def test_a_clone_names_its_commit_and_whether_files_were_changed(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(clone / "lib" / "kommunebench", monkeypatch)
    commit = git(clone, "rev-parse", "HEAD")
    clean = {
        "git_commit": commit[:12],
        "mlflow.source.git.commit": commit,
        "mlflow.source.git.branch": "main",
    }
    (clone / "notes.txt").write_text("not code", encoding="utf-8")
    assert tags._git_tags() == clean
    for file in ("lib/kommunebench/new.py", "conf/new.yaml"):
        (clone / file).write_text("x: 1\n", encoding="utf-8")
        assert tags._git_tags() == clean | {"git_commit": f"{commit[:12]}-dirty"}
        (clone / file).unlink()


def test_an_installed_package_does_not_name_the_repository_around_it(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment inside a project of somebody else's."""
    package = clone / ".venv" / "site-packages" / "kommunebench"
    (package / "tracking").mkdir(parents=True)
    (package / "tracking" / "tags.py").write_text("", encoding="utf-8")
    stand_in(package, monkeypatch)
    assert tags._git_tags() == {}


@pytest.mark.parametrize("changed", [False, True])
def test_a_built_package_names_the_commit_it_was_built_from(
    changed: bool, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = git(clone, "rev-parse", "HEAD")
    if changed:
        (clone / "conf" / "a.yaml").write_text("a: 2\n", encoding="utf-8")
    built = tmp_path / "built"
    call = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(built)]
    subprocess.run(call, cwd=clone, check=True, capture_output=True)
    stand_in(built / "kommunebench", monkeypatch)
    assert tags._git_tags() == {
        "git_commit": f"{commit[:12]}{'-dirty' if changed else ''}",
        "mlflow.source.git.commit": commit,
    }
