"""Tables in Markdown on standard output."""


def table(title: str, *columns: str) -> None:
    """Heading of a table in Markdown."""
    print(f"### {title}\n")
    print(f"| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|")


def row(*cells: object) -> None:
    """One line of a table."""
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)
