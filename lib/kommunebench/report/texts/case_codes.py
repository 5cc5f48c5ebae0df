"""Labels of coded values in analyses of cases, where those of other analyses speak of spells."""

from kommunebench.report.texts.text import Text

CASE_CODES = {
    "no_verdict": {
        "too_few_spells": Text("for få personer", "too few persons"),
        "too_few_events": Text("for få med udfaldet", "too few with the outcome"),
        "too_few_non_events": Text("for få uden udfaldet", "too few without the outcome"),
    },
    "flow": {
        "in_municipalities_too_small": Text(
            "÷ i kommuner med for få personer", "− in municipalities with too few persons"
        ),
        "in_population": Text("Population", "Population"),
    },
}
