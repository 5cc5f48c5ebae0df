"""Texts of the chapter that sets the published tables beside the run."""

from kommunebench.report.texts.text import Text

COMPARISON_TEXTS = {
    "h_comparison": Text(
        "Publicerede tabeller ved siden af kørslens", "Published tables beside the run's"
    ),
    "comparison_reading": Text(
        "Her står hver publiceret tabel i KORA's rapport i få tal ved siden af kørslens. Tabellerne"
        " selv står linje for linje med forskel i deres kapitler: 2.1 og 2.2, 3.1 og 3.2, 4.1–4.3,"
        " 5.1–5.3 og bilagstabellerne 5.1 og 6.1.",
        "Each published table of KORA's report in a few figures beside the run's. The tables"
        " themselves stand line by line with the difference in their chapters: 2.1 and 2.2, 3.1 and"
        " 3.2, 4.1–4.3, 5.1–5.3 and appendix tables 5.1 and 6.1.",
    ),
    "comparison_simulated": Text(
        "SIMULERET: kørslens registre er trukket ud fra rapportens egne tal, i skala {scale}."
        " Personantal svarer kun til rapportens i skala 1.",
        "SIMULATED: the run's registers are drawn from the report's own figures, at scale {scale}."
        " Counts are comparable with the report's at scale 1 only.",
    ),
    "comparison_conflicts": Text(
        "Hvor rapporten modsiger sig selv, følger simuleringen forløb og andel succeser i"
        " bilagstabel 5.1 (rettede kolonner) og spredningen i tabel 3.1–3.2. Varighederne i"
        " bilagstabel 5.1 (spredning 7,5 uger mod 17,7 i tabel 3.1) kan ikke nås samtidig: med"
        " Københavns 63 % succeser efter 62 uger i gennemsnit kan arealet højst være 97 uger, og"
        " der trykkes 108,6. De 107 uger i tabel 2.1 med uafsluttede forløb kan ikke nås som"
        " simpelt gennemsnit, når hvert fjerde forløb begynder i 2015 og følges til august 2016."
        " Udgiften i alt er enhedsudgift gange personer: med rapportens enhedsudgift og så mange"
        " personer, som 36.583 forløb kræver, bliver den højere end i tabel 4.1.",
        "Where the report contradicts itself, the simulation follows the spells and shares of"
        " successes of appendix table 5.1 (corrected columns) and the spread of tables 3.1–3.2. The"
        " durations of appendix table 5.1 (standard deviation 7.5 weeks against 17.7 in table 3.1)"
        " cannot be had at the same time: with Copenhagen's 63% successes after 62 weeks on average"
        " the area is 97 weeks at most, and 108.6 is printed. The 107 weeks of table 2.1 with"
        " unfinished spells cannot be had as a plain mean when every fourth spell begins in 2015"
        " and is followed to August 2016. Total expenditure is unit cost times persons: with the"
        " report's unit cost and as many persons as 36,583 spells take, it comes out above table"
        " 4.1.",
    ),
    "comparison_table": Text(
        "Publicerede tabeller i få tal", "The published tables in a few figures"
    ),
    "comparison_table_simulated": Text(
        "Publicerede tabeller i få tal ved siden af simulerede",
        "The published tables in a few figures beside simulated ones",
    ),
    "figure_of_table": Text("Tal", "Figure"),
    "note_comparison": Text(
        "Ved bilagstabel 5.1 og 6.1, tabel 5.1 og 5.2 sammenlignes alle linjer på en gang:"
        " KORA-kolonnen er da det, fuld overensstemmelse ville give.",
        "For appendix tables 5.1 and 6.1, tables 5.1 and 5.2 all lines are compared at once: the"
        " KORA column is then what full agreement would give.",
    ),
    "cmp_t21": Text("Tabel 2.1", "Table 2.1"),
    "cmp_t22": Text("Tabel 2.2", "Table 2.2"),
    "cmp_t31": Text("Tabel 3.1", "Table 3.1"),
    "cmp_t32": Text("Tabel 3.2", "Table 3.2"),
    "cmp_t41": Text("Tabel 4.1 (mio. kr.)", "Table 4.1 (million DKK)"),
    "cmp_t42": Text("Tabel 4.2 (mio. kr.)", "Table 4.2 (million DKK)"),
    "cmp_t43": Text("Tabel 4.3 (kr.)", "Table 4.3 (DKK)"),
    "cmp_t51": Text("Tabel 5.1", "Table 5.1"),
    "cmp_t52": Text("Tabel 5.2", "Table 5.2"),
    "cmp_t53": Text("Tabel 5.3 og figur 5.1", "Table 5.3 and figure 5.1"),
    "cmp_a51": Text("Bilagstabel 5.1", "Appendix table 5.1"),
    "cmp_a61": Text("Bilagstabel 6.1", "Appendix table 6.1"),
    "cmp_spells": Text("Forløb, {who}", "Spells, {who}"),
    "cmp_success": Text("Andel succeser (%), {who}", "Share of successes (%), {who}"),
    "cmp_weeks": Text(
        "{Time} til succes blandt succeser, {who}", "{Time} to success among successes, {who}"
    ),
    "cmp_all_weeks": Text(
        "{Time}, uafsluttede tæller med, {who}", "{Time}, unfinished counted, {who}"
    ),
    "cmp_left": Text("Andel udgået (%), {who}", "Share who left (%), {who}"),
    "cmp_mean": Text("Middel ({time}), {who}", "Mean ({time}), {who}"),
    "cmp_sd": Text("Standardafvigelse ({time}), {who}", "Standard deviation ({time}), {who}"),
    "cmp_reduction": Text("Reduktion i varians (%)", "Reduction in variance (%)"),
    "cmp_indicator": Text(
        "Benchmarkindikator, femtedel {fifth}", "Benchmark indicator, fifth {fifth}"
    ),
    "cmp_observed": Text(
        "Observeret ({time}), femtedel {fifth}", "Observed ({time}), fifth {fifth}"
    ),
    "cmp_programme": Text("Programudgift {year}", "Programme expenditure {year}"),
    "cmp_refund": Text("Statsrefusion {year}", "State refund {year}"),
    "cmp_group": Text("Gruppe {group}, {year}", "Group {group}, {year}"),
    "cmp_unit_cost": Text("Middel {year}", "Mean {year}"),
    "cmp_unit_cost_sd": Text("Standardafvigelse {year}", "Standard deviation {year}"),
    "cmp_observations": Text("Kommuneår i modellen", "Municipality-years in the model"),
    "cmp_r2": Text("R², model {model}", "R², model {model}"),
    "cmp_within": Text(
        "Andel af koefficienterne inden for 2 fælles standardfejl (%)",
        "Share of coefficients within 2 combined standard errors (%)",
    ),
    "cmp_cost_fifth": Text("Udgiftsindikator, femtedel {fifth}", "Cost indicator, fifth {fifth}"),
    "cmp_same_fifth": Text(
        "Andel {units} i samme eller nabofemtedel (%)",
        "Share of {units} in the same or the next fifth (%)",
    ),
    "cmp_cost_class": Text("{Units} med udgift {what}", "{Units} with cost {what}"),
    "cmp_result_class": Text("{Units} med resultat {what}", "{Units} with result {what}"),
    "cmp_slope": Text("Hældning, benchmark på udgift", "Slope, benchmark on cost"),
    "cmp_correlation": Text(
        "Korrelation mellem {units}, {what}", "Correlation over {units}, {what}"
    ),
    "cmp_apart": Text("Gennemsnitlig afstand, {what}", "Mean distance, {what}"),
    "cmp_what_spells": Text("forløb", "spells"),
    "cmp_what_success": Text(
        "andel succeser (procentpoint)", "share of successes (percentage points)"
    ),
    "cmp_what_weeks": Text("observeret varighed ({time})", "observed duration ({time})"),
    "cmp_everybody": Text("alle", "all"),
}
