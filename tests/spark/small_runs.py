"""A run of stages that a test writes itself, on a store with a log."""

from kommunebench.pipeline import Run
from kommunebench.run_log import RunLog, run_identifier
from kommunebench.settings import load_analysis
from kommunebench.storage import Store
from kommunebench.terminal import Progress


def run_of(store: Store, *overrides: str, force: bool = False) -> Run:
    """A run of the main analysis with some settings changed; none of its stages has run."""
    settings = load_analysis("integration_employment", overrides)
    return Run(
        store=store,
        settings=settings,
        run_id=run_identifier(settings, "data"),
        data_fingerprint="data",
        progress=Progress(quiet=True),
        log=RunLog(store),
        force=force,
    )
