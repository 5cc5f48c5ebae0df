"""Notes under tables: how to read the run's figures, and what is wrong with the printed ones."""

from kommunebench.report.texts.text import Text

NOTE_TEXTS = {
    "note_missing": Text(
        "· : undertrykt eller ikke beregnet. Hvor færre end {few} har haft hændelsen{or_not}, vises"
        " hverken antal, {quantity} eller indikator. {Units} med færre end {limit} forløb indgår i"
        " modellen, men ikke i sammenligningen.",
        "· : suppressed or not computed. Where fewer than {few} had the event{or_not}, neither"
        " count, {quantity} nor indicator is shown. {Units} with fewer than {limit} spells are in"
        " the model but not in the comparison.",
    ),
    "note_few_without": Text(", eller færre end {few} ikke har", ", or fewer than {few} did not"),
    "note_missing_short": Text(
        "· : undertrykt eller ikke beregnet.", "· : suppressed or not computed."
    ),
    "note_flow": Text(
        "÷ : så mange faldt fra ved reglen; hver person tæller ved den første regel, der udelukker."
        " Forløb tælles fra det trin, hvor de dannes; en person med forløb i flere {units} tæller"
        " i begge de sidste linjer.",
        "− : so many were left out by the rule; each person counts at the first rule that excludes."
        " Spells are counted from where they are formed; a person with spells in several {units}"
        " counts in both of the last lines.",
    ),
    "note_lost_spells": Text(
        "Rækkerne, der begynder med »forløb«, er ikke med i de {n}.",
        "The rows that begin with “spells” are not among the {n}.",
    ),
    "note_means": Text(
        "Middellængden i linjen »I alt« tager alle forløb, som de var, også uafsluttede; i linjen"
        " »Succes« kun dem med succes. Arealet under overlevelseskurven regner de uafsluttede"
        " rigtigt med.",
        "The mean length in the line Total takes all spells as they were, unfinished ones too; in"
        " the line Success only those with success. The area under the survival curve accounts"
        " properly for the unfinished.",
    ),
    "note_plain": Text(
        "Almindelig indikator (Kaplan-Meier); vurderingerne bygger på den {verdict}.",
        "Plain indicator (Kaplan-Meier); the assessments rest on the {verdict} one.",
    ),
    "note_own_fifth": Text(
        "Femtedele er grove: i gennemsnit er sandsynligheden {share} for, at den femtedel, der"
        " er vist, er den rigtige.",
        "Fifths are coarse: on average the probability is {share} that the fifth shown is the"
        " true one.",
    ),
    "note_ranked_anew": Text(
        "Rang tælles blandt de {units}, der vises; nogle med vurdering må ikke vises. Rangens"
        " grænser er derfor omtrentlige: de er flyttet med, ikke beregnet på ny.",
        "Ranks are counted among the {units} shown; some with a verdict may not be shown. The"
        " limits of the ranks are therefore approximate: they are moved along, not computed anew.",
    ),
    "note_units": Text(
        "Interval, vurdering, trin og rang bygger på den {verdict} indikator;"
        " femtedelen på den almindelige. * : består også ved kontrol for de mange sammenligninger."
        " † : det sidste forløb er censureret, og kurven er ført vandret videre. Sammentrukket:"
        " trukket mod midten efter sin usikkerhed.",
        "Interval, assessment, tier and rank rest on the {verdict} indicator; the fifth"
        " on the plain one. * : stands under control for the many comparisons, too. † : the last"
        " spell is censored and the curve is carried on flat. Shrunk: drawn towards the middle"
        " according to its uncertainty.",
    ),
    "note_proportionality": Text(
        "Schoenfeld-residualer mod tid, ét led ad gangen (Grambsch og Therneau). En lille p-værdi"
        " siger, at leddets betydning ændrer sig over forløbet; med mange forløb bliver også små"
        " ændringer signifikante.",
        "Schoenfeld residuals against time, one term at a time (Grambsch and Therneau). A small"
        " p-value says that what the term means changes over the spell; with many spells small"
        " changes become significant, too.",
    ),
    "note_coefficients": Text(
        "Positiv koefficient: hurtigere. * 5 %, ** 1 %, *** 0,1 %. Standardfejl er robuste over for"
        " gentagne forløb af samme person; stjerner og p-værdier hører til dem.",
        "Positive coefficient: sooner. * 5%, ** 1%, *** 0.1%. Standard errors allow for several"
        " spells of one person; stars and p-values belong to them.",
    ),
    "note_match_group": Text(
        "Forsigtig med matchgruppen: den registreres undervejs i forløbet (typisk efter flere"
        " måneder), så kun den, der endnu ikke er i arbejde, når at få en. En gruppe uden virkning"
        " ville derfor alligevel få en koefficient omkring −0,3. Indikatorerne påvirkes næsten"
        " ikke; koefficienten må ikke læses som en effekt. {limit}",
        "Beware of the match group: it is recorded during the spell (typically after months), so"
        " only those not yet in work live to get one. A group without any effect would still get a"
        " coefficient near −0.3. The indicators hardly move; the coefficient must not be read as an"
        " effect. {limit}",
    ),
    "match_group_all_weeks": Text(
        "Her søges i hele forløbet.", "Here the whole spell is searched."
    ),
    "match_group_weeks": Text(
        "Her søges kun i de første {weeks} uger.", "Here only the first {weeks} weeks are searched."
    ),
    "note_a01": Text(
        "KORA: noten under tabellen nævner otte udeladte kommuner, men de øvrige tabeller og"
        " summerne stemmer kun med seks.",
        "KORA: the table's own note names eight municipalities left out, but the other tables and"
        " the sums fit six only.",
    ),
    "note_a02": Text(
        "KORA: i de sidste seks rækker er forløb og succeser byttet om; her er de byttet tilbage.",
        "KORA: the last six rows have spells and successes interchanged; here they are put back.",
    ),
    "note_a03": Text(
        "KORA: Aabenraa og Aalborg mangler i den trykte tabel.",
        "KORA: Aabenraa and Aalborg are missing from the printed table.",
    ),
    "note_a04": Text(
        "KORA: bilagstabel 5.1 har middel 114,8 uger og tabel 3.1 122,7 for det, der kaldes det"
        " samme; forskellen er ikke forklaret.",
        "KORA: appendix table 5.1 has mean 114.8 weeks and table 3.1 122.7 for what is called the"
        " same; the gap is unexplained.",
    ),
    "note_a06": Text(
        "KORA: variansen 309,0 passer ikke med standardafvigelsen 17,7 (17,7² = 313,3).",
        "KORA: the variance 309.0 does not fit the standard deviation 17.7 (17.7² = 313.3).",
    ),
    "note_a07": Text(
        "KORA: flygtninge og familiesammenførte giver tilsammen 472 forløb færre end totalen.",
        "KORA: refugees and family-reunified together make 472 spells fewer than the total.",
    ),
    "note_a08": Text(
        "KORA: de to trykte middellængder for alle forløb (121 og 101) kan ikke give totalen 107 og"
        " er udeladt.",
        "KORA: the two printed mean lengths of all spells (121 and 101) cannot give the total 107"
        " and are left out.",
    ),
    "note_a09": Text(
        "KORA: middellængderne for succeser (77 og 58) er trykt ombyttet; her står de rigtigt.",
        "KORA: the mean lengths of successes (77 and 58) are printed the wrong way round; here they"
        " are put right.",
    ),
    "note_a10": Text(
        "KORA: middellængden af alle succeser er 62 i tabel 2.1 og 61 i tabel 2.2.",
        "KORA: the mean length of all successes is 62 in table 2.1 and 61 in table 2.2.",
    ),
    "note_a14": Text(
        "KORA: teksten læser 1,052 som 5,2 % kortere; regnet rigtigt er det 4,9 %. Afstanden mellem"
        " yderste femtedele, 15 % og 7 måneder, følger ikke af tabellen.",
        "KORA: the text reads 1.052 as 5.2% shorter; properly it is 4.9%. The gap between the outer"
        " fifths, 15% and 7 months, does not follow from the table.",
    ),
    "note_a16": Text(
        "KORA: de trykte standardafvigelser er mindre end mulige og må være standardfejl; her"
        " ganget med √92.",
        "KORA: the printed standard deviations are smaller than possible and must be standard"
        " errors; here times √92.",
    ),
    "note_a17": Text(
        "KORA: det samlede middel 83.329 er ikke middel af årene (81.922), og tabel 5.3 har 81.195."
        " Største værdi 2011 er 311.527 i tabellen og ca. 313.000 i teksten.",
        "KORA: the overall mean 83,329 is not the mean of the years (81,922), and table 5.3 has"
        " 81,195. The greatest value of 2011 is 311,527 in the table and about 313,000 in the"
        " text.",
    ),
    "note_a19": Text(
        "KORA: teksten læser koefficienterne som kr. pr. procentpoint; de gælder en andel fra 0 til"
        " 1, så et procentpoint er en hundrededel.",
        "KORA: the text reads the coefficients as DKK per percentage point; they hold for a share"
        " from 0 to 1, so a point is a hundredth.",
    ),
    "note_a20": Text(
        "KORA: de to p-værdier i regressionen med alle kommuner er byttet om, og regressionen uden"
        " Høje-Taastrup har 91 kommuner, ikke 92.",
        "KORA: the two p-values of the regression with all municipalities are interchanged, and the"
        " one without Høje-Taastrup has 91 municipalities, not 92.",
    ),
    "note_a22": Text(
        "KORA: cellen bedre/forventet udgift er trykt som 28 kommuner; række og søjle giver 3."
        " Udgiften for forventet resultat i alt er trykt 79.706; cellerne giver 79.785.",
        "KORA: the cell better/expected cost is printed as 28 municipalities; row and column give"
        " 3. The cost of expected result in total is printed 79,706; the cells give 79,785.",
    ),
    "note_a26": Text(
        "KORA: bilagets tekst gengiver flere led anderledes end tabellen (bl.a. alder, hjerte-kar-"
        " og muskelsygdom); her følges tabellen.",
        "KORA: the appendix text describes several terms unlike its table (age, cardiovascular and"
        " musculoskeletal disease among them); here the table is followed.",
    ),
    "note_a31": Text(
        "KORA: gruppernes størrelse er ikke trykt; kun 19, 19, 18, 18 og 18 stemmer med tabel 3.1.",
        "KORA: the sizes of the groups are not printed; only 19, 19, 18, 18 and 18 agree with table"
        " 3.1.",
    ),
    "note_a34": Text(
        "KORA: enkelte summer afviger 0,1 ved afrunding.",
        "KORA: a few sums are off by 0.1 from rounding.",
    ),
    "note_own_fifth_robust": Text(
        "Femtedelene følger den almindelige indikator, men sandsynlighederne hører til den"
        " robuste. I gennemsnit er sandsynligheden {share} for, at den viste femtedel er den"
        " rigtige; en del af resten er uenighed mellem de to indikatorer.",
        "The fifths follow the plain indicator, but the probabilities belong to the robust one."
        " On average the probability is {share} that the fifth shown is the true one; part of"
        " the rest is disagreement between the two indicators.",
    ),
    "note_mark_no_events": Text(
        "° : ingen med denne værdi har haft {event}. Koefficienten har da ingen endelig værdi;"
        " modellen bruger grænsen, hvor sandsynligheden er nul.",
        "° : nobody with this value had {event}. The coefficient then has no finite value; the"
        " model uses the limit, in which the probability is zero.",
    ),
    "note_mark_few_events": Text(
        "‡ : højst fire med denne værdi har haft {event}; koefficienten er trukket mod nul"
        " (normalfordelt straf med standardafvigelse 2,5).",
        "‡ : at most four with this value had {event}; the coefficient is drawn towards zero"
        " (normal penalty with standard deviation 2.5).",
    ),
    "note_mark_held": Text(
        "† : der er få hændelser til så mange led, eller led ordner dem tilsammen uden undtagelse;"
        " koefficienten er trukket mod nul ligesom de øvrige (normalfordelt straf med"
        " standardafvigelse 2,5, for tal pr. standardafvigelse af tallet).",
        "† : the events are few for so many terms, or terms together order them without exception;"
        " the coefficient is drawn towards zero like the others (normal penalty with standard"
        " deviation 2.5, for numbers per standard deviation of the number).",
    ),
    "note_mark_omitted": Text(
        "§ : data rummer ingen oplysning om leddet: blandt dem, der er i risiko, når {event}"
        " indtræffer, har ingen værdien, eller alle har den samme, eller den kan ikke skelnes fra"
        " de øvrige led. Det er udeladt (koefficient 0).",
        "§ : the data hold no information on the term: among those at risk when {event} comes,"
        " nobody has the value, or all have the same one, or it cannot be told apart from the"
        " other terms. It is omitted (coefficient 0).",
    ),
    "note_omitted_terms": Text(
        "§ Udeladt og derfor uden linje i tabellen: {names}.",
        "§ Omitted and therefore without a line in the table: {names}.",
    ),
    "note_in_sample": Text(
        "Reduktionen er opgjort i de samme data, som modellen er estimeret på: den siger, hvad"
        " der følger rammevilkårene, ikke hvad de er årsag til.",
        "The reduction is measured in the same data the model was fitted to: it says what goes"
        " with circumstances, not what they cause.",
    ),
}
