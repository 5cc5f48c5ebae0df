"""How a table of the layer gold is declared: it carries the analysis and the run."""

from kommunebench.tables import Table, columns


def gold_table(name: str, grain: str, key: str, listing: str) -> Table:
    """A gold table; ``key`` (besides analysis and run) and ``listing`` (columns and types) as
    compact text."""
    run = columns("analysis string, run_id string")
    return Table(
        name=name,
        layer="gold",
        grain=grain,
        key=("analysis", "run_id", *key.split()),
        columns=run | columns(listing),
    )
