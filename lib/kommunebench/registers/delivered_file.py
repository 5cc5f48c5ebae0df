"""One delivered file: its register and period, and the files its rows stand in."""

from dataclasses import dataclass, field
from typing import Literal

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import Register
from kommunebench.registers.locations import AnyPath, ListedFile, list_files
from kommunebench.settings import RegisterMapping

Format = Literal["parquet", "csv", "sas7bdat"]
SUFFIXES: dict[str, Format] = {".parquet": "parquet", ".csv": "csv", ".sas7bdat": "sas7bdat"}


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file (or folder of part files) of one register. ``period``: YYYY or YYYYMM, '' where the
    name has none; ``mapping``: the entry of the mapping that found it, none where its name did;
    ``files``: the files that hold rows, as their file system lists them."""

    register: Register
    path: AnyPath
    period: str
    mapping: RegisterMapping | None = field(default=None, compare=False)
    files: tuple[ListedFile, ...] = field(default=(), compare=False, repr=False)

    @property
    def format(self) -> Format:
        """What its rows are written in. Raises RegisterError for a folder of several formats."""
        formats = sorted({SUFFIXES[file.path.suffix.lower()] for file in self.files})
        if len(formats) > 1:
            raise RegisterError(
                f"{self.path}: holds files of the formats {formats}; leave those of one."
            )
        return formats[0]

    @property
    def unit(self) -> str:
        """What is replaced together in the store: a period of a yearly register, else the whole
        register."""
        by_period = self.register.period in ("yearly", "snapshot") and bool(self.period)
        return f"{self.register.name} {self.period}" if by_period else self.register.name

    @property
    def is_folder(self) -> bool:
        """Whether its rows stand in files of a folder."""
        return [file.path for file in self.files] != [self.path]

    @property
    def folder_columns(self) -> tuple[str, ...]:
        """Columns whose values stand in the names of folders below ``path`` (``unit=0101``).
        Raises RegisterError where not all files lie below folders of the same columns."""
        columns = {
            tuple(name.partition("=")[0] for name in self._folders(file) if "=" in name)
            for file in self.files
        }
        if len(columns) > 1:
            raise RegisterError(
                f"{self.path}: its files lie in folders of different columns"
                f" ({', '.join(sorted('/'.join(names) or 'none' for names in columns))}); lay them"
                " out alike."
            )
        return next(iter(columns), ())

    @property
    def is_nested(self) -> bool:
        """Whether files lie in folders below ``path``."""
        return self.is_folder and any(self._folders(file) for file in self.files)

    def parts(self) -> list[AnyPath]:
        """The files that hold rows."""
        return [file.path for file in self.files]

    @property
    def bytes(self) -> int:
        """Size of all parts."""
        return sum(file.size for file in self.files)

    def _folders(self, file: ListedFile) -> tuple[str, ...]:
        if file.path == self.path:
            return ()
        return file.path.relative_to(self.path).parent.parts  # type: ignore[arg-type]


def delivered_file(
    register: Register,
    path: AnyPath,
    period: str = "",
    mapping: RegisterMapping | None = None,
    listed: tuple[ListedFile, ...] | None = None,
) -> DeliveredFile:
    """The file, or the files of a folder, at a path; ``listed``: what is there, where it is known
    already. Files of formats that hold no rows are passed over."""
    present = list_files(path) if listed is None else listed
    rows = tuple(file for file in present if file.path.suffix.lower() in SUFFIXES)
    return DeliveredFile(register, path, period, mapping, rows)
