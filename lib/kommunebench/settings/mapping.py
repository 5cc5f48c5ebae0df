"""Settings of a delivery that does not follow the usual names: which files are which register,
under which column names."""

import re
from typing import Self

from pydantic import Field, field_validator, model_validator

from kommunebench.settings.analysis import Settings

PERIOD_GROUPS = ("period", "year", "month")


class RegisterMapping(Settings):
    """The files of one register, and what its columns are called in them."""

    name: str = Field(description="name of the register: BEF, OPHG, DREAM, … (docs/registers.md)")
    files: str | None = Field(
        None,
        description=(
            "pattern of paths below the delivery's folder, `*` within a name, `**` over folders:"
            " `population/*.sas7bdat`"
        ),
    )
    pattern: str | None = Field(
        None,
        description=(
            "regular expression for the whole path below the folder, upper or lower case; groups"
            " `year` and `month`, or `period`, give the period"
        ),
    )
    period: str | None = Field(
        None,
        pattern=r"^(19|20)\d{2}(0[1-9]|1[0-2])?$",
        description="period of all files (YYYY or YYYYMM)",
    )
    period_column: str | None = Field(
        None, description="column of the file that holds the period of a row (YYYY or YYYYMM)"
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="usual column name: name in these files"
    )
    encoding: str | None = Field(
        None,
        description="encoding of the text, where files do not say or say it wrongly (windows-1252)",
    )

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                groups = re.compile(pattern).groupindex
            except re.error as error:
                raise ValueError(f"'{pattern}' is not a regular expression: {error}") from error
            if unknown := sorted(set(groups) - set(PERIOD_GROUPS)):
                raise ValueError(f"groups {unknown} unknown; known: {list(PERIOD_GROUPS)}")
        return pattern

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.files is None) == (self.pattern is None):
            raise ValueError(f"register {self.name}: give either files or pattern")
        if len({name.lower() for name in self.columns}) < len(self.columns):
            raise ValueError(f"register {self.name}: a column is named twice in columns")
        return self


class DeliveryMapping(Settings):
    """One YAML file in conf/registers: every register of a delivery that is not found by the usual
    names."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="name of the mapping, for messages")
    usual_names: bool = Field(
        True,
        description=(
            "true: files that no entry takes are recognised by the usual names (stem and period)"
        ),
    )
    registers: tuple[RegisterMapping, ...] = Field(min_length=1)
