"""The only package that imports MLflow: one tracked run per run and analysis, and reading runs back
for `compare` and `runs`."""

from kommunebench.tracking.model import log_national_model, parse_registration
from kommunebench.tracking.recorded import (
    ListedRun,
    RecordedRun,
    list_runs,
    marked_name,
    read_run,
)
from kommunebench.tracking.runs import TrackedRun, flatten, recorded_params, tracked_run
from kommunebench.tracking.server import (
    TrackingError,
    calling,
    check_tracking,
    explain_tracking_failure,
)

__all__ = [
    "ListedRun",
    "RecordedRun",
    "TrackedRun",
    "TrackingError",
    "calling",
    "check_tracking",
    "explain_tracking_failure",
    "flatten",
    "list_runs",
    "log_national_model",
    "marked_name",
    "parse_registration",
    "read_run",
    "recorded_params",
    "tracked_run",
]
