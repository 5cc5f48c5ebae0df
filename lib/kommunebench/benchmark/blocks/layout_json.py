"""The layout of records as JSON: what is stored beside them, so that they can be read again."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.design import DesignColumn, DesignPlan
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns, UnitEffects


def layout_to_json(layout: RecordLayout) -> str:
    """The layout as one line of JSON; numbers keep all their digits."""
    effects = layout.unit_effects
    content: dict[str, Any] = {
        "unit_names": layout.unit_names,
        "group_names": layout.group_names,
        "horizon": layout.horizon,
        "constant_share": layout.constant_share,
        "events_per_column": layout.events_per_column,
        "designs": [asdict(design) for design in layout.designs],
        "unit_effects": None if effects is None else [_effects(one) for one in effects],
    }
    return json.dumps(content, ensure_ascii=False)


def layout_from_json(text: str) -> RecordLayout:
    """The layout that layout_to_json wrote."""
    content = json.loads(text)
    effects = content["unit_effects"]
    return RecordLayout(
        unit_names=tuple(content["unit_names"]),
        group_names=tuple(content["group_names"]),
        designs=tuple(_design(design) for design in content["designs"]),
        horizon=content["horizon"],
        unit_effects=None if effects is None else tuple(_unit_effects(one) for one in effects),
        constant_share=content["constant_share"],
        events_per_column=content["events_per_column"],
    )


def _design(content: dict[str, Any]) -> DesignPlan:
    pairs = {"event_free_levels", "exchanged"}
    columns = tuple(DesignColumn(**column) for column in content.pop("columns"))
    scarce = content.pop("scarce")
    others: dict[str, Any] = {
        name: tuple(tuple(pair) for pair in values) if name in pairs else tuple(values)
        for name, values in content.items()
    }
    return DesignPlan(columns=columns, scarce=scarce, **others)


def _effects(effects: UnitEffects) -> dict[str, Any]:
    return {
        "with_events": effects.with_events.tolist(),
        "units": effects.units.tolist(),
        "names": effects.names,
        "share": effects.share.tolist(),
        "n_spells": effects.n_spells,
        "n_by_unit": effects.n_by_unit.tolist(),
        "constant_positions": effects.constant.positions.tolist(),
        "constant_values": effects.constant.values.tolist(),
    }


def _unit_effects(content: dict[str, Any]) -> UnitEffects:
    positions = np.array(content["constant_positions"], np.intp)
    shape = (len(content["n_by_unit"]), len(positions))
    values = np.array(content["constant_values"], float).reshape(shape)
    return UnitEffects(
        with_events=np.array(content["with_events"], bool),
        units=np.array(content["units"], np.intp),
        names=tuple(content["names"]),
        share=np.array(content["share"], float),
        n_spells=content["n_spells"],
        n_by_unit=np.array(content["n_by_unit"], float),
        constant=ConstantColumns(positions, values),
    )
