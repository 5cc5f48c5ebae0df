"""Reading settings from YAML: a name in conf/ or a path, single settings overridden from the
command line."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import Field, ValidationError

from kommunebench.errors import ConfigError
from kommunebench.settings.analysis import AnalysisSettings, Settings
from kommunebench.settings.environment import EnvironmentSettings
from kommunebench.settings.mapping import DeliveryMapping

SettingsT = TypeVar("SettingsT", bound=Settings)
# The key that makes a YAML file in conf/analyses a set of analyses.
_IS_SET = "analyses"


class AnalysisSet(Settings):
    """A named set of analyses that are run one after the other."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    analyses: tuple[str, ...] = Field(min_length=1)


def conf_folder() -> Path:
    """The folder conf/: inside an installed wheel, else beside lib/ in the clone."""
    packaged = Path(str(files("kommunebench"))) / "conf"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "conf"


def load_analysis(name_or_path: str, overrides: tuple[str, ...] = ()) -> AnalysisSettings:
    """Settings of an analysis, by name in conf/analyses or by path; ``overrides`` are
    ``key.subkey=value``.

    Raises ConfigError naming file and key when a key is unknown, a value impossible or the file
    absent.
    """
    return _load(name_or_path, "analyses", AnalysisSettings, overrides)


def load_analyses(names: Sequence[str], overrides: tuple[str, ...] = ()) -> list[AnalysisSettings]:
    """Settings of several analyses in order, each once; a named set (a YAML file that lists
    analyses) stands for those it lists, and ``overrides`` are for all of them.

    Raises ConfigError as load_analysis.
    """
    return [load_analysis(name, overrides) for name in analyses_of(names)]


def analyses_of(names: Sequence[str]) -> list[str]:
    """The analyses behind names and paths, as load_analysis takes them: a set is replaced by those
    it lists, and each is there once. Raises ConfigError as load_analysis."""
    listed: list[str] = []
    for name in names:
        content = _content(_find(name, "analyses"))
        listed += _members(name, content) if _IS_SET in content else [name]
    return list(dict.fromkeys(listed))


def _members(name: str, content: dict[str, Any]) -> tuple[str, ...]:
    try:
        return AnalysisSet.model_validate(content).analyses
    except ValidationError as error:
        raise ConfigError(f"{_find(name, 'analyses')}: {_explain(error)}") from error


def load_environment(name_or_path: str) -> EnvironmentSettings:
    """Settings of an environment, by name in conf/env or by path. Raises ConfigError as
    load_analysis."""
    return _load(name_or_path, "env", EnvironmentSettings, ())


def load_mapping(name_or_path: str) -> DeliveryMapping:
    """Which files of a delivery are which register, by name in conf/registers or by path. Raises
    ConfigError as load_analysis."""
    return _load(name_or_path, "registers", DeliveryMapping, ())


def _load(
    name_or_path: str, kind: str, model: type[SettingsT], overrides: tuple[str, ...]
) -> SettingsT:
    path = _find(name_or_path, kind)
    content = _content(path)
    if _IS_SET in content:
        raise ConfigError(
            f"{path}: a set of analyses, which only `run` takes; name one of"
            f" {', '.join(map(str, content[_IS_SET]))}."
        )
    for override in overrides:
        _apply(content, override)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_explain(error)}") from error


def _content(path: Path) -> dict[str, Any]:
    """Keys and values of a YAML file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as YAML in UTF-8: {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected keys and values at the top level.")
    return content


def _find(name_or_path: str, kind: str) -> Path:
    if name_or_path.endswith((".yaml", ".yml")):
        path = Path(name_or_path)
        if path.is_file():
            return path
        raise ConfigError(f"{path}: no such file.")
    folder = conf_folder() / kind
    path = folder / f"{name_or_path}.yaml"
    if path.is_file():
        return path
    known = ", ".join(sorted(p.stem for p in folder.glob("*.yaml")))
    raise ConfigError(
        f"'{name_or_path}' is not in {folder}; known: {known}. A path must end in .yaml."
    )


def _apply(content: dict[str, Any], override: str) -> None:
    """Put one ``a.b=value`` into the nested settings; the value is read as YAML."""
    key, separator, text = override.partition("=")
    if not separator or not key:
        raise ConfigError(
            f"--set {override}: write key=value, with dots between levels (model.min_spells=50)."
        )
    *parents, last = key.strip().split(".")
    level = content
    for parent in parents:
        level = level.setdefault(parent, {})
        if not isinstance(level, dict):
            raise ConfigError(f"--set {override}: '{parent}' is not a section.")
    try:
        level[last] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {override}: the value is not readable: {error}") from error


def _explain(error: ValidationError) -> str:
    """All problems of a settings file in one sentence each."""
    lines = []
    for problem in error.errors():
        where = ".".join(str(key) for key in problem["loc"]) or "settings"
        what = (
            "unknown key"
            if problem["type"] == "extra_forbidden"
            else problem["msg"].removeprefix("Value error, ")
        )
        lines.append(f"{where}: {what}")
    return "; ".join(lines)
