"""Who ran what from which code: the tags MLflow's pages show of every run."""

import subprocess
import sys
from pathlib import Path

from kommunebench import __version__
from kommunebench.processes import user_name

_PACKAGE = Path(__file__).resolve().parents[1]
# Ends the name of a commit that the files differ from.
_CHANGED = "-dirty"


def run_tags(analysis: str, run_id: str, platform: str) -> dict[str, str]:
    """Tags of a run: analysis, run, code version, and MLflow's own names for user, source and
    commit (MLflow documentation, "System tags"). On Databricks the platform sets user and source
    itself."""
    tags = {"analysis": analysis, "run_id": run_id, "code_version": __version__, **_git_tags()}
    if platform != "databricks":
        tags |= {
            "mlflow.user": user_name(),
            "mlflow.source.name": Path(sys.argv[0]).name or "kommunebench",
            "mlflow.source.type": "LOCAL",
        }
    return tags


def _git_tags() -> dict[str, str]:
    """Commit and branch of the clone the code runs from, else the commit the installed package was
    built from. ``git_commit`` ends with -dirty where files of the package or of conf/ differed from
    it; MLflow's own tag does not, because its pages make a link of it."""
    if _git("ls-files", "--error-unmatch", Path(__file__).name):
        commit = _git("rev-parse", "HEAD")
        conf = _PACKAGE.parents[1] / "conf"
        places = [str(folder) for folder in (_PACKAGE, conf) if folder.is_dir()]
        changed = bool(_git("status", "--porcelain", "--", *places))
        branch = _git("rev-parse", "--abbrev-ref", "HEAD")
    else:
        commit, changed, branch = *_built_from(), ""
    if not commit:
        return {}
    tags = {
        "git_commit": f"{commit[:12]}{_CHANGED if changed else ''}",
        "mlflow.source.git.commit": commit,
    }
    return tags | ({"mlflow.source.git.branch": branch} if branch not in ("", "HEAD") else {})


def _built_from() -> tuple[str, bool]:
    """The commit that setup.py wrote into the package when it was built, and whether the package's
    files differed from it; an empty commit where it was built outside a clone."""
    try:
        written = (_PACKAGE / "built_from_commit.txt").read_text(encoding="ascii").strip()
    except OSError:
        return "", False
    return written.removesuffix(_CHANGED), written.endswith(_CHANGED)


def _git(*arguments: str) -> str:
    """What git says of the folder of this file; empty where there is no git, or the folder is in no
    clone or not a part of the one around it, as in a virtual environment inside a project."""
    call = ["git", "-C", str(Path(__file__).parent), *arguments]
    try:
        done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
