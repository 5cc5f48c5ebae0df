"""Texts of what stands behind the cost and efficiency figures."""

from kommunebench.report.texts.text import Text

COST_NOTE_TEXTS = {
    "cost_exclusions": Text(
        "Kommuner og år, der ikke tæller med, og hvorfor",
        "Municipalities and years that do not count, and why",
    ),
    "note_cost_exclusions": Text(
        "Den fulde liste står i tabellen gold.cost_exclusions.",
        "The full list is in the table gold.cost_exclusions.",
    ),
    "cost_part": Text("Trin", "Step"),
    "cells": Text("Antal", "Number"),
    "which": Text("Hvilke", "Which"),
    "and_more": Text(" og {n} flere", " and {n} more"),
    "cost_errors": Text(
        "Usikkerhed i udgiftsmodellen (model 3): to slags standardfejl",
        "Uncertainty of the cost model (model 3): two kinds of error",
    ),
    "plain_error": Text("Standardfejl, almindelig", "Standard error, plain"),
    "clustered_error": Text(
        "Standardfejl, samlet pr. kommune", "Standard error, clustered by municipality"
    ),
    "clustered_t": Text("t, samlet pr. kommune", "t, clustered"),
    "note_cost_errors": Text(
        "En kommunes år følges ad. Den almindelige standardfejl ser bort fra det og er derfor ofte"
        " for lille.",
        "A municipality's years go together. The plain error ignores that and is therefore often"
        " too small.",
    ),
    "influence": Text(
        "De kommuner, der trækker mest i den lineære regression",
        "The municipalities that pull most at the linear regression",
    ),
    "leverage": Text("Leverage", "Leverage"),
    "cooks_distance": Text("Cooks afstand", "Cook's distance"),
    "named_outlier": Text("Udeladt i følsomhed", "Left out in sensitivity"),
    "yes": Text("ja", "yes"),
    "note_influence": Text(
        "Blandt {n} kommuner er den gennemsnitlige leverage {mean}. En Cooks afstand over 4/n ="
        " {limit} er værd at se på, over 1 flytter den linjen mærkbart.",
        "Among {n} municipalities the mean leverage is {mean}. A Cook's distance above 4/n ="
        " {limit} is worth a look, above 1 it moves the line noticeably.",
    ),
    "ten_best_table": Text(
        "De ti øverste på hver side",
        "The first ten on each side",
    ),
    "ten_by_efficiency": Text(
        "{side}: de ti bedst rangerede, efter anslået effektivitet",
        "{side}: the ten ranked best, by estimated efficiency",
    ),
    "efficiency": Text("Effektivitet", "Efficiency"),
    "rank_interval": Text(
        "{level}-interval for rang",
        "{level} interval of rank",
    ),
    "cost_sensitivity": Text(
        "Følsomhed: udgiftsklasse, når kun gruppering {groups} tæller",
        "Sensitivity: cost class when only groups {groups} count",
    ),
    "all_groups": Text("Alle grupperinger", "All groups"),
    "fewer_groups": Text("Kun {groups}", "Only {groups}"),
    "note_sensitivity": Text(
        "Korrelation mellem de to udgiftsindikatorer: {correlation}. {same} af {n} kommuner ligger"
        " i samme femtedel.",
        "Correlation of the two cost indicators: {correlation}. {same} of {n} municipalities are in"
        " the same fifth.",
    ),
    "frontier_not_fitted": Text(
        "{side}: fronten kunne ikke estimeres ({reason})",
        "{side}: the frontier could not be estimated ({reason})",
    ),
    "intervals_not_drawn": Text(
        "{side}: intervallerne for effektivitet og rang kunne ikke trækkes ({reason})",
        "{side}: the intervals of efficiency and rank could not be drawn ({reason})",
    ),
    "sensitivity_not_fitted": Text(
        "Regressionerne med færre grupperinger kunne ikke estimeres ({reason})",
        "The regressions with fewer account groups could not be estimated ({reason})",
    ),
    "note_sensitivity_explained": Text(
        "Med de grupperinger følger {share} af variationen sammensætningen.",
        "With those groups, {share} of the variation goes with composition.",
    ),
    "note_sensitivity_stated": Text("KORA angiver 7 % for 001–009.", "KORA states 7% for 001–009."),
    "efficiency_too_few": Text(
        "Færre end {n} {units} har både en benchmarkindikator og en udgiftsindikator: sammenhængen"
        " mellem dem er ikke undersøgt.",
        "Fewer than {n} {units} have both a benchmark and a cost indicator: the relation between"
        " the two is not examined.",
    ),
    "correction_not_fitted": Text(
        "Ingen kommune har to tællende år, så udgiftsindikatorens fejl er ukendt: hældningen er"
        " ikke rettet for den.",
        "No municipality has two counted years, so the error of the cost indicator is unknown: the"
        " slope is not corrected for it.",
    ),
    "cost_potential": Text(
        "Blandt kommuner med et resultat som forventet koster en helårsperson i gennemsnit {above}"
        " kr., hvor udgiften er over det forventede ({n_above} kommuner), og {below} kr., hvor den"
        " er under ({n_below}): {gap} kr. forskel for samme slags resultat. En samlet national"
        " besparelse kan ikke udledes af det.",
        "Among municipalities with a result as expected, a full-year person costs DKK {above} on"
        " average where cost is above expected ({n_above} municipalities) and DKK {below} where it"
        " is below ({n_below}): a gap of DKK {gap} for the same kind of result. No national saving"
        " can be derived from it.",
    ),
    "cost_potential_too_few": Text(
        "For få kommuner har et resultat som forventet og en udgift klart over eller under det"
        " forventede til, at udgifterne kan sammenlignes.",
        "Too few municipalities have a result as expected and a cost clearly above or below"
        " expected for costs to be compared.",
    ),
    "note_both_in_error": Text(
        "Udgiftsindikatoren er selv et skøn; det gør den almindelige hældning for flad. Andelen af"
        " dens varians, der ikke er målefejl (pålideligheden), er {reliability}; rettet for"
        " målefejlen er hældningen {moment} (SIMEX: {simex}) mod {plain} uden rettelse{told}",
        "The cost indicator is itself an estimate, which makes the plain slope too flat. The share"
        " of its variance that is not error (the reliability) is {reliability}; corrected for the"
        " error the slope is {moment} (SIMEX: {simex}) against {plain} without{told}",
    ),
    "slope_told_from_zero": Text(
        " (standardfejl {se}, {p}). En hældning viser en sammenhæng, ikke en årsag: kommuner kan"
        " bruge mange penge, fordi resultaterne er svage.",
        " (standard error {se}, {p}). A slope shows an association, not a cause: municipalities"
        " may spend much because results are weak.",
    ),
    "slope_not_told_from_zero": Text(
        ". Hældningen kan ikke skelnes fra nul (standardfejl {se}, {p}): kørslen viser ingen"
        " sammenhæng mellem udgift og resultat.",
        ". The slope cannot be told from zero (standard error {se}, {p}): the run shows no"
        " association between cost and result.",
    ),
    "note_not_identified": Text(
        "Udgiftsindikatoren er selv et skøn, og for lidt af dens varians er andet end målefejl"
        " (pålidelighed {reliability}): en hældning rettet for målefejl kan ikke bestemmes.",
        "The cost indicator is itself an estimate, and too little of its variance is anything but"
        " error (reliability {reliability}): a slope corrected for error is not identified.",
    ),
    "ten_by_efficiency_unranked": Text(
        "{side}: de ti med størst anslået effektivitet; ingen rangliste",
        "{side}: the ten with the greatest estimated efficiency; not a ranking",
    ),
    "place": Text(
        "Nr.",
        "No.",
    ),
    "note_chance_inefficiency": Text(
        " Testen kan ikke skelne ineffektivitet fra støj (p = {p}): rækkefølgen er ikke en"
        " rangliste.",
        " The test cannot tell inefficiency from noise (p = {p}): the order is not a ranking.",
    ),
    "note_wide_ranks": Text(
        " Rangintervallerne dækker typisk {share} af listen (median): rækkefølgen er ikke en"
        " rangliste.",
        " The intervals of rank typically span {share} of the list (median): the order is not a"
        " ranking.",
    ),
    "note_untested_inefficiency": Text(
        " For gammafordelingen er der ingen test af, om der er ineffektivitet: rækkefølgen er ikke"
        " en rangliste.",
        " For the gamma distribution there is no test of whether there is inefficiency: the order"
        " is not a ranking.",
    ),
    "note_unranked": Text(
        "{side}: rangintervallerne dækker typisk {share} af listen (median). Rækkefølgen er"
        " derfor ikke en rangliste.",
        "{side}: the intervals of rank typically span {share} of the list (median). The order is"
        " therefore not a ranking.",
    ),
    "note_scores_parameters_known": Text(
        "Intervallerne gælder givet modellens parametre; parametrenes egen usikkerhed er ikke med.",
        "Intervals are given the model's parameters, whose own uncertainty is not included.",
    ),
    "note_scores_parameters_estimated": Text(
        "Intervallerne tager højde for, at frontens parametre selv er anslåede.",
        "The intervals allow for the frontier's parameters being estimates themselves.",
    ),
}

