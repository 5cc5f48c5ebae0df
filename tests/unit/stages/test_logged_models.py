"""The national model as it is logged and served: what it predicts, and what it refuses."""

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special

from kommunebench.settings import AnalysisSettings, load_analysis
from kommunebench.stages.published import PublishedResults
from kommunebench.tracking.model import example_rows
from kommunebench.tracking.served_model import NationalModel

COLUMNS = ["group", "term", "is_reference", "coefficient"]


@pytest.fixture
def cases() -> AnalysisSettings:
    return _with_covariates("school_exams", group=None)


@pytest.fixture
def spells() -> AnalysisSettings:
    return _with_covariates("integration_employment", group="sex")


def _with_covariates(name: str, group: str | None) -> AnalysisSettings:
    """The analysis with three covariates: a category without prefix, an indicator, a number."""
    settings = load_analysis(name)
    covariate = type(settings.model.covariates[0])
    covariates = (
        covariate(column="family", kind="category", prefix="", reference="married"),
        covariate(column="origin", kind="category", reference="turkey"),
        covariate(column="partner", kind="indicator"),
        covariate(column="age", kind="number"),
    )
    model = settings.model.model_copy(update={"covariates": covariates, "group": group})
    return settings.model_copy(update={"model": model})


def served(payload: dict[str, Any] | None, folder: Path) -> NationalModel:
    """The model as it is served, from the JSON it is kept as."""
    path = folder / "model.json"
    path.write_text(json.dumps(payload, allow_nan=False), encoding="utf-8")
    model = NationalModel()
    model.load_context(SimpleNamespace(artifacts={"national_model": str(path)}))
    return model


def share_payload(settings: AnalysisSettings) -> dict[str, Any] | None:
    terms = [
        ("constant", False, 0.3), ("origin_syria", False, 0.5), ("partner", False, -0.2),
        ("age", False, 0.01), ("single", False, -1.0), ("origin_turkey", True, 0.0),
        ("married", True, 0.0), ("origin_eritrea", False, -np.inf), ("widowed", False, np.inf),
    ]  # fmt: skip
    rows = pd.DataFrame([("all", *term) for term in terms], columns=COLUMNS)
    return PublishedResults(tables={"logit_coefficients": rows}).national_model(settings)


def hazard_payload(settings: AnalysisSettings) -> dict[str, Any] | None:
    terms = [
        ("origin_syria", False, 0.5), ("partner", False, -0.2), ("age", False, 0.01),
        ("single", False, -1.0), ("origin_turkey", True, 0.0), ("married", True, 0.0),
        ("origin_eritrea", False, -np.inf),
    ]  # fmt: skip
    rows = pd.DataFrame([("men", *term) for term in terms], columns=COLUMNS)
    baseline = pd.DataFrame({"group": "men", "week": [1, 2, 3]})
    factors = [math.log(0.9)] * 3
    fitted = [{"group": "men", "log_factors": factors, "terms": ["age"], "centre": [30.0]}]
    tables = {"cox_coefficients": rows, "cox_baseline": baseline}
    results = PublishedResults(tables=tables, models=pd.DataFrame(fitted))
    return results.national_model(settings)


def a_row(**values: Any) -> pd.DataFrame:
    usual = {"family": "married", "origin": "turkey", "partner": 0.0, "age": 20.0, "sex": "men"}
    return pd.DataFrame([usual | values])


def test_a_share_model_predicts_the_expected_probability(
    cases: AnalysisSettings, tmp_path: Path
) -> None:
    model = served(share_payload(cases), tmp_path)
    for values, log_odds in [
        ({}, 0.3 + 0.2),
        ({"family": "single", "origin": "syria", "partner": 1.0}, 0.3 - 1.0 + 0.5 - 0.2 + 0.2),
        ({"origin": "eritrea"}, -np.inf),
        ({"family": "widowed"}, np.inf),
    ]:
        assert model.predict(None, a_row(**values)) == pytest.approx(special.expit(log_odds))
    with pytest.raises(ValueError, match="nobody has the event and one in which everybody has"):
        model.predict(None, a_row(family="widowed", origin="eritrea"))


def test_a_reference_is_a_level_and_one_without_events_has_none(
    spells: AnalysisSettings, tmp_path: Path
) -> None:
    model = served(hazard_payload(spells), tmp_path)
    risk = np.exp(0.01 * (20.0 - 30.0))
    area = 1 + 0.9**risk + 0.81**risk
    assert model.predict(None, a_row()) == pytest.approx(area, rel=1e-12)
    assert model.predict(None, a_row(origin="eritrea")) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"origin": "Syria"}, r"no level \['Syria'\].*known: \['eritrea', 'syria', 'turkey'\]"),
        ({"family": "divorced"}, r"family: no level \['divorced'\]"),
        ({"origin": None}, "origin: missing in 1 of 1 rows"),
        ({"partner": np.nan}, "partner: missing in 1 of 1 rows"),
        ({"age": np.nan}, "age: missing in 1 of 1 rows"),
        ({"age": np.inf}, "age: infinite in 1 rows"),
        ({"partner": 2.0}, r"partner: an indicator is 0 or 1, not \[2.0\]"),
    ],
)  # fmt: skip
def test_rows_the_model_has_no_term_for_are_refused(
    values: dict[str, Any],
    said: str,
    spells: AnalysisSettings,
    cases: AnalysisSettings,
    tmp_path: Path,
) -> None:
    """Not taken for the reference, and no prediction that is not a number."""
    for payload in (hazard_payload(spells), share_payload(cases)):
        with pytest.raises(ValueError, match=said):
            served(payload, tmp_path).predict(None, a_row(**values))


def test_the_example_has_levels_of_each_covariate_itself(cases: AnalysisSettings) -> None:
    payload = share_payload(cases)
    assert payload is not None
    assert example_rows(payload).to_dict("records") == [
        {"family": "single", "origin": "syria", "partner": 0.0, "age": 0.0}
    ]
