"""Short method notes."""

from kommunebench.report.texts.text import Text

METHOD_TEXTS = {
    "m_observed_t": Text("Observeret varighed", "Observed duration"),
    "m_observed": Text(
        "Arealet under Kaplan-Meier-kurven fra 0 til {horizon} {time}: den gennemsnitlige tid uden"
        " {event}, når uafsluttede forløb tæller med, så langt de er set.",
        "The area under the Kaplan-Meier curve from 0 to {horizon} {time}: the mean time without"
        " {event}, with unfinished spells counted as far as they were seen.",
    ),
    "m_expected_t": Text("Forventet varighed", "Expected duration"),
    "m_expected": Text(
        "Det samme areal, som en fælles Cox-model forudsiger for hvert forløb ud fra {covariates}"
        " rammevilkår, i middel over forløbene. Grundkurven er Kalbfleisch-Prentice, så de to sider"
        " måles med samme målestok.",
        "The same area as a common Cox model predicts it for each spell from {covariates}"
        " circumstances, averaged over the spells. The baseline is Kalbfleisch-Prentice, so that"
        " both sides are measured with one ruler.",
    ),
    "m_robust_t": Text("Hvorfor en robust indikator", "Why a robust indicator"),
    "m_robust": Text(
        "Opfølgningen slutter på én dato, så sene forløb er set kortest. Har de dårligere udsigter"
        " end de tidlige, bliver Kaplan-Meier-siden for lav, og almindelige indikatorer for høje,"
        " mest synligt hvor der er mange forløb. Den robuste observerede varighed holder"
        " sammensætningen fast, mens tempoet i {units} anslås hver for sig, trin for trin.",
        "Follow-up ends on one date, so late spells are seen for the shortest time. Where their"
        " prospects are poorer than those of early ones, the Kaplan-Meier side comes out too low"
        " and plain indicators too high, most visibly where spells are many. The robust observed"
        " duration holds composition fixed while it estimates the pace in each {unit} step by"
        " step.",
    ),
    "m_robust_share": Text(
        "{share} af forløbene i de sammenlignede {units} kan ikke følges i alle {horizon} {time}.",
        "{share} of the spells in the {units} compared cannot be followed for all {horizon}"
        " {time}.",
    ),
    "m_robust_shift": Text(
        "I middel er den almindelige indikator {shift} {direction} end den robuste (standardfejl"
        " {shift_se}); antal {units}, der afviger mere, end tilfældet tilsiger: {differ}.",
        "On average the plain indicator is {shift} {direction} than the robust one (standard error"
        " {shift_se}); number of {units} that differ by more than chance would have it: {differ}.",
    ),
    "higher": Text("højere", "higher"),
    "lower": Text("lavere", "lower"),
    "m_uncertainty_t": Text("Usikkerhed og vurdering", "Uncertainty and assessment"),
    "m_uncertainty": Text(
        "Standardfejlen er af log indikator og følger hele kæden fra koefficienter til varigheder,"
        " person for person. Intervallet er 95 % (t-fordelt). Ingen vurdering ved under"
        " {min_events} hændelser, eller hvor ingen er set længe nok.",
        "The standard error is of the log indicator and follows the whole chain from coefficients"
        " to durations, person by person. The interval is 95% (t). No verdict with fewer than"
        " {min_events} events, or where nobody is seen for long enough.",
    ),
    "m_bootstrap": Text(
        " Kontrol: {replicates} gentagelser med tilfældige vægte giver i median {ratio} gange den"
        " beregnede standardfejl.",
        " Check: {replicates} replicates with random weights give a median {ratio} times the"
        " computed standard error.",
    ),
    "m_ranks_t": Text("Rang, niveau og femtedel", "Rank, tier and fifth"),
    "m_ranks": Text(
        "Rang og sammentrukket indikator kommer af en model, hvor de sande forskelle mellem {units}"
        " selv er anslået; rangintervallet dækker 95 % i middel over {units}. Niveauer er den"
        " fineste sammenhængende opdeling, hvor højst {error} af adskilte par ventes at stå"
        " forkert. Femtedele er faste grupper efter den almindelige indikator og skjuler, hvor"
        " usikker grænsen mellem dem er.",
        "Ranks and shrunk indicators come from a model in which the true differences between"
        " {units} are themselves estimated; the rank interval covers 95% on average over {units}."
        " Tiers are the finest contiguous division in which at most {error} of the pairs told apart"
        " are expected to be in the wrong order. Fifths are fixed groups by the plain indicator and"
        " hide how uncertain their borders are.",
    ),
    "m_causal_t": Text("Hvad indikatoren ikke siger", "What the indicator does not say"),
    "m_causal": Text(
        "En afvigelse fra det forventede er ikke nødvendigvis indsatsens fortjeneste: rammevilkår,"
        " modellen ikke kender, ligger også i den.",
        "A departure from what was expected is not necessarily earned: circumstances the model does"
        " not know are in it, too.",
    ),
}
