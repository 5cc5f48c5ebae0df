"""docs/settings.md, written from the settings' own declarations: `python -m
kommunebench.settings.documentation > docs/settings.md`."""

from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kommunebench.settings.analysis import AnalysisSettings
from kommunebench.settings.environment import EnvironmentSettings
from kommunebench.settings.mapping import DeliveryMapping


def settings_page() -> str:
    """Every key with its type, default and meaning, as Markdown."""
    lines = [
        "# Settings",
        "",
        "Written from the declarations by `python -m kommunebench.settings.documentation`.",
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
    text = str(declared.annotation).replace("typing.", "").replace("<class '", "").replace("'>", "")
    return text.replace("datetime.", "").replace("|", "or")


def _default(declared: FieldInfo) -> str:
    if declared.is_required():
        return "required"
    default = declared.get_default(call_default_factory=True)
    return (
        "—"
        if default is None
        else f"`{', '.join(map(str, default)) if isinstance(default, tuple) else default}`"
    )


if __name__ == "__main__":
    print(settings_page(), end="")
