"""Texts of the main result of analyses of cases, where those of other analyses speak of spells."""

from kommunebench.report.texts.text import Text

CASE_HEADLINES = {
    "headline_none_compared": Text(
        "Ingen {unit} har {least} personer eller flere, så ingen er sammenlignet.",
        "No {unit} has {least} persons or more, so that none is compared.",
    ),
    "headline_spread": Text(
        "Når der er taget højde for rammevilkår, varierer odds for {event} mellem {units} med en"
        " standardafvigelse på ca. {tau} ({level}-interval {tau_low}–{tau_high}); {chance_share}"
        " af den variation, der er tilbage, er tilfældig. Odds er forholdet mellem dem med og dem"
        " uden {event}, sammenlignet med andre steder med de samme personer.",
        "Once circumstances are accounted for, the odds of having {event} vary between"
        " {units} with a standard deviation of about {tau} ({level} interval {tau_low}–{tau_high});"
        " {chance_share} of the variation that remains is chance. Odds are those with to those"
        " without {event}, compared with elsewhere with the same persons.",
    ),
    "headline_spread_none": Text(
        "Når der er taget højde for rammevilkår, ses ingen variation i odds for {event} mellem"
        " {units} ud over det tilfældige (standardafvigelsen er højst {tau_high},"
        " {level}-interval). Odds er forholdet mellem dem med og dem uden {event}, sammenlignet"
        " med andre steder med de samme personer.",
        "Once circumstances are accounted for, no variation in the odds of having {event} between"
        " {units} is seen beyond that of chance (the standard deviation is at most {tau_high},"
        " {level} interval). Odds are those with to those without {event}, compared with elsewhere"
        " with the same persons.",
    ),
    "potential_plain": Text(
        " Begge tal er af den fælles models forskel, som femtedelene følger, ikke af den"
        " sammentrukne indikator i tabellen over alle {units}.",
        " Both figures are of the difference by the pooled model, which the fifths follow, not of"
        " the shrunk indicator in the table of all {units}.",
    ),
    "note_sensitivity_checks": Text(
        "Ændringen er i indikatorens egne standardfejl, uden fortegn. Vurderingen under et andet"
        " valg bruger det valgs egen standardfejl og egne mindstegrænser. En vurdering tæller som"
        " ændret, hvor den ene eller den anden mangler eller de er forskellige.",
        "The change is in standard errors of the indicator, without its sign. The verdict under"
        " another choice uses the standard error and the least sizes of that choice. A verdict"
        " counts as changed where the two differ or one of them is missing.",
    ),
    "key_spells": Text("personer i de sammenlignede {units}", "persons in the {units} compared"),
    "key_observed_share": Text(
        "observeret andel med {event}{everybody}", "observed share with {event}{everybody}"
    ),
    "key_everybody": Text(
        " (alle personer, også i {units} uden for sammenligningen)",
        " (all persons, also in {units} not compared)",
    ),
}
