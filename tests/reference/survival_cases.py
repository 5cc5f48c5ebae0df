"""The survival golden cases as arrays: data, covariates under R's names, and the models R was
given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class CoxCase:
    """One model of one golden case: the arguments of fit_cox, and what R found (``expected``,
    ``robust``, ``predictions``)."""

    duration: pd.Series
    event: pd.Series
    covariates: pd.DataFrame
    expected: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    robust: dict[str, float] | None = None
    predictions: dict[str, Any] | None = None
    group: pd.Series | None = None


def load(case: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    # "no" and "yes" stay text; the empty field of colon's differ is missing.
    frame = pd.read_csv(DATA / case / "input.csv")
    return frame, json.loads((DATA / case / "expected.json").read_text(encoding="utf-8"))


def dummies(name: str, values: pd.Series, levels: list[Any]) -> dict[str, pd.Series]:
    """One 0/1 column per level but the first, named as R names them."""
    return {f"{name}{level}": (values == level).astype(float) for level in levels[1:]}


def table(columns: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: np.asarray(values, float) for name, values in columns.items()})


def rossi_columns(d: pd.DataFrame) -> dict[str, Any]:
    return (
        dummies("fin", d["fin"], ["no", "yes"])
        | {"age": d["age"]}
        | dummies("race", d["race"], ["other", "black"])
        | dummies("wexp", d["wexp"], ["no", "yes"])
        | dummies("mar", d["mar"], ["not married", "married"])
        | dummies("paro", d["paro"], ["no", "yes"])
        | {"prio": d["prio"]}
    )


def rossi(ties: str) -> dict[str, CoxCase]:
    d, expected = load("cox_rossi")
    e, x = expected[ties], rossi_columns(d)
    wide = x | dummies("educ", d["educ"], [2, 3, 4, 5, 6])
    arguments = (d["week"], d["arrest"], table(x), e["fit"])
    return {
        "fit": CoxCase(
            *arguments,
            {"cluster": d["id"]},
            e["robust_each_row_its_own_cluster"],
            e["kp"],
            d["educ"].astype(str),
        ),
        "clusters": CoxCase(*arguments, {"cluster": d["educ"]}, e["cluster_educ_5_groups"]),
        "factor": CoxCase(d["week"], d["arrest"], table(wide), e["fit_with_educ_factor"]),
        "weighted": CoxCase(
            d["week"],
            d["arrest"],
            table(x),
            e["freq_weighted"],
            {"weights": d["freq"]},
            None,
            e["kp_freq_weighted"],
        ),
    }


def rossi_timevarying(ties: str) -> dict[str, CoxCase]:
    d, expected = load("cox_rossi_timevarying")
    x, e = table(rossi_columns(d) | {"employed": d["employed"]}), expected[ties]
    options = {"entry": d["start"], "cluster": d["id"]}
    return {
        "fit": CoxCase(
            d["stop"], d["arrest"], x, e["fit"], options, e["robust_cluster_id"], e["kp"]
        )
    }


def colon(ties: str) -> dict[str, CoxCase]:
    d, expected = load("cox_strata_cluster_colon")
    d = d[d["differ"].notna()].reset_index(drop=True)
    columns = (
        dummies("rx", d["rx"], ["Obs", "Lev", "Lev+5FU"])
        | {"sex": d["sex"], "I(age/10)": d["age"] / 10}
        | {name: d[name] for name in ("obstruct", "adhere", "node4")}
        | dummies("differ", d["differ"], [1, 2, 3])
        | dummies("extent", d["extent"], [1, 2, 3, 4])
        | {"surg": d["surg"]}
    )
    x, e = table(columns), expected[ties]
    deaths = d["etype"] == 2
    late = d["week"] > 156
    return {
        "strata": CoxCase(
            d["week"],
            d["status"],
            x,
            e["fit"],
            {"strata": d["etype"], "cluster": d["id"]},
            e["robust_cluster_id"],
            e["kp"],
        ),
        "deaths": CoxCase(
            d["week"].clip(upper=156)[deaths],
            d["status"].where(~late, 0)[deaths],
            x[deaths],
            e["deaths_censored_at_156"],
        ),
    }


def nwtco(ties: str) -> dict[str, CoxCase]:
    d, expected = load("cox_weighted_nwtco")
    columns = (
        dummies("histol", d["histol"], [1, 2])
        | dummies("stage", d["stage"], [1, 2, 3, 4])
        | {"ageyr": d["age"] / 12}
        | dummies("factor(study)", d["study"], [3, 4])
    )
    e, options = expected[ties], {"weights": d["ipw"], "cluster": d["seqno"]}
    return {
        "fit": CoxCase(
            d["week"],
            d["rel"],
            table(columns),
            e["fit"],
            options,
            e["robust"],
            e["kp"],
            d["histol"].astype(str),
        )
    }


def rotterdam(ties: str) -> dict[str, CoxCase]:
    d, expected = load("km_cox_rotterdam_156")
    columns = (
        {"age": d["age"], "I(age^2)": d["age"] ** 2, "meno": d["meno"]}
        | dummies("size", d["size"], ["le20", "20to50", "gt50"])
        | dummies("factor(grade)", d["grade"], [2, 3])
        | dummies("nodegrp", d["nodegrp"], ["0", "1-3", "4-9", "10+"])
        | {
            "pgr3": np.log1p(d["pgr"]),
            "er3": np.log1p(d["er"]),
            "hormon": d["hormon"],
            "chemo": d["chemo"],
        }
    )
    e, year = expected[ties], d["year"]
    return {
        "fit": CoxCase(
            d["week"],
            d["event"],
            table(columns),
            e["fit"],
            {"cluster": year},
            e["cluster_year"],
            e["kp"],
            year.astype(str),
        )
    }


def unempdur_groups(d: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    tenure = pd.cut(d["tenure"], [-1, 0, 2, 5, 100], labels=["0", "1-2", "3-5", "6+"]).astype(str)
    return tenure, d["ui"] + "|" + tenure


def unempdur(ties: str) -> dict[str, CoxCase]:
    d, expected = load("km_cox_unempdur")
    tenure, group = unempdur_groups(d)
    columns = (
        dummies("ui", d["ui"], ["no", "yes"])
        | {name: d[name] for name in ("age", "reprate", "disrate", "logwage")}
        | dummies("tengrp", tenure, ["0", "1-2", "3-5", "6+"])
    )
    x, e = table(columns), expected[ties]
    cases = {
        "fit": CoxCase(
            d["spell"],
            d["censor1"],
            x,
            e["fit"],
            {"cluster": group},
            e["cluster_g_8_groups"],
            e["kp"],
            group,
        )
    }
    if ties == "breslow":
        for name in ("censor2", "censor4"):
            cases[name] = CoxCase(d["spell"], d[name], x, expected[f"breslow_event_{name}"])
    return cases


def channing_from_816(d: pd.DataFrame) -> pd.DataFrame:
    late = d[d["age"] > 816].reset_index(drop=True)
    return late.assign(
        start=late["ageentry"].clip(lower=816), male=(late["gender"] == 1).astype(int)
    )


def channing(ties: str) -> dict[str, CoxCase]:
    d, expected = load("lefttrunc_channing")
    late, e = channing_from_816(d), expected[ties]
    x = table({"male": late["male"], "I((ageentry - 900)/12)": (late["ageentry"] - 900) / 12})
    return {
        "from_816": CoxCase(
            late["age"] - 816,
            late["death"],
            x,
            e["fit"],
            {"entry": late["start"] - 816},
            None,
            e["kp"],
        ),
        "all_rows": CoxCase(
            d["age"],
            d["death"],
            table({"male": d["gender"] == 1}),
            e["fit_all_rows_male_only"],
            {"entry": d["ageentry"]},
        ),
    }


def all_cox_cases() -> dict[str, CoxCase]:
    makers = {
        "rossi": rossi,
        "rossi_timevarying": rossi_timevarying,
        "colon": colon,
        "nwtco": nwtco,
        "rotterdam": rotterdam,
        "unempdur": unempdur,
        "channing": channing,
    }
    return {
        f"{name}-{model}-{ties}": case
        for name, make in makers.items()
        for ties in ("breslow", "efron")
        for model, case in make(ties).items()
    }


def _rows(
    d: pd.DataFrame, duration: str, event: str, weights: pd.Series | None = None
) -> pd.DataFrame:
    return pd.DataFrame(
        {"duration": d[duration], "event": d[event], "weights": 1.0 if weights is None else weights}
    )


def curve_cases() -> dict[str, tuple[pd.DataFrame, pd.Series, dict[str, Any]]]:
    """Rows, their group, and R's curve of each group."""
    d, e = load("km_rossi")
    rossi_rows = _rows(d, "week", "arrest")
    cells = "fin=" + d["fin"] + ",race=" + d["race"]
    cases = {
        "rossi_by_fin_race": (rossi_rows, cells, e["by_fin_race"]),
        "rossi_by_wexp": (rossi_rows, d["wexp"], e["by_wexp"]),
        "rossi_overall": (rossi_rows, pd.Series("all", d.index), e["overall"]),
        "rossi_weighted": (
            _rows(d, "week", "arrest", 1 + d["id"] % 3),
            d["wexp"],
            e["by_wexp_freq_weighted"],
        ),
    }
    d, e = load("km_cox_unempdur")
    cases["unempdur"] = (
        _rows(d, "spell", "censor1"),
        unempdur_groups(d)[1],
        e["km_by_ui_tenuregroup"],
    )
    d, e = load("km_cox_rotterdam_156")
    cases["rotterdam"] = (_rows(d, "week", "event"), d["nodegrp"], e["km_by_nodegrp"])
    d, e = load("cox_weighted_nwtco")
    histology = "histol=" + d["histol"].astype(str)
    cases["nwtco"] = (_rows(d, "week", "rel", d["ipw"]), histology, e["km_weighted_by_histol"])
    return cases


CASES_OF_CURVES = curve_cases()
