"""Texts of the cost and efficiency chapters."""

from kommunebench.report.texts.text import Text

COST_TEXTS = {
    "table_4_1": Text(
        "Tabel 4.1 Udgifter til integrationsprogram mv. (mio. kr., {price_year}-priser)",
        "Table 4.1 Expenditure on integration programmes etc. (million DKK, {price_year} prices)",
    ),
    "table_4_2": Text(
        "Tabel 4.2 Udgifter til personer under integrationsprogrammet efter gruppering (mio. kr.,"
        " {price_year}-priser)",
        "Table 4.2 Expenditure on persons under the programme by account group (million DKK,"
        " {price_year} prices)",
    ),
    "table_4_3": Text(
        "Tabel 4.3 Udgift pr. helårsperson (kr., {price_year}-priser), uvejet over de sammenlignede"
        " kommuner",
        "Table 4.3 Expenditure per full-year person (DKK, {price_year} prices), unweighted over the"
        " municipalities compared",
    ),
    "costs_intro": Text(
        "Udgiften er bruttodriftsudgifter på funktion {function}, gruppering {groups},"
        " {first}–{last}, fratrukket betalinger fra andre kommuner (art {payments}) og opgjort i"
        " {price_year}-priser. Statsrefusion og andre indtægter vises, men trækkes ikke fra.",
        "Expenditure is gross operating expenditure on function {function}, groups {groups},"
        " {first}–{last}, less payments from other municipalities (art {payments}), in {price_year}"
        " prices. State refunds and other income are shown but not taken off.",
    ),
    "costs_left_out": Text(
        "Noget kunne ikke bruges, og analysen er gennemført uden: {cells}. Hvilke det er, står i"
        " tabellen over, hvad der ikke tæller med.",
        "Some of it could not be used, and the analysis went on without: {cells}. Which ones they"
        " are is in the table of what does not count.",
    ),
    "costs_no_model": Text(
        "Udgiftsmodellen kunne ikke estimeres, og der er derfor hverken udgiftsbehov eller"
        " udgiftsindikator ({reason})",
        "The cost model could not be estimated, so there is neither cost need nor cost indicator"
        " ({reason})",
    ),
    "faults_accounts": Text("regnskabsrækker", "account rows"),
    "faults_unit_cost": Text("kommuneår", "municipality-years"),
    "line": Text("Post", "Line"),
    "year": Text("År", "Year"),
    "years": Text("Antal år", "Years"),
    "mean": Text("Middel", "Mean"),
    "minimum": Text("Mindste", "Least"),
    "maximum": Text("Største", "Greatest"),
    "sd": Text("Standardafvigelse", "Standard deviation"),
    "note_unit_cost": Text(
        "En helårsperson er 52 eller 53 uger (ISO-årets) i Danmark inden for de første tre år."
        " Nederste linje er middel af kommunernes egne middeltal.",
        "A full-year person is 52 or 53 weeks (the ISO year's) in Denmark within the first three"
        " years. The last line is the mean of the municipalities' own means.",
    ),
    "table_5_1": Text(
        "Tabel 5.1 Hvad målgruppens sammensætning betyder for udgiften pr. helårsperson (kr.;"
        " andele fra 0 til 1)",
        "Table 5.1 What composition means for expenditure per full-year person (DKK; shares from 0"
        " to 1)",
    ),
    "model": Text("Model {number}", "Model {number}"),
    "t_value": Text("t", "t"),
    "fit": Text("Modellens tilpasning", "Fit"),
    "observations": Text("Observationer", "Observations"),
    "r_squared": Text("R²", "R²"),
    "note_cost_model": Text(
        "Hver observation er en kommune i et år med over {limit} helårspersoner. Udgiftsbehovet er"
        " model 3's beregnede værdi. Koefficienten til en andel, der er lille overalt, er meget"
        " usikker: se standardfejlene nedenfor.",
        "Each observation is one municipality in one year with more than {limit} full-year persons."
        " The cost need is what model 3 predicts. The coefficient of a share that is small"
        " everywhere is very uncertain: see the standard errors below.",
    ),
    "table_5_2": Text(
        "Tabel 5.2 Kommuner i femtedele efter udgiftsindikator",
        "Table 5.2 Municipalities in fifths by cost indicator",
    ),
    "table_5_2_units": Text(
        "Tabel 5.2 (navne) Udgift, udgiftsbehov og udgiftsindikator for hver kommune",
        "Table 5.2 (names) Expenditure, cost need and cost indicator of each municipality",
    ),
    "cost_fifth": Text("Femtedel (1 = laveste udgift)", "Fifth (1 = lowest cost)"),
    "cost_indicator": Text("Udgiftsindikator", "Cost indicator"),
    "mean_unit_cost": Text("Udgift pr. helårsperson (kr.)", "Cost per full-year person (DKK)"),
    "mean_cost_need": Text("Udgiftsbehov (kr.)", "Cost need (DKK)"),
    "published_fifth": Text("Femtedel hos KORA", "KORA's fifth"),
    "note_cost_fifths": Text(
        "Udgiftsindikatoren er faktisk udgift divideret med udgiftsbehov: over 1 er dyrere end"
        " sammensætningen tilsiger.",
        "The cost indicator is actual cost divided by cost need: above 1 is dearer than composition"
        " predicts.",
    ),
    "note_years_independent": Text(
        "Intervallerne regner en kommunes år som uafhængige. Følges de ad, dækker de mindre end"
        " {level}; analysen kan gentages med intervaller, der tager højde for det.",
        "The intervals take a municipality's years as independent. Where they go together they"
        " cover less than {level}; the analysis can be repeated with intervals that allow for it.",
    ),
    "note_years_pooled": Text(
        "Intervallerne tager højde for, at en kommunes år følges ad.",
        "The intervals allow for a municipality's years going together.",
    ),
    "one_year": Text("{assessed} (ét år)", "{assessed} (one year)"),
    "note_one_year": Text(
        "Ét år: et enkelt år har intet interval, og kommunen regnes som omkring det forventede.",
        "One year: a single year has no interval, and the municipality counts as around expected.",
    ),
    "note_below_zero": Text(
        "° : intervallet når under 0, som en udgiftsindikator ikke kan; det vises fra 0. Så bredt"
        " bliver et t-interval af to eller tre år.",
        "° : the interval reaches below 0, which a cost indicator cannot; it is shown from 0. A"
        " t-interval of two or three years is as wide as that.",
    ),
    "table_5_3": Text(
        "Tabel 5.3 Gennemsnitlig udgift og benchmarkindikator efter udgifts- og resultatklasse",
        "Table 5.3 Mean cost and benchmark indicator by cost class and result class",
    ),
    "result": Text("Beskæftigelsesresultat", "Employment result"),
    "mean_indicator": Text("Gns. benchmarkindikator (forhold)", "Mean benchmark indicator (ratio)"),
    "note_cost_by_result": Text(
        "Klasserne følger {level}-intervaller for begge indikatorer. Klasser med færre end"
        " to kommuner har intet middel (·), og heller ikke de klasser, hvoraf et sådant middel"
        " kunne regnes ud. En kommune med ét år har intet interval og regnes som omkring det"
        " forventede.",
        "The classes follow {level} intervals of both indicators. Classes of fewer than two"
        " municipalities have no mean (·), nor have those from which such a mean could be worked"
        " out. A municipality with one year has no interval and counts as around expected.",
    ),
    "regressions": Text(
        "Regressioner af benchmarkindikator på udgiftsindikator (under figur 5.1)",
        "Regressions of the benchmark indicator on the cost indicator (under figure 5.1)",
    ),
    "note_regressions": Text(
        "Vejet med antal personer. En sammenhæng er ikke en årsag: høje udgifter kan både skabe og"
        " følge af resultater.",
        "Weighted by persons. An association is not a cause: high spending may bring results, or"
        " follow from them.",
    ),
    "frontiers": Text("Stokastiske fronter: parametre", "Stochastic frontiers: parameters"),
    "frontier_heading": Text(
        "{side}, {distribution}: log-likelihood {ll}; LR mod regression {lr}, ensidet p {p}; AIC"
        " {aic}; residualernes skævhed {skewness}; {n} kommuner, effektivt {effective}",
        "{side}, {distribution}: log likelihood {ll}; LR against regression {lr}, one-sided p {p};"
        " AIC {aic}; residual skewness {skewness}; {n} municipalities, effectively {effective}",
    ),
    "note_frontiers": Text(
        "Vejet med antal personer; robuste standardfejl. LR er nedskaleret til det effektive antal"
        " kommuner. Skævheden vises, men afgør ikke, om der er ineffektivitet.",
        "Weighted by persons; robust standard errors. LR is scaled down to the effective number of"
        " municipalities. The skewness is shown but does not decide whether there is inefficiency.",
    ),
    "note_known_variance": Text(
        "Uvejet: hver kommunes støj er fejlen i dens eget resultat plus en fælles del. Robuste"
        " standardfejl. Skævheden vises, men afgør ikke, om der er ineffektivitet.",
        "Unweighted: each municipality's noise is the error of its own result plus a common part."
        " Robust standard errors. The skewness is shown but does not decide whether there is"
        " inefficiency.",
    ),
    "parameter": Text("Parameter", "Parameter"),
    "estimate": Text("Estimat", "Estimate"),
    "figure_4_1": Text(
        "Figur 4.1 Udgifter til personer under integrationsprogrammet og antal helårspersoner",
        "Figure 4.1 Expenditure on persons under the programme, and full-year persons",
    ),
    "figure_4_2": Text(
        "Figur 4.2 Gennemsnitlig udgift pr. helårsperson",
        "Figure 4.2 Mean expenditure per full-year person",
    ),
    "cap_figure_4_2": Text(
        "Hver grå prik er en kommune i sammenligningen, stregen er deres uvejede middel. Enkelte"
        " meget høje værdier er vist ved øverste kant.",
        "Each grey dot is a municipality in the comparison, the bar their unweighted mean. A few"
        " very high values are shown at the top edge.",
    ),
    "cap_verdict": Text(
        "Benchmarkindikatoren er den {verdict}, som forhold; linjerne er de vejede regressioner"
        " nedenfor.",
        "The benchmark indicator is the {verdict} one, as a ratio; the lines are the weighted"
        " regressions below.",
    ),
    "cap_figure_5_2": Text(
        "Resultatet er vist som forhold. Farve og form kun, hvor {level}-intervallet for"
        " indikatoren ikke indeholder {centre} og udgiftens ikke indeholder 1; grå, hvor mindst"
        " ét af dem gør.",
        "The result is shown as a ratio. Colour and shape only where the {level} interval of the"
        " indicator does not contain {centre} and that of the cost does not contain 1; grey where"
        " at least one of them does.",
    ),
    "cap_frontier": Text(
        "Fronten er det bedste, modellen venter ved den givne udgift eller det givne resultat,"
        " når støj er trukket fra; de ti med størst anslået effektivitet er nummereret.",
        "The frontier is the best the model expects at the given cost or result once noise is"
        " taken out; the ten with the greatest estimated efficiency are numbered.",
    ),
    "figure_5_1": Text(
        "Figur 5.1 Beskæftigelsesresultat og udgift: hver prik er en kommune, størrelsen følger"
        " antal personer",
        "Figure 5.1 Employment result and cost: each dot is a municipality, sized by persons",
    ),
    "figure_5_2": Text(
        "Figur 5.2 Placering i forhold til det forventede på begge mål",
        "Figure 5.2 Position relative to what was expected on both measures",
    ),
    "figure_5_3": Text("Figur 5.3 Produktionsfronten", "Figure 5.3 The production frontier"),
    "figure_5_4": Text("Figur 5.4 Omkostningsfronten", "Figure 5.4 The cost frontier"),
    "million_dkk": Text("Mio. kr. ({price_year}-priser)", "Million DKK ({price_year} prices)"),
    "full_year_persons": Text("Helårspersoner", "Full-year persons"),
    "full_year_persons_thousands": Text("Helårspersoner (1.000)", "Full-year persons (1,000)"),
    "expenditure": Text("Udgift", "Expenditure"),
    "dkk_per_person": Text(
        "Kr. pr. helårsperson ({price_year}-priser)",
        "DKK per full-year person ({price_year} prices)",
    ),
    "dkk_thousand_per_person": Text("1.000 kr. pr. helårsperson", "DKK 1,000 per full-year person"),
    "mean_and_spread": Text("Middel og ± 1 standardafvigelse", "Mean and ± 1 standard deviation"),
    "all_municipalities_line": Text("alle", "all"),
    "without_outliers_line": Text("uden {names}", "without {names}"),
    "high_low": Text("godt resultat, lav udgift", "good result, low cost"),
    "high_high": Text("godt resultat, høj udgift", "good result, high cost"),
    "low_low": Text("svagt resultat, lav udgift", "weak result, low cost"),
    "low_high": Text("svagt resultat, høj udgift", "weak result, high cost"),
    "uncertain": Text("resultat eller udgift er usikker ({n})", "result or cost uncertain ({n})"),
    "frontier_line": Text("front", "frontier"),
    "regression_line": Text("lineær regression", "linear regression"),
    "ten_best": Text(
        "de ti bedst rangerede:",
        "the ten ranked best:",
    ),
    "ten_unranked": Text(
        "de ti øverste (ingen rangliste):",
        "the first ten (not a ranking):",
    ),
}
