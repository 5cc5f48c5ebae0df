"""What is wrong with a delivery's rows, in counts and words."""

from collections.abc import Sequence
from dataclasses import dataclass

from kommunebench.registers.catalogue import DREAM
from kommunebench.registers.conversion import (
    MISSING,
    NO_SHARE,
    NOT_CONVERTIBLE,
    OUT_OF_RANGE,
    UNKNOWN_CODE,
    WRONG_SIGN,
)
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.listing import first_names
from kommunebench.registers.opening import MALFORMED
from kommunebench.registers.sas_files import TRUNCATED, UNDECODABLE

DUPLICATE, CONFLICT = "row_repeated", "key_with_different_rows"
# More unusable values than this in a column a row cannot do without: the file is wrong, not single
# rows.
STRUCTURAL_SHARE = 0.10
# A single file is wrong where most of it is unusable, though the register as a whole is not.
STRUCTURAL_SHARE_OF_FILE, STRUCTURAL_ROWS = 0.5, 20
# More keys with different rows than this: the wrong files were put together.
CONFLICT_SHARE = 0.001
_FILES_NAMED = 3
_UNREADABLE = {
    TRUNCATED: "the file was cut off and cannot be read to its end",
    UNDECODABLE: "the file holds text its encoding does not have",
}
_WORDS = {
    MISSING: "is empty",
    NOT_CONVERTIBLE: "is not of the declared type",
    OUT_OF_RANGE: "is outside 1900-2100",
    UNKNOWN_CODE: "holds a code outside the list",
    WRONG_SIGN: "is negative, or zero where it may not be,",
    NO_SHARE: "is no share between 0 and 1",
    MALFORMED: "the line has more or fewer values than the header has columns",
    DUPLICATE: "the row is there more than once",
    CONFLICT: "identifies rows that differ",
}
_CORRECT = {
    MISSING: "Deliver the column with its values",
    NOT_CONVERTIBLE: (
        "Deliver it as declared (dates as SAS dates, YYYY-MM-DD or YYYYMMDD; numbers as numbers)"
    ),
    OUT_OF_RANGE: "Correct the dates",
    UNKNOWN_CODE: "Correct the codes, or map the right column",
    WRONG_SIGN: "Correct the numbers",
    NO_SHARE: "Deliver shares, not percentages",
    MALFORMED: "Check the separator and the quotation marks",
    CONFLICT: "Deliver each key once",
}


@dataclass(frozen=True, slots=True)
class FileCount:
    """How many rows of a file have a problem, of how many. ``file``: its name; ``path``: where it
    is, which tells files of one name apart; ``unit``: what its rows are replaced with in the
    store."""

    file: str
    path: str
    unit: str
    rows: int
    of_rows: int


def count_of(file: DeliveredFile, rows: int, of_rows: int) -> FileCount:
    """``rows`` of the ``of_rows`` rows of a delivered file have a problem."""
    return FileCount(file.path.name, str(file.path), file.unit, rows, of_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How many rows of a register have a problem in a column; ``set_aside``: those rows are not
    used. ``fatal``: too many to go on.

    ``examples``: offending values where they are codes, dates or numbers; never identifiers.
    """

    register: str
    column: str
    reason: str
    rows: int
    of_rows: int
    set_aside: bool
    fatal: bool
    files: tuple[FileCount, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The finding in one sentence, with where and what to do."""
        action = _CORRECT[self.reason] if self.fatal else self.fate
        place = f", column {self.column}" if self.reason != MALFORMED else ""
        counted = (
            f"{self.rows} of {self.of_rows} rows"
            f" ({percent(self.rows, self.of_rows)}{self.where(', in ')})"
        )
        return (
            f"register {self.register}{place}: {_WORDS[self.reason]} in"
            f" {counted}{self.quoted(', such as ')}. {action}."
        )

    @property
    def fate(self) -> str:
        """What becomes of the rows or values."""
        if self.fatal:
            return "The run stops"
        return _FATES[consequence_of(self.register, self.reason, self.set_aside)]

    def where(self, before: str = "") -> str:
        """The first files with the problem, those with most rows first."""
        ordered = sorted(self.files, key=lambda count: -count.rows)
        names = list(dict.fromkeys(count.file for count in ordered))
        return before + first_names(names, _FILES_NAMED) if names else ""

    def quoted(self, before: str = "") -> str:
        """The examples in quotation marks; of values that are not shown, their length."""
        shown = (
            value if value.endswith(" characters") else f"'{value}'" for value in self.examples
        )
        return before + ", ".join(shown) if self.examples else ""


def consequence_of(register: str, reason: str, set_aside: bool) -> str:
    """What becomes of rows or values with a problem, as the code that reports have words for."""
    if reason == DUPLICATE:
        return "one_row_kept"
    if set_aside:
        return "row_set_aside"
    if reason == CONFLICT:
        return "earliest_row_kept"
    # A week with a code nobody knows is one on a benefit all the same.
    is_weekly_code = register == DREAM.name and reason == UNKNOWN_CODE
    return "code_kept" if is_weekly_code else "value_blanked"


_FATES = {
    "one_row_kept": "One of each is kept",
    "row_set_aside": "These rows are not used",
    "earliest_row_kept": "The row with the earliest date is kept",
    "code_kept": "The code is kept and counts as a benefit",
    "value_blanked": "The value counts as missing",
}


def words_of(reason: str) -> str:
    """A reason why rows cannot be used, in words."""
    return (_WORDS | _UNREADABLE)[reason]


def percent(count: int, whole: int) -> str:
    """A share in words: 0.5 %, below 0.1 %, 100 %."""
    share = 100.0 * count / max(whole, 1)
    return "below 0.1 %" if 0 < share < 0.1 else f"{share:.3g} %"


def structural(files: Sequence[FileCount], of_rows: int) -> bool:
    """Whether so many rows are unusable that the files are wrong: of the register, or of one of its
    files."""
    whole = sum(count.rows for count in files) > STRUCTURAL_SHARE * of_rows
    return whole or any(
        count.of_rows >= STRUCTURAL_ROWS and count.rows > STRUCTURAL_SHARE_OF_FILE * count.of_rows
        for count in files
    )
