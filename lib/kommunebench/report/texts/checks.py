"""Texts of the chapter that checks the national model."""

from kommunebench.report.texts.text import Text

CHECK_TEXTS = {
    "checks_reading": Text(
        "Her står, hvor godt den fælles model rammer, og hvor meget vurderingerne afhænger af"
        " valgene i den. Intet af det ændrer indikatorerne ovenfor.",
        "This is how well the national model fits, and how far the verdicts depend on its"
        " choices. None of it changes the indicators above.",
    ),
    "fig_cumulative_incidence": Text(
        "Hvordan forløb ender",
        "How spells end",
    ),
    "cap_cumulative_incidence": Text(
        "Andel af forløbene, der er endt på hver måde efter så mange {time}, når de"
        " konkurrerende afslutninger tages med (Aalen-Johansen). Det lyse øverst er endnu i"
        " gang.",
        "Share of spells that have ended in each way after so many {time}, with the competing"
        " ends taken into account (Aalen-Johansen). The light area at the top is still open.",
    ),
    "ax_share_of_spells": Text(
        "Andel af forløbene",
        "Share of spells",
    ),
    "sensitivity_table": Text(
        "Hvad andre valg i modellen gør ved indikatorerne",
        "What other choices in the model do to the indicators",
    ),
    "sensitivity_check": Text(
        "Valg",
        "Choice",
    ),
    "mean_change": Text(
        "Gennemsnitlig ændring (standardfejl)",
        "Mean change (standard errors)",
    ),
    "largest_change": Text(
        "Største ændring (standardfejl)",
        "Largest change (standard errors)",
    ),
    "largest_where": Text(
        "Hvor",
        "Where",
    ),
    "verdicts_changed": Text(
        "Vurderinger, der ændres",
        "Verdicts that change",
    ),
    "note_sensitivity_checks": Text(
        "Ændringen er i indikatorens egne standardfejl, uden fortegn; vurderingen under et andet"
        " valg bruger den samme standardfejl, under den fælles model og uden rettelse for områder"
        " deres egen. En vurdering tæller som ændret, hvor den ene eller"
        " den anden mangler eller de er forskellige.",
        "The change is in standard errors of the indicator, without its sign; the verdict under"
        " another choice uses the same standard error, under the pooled model and without"
        " adjustment for areas their own. A verdict counts as changed where the two"
        " differ or one of them is missing.",
    ),
    "stability_table": Text(
        "Første og anden halvdel af perioden",
        "The first and the second half of the window",
    ),
    "stability_first": Text(
        "I første halvdel",
        "In the first half",
    ),
    "stability_second": Text(
        "I anden halvdel",
        "In the second half",
    ),
    "note_stability": Text(
        "Blandt {n} {units} med en indikator i begge halvdele er korrelationen mellem de to"
        " {correlation}.",
        "Among {n} {units} with an indicator in both halves, the correlation of the two is"
        " {correlation}.",
    ),
    "note_lasting": Text(
        " Kovariansen af de to halvdele er {share} gange variansen mellem {units} over hele"
        " perioden (standardfejl {error}, {n} {units} med en vurdering): 1, hvis det, der måles,"
        " varer ved, 0, hvis det ikke gør.",
        " The covariance of the two halves is {share} times the variance between {units} over"
        " the whole window (standard error {error}, {n} {units} with a verdict): 1 if what is"
        " measured lasts, 0 if it does not.",
    ),
    "model_changes": Text(
        "{Units}, hvis vurdering eller femtedel afhænger af modellen",
        "{Units} whose verdict or fifth depends on the model",
    ),
    "within_model": Text(
        "Model med led for {units}",
        "Model with terms for {units}",
    ),
    "pooled_model": Text(
        "Fælles model",
        "Pooled model",
    ),
    "note_model_changes_within": Text(
        "Vurderingerne i rapporten kommer af modellen med et led for hver {unit}. Den fælles"
        " model har ingen sådanne led; hvor resultatet følger sammensætningen, regner den en"
        " del af forskellene for rammevilkår.",
        "The verdicts of this report come from the model with a term for each {unit}. The pooled"
        " model has no such terms; where results go with the mix it counts part of the"
        " differences as circumstances.",
    ),
    "note_model_changes_pooled": Text(
        "Vurderingerne i rapporten kommer af den fælles model, som ikke har led for {units}; hvor"
        " resultatet følger sammensætningen, regner den en del af forskellene for rammevilkår."
        " Modellen med et led for hver {unit} gør det ikke.",
        "The verdicts of this report come from the pooled model, which has no terms for the"
        " {units}; where results go with the mix it counts part of the differences as"
        " circumstances. The model with a term for each {unit} does not.",
    ),
    "note_model_changes": Text(
        " Antal med en anden vurdering: {verdicts}; med en anden femtedel{of_fifths}: {fifths}.",
        " Number with another verdict: {verdicts}; with another fifth{of_fifths}: {fifths}.",
    ),
    "of_fifths_robust": Text(" (af den robuste indikator)", " (of the robust indicator)"),
    "note_pairs_apart": Text(
        "Trinnenes numre kan ikke sammenlignes mellem modellerne, for ét skel mere flytter alle"
        " numre under det. Af {pairs} par af {units} står {both} på forskellige trin i begge"
        " modeller, {within} kun i modellen med led for {units} og {pooled} kun i den fælles;"
        " {opposite} står i modsat rækkefølge.",
        "Numbers of tiers cannot be compared between the models: one cut more renumbers all below"
        " it. Of {pairs} pairs of {units}, {both} are in different tiers under both models,"
        " {within} under the model with terms for the {units} only and {pooled} under the pooled"
        " one only; {opposite} are in opposite orders.",
    ),
    "headline_model_changes_pooled": Text(
        "Hvis modellen med et led for hver {unit} havde båret vurderingerne, ville {verdicts} af"
        " {n} have fået en anden vurdering{pairs}.",
        "Had the model with a term for each {unit} carried the verdicts, {verdicts} of {n} would"
        " have another verdict{pairs}.",
    ),
    "headline_model_changes": Text(
        "Hvis en fælles model uden led for {units} havde båret vurderingerne, ville {verdicts}"
        " af {n} have fået en anden vurdering{pairs}.",
        "Had a pooled model without terms for the {units} carried the verdicts, {verdicts} of {n}"
        " would have another verdict{pairs}.",
    ),
    "headline_pairs": Text(
        ", og {changed} af {pairs} par ville kun kunne skelnes efter den ene model eller stå i"
        " modsat rækkefølge",
        ", and {changed} of {pairs} pairs would be told apart under one of the models only, or in"
        " opposite orders",
    ),
    "headline_no_pairs": Text(
        "; trinnene ville skelne mellem de samme par",
        "; the tiers would tell the same pairs apart",
    ),
    "headline_thin": Text(
        "Data er tynde for dele af den fælles model: {parts} (markeret i tabellen over"
        " koefficienter).",
        "The data are thin for parts of the pooled model: {parts} (marked in the table of"
        " coefficients).",
    ),
    "thin_prior": Text(
        "antal led, der er trukket mod nul: {n}",
        "terms drawn towards zero: {n}",
    ),
    "thin_omitted": Text(
        "udeladte led: {n}",
        "terms omitted: {n}",
    ),
    "thin_limit": Text(
        "værdier, hvor ingen eller alle har {event}: {n}",
        "levels in which nobody or everybody has {event}: {n}",
    ),
    "headline_held": Text(
        "Modellen inden for {units} har ingen endelig løsning i disse data ({groups}): dens led for"
        " værdier og for {units} er trukket mod nul.",
        "The model within {units} has no finite solution on these data ({groups}): its terms for"
        " levels and for {units} are drawn towards zero.",
    ),
    "headline_held_pooled": Text(
        "Modellen har ingen endelig løsning i disse data ({groups}): dens led for værdier er"
        " trukket mod nul.",
        "The model has no finite solution on these data ({groups}): its terms for levels are drawn"
        " towards zero.",
    ),
    "headline_sensitivity": Text(
        "Af de andre valg, der er prøvet, ændrer {checks} flest vurderinger ({changed} af {n}).",
        "Of the other choices tried, {checks} changes most verdicts ({changed} of {n}).",
    ),
    "headline_sensitivity_several": Text(
        "Af de andre valg, der er prøvet, ændrer {checks} flest vurderinger (hver {changed} af"
        " {n}).",
        "Of the other choices tried, {checks} change most verdicts ({changed} of {n} each).",
    ),
    "quoted": Text("»{name}«", "“{name}”"),
    "and": Text(" og ", " and "),
    "headline_stability": Text(
        "Af {n} {units}, der lå på den gunstige side af {centre} i første halvdel, lå {again} der"
        " også i anden halvdel.",
        "Of {n} {units} on the favourable side of {centre} in the first half of the window,"
        " {again} stayed there in the second.",
    ),
    "favourable_side": Text(
        "på den gunstige side",
        "on the favourable side",
    ),
    "unfavourable_side": Text(
        "på den ugunstige side",
        "on the unfavourable side",
    ),
    "group_column": Text(
        "Gruppe",
        "Group",
    ),
    "cap_outside": Text(
        " Uden for figurens kant: {n}.",
        " Beyond the edge of the figure: {n}.",
    ),
}
