"""Names in messages."""

import pytest

from kommunebench.registers.listing import first_names


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
    ],
)
def test_names_beyond_those_shown_are_counted(names: list[str], text: str) -> None:
    assert first_names(names, 2) == text
