"""Captions and column headings of the tables."""

from kommunebench.report.texts.text import Text

TABLE_TEXTS = {
    "run": Text("Kørsel", "Run"),
    "published": Text("KORA", "KORA"),
    "difference": Text("Forskel", "Difference"),
    "reference": Text("ref.", "ref."),
    "total": Text("I alt", "Total"),
    "table_2_1": Text(
        "Tabel 2.1 Forløb efter udfald og køn", "Table 2.1 Spells by outcome and sex"
    ),
    "table_2_2": Text(
        "Tabel 2.2 Forløb efter udfald og opholdsgrundlag",
        "Table 2.2 Spells by outcome and residence basis",
    ),
    "table_by": Text("Forløb efter udfald og {breakdown}", "Spells by outcome and {breakdown}"),
    "outcome": Text("Udfald", "Outcome"),
    "spells": Text("Forløb", "Spells"),
    "share_percent": Text("Andel (%)", "Share (%)"),
    "mean_weeks": Text("Gennemsnitlig længde ({time})", "Mean length ({time})"),
    "pooled_area": Text("Areal ({time})", "Area ({time})"),
    "table_3_1": Text(
        "Tabel 3.1 Middel og spredning af observeret {quantity} mellem {units}, før og efter"
        " rammevilkår",
        "Table 3.1 Mean and spread of the observed {quantity} between {units}, before and after"
        " circumstances",
    ),
    "component": Text("Komponent", "Component"),
    "mean_time": Text(
        "Middel ({measured_in})",
        "Mean ({measured_in})",
    ),
    "sd_time": Text(
        "Standardafvigelse ({difference_in})",
        "Standard deviation ({difference_in})",
    ),
    "variance": Text("Varians", "Variance"),
    "variance_reduction": Text("Reduktion i varians (%)", "Reduction in variance (%)"),
    "table_3_2": Text(
        "Tabel 3.2 {Units} i femtedele efter benchmarkindikator",
        "Table 3.2 {Units} in fifths by benchmark indicator",
    ),
    "fifth": Text("Femtedel", "Fifth"),
    "fifth_robust": Text("Femtedel (robust)", "Fifth (robust)"),
    "Units_count": Text("Antal {units}", "Number of {units}"),
    "Unit": Text("{Unit}", "{Unit}"),
    "indicator": Text(
        "Benchmarkindikator{indicator_in}",
        "Benchmark indicator{indicator_in}",
    ),
    "observed_time": Text(
        "Observeret {quantity} ({measured_in})",
        "Observed {quantity} ({measured_in})",
    ),
    "expected_time": Text(
        "Forventet {quantity} ({measured_in})",
        "Expected {quantity} ({measured_in})",
    ),
    "observed": Text(
        "Observeret ({measured_in})",
        "Observed ({measured_in})",
    ),
    "observed_plain": Text(
        "Observeret, alm. ({measured_in})",
        "Observed, plain ({measured_in})",
    ),
    "observed_robust": Text(
        "Observeret, robust ({measured_in})",
        "Observed, robust ({measured_in})",
    ),
    "expected": Text(
        "Forventet ({measured_in})",
        "Expected ({measured_in})",
    ),
    "expected_plain": Text(
        "Forventet, alm. ({measured_in})",
        "Expected, plain ({measured_in})",
    ),
    "expected_robust": Text(
        "Forventet, robust ({measured_in})",
        "Expected, robust ({measured_in})",
    ),
    "successes": Text("Succeser", "Successes"),
    "events": Text("Hændelser", "Events"),
    "success_percent": Text("Andel succes (%)", "Share of successes (%)"),
    "plain": Text("alm.", "plain"),
    "robust": Text("robust", "robust"),
    "shrunk": Text("sammentrukket", "shrunk"),
    "interval": Text(
        "{level}-interval",
        "{level} interval",
    ),
    "assessment": Text("Vurdering", "Assessment"),
    "tier": Text("Trin", "Tier"),
    "not_compared": Text("indgår ikke", "not compared"),
    "units_table": Text(
        "Alle {units}: antal, observeret og forventet {quantity}, indikatorer og vurdering",
        "All {units}: counts, observed and expected {quantity}, indicators and assessment",
    ),
    "appendix_5_1": Text(
        "Bilagstabel 5.1 Forløb, succeser og observeret varighed efter {unit}",
        "Appendix table 5.1 Spells, successes and observed duration by {unit}",
    ),
    "appendix_6_1": Text(
        "Bilagstabel 6.1 Rammevilkårs betydning for chancen for {event}: {kind} efter køn",
        "Appendix table 6.1 What circumstances mean for the chance of {event}: {kind} by sex",
    ),
    "of_cox": Text("Cox-koefficienter", "Cox coefficients"),
    "of_piecewise": Text(
        "koefficienter i modellen med stykkevis konstant hazard",
        "coefficients of the model with a piecewise constant hazard",
    ),
    "proportionality": Text("Test for proportionale hazarder", "Test of proportional hazards"),
    "chi_squared": Text("χ² (1)", "χ² (1)"),
    "model_coefficients": Text(
        "Den nationale models koefficienter", "Coefficients of the national model"
    ),
    "term": Text("Led", "Term"),
    "other_covariates": Text("Øvrige", "Other"),
    "coefficient": Text("Koefficient", "Coefficient"),
    "se": Text("Std.fejl", "Std. error"),
    "se_robust": Text("Std.fejl (klynger)", "Std. error (clustered)"),
    "published_se": Text("KORA std.fejl", "KORA std. error"),
    "standard_error": Text("Standardfejl", "Standard error"),
    "hazard_ratio": Text("Hazardratio", "Hazard ratio"),
    "p_value": Text("p", "p"),
    "population_flow": Text(
        "Fra opholdstilladelser til forløb i sammenligningen",
        "From permits to spells in the comparison",
    ),
    "rule": Text("Trin og regel", "Step and rule"),
    "persons": Text("Personer", "Persons"),
    "rejected_rows": Text(
        "Rækker og værdier, der ikke kunne bruges", "Rows and values that could not be used"
    ),
    "register": Text("Register", "Register"),
    "column": Text("Kolonne", "Column"),
    "reason": Text("Årsag", "Reason"),
    "rows": Text("Rækker", "Rows"),
    "consequence": Text("Følge", "Consequence"),
    "row_set_aside": Text("rækken er taget fra", "row set aside"),
    "one_row_kept": Text("én af rækkerne er brugt", "one of the rows is used"),
    "earliest_row_kept": Text(
        "rækken med den tidligste dato er brugt", "the row with the earliest date is used"
    ),
    "code_kept": Text("beholdt, tæller som ydelse", "kept, counts as a benefit"),
    "value_blanked": Text("værdien er sat til ukendt", "value set to unknown"),
    "suppressed_table": Text(
        "Undertrykt af hensyn til fortrolighed", "Suppressed for confidentiality"
    ),
    "note_means_of_shown": Text(
        "Er tallene for {units}, der sammenlignes, undertrykt, er gennemsnit over {units} af de"
        " øvrige.",
        "Where figures of {units} that are compared are suppressed, means over {units} are those of"
        " the others.",
    ),
    "table": Text("Tabel", "Table"),
    "rows_suppressed": Text("Rækker uden tal", "Rows without figures"),
    "run_table": Text("Kørslen", "The run"),
    "analysis": Text("Analyse", "Analysis"),
    "run_id": Text("Kørsel", "Run"),
    "code_version": Text("Kodeversion", "Code version"),
    "created": Text("Dannet", "Created"),
    "data": Text("Data", "Data"),
    "data_registers": Text("registre, som de er leveret", "registers as delivered"),
    "data_spells": Text("forløb, som de er leveret", "spells as delivered"),
    "data_simulated": Text(
        "simulerede registre, skala {scale}", "simulated registers, scale {scale}"
    ),
    "mlflow_run_id": Text("MLflow-kørsel", "MLflow run"),
    "stage_seconds": Text("Tid: {stage}", "Time: {stage}"),
    "what": Text("Oplysning", "Item"),
    "value": Text("Værdi", "Value"),
    "cost_interval": Text(
        "{level}-interval",
        "{level} interval",
    ),
    "rank_with_interval": Text(
        "Rang ({level}-interval)",
        "Rank ({level} interval)",
    ),
}
