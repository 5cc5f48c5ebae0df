"""A run of stages that a test writes itself, on a store with a log."""

from kommunebench.pipeline import Run
from kommunebench.run_log import RunLog, run_identifier
from kommunebench.settings import load_analysis
from kommunebench.storage import Store
from kommunebench.terminal import Progress


def run_of(
    store: Store,
    *overrides: str,
    analysis: str = "integration_employment",
    data_fingerprint: str = "data",
    force: bool = False,
) -> Run:
    """A run of an analysis with some settings changed; none of its stages has run."""
    settings = load_analysis(analysis, overrides)
    return Run(
        store=store,
        settings=settings,
        run_id=run_identifier(settings, data_fingerprint),
        data_fingerprint=data_fingerprint,
        progress=Progress(quiet=True),
        log=RunLog(store),
        force=force,
    )
