"""Reading settings from YAML: a name in conf/ or a path, single settings overridden from the
command line."""

from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from kommunebench.errors import ConfigError
from kommunebench.settings.analysis import AnalysisSettings, Settings
from kommunebench.settings.environment import EnvironmentSettings
from kommunebench.settings.mapping import DeliveryMapping

SettingsT = TypeVar("SettingsT", bound=Settings)


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
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as YAML in UTF-8: {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected keys and values at the top level.")
    for override in overrides:
        _apply(content, override)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_explain(error)}") from error


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
        where = ".".join(str(part) for part in problem["loc"]) or "settings"
        what = (
            "unknown key"
            if problem["type"] == "extra_forbidden"
            else problem["msg"].removeprefix("Value error, ")
        )
        lines.append(f"{where}: {what}")
    return "; ".join(lines)
