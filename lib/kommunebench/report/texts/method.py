"""Short method notes."""

from kommunebench.report.texts.text import Text

METHOD_TEXTS = {
    "m_robust_t": Text("Hvorfor en robust indikator", "Why a robust indicator"),
    "m_robust_share": Text(
        "{share} af forløbene i de sammenlignede {units} kan ikke følges i alle {horizon} {time}.",
        "{share} of the spells in the {units} compared cannot be followed for all {horizon}"
        " {time}.",
    ),
    "m_robust_shift": Text(
        "I middel er den almindelige indikator {shift} {direction} end den robuste (standardfejl"
        " {shift_se}); antal {units}, der afviger mere, end tilfældet tilsiger: {differ}.",
        "On average the plain indicator is {shift} {direction} than the robust one (standard"
        " error {shift_se}); number of {units} that differ by more than chance would have it:"
        " {differ}.",
    ),
    "higher": Text("højere", "higher"),
    "lower": Text("lavere", "lower"),
    "m_model_t": Text("Modellen bag vurderingerne", "The model behind the verdicts"),
    "m_model": Text(
        "Vurderinger, robust indikator, tempo, trin og rang kommer af en model med et led for"
        " hver {unit}, så forskelle i resultat, der tilfældigvis følger, hvem hver {unit} har"
        " forløb med, ikke forsvinder i rammevilkårene; det forventede gælder en gennemsnitlig"
        " {unit}. Den almindelige indikator, femtedelene, tabellen over spredning før og efter"
        " rammevilkår og koefficienterne kommer af den fælles model uden sådanne led.",
        "Verdicts, robust indicator, pace, tiers and ranks come from a model with a term for each"
        " {unit}, so that differences in performance that happen to go with whose spells"
        " each {unit} has are not absorbed by the circumstances; what is expected is that of an"
        " average {unit}. The plain indicator, the fifths, the table of spread before and after"
        " circumstances and the coefficients come from the pooled model without such terms.",
    ),
    "m_uncertainty_t": Text("Usikkerhed og vurdering", "Uncertainty and assessment"),
    "m_uncertainty": Text(
        "{error_of} og følger hele kæden fra koefficienter til indikator, person for person."
        " Intervallet er {level} (t-fordelt). Ingen vurdering ved {few}, hvor ingen er set længe"
        " nok, eller hvor standardfejlen ikke kan beregnes eller er nul.",
        "{error_of} and follows the whole chain from coefficients to indicator, person by"
        " person. The interval is {level} (t). No verdict with {few}, where nobody is seen for"
        " long enough, or where the standard error cannot be computed or is zero.",
    ),
    "m_bootstrap": Text(
        " Kontrol: {replicates} gentagelser med tilfældige vægte giver i median {ratio} gange den"
        " beregnede standardfejl, fra {smallest} til {largest} gange over {units} med en vurdering;"
        " {outside} af {judged} ligger uden for {least}–{most}.",
        " Check: {replicates} replicates with random weights give a median {ratio} times the"
        " computed standard error, from {smallest} to {largest} times over {units} with a verdict;"
        " {outside} of {judged} outside {least}–{most}.",
    ),
    "m_bootstrap_lost": Text(
        " {lost} af {asked} gentagelser tæller ikke med, fordi modellen ikke konvergerede.",
        " {lost} of {asked} replicates do not count, because the model did not converge.",
    ),
    "m_ranks_t": Text("Rang, trin og femtedel", "Rank, tier and fifth"),
    "m_ranks": Text(
        "Spredning, rang, trin og sammentrukket indikator opgøres i tempoet: hvor meget"
        " større chancen for {event} er på ethvert tidspunkt end andre steder med de samme"
        " personer. Samme tempo flytter indikatoren mindre i {units}, hvor få ventes at få"
        " {event}. De kommer af en model, hvor de sande forskelle mellem {units} selv er anslået;"
        " den sammentrukne indikator er omregnet fra tempoet. Rangintervallet dækker {level} i"
        " middel over {units}."
        " Trin er en sammenhængende opdeling, valgt så højst {error} af de par, den skiller,"
        " ventes at stå i forkert rækkefølge; inden for et trin påstås ingen rækkefølge."
        " Femtedele er faste grupper efter den almindelige indikator og skjuler, hvor usikker"
        " grænsen mellem dem er.",
        "Spread, ranks, tiers and shrunk indicators are computed in the pace: how much greater"
        " the chance of {event} is at any time than elsewhere with the same persons. The same"
        " pace moves the indicator less in {units} where few are expected to have {event}. They"
        " come from a model in which the true differences between {units} are themselves"
        " estimated; the shrunk indicator is translated back from the pace. The rank interval"
        " covers {level} on average over"
        " {units}. Tiers are a contiguous division chosen so that at most {error} of the pairs"
        " it tells apart are expected to be in the wrong order; within a tier no order is"
        " claimed. Fifths are fixed groups by the plain indicator and hide how uncertain their"
        " borders are.",
    ),
    "m_causal_t": Text("Hvad indikatoren ikke siger", "What the indicator does not say"),
    "m_causal": Text(
        "En afvigelse fra det forventede er ikke nødvendigvis indsatsens fortjeneste: rammevilkår,"
        " modellen ikke kender, ligger også i den.",
        "A departure from what was expected is not necessarily earned: circumstances the model does"
        " not know are in it, too.",
    ),
    "m_few_restricted_mean": Text(
        "under {n} hændelser",
        "fewer than {n} events",
    ),
    "m_few_share": Text(
        "under {n} hændelser eller under {without} uden hændelse",
        "fewer than {n} events or fewer than {without} without the event",
    ),
}
