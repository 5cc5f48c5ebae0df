"""What is known about each verdict: pace, direct standardisation, reliability, the second stage."""

from kommunebench.report.texts.text import Text

PRECISION_TEXTS = {
    "precision_table": Text(
        "Alle {units}: tempo, sammenligning på tværs og pålidelighed",
        "All {units}: pace, comparison across and reliability",
    ),
    "pace": Text(
        "Tempo i forhold til andre steder (%)",
        "Pace against elsewhere (%)",
    ),
    "pace_interval": Text(
        "{level}-interval",
        "{level} interval",
    ),
    "indicator_direct": Text(
        "Direkte standardiseret indikator",
        "Directly standardised indicator",
    ),
    "indicator_unadjusted": Text(
        "Uden korrektion for forskelle mellem områder",
        "Without the adjustment for differences between areas",
    ),
    "note_unadjusted": Text(
        "Rammevilkår, der (næsten) aldrig ændrer sig i nogen {unit}, kan modellen ikke skelne"
        " fra forskellene mellem {units} selv. Forskelle mellem områder i disse vilkår er trukket"
        " ud under den antagelse, at de ikke følger resultatet; en kolonne viser indikatoren"
        " uden den korrektion.",
        "The model cannot tell circumstances that (almost) never change within any {unit} from"
        " the differences between {units} themselves. Differences between areas in these are taken"
        " out under the assumption that they do not go with performance; one column shows the"
        " indicator without that adjustment.",
    ),
    "second_stage": Text(
        "Rammevilkår, der stort set ikke ændrer sig i nogen {unit}",
        "Circumstances that hardly change within any {unit}",
    ),
    "unit_sd": Text(
        "Øvrig spredning mellem {units}",
        "Remaining spread between {units}",
    ),
    "note_second_stage": Text(
        "Koefficienter af en regression af de anslåede forskelle mellem {units} på vilkårene;"
        " standardfejlen regner {units} som en stikprøve. § : kan ikke skelnes fra vilkårene"
        " før det.",
        "Coefficients of a regression of the estimated differences between {units} on these"
        " circumstances; the standard error takes the {units} as a sample. § : cannot be told"
        " from the circumstances before it.",
    ),
    "reliability": Text(
        "Pålidelighed",
        "Reliability",
    ),
    "hazard_ratio_to_erase": Text(
        "Hazardratio, der ville fjerne vurderingen",
        "Hazard ratio that would erase the verdict",
    ),
    "false_sign_rate": Text(
        "Sandsynlighed for forkert side (%)",
        "Probability of the wrong side (%)",
    ),
    "note_erase": Text(
        " Hazardratio, der ville fjerne vurderingen: så meget måtte et rammevilkår, som modellen"
        " ikke kender, mindst ændre chancen for {event} for alle i den pågældende {unit}, før"
        " intervallet igen rummede {centre}; tæt på 1 skal der lidt til. Sandsynlighed for forkert"
        " side: hvor sandsynligt det er, at det sande resultat ligger på den anden side af"
        " {centre} end den sammentrukne indikator; 50 er ren tvivl.",
        " Hazard ratio that would erase the verdict: by so much at least a circumstance the model"
        " does not know would have to change the chance of {event} of everybody in the {unit} for"
        " the interval to hold {centre} again; close to 1 it takes little. Probability of the wrong"
        " side: how probable it is that the true result lies on the other side of {centre} than"
        " the shrunk indicator; 50 is no knowledge at all.",
    ),
    "note_precision": Text(
        "Tempo: hvor meget større chancen for {event} er på ethvert tidspunkt end andre steder"
        " med de samme personer. Den direkte standardiserede indikator kan sammenlignes mellem"
        " to {units}; den almindelige sammenligner kun hver med sin egen sammensætning."
        " Pålidelighed: andelen af variationen, der ikke er tilfældig.{erase} {Units} under"
        " mindstegrænsen står i kursiv og har ingen rang.",
        "Pace: how much greater the chance of {event} is at any time than elsewhere with the same"
        " persons. The directly standardised indicator can be compared between two {units}; the"
        " usual one compares each with its own mix only. Reliability: the share of the variation"
        " that is not chance.{erase} {Units} below the least size are in italics and have no rank.",
    ),
}
