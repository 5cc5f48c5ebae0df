"""Labels of the coded values in the gold tables. A value that is not listed is shown as it is, with
spaces."""

from kommunebench.report.texts.check_codes import CHECK_CODES
from kommunebench.report.texts.cost_notes import COST_NOTE_CODES
from kommunebench.report.texts.factsheet import WITHOUT_MARKS_CODES
from kommunebench.report.texts.flow_codes import FLOW_CODES, REJECTED_CODES
from kommunebench.report.texts.table_codes import TABLE_CODES
from kommunebench.report.texts.term_codes import TERM_CODES, TERM_VALUE_CODES
from kommunebench.report.texts.text import Text

_YEARS = {f"year_{year}": Text(f"{year}", f"{year}") for year in range(2005, 2031)}

CODES: dict[str, dict[str, Text]] = {
    "flow": FLOW_CODES,
    "rejected": REJECTED_CODES,
    **WITHOUT_MARKS_CODES,
    **COST_NOTE_CODES,
    "term": TERM_CODES,
    "term_value": TERM_VALUE_CODES,
    "assessment": {
        "better": Text("bedre end forventet", "better than expected"),
        "worse": Text("dårligere end forventet", "worse than expected"),
        "sooner": Text("tidligere end forventet", "sooner than expected"),
        "later": Text("senere end forventet", "later than expected"),
        "more_often": Text("oftere end forventet", "more often than expected"),
        "less_often": Text("sjældnere end forventet", "less often than expected"),
        "as_expected": Text("som forventet", "as expected"),
        "none": Text("uden vurdering", "no verdict"),
    },
    "assessment_short": {
        "better": Text("bedre", "better"),
        "worse": Text("dårligere", "worse"),
        "sooner": Text("tidligere", "sooner"),
        "later": Text("senere", "later"),
        "more_often": Text("oftere", "more often"),
        "less_often": Text("sjældnere", "less often"),
        "as_expected": Text("som forventet", "as expected"),
    },
    "no_verdict": {
        "too_few_spells": Text("for få forløb", "too few spells"),
        "too_few_events": Text("for få hændelser", "too few events"),
        "too_few_non_events": Text("for få uden hændelse", "too few without the event"),
        "nobody_at_risk_late": Text("ingen set længe nok", "nobody seen long enough"),
        "standard_error_not_computed": Text(
            "standardfejl kan ikke beregnes", "standard error cannot be computed"
        ),
        "nothing_to_compare_with": Text("intet at sammenligne med", "nothing to compare with"),
    },
    "outcome": {
        "success": Text("Succes", "Success"),
        "left": Text("Udgår", "Left"),
        "unfinished": Text("Ikke afsluttet", "Unfinished"),
        "total": Text("I alt", "Total"),
    },
    "breakdown": {
        "all": Text("alle", "all"),
        "sex": Text("køn", "sex"),
        "residence_basis": Text("opholdsgrundlag", "residence basis"),
        "end_reason": Text("årsag", "reason"),
    },
    "breakdown_value": {
        "men": Text("Mænd", "Men"),
        "women": Text("Kvinder", "Women"),
        "total": Text("Alle", "All"),
        "all": Text("Alle", "All"),
        "refugee": Text("Flygtninge", "Refugees"),
        "not_family_reunified": Text("Ikke familiesammenførte", "Not family-reunified"),
        "family_reunified": Text("Familiesammenførte", "Family-reunified"),
    },
    "group": {
        "men": Text("Mænd", "Men"),
        "women": Text("Kvinder", "Women"),
        "all": Text("Alle", "All"),
        "None": Text("Alle", "All"),
    },
    "component": {
        "observed": Text("Observeret {quantity}", "Observed {quantity}"),
        "unexplained": Text(
            "Observeret − forventet (det resterende)", "Observed − expected (what remains)"
        ),
    },
    "fifth": {
        "1": Text("1 – mest succesfulde", "1 – most successful"),
        "5": Text("5 – mindst succesfulde", "5 – least successful"),
    },
    "account_block": {
        "programme": Text(
            "Udgifter til personer under integrationsprogrammet",
            "Expenditure on persons under the programme",
        ),
        "other_groups": Text("Øvrige grupperinger på funktionen", "Other groups of the function"),
        "total": Text("Funktion 5.46.60 i alt", "Function 5.46.60 in total"),
    },
    "account_line": {
        "gross": Text("Bruttodriftsudgifter", "Gross operating expenditure"),
        "payments_from_municipalities": Text(
            "Art 7.7 Betalinger fra kommuner", "Art 7.7 Payments from municipalities"
        ),
        "gross_less_payments": Text(
            "Brutto uden betalinger fra kommuner", "Gross less payments from municipalities"
        ),
        "state_refund": Text("Statsrefusion", "State refund"),
        "other_income": Text("Andre indtægter", "Other income"),
        "net": Text("I alt (netto)", "Net total"),
    },
    "account_group": {
        "001": Text("", "Guidance and upskilling, benefit recipients"),
        "002": Text("", "Work placement, benefit recipients"),
        "003": Text("", "Wage subsidy"),
        "004": Text("", "Mentors, benefit recipients"),
        "005": Text("", "Guidance and upskilling, self-supporting"),
        "006": Text("", "Work placement, self-supporting"),
        "007": Text("", "Wage subsidy, self-supporting"),
        "008": Text("", "Mentors, self-supporting"),
        "009": Text("", "Upskilling and introduction"),
        "010": Text("", "Danish courses, benefit recipients"),
        "011": Text("", "Danish courses, self-supporting"),
        "014": Text("", "Interpreters"),
        "015": Text("", "Civics course, benefit recipients"),
        "016": Text("", "Civics course, self-supporting"),
    },
    "cost_term": {
        "danish_unknown": Text("Andel, danskudd. ukendt", "Share, Danish course unknown"),
        "danish_1": Text("Andel, danskudd. 1", "Share, Danish course 1"),
        "danish_2": Text("Andel, danskudd. 2", "Share, Danish course 2"),
        "danish_3": Text("Andel, danskudd. 3", "Share, Danish course 3"),
        "under_25": Text("Andel under 25", "Share under 25"),
        "refugee": Text("Andel flygtninge", "Share refugees"),
        "europe_non_eu28": Text("Andel fra Europa uden for EU28", "Share from Europe outside EU28"),
        "africa": Text("Andel fra Afrika", "Share from Africa"),
        "south_central_america": Text(
            "Andel fra Syd- og Mellemamerika", "Share from South and Central America"
        ),
        "asia": Text("Andel fra Asien", "Share from Asia"),
        "syria": Text("Andel fra Syrien", "Share from Syria"),
        "thailand_philippines": Text(
            "Andel fra Thailand eller Filippinerne", "Share from Thailand or the Philippines"
        ),
        "turkey": Text("Andel fra Tyrkiet", "Share from Turkey"),
        "iran_afghanistan": Text(
            "Andel fra Iran eller Afghanistan", "Share from Iran or Afghanistan"
        ),
        "constant": Text("Konstant", "Constant"),
        **_YEARS,
    },
    "cost_class": {
        "above": Text("over forventet", "above expected"),
        "below": Text("under forventet", "below expected"),
        "as_expected": Text("som forventet", "as expected"),
    },
    "cost_class_long": {
        "above": Text("Udgift over forventet", "Cost above expected"),
        "below": Text("Udgift under forventet", "Cost below expected"),
        "as_expected": Text("Udgift omkring det forventede", "Cost around expected"),
        "total": Text("Alle kommuner", "All municipalities"),
    },
    "specification": {
        "linear": Text("Lineær, alle kommuner", "Linear, all municipalities"),
        "linear_without_outliers": Text("Lineær, uden yderpunkt(er)", "Linear, without outlier(s)"),
        "quadratic": Text("Kvadratisk, alle kommuner", "Quadratic, all municipalities"),
        "quadratic_without_outliers": Text(
            "Kvadratisk, uden yderpunkt(er)", "Quadratic, without outlier(s)"
        ),
        "linear_sensitivity": Text("Lineær, færre udgiftsgrupper", "Linear, fewer account groups"),
        "linear_without_outliers_sensitivity": Text(
            "Lineær, uden yderpunkt(er), færre udgiftsgrupper",
            "Linear, without outlier(s), fewer account groups",
        ),
        "plain_jackknife": Text(
            "Hældning uden rettelse for målefejl, jackknife-fejl",
            "Slope not corrected for error, jackknife error",
        ),
        "errors_in_variables": Text(
            "Hældning rettet for målefejl (momenter)", "Slope corrected for error (moments)"
        ),
        "simex": Text("Hældning rettet for målefejl (SIMEX)", "Slope corrected for error (SIMEX)"),
    },
    "efficiency_term": {
        "constant": Text("Konstant", "Constant"),
        "const": Text("Konstant", "Constant"),
        "intercept": Text("Konstant", "Constant"),
        "cost_indicator": Text("Udgiftsindikator", "Cost indicator"),
        "cost_indicator_squared": Text("Udgiftsindikator²", "Cost indicator²"),
        "benchmark_indicator": Text("Benchmarkindikator", "Benchmark indicator"),
        "benchmark_indicator_squared": Text("Benchmarkindikator²", "Benchmark indicator²"),
        "indicator": Text("Benchmarkindikator", "Benchmark indicator"),
        "indicator_squared": Text("Benchmarkindikator²", "Benchmark indicator²"),
        "reliability": Text(
            "Pålidelighed af udgiftsindikatoren", "Reliability of the cost indicator"
        ),
        "sigma_u": Text("σᵤ (ineffektivitet)", "σᵤ (inefficiency)"),
        "sigma_v": Text("σᵥ (støj)", "σᵥ (noise)"),
    },
    **CHECK_CODES,
    "side": {
        "production": Text("Produktionssiden", "Production side"),
        "cost": Text("Omkostningssiden", "Cost side"),
    },
    "distribution": {
        "half_normal": Text("halvnormal", "half-normal"),
        "exponential": Text("eksponentiel", "exponential"),
        "truncated_normal": Text("trunkeret normal", "truncated normal"),
        "gamma": Text("gamma", "gamma"),
    },
    "table": TABLE_CODES,
    "stage": {
        "delivery": Text("leverance", "delivery"),
        "permit_holders": Text("opholdstilladelser", "permit holders"),
        "immigrants": Text("indvandrere", "immigrants"),
        "population": Text("population", "population"),
        "weekly_panel": Text("ugepanel", "weekly panel"),
        "spell_candidates": Text("mulige forløb", "possible spells"),
        "spells": Text("forløb", "spells"),
        "flow": Text("frafald", "flow"),
        "curves": Text("kurver", "curves"),
        "model_spells": Text("modelgrundlag", "model data"),
        "case_candidates": Text("mulige personer", "possible persons"),
        "cases": Text("personer", "persons"),
        "case_flow": Text("frafald", "flow"),
        "model_cases": Text("modelgrundlag", "model data"),
        "benchmark": Text("benchmark", "benchmark"),
        "uncertainty": Text("usikkerhed", "uncertainty"),
        "checks": Text("modelkontrol", "checks"),
        "cost": Text("udgifter", "cost"),
        "efficiency": Text("effektivitet", "efficiency"),
        "report": Text("rapport", "report"),
        "ingest": Text("indlæsning", "ingest"),
        "spells_file": Text("indlæsning af forløb", "reading the file of spells"),
    },
}
