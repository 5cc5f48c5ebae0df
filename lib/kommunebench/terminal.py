"""What a person sees while a run goes on: one line per stage on standard error; results go to
standard output."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console


@dataclass(slots=True)
class Step:
    """One stage as it is shown."""

    text: str = ""

    def note(self, text: str) -> None:
        """Say something about the stage on its line."""
        self.text = text


class Progress:
    """Stage lines on standard error: live in a terminal, one final line each elsewhere, nothing
    when quiet."""

    def __init__(self, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False)

    def tell(self, text: str) -> None:
        """A line of its own, for what a person must know while a step goes on."""
        self._console.print(f"  {text}")

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show a stage while it runs, and its seconds when it is done."""
        step, started = Step(), time.monotonic()
        try:
            if self._console.is_terminal:
                with self._console.status(f"{name} …"):
                    yield step
            else:
                yield step
        except BaseException:
            self._console.print(
                f"[red]✗[/red] {name:<14} {time.monotonic() - started:7.1f} s  stopped"
            )
            raise
        self._console.print(
            f"[green]✓[/green] {name:<14} {time.monotonic() - started:7.1f} s  {step.text}".rstrip()
        )


def say(text: str) -> None:
    """A result, on standard output."""
    sys.stdout.write(text + "\n")