COST_NOTE_CODES = {
    "cost_part": {
        "accounts": Text("Regnskabsrækker", "Account rows"),
        "unit_cost": Text("Udgift pr. helårsperson", "Cost per full-year person"),
        "cost_model": Text("Udgiftsmodel", "Cost model"),
        "cost_model_not_fitted": Text("Udgiftsmodel ikke estimeret", "Cost model not estimated"),
        "cost_intervals_not_computed": Text("Intervaller ikke beregnet", "Intervals not computed"),
        "cost_sensitivity_not_fitted": Text("Følsomhed ikke beregnet", "Sensitivity not computed"),
        "cost_model_term": Text("Udgiftsmodel, andele", "Cost model, shares"),
    },
    "cost_reason": {
        "not_a_municipality": Text("ingen kommunekode", "not a municipality code"),
        "unknown_group": Text("ukendt gruppering", "unknown account group"),
        "missing_year": Text("år mangler", "year missing"),
        "missing_amount": Text("beløb mangler", "amount missing"),
        "amount_not_finite": Text("beløb er ikke endeligt", "amount not finite"),
        "year_without_price_index": Text("år uden prisindeks", "year without price index"),
        "no_accounts": Text("intet regnskab", "no accounts"),
        "negative_expenditure": Text("negativ nettoudgift", "negative net expenditure"),
        "expenditure_without_persons": Text(
            "udgift, men ingen personer", "expenditure but no persons"
        ),
        "not_compared": Text("ikke i sammenligningen", "not in the comparison"),
        "no_unit_cost": Text("ingen udgift pr. helårsperson", "no cost per full-year person"),
        "too_few_full_year_persons": Text("for få helårspersoner", "too few full-year persons"),
        "cost_need_not_above_zero": Text(
            "beregnet behov ikke over nul", "predicted need not above zero"
        ),
        "share_without_variation": Text("andel uden variation", "share without variation"),
    },
    "efficiency_reason": {
        "no_cost_indicator": Text(
            "Uden udgiftsindikator og derfor ikke med",
            "Without a cost indicator and therefore left out",
        ),
        "no_benchmark": Text(
            "Uden benchmarkindikator og derfor ikke med",
            "Without a benchmark indicator and therefore left out",
        ),
        "figures_withheld": Text(
            "For få personer eller hændelser til at blive offentliggjort (eller holdt tilbage for"
            " at skjule en sådan kommune) og derfor ikke med",
            "Too few persons or events to be published (or withheld to hide such a municipality)"
            " and therefore left out",
        ),
        "no_verdict": Text(
            "Uden vurdering af resultatet og derfor ikke i tabel 5.3",
            "Without a verdict on the result and therefore not in table 5.3",
        ),
        "outlier_not_among_units": Text(
            "Udpeget som yderpunkt, men ikke blandt kommunerne",
            "Named as an outlier but not among the municipalities",
        ),
    },
}
