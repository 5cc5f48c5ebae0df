"""What the gold tables are called in the report."""

from kommunebench.report.texts.text import Text

TABLE_CODES = {
    "population_flow": Text("Hvem der falder fra, trin for trin", "Who is left out, by step"),
    "pupils_without_marks": Text("Elever uden karakterer", "Pupils without marks"),
    "spell_outcomes": Text("Forløb efter udfald", "Spells by outcome"),
    "km_curves": Text("Overlevelseskurver (ugerækker)", "Survival curves (rows by week)"),
    "cox_coefficients": Text(
        "Den nationale models koefficienter", "Coefficients of the national model"
    ),
    "logit_coefficients": Text(
        "Den logistiske models koefficienter", "Coefficients of the logistic model"
    ),
    "cox_baseline": Text("Den nationale models grundkurve", "Baseline of the national model"),
    "proportionality": Text("Test af proportionalitet", "Test of proportional hazards"),
    "second_stage": Text(
        "Rammevilkår, der stort set ikke ændrer sig", "Circumstances that hardly change"
    ),
    "benchmark_indicators": Text("Alle {units}", "All {units}"),
    "share_indicators": Text("Alle {units}", "All {units}"),
    "benchmark_summary": Text("Hovedtal", "Headline figures"),
    "model_verdicts": Text("Vurdering efter model", "Verdicts by model"),
    "variance_reduction": Text(
        "Variation før og efter rammevilkår", "Variation before and after circumstances"
    ),
    "quintile_means": Text("Femtedelenes middeltal", "Means of the fifths"),
    "potentials": Text("Potentiale", "Potential"),
    "ten_best": Text("De bedste og de dårligste", "The best and the worst"),
    "calibration": Text("Kalibrering", "Calibration"),
    "sensitivity": Text("Følsomhed", "Sensitivity"),
    "stability": Text("Periodens to halvdele", "The two halves of the window"),
    "cumulative_incidence": Text("Hvordan forløb ender", "How spells end"),
    "expenditure": Text("Udgifter", "Expenditure"),
    "expenditure_by_group": Text("Udgifter efter gruppering", "Expenditure by account group"),
    "unit_costs": Text("Udgift pr. helårsperson", "Cost per full-year person"),
    "cost_model": Text("Udgiftsmodellen", "The cost model"),
    "cost_indicators": Text("Udgiftsindikatorer", "Cost indicators"),
    "cost_sensitivity": Text(
        "Udgiftsindikatorer af færre grupperinger", "Cost indicators of fewer account groups"
    ),
    "cost_exclusions": Text(
        "Kommuner og år, der ikke tæller med", "Municipalities and years that do not count"
    ),
    "efficiency_regressions": Text("Regressioner", "Regressions"),
    "efficiency_influence": Text("Indflydelse på regressionen", "Influence on the regression"),
    "efficiency_notes": Text("Bemærkninger om effektivitet", "Notes on efficiency"),
    "frontier_parameters": Text("Fronternes parametre", "Parameters of the frontiers"),
    "frontier_scores": Text("Effektivitet efter kommune", "Efficiency by municipality"),
    "cost_by_result": Text("Udgift efter resultatklasse", "Cost by result class"),
}
