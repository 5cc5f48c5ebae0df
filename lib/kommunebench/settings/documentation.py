"""docs/settings.md, written from the settings' own declarations: `python -m
kommunebench.settings.documentation > docs/settings.md`."""

from datetime import date
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kommunebench.settings.analysis import AnalysisSettings
from kommunebench.settings.environment import EnvironmentSettings
from kommunebench.settings.mapping import DeliveryMapping

_KINDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "date",
    Any: "value",
    NoneType: "null",
}


def settings_page() -> str:
    """Every key with its type, default and meaning, as Markdown."""
    lines = [
        "# Settings",
        "",
        "Written from the declarations by `python -m kommunebench.settings.documentation`.",
        "A dot stands between section and key, as in `--set`. `—` is no value (`null` in YAML),"
        " which the last column calls *none*.",
        "",
    ]
    lines += ["## An analysis (`conf/analyses/*.yaml`)", "", *_rows(AnalysisSettings), ""]
    lines += ["## An environment (`conf/env/*.yaml`)", "", *_rows(EnvironmentSettings), ""]
    lines += [
        "## A delivery under other names (`conf/registers/*.yaml`, `--mapping`)",
        "",
        *_rows(DeliveryMapping),
        "",
    ]
    return "\n".join(lines)


def _rows(model: type[BaseModel]) -> list[str]:
    head = ["| key | values | default | meaning |", "|---|---|---|---|"]
    return head + _keys(model, "")


def _keys(model: type[BaseModel], prefix: str) -> list[str]:
    rows: list[str] = []
    for name, declared in model.model_fields.items():
        inner = _section(declared.annotation)
        if inner is not None:
            listed = (
                "[]"
                if declared.annotation is not inner and "tuple" in str(declared.annotation)
                else ""
            )
            rows += _keys(inner, f"{prefix}{name}{listed}.")
        else:
            meaning = declared.description or ""
            rows.append(
                f"| `{prefix}{name}` | {_values(declared)} | {_default(declared)} | {meaning} |"
            )
    return rows


def _section(annotation: Any) -> type[BaseModel] | None:
    """The settings class behind an annotation (also optional or in a tuple), if it is one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    sections = (_section(argument) for argument in get_args(annotation))
    return next((inner for inner in sections if inner is not None), None)


def _values(declared: FieldInfo) -> str:
    return _kind(declared.annotation)


def _kind(annotation: Any) -> str:
    """What a value may be, in the words of YAML."""
    if annotation in _KINDS:
        return _KINDS[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is tuple:
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"{_kind(inner[1])} for each key"
    return " or ".join(_kind(one) for one in inner)


def _default(declared: FieldInfo) -> str:
    if declared.is_required():
        return "required"
    default = declared.get_default(call_default_factory=True)
    return "—" if default is None else f"`{_as_yaml(default)}`"


def _as_yaml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(_as_yaml, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_as_yaml(inner)}" for key, inner in value.items()) or "{}"
    return str(value)


if __name__ == "__main__":
    print(settings_page(), end="")
