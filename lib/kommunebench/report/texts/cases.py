"""Texts of analyses of cases (persons with an outcome that happened or not), where those
of other analyses speak of spells."""

from kommunebench.report.texts.text import Text

CASE_WORDINGS = {
    "observed_share": Text(
        "Andelen af personerne med {event}.",
        "The share of the persons with {event}.",
    ),
    "expected_share": Text(
        "Middel af sandsynlighederne, som en fælles logistisk model forudsiger for hver person ud"
        " fra {covariates} rammevilkår. Modellen har ingen led for {units}. Hvor alle eller ingen"
        " med en værdi har {event}, er sandsynligheden 1 eller 0.",
        "The mean of the probabilities that a common logistic model predicts for each person from"
        " {covariates} circumstances. The model has no terms for {units}. Where all or none with a"
        " value have {event}, the probability is 1 or 0.",
    ),
    "m_uncertainty": Text(
        "{error_of} og følger hele kæden fra koefficienter til indikator; søskende (samme mor)"
        " regnes ikke som uafhængige. Intervallet er {level} (t-fordelt). Ingen vurdering ved"
        " {few}, eller hvor standardfejlen ikke kan beregnes eller er nul.",
        "{error_of} and follows the whole chain from coefficients to indicator; siblings (the same"
        " mother) do not count as independent. The interval is {level} (t). No verdict with {few},"
        " or where the standard error cannot be computed or is zero.",
    ),
    "note_missing": Text(
        "· : undertrykt eller ikke beregnet. Hvor færre end {few} har haft hændelsen, eller færre"
        " end {few} ikke har, vises hverken antal, andel eller indikator. {Units} med færre end"
        " {limit} personer indgår i modellen, men ikke i sammenligningen.",
        "· : suppressed or not computed. Where fewer than {few} had the event, or fewer than {few}"
        " did not, neither count, share nor indicator is shown. {Units} with fewer than {limit}"
        " persons are in the model but not in the comparison.",
    ),
    "note_flow": Text(
        "÷ : så mange faldt fra ved reglen; hver person tæller ved den første regel, der udelukker."
        " Linjer i parentes tæller personer i populationen og udelukker ingen.",
        "− : so many were left out by the rule; each person counts at the first rule that excludes."
        " Lines in brackets count persons of the population and exclude nobody.",
    ),
    "note_units": Text(
        "* : består også ved kontrol for de mange sammenligninger. Interval og vurdering hører til"
        " indikatoren nærmest den sammentrukne, som er trukket mod midten efter sin usikkerhed.",
        "* : stands under control for the many comparisons, too. Interval and verdict belong to the"
        " indicator next to the shrunk one, which is drawn towards the middle according to its"
        " uncertainty.",
    ),
    "m_model": Text(
        "Vurderinger, odds, trin og rang kommer af en model med et led for hver {unit}, så"
        " forskelle i resultat, der tilfældigvis følger, hvem der bor i hver {unit}, ikke"
        " forsvinder i rammevilkårene; det forventede gælder en gennemsnitlig {unit}. De forventede"
        " andele, femtedelene, potentialet og koefficienterne kommer af den fælles model uden"
        " sådanne led, som faktaarkets.",
        "Verdicts, odds, tiers and ranks come from a model with a term for each {unit}, so that"
        " differences in performance that happen to go with who lives in each {unit} are not"
        " absorbed by the circumstances; what is expected is that of an average {unit}. The"
        " expected shares, the fifths, the potential and the coefficients come from the pooled"
        " model without such terms, as the fact sheet's.",
    ),
    "note_lists_other": Text(
        "Listerne følger den fælles model, som faktaarket; vurderingen følger modellen med led for"
        " {units}. De to kan afvige.",
        "The lists follow the pooled model, as the fact sheet does; the verdicts follow the model"
        " with terms for {units}. The two may differ.",
    ),
    "note_plain": Text(
        "Den fælles model; vurderingerne bygger på modellen med led for {units}.",
        "The pooled model; the assessments rest on the one with terms for {units}.",
    ),
    "note_own_fifth_robust": Text(
        "Femtedelene følger den fælles model, men sandsynlighederne hører til modellen med led for"
        " {units}. I gennemsnit er sandsynligheden {share} for, at den viste femtedel er den"
        " rigtige; en del af resten er uenighed mellem de to modeller.",
        "The fifths follow the pooled model, but the probabilities belong to the one with terms for"
        " {units}. On average the probability is {share} that the fifth shown is the true one; part"
        " of the rest is disagreement between the two models.",
    ),
    "fig_calibration": Text(
        "Antal med {event}: observeret mod forventet", "Number with {event}: observed and expected"
    ),
    "cap_calibration": Text(
        "Antallet med {event} divideret med det antal, den fælles model venter, med"
        " {level}-interval; 1 er fuld overensstemmelse. Udfyldte prikker: intervallet rummer"
        " ikke 1. Jo flere grupper, jo flere ligger uden for alene ved tilfældigheder.",
        "Number with {event} divided by the number the pooled model expects, with {level}"
        " interval; 1 is full agreement. Filled dots: the interval does not hold 1. The more"
        " groups, the more lie outside by chance.",
    ),
    "calibration_table": Text(
        "Antal med {event}: observeret og forventet", "Number with {event}: observed and expected"
    ),
    "note_coefficients": Text(
        "Positiv koefficient: større sandsynlighed. Konstanten gælder referencerne, og tal lig 0."
        " * 5 %, ** 1 %, *** 0,1 %. Standardfejl tager højde for, at søskende ligner hinanden;"
        " stjerner og p-værdier hører til dem.",
        "Positive coefficient: a greater probability. The constant is for the references, and"
        " numbers at 0. * 5%, ** 1%, *** 0.1%. Standard errors allow for siblings being alike;"
        " stars and p-values belong to them.",
    ),
    "note_mark_all_events": Text(
        "¤ : alle med denne værdi har {event}. Koefficienten har da ingen endelig værdi; modellen"
        " bruger grænsen, hvor sandsynligheden er 1.",
        "¤ : everybody with this value had {event}. The coefficient then has no finite value; the"
        " model uses the limit, in which the probability is 1.",
    ),
    "note_mark_few_events": Text(
        "‡ : højst fire med denne værdi har, eller højst fire mangler, {event}; koefficienten er"
        " trukket mod nul (normalfordelt straf med standardafvigelse 2,5).",
        "‡ : at most four with this value had, or at most four lacked, {event}; the coefficient is"
        " drawn towards zero (normal penalty with standard deviation 2.5).",
    ),
    "note_mark_held": Text(
        "† : led afgør tilsammen uden undtagelse, hvem der har {event}; koefficienten er trukket"
        " mod nul ligesom de øvrige (normalfordelt straf med standardafvigelse 2,5, for tal pr."
        " standardafvigelse af tallet).",
        "† : terms together decide without exception who had {event}; the coefficient is drawn"
        " towards zero like the others (normal penalty with standard deviation 2.5, for numbers per"
        " standard deviation of the number).",
    ),
    "note_mark_omitted": Text(
        "§ : alle har den samme værdi, eller leddet kan ikke skelnes fra de øvrige. Det er udeladt"
        " (koefficient 0).",
        "§ : all have the same value, or the term cannot be told apart from the others. It is"
        " omitted (coefficient 0).",
    ),
    "plain": Text("fælles model", "pooled model"),
    "robust": Text("med led for {units}", "with terms for {units}"),
    "fig_map_fifths": Text("{Units} efter femtedel", "{Units} by fifth"),
    "table_3_1": Text(
        "Middel og spredning af observeret {quantity} mellem {units}, før og efter rammevilkår",
        "Mean and spread of the observed {quantity} between {units}, before and after"
        " circumstances",
    ),
    "table_3_2": Text(
        "{Units} i femtedele efter benchmarkindikator", "{Units} in fifths by benchmark indicator"
    ),
    "cap_map_fifths": Text(
        "Femtedel 1 har den største forskel mellem observeret og forventet andel. Hver {unit} er ét"
        " felt, uanset størrelse; placeringen er omtrentlig.",
        "Fifth 1 has the greatest difference between observed and expected share. Each {unit} is"
        " one tile, whatever its size; places are approximate.",
    ),
    "cap_fifths_own": Text(
        " Femtedelen følger den fælles model og er ikke vurderingen",
        " The fifth follows the pooled model and is not the verdict",
    ),
    "fifth_robust": Text("Femtedel", "Fifth"),
    "expected_plain": Text(
        "Forventet, fælles model ({measured_in})", "Expected, pooled model ({measured_in})"
    ),
    "m_ranks": Text(
        "Spredning, rang, trin og sammentrukket indikator opgøres i odds: hvor meget større"
        " odds for {event} er end andre steder med de samme personer. De samme odds flytter"
        " indikatoren mindre, hvor næsten alle eller næsten ingen ventes at have {event}. De kommer"
        " af en model, hvor de sande forskelle mellem {units} selv er anslået; den sammentrukne"
        " indikator er omregnet fra odds. Rangintervallet dækker {level} i middel over {units}."
        " Trin er en sammenhængende opdeling, valgt så højst {error} af de par, den skiller,"
        " ventes at stå i forkert rækkefølge; inden for et trin påstås ingen rækkefølge."
        " Femtedele er faste grupper og skjuler, hvor usikker grænsen mellem dem er.",
        "Spread, ranks, tiers and shrunk indicators are computed in odds: how much greater the"
        " odds of having {event} are than elsewhere with the same persons. The same odds move the"
        " indicator less where nearly all or nearly none are expected to have {event}. They come"
        " from a model in which the true differences between {units} are themselves estimated; the"
        " shrunk indicator is translated back from the odds. The rank interval covers {level} on"
        " average over {units}. Tiers are a contiguous division chosen so that at most {error} of"
        " the pairs it tells apart are expected to be in the wrong order; within a tier no order"
        " is claimed. Fifths are fixed groups and hide how uncertain their borders are.",
    ),
    "cap_caterpillar": Text(
        "Prikken er den målte indikator med interval, farvet efter vurdering.",
        "The dot is the measured indicator with its interval, coloured by assessment.",
    ),
    "cap_caterpillar_ranked": Text(
        " Ordnet efter rang, altså efter odds; den åbne rombe er den sammentrukne indikator."
        " Skiftende baggrund viser trin: inden for et trin påstås ingen rækkefølge.",
        " Ordered by rank, that is by odds; the open diamond is the shrunk indicator. Alternating"
        " background marks tiers: within a tier no order is claimed.",
    ),
    "cap_funnel_spread": Text(
        " Stiplet: det samme, hvis de varierede som anslået. Den anslåede variation er i odds; den"
        " er omregnet til indikatoren med medianen over {units}.",
        " Dashed: the same if they varied as estimated. The estimated variation is in the odds; it"
        " is translated into the indicator by the median over {units}.",
    ),
    "precision_table": Text(
        "Alle {units}: odds og pålidelighed", "All {units}: odds and reliability"
    ),
    "pace": Text("Odds i forhold til andre steder (%)", "Odds against elsewhere (%)"),
    "note_erase": Text(
        " Oddsratio, der ville fjerne vurderingen: så meget måtte et rammevilkår, som modellen ikke"
        " kender, mindst ændre odds for {event} for alle i den pågældende {unit}, før intervallet"
        " igen rummede {centre}; tæt på 1 skal der lidt til. Sandsynlighed for forkert side: hvor"
        " sandsynligt det er, at det sande resultat ligger på den anden side af {centre} end den"
        " sammentrukne indikator; 50 er ren tvivl.",
        " Odds ratio that would erase the verdict: by so much at least a circumstance the model"
        " does not know would have to change the odds of having {event} of everybody in the {unit}"
        " for the interval to hold {centre} again; close to 1 it takes little. Probability of the"
        " wrong side: how probable it is that the true result lies on the other side of {centre}"
        " than the shrunk indicator; 50 is no knowledge at all.",
    ),
    "hazard_ratio_to_erase": Text(
        "Oddsratio, der ville fjerne vurderingen", "Odds ratio that would erase the verdict"
    ),
    "note_precision": Text(
        "Odds: hvor meget større odds for {event} er end andre steder med de samme personer."
        " Pålidelighed: andelen af variationen, der ikke er tilfældig.{erase} {Units} under"
        " mindstegrænsen står i kursiv og har ingen rang.",
        "Odds: how much greater the odds of having {event} are than elsewhere with the same"
        " persons. Reliability: the part of the variation that is not chance.{erase} {Units} below"
        " the least size stand in italics and have no rank.",
    ),
    "cap_map_assessment": Text(
        "Vurderingen er »{better}«, hvor {level}-intervallet ligger helt over 0, og »{worse}«, hvor"
        " det ligger helt under.",
        "The assessment is “{better}” where the {level} interval lies wholly above 0, and “{worse}”"
        " where it lies wholly below.",
    ),
    "spells": Text("Personer", "Persons"),
    "model_coefficients": Text(
        "Rammevilkårs betydning for {event}: den logistiske models koefficienter",
        "What circumstances mean for {event}: coefficients of the logistic model",
    ),
    "hazard_ratio": Text("Oddsratio", "Odds ratio"),
    "population_flow": Text(
        "Fra dem, der ses på, til dem i sammenligningen",
        "From everyone looked at to those in the comparison",
    ),
}
