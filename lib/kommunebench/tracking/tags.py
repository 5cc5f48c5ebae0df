"""Who ran what from which code: the tags MLflow's pages show of every run."""

import subprocess
import sys
from pathlib import Path

from kommunebench import __version__
from kommunebench.processes import user_name


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
    """Commit and branch of the clone the code runs from, where it is one."""
    commit = _git("rev-parse", "HEAD")
    if not commit:
        return {}
    tags = {"git_commit": commit[:12], "mlflow.source.git.commit": commit}
    branch = _git("rev-parse", "--abbrev-ref", "HEAD")
    return tags | ({"mlflow.source.git.branch": branch} if branch not in ("", "HEAD") else {})


def _git(*arguments: str) -> str:
    """What git says of the folder of this file; empty where there is no git or no clone."""
    call = ["git", "-C", str(Path(__file__).parent), *arguments]
    try:
        done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
