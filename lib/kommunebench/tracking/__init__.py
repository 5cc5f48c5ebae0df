"""The only package that imports MLflow: one tracked run per run and analysis, and reading runs back
for `compare`."""

from kommunebench.tracking.model import log_cox_model, parse_registration
from kommunebench.tracking.recorded import RecordedRun, read_run
from kommunebench.tracking.runs import TrackedRun, flatten, tracked_run
from kommunebench.tracking.server import (
    check_tracking,
    explain_tracking_failure,
    is_tracking_failure,
)

__all__ = [
    "RecordedRun",
    "TrackedRun",
    "check_tracking",
    "explain_tracking_failure",
    "flatten",
    "is_tracking_failure",
    "log_cox_model",
    "parse_registration",
    "read_run",
    "tracked_run",
]
