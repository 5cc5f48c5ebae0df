"""What depends on the measure and on the form of the indicator: words put into other texts, and
texts of which each measure and form has its own."""

from kommunebench.report.formats import Language, NumberFormat
from kommunebench.report.scale import IndicatorScale
from kommunebench.report.texts.text import Text, capital
from kommunebench.settings.analysis import LabelSettings

_ABOVE, _BELOW = Text("over", "above"), Text("under", "below")
_PERCENTAGE_POINTS = Text("procentpoint", "percentage points")
_OF_MEASURE = {
    "restricted_mean": {
        "quantity": Text("varighed", "duration"),
        "faster": Text("tidligere", "sooner"),
        "slower": Text("senere", "later"),
    },
    "share": {
        "quantity": Text("andel", "share"),
        "faster": Text("oftere", "more often"),
        "slower": Text("sjældnere", "less often"),
    },
}


def scale_words(
    scale: IndicatorScale, language: Language, labels: LabelSettings, fmt: NumberFormat
) -> dict[str, str]:
    """Words every text may name.

    ``centre``; ``quantity`` (duration or share), ``measured_in`` and ``difference_in`` (its units),
    ``indicator_in`` (the unit of a difference in brackets, nothing for a ratio);
    ``faster`` and ``slower``; ``faster_side`` and ``slower_side`` (of the centre).
    """
    time = str(getattr(labels, f"time_{language}"))
    shares = scale.measure == "share"
    difference_in = _PERCENTAGE_POINTS.of(language) if shares else time
    upper, lower = _ABOVE.of(language), _BELOW.of(language)
    places = {name: text.of(language) for name, text in _OF_MEASURE[scale.measure].items()}
    places |= {
        "centre": fmt.number(scale.centre),
        "measured_in": "%" if shares else time,
        "difference_in": difference_in,
        "indicator_in": "" if scale.logarithmic else f" ({difference_in})",
        "faster_side": upper if scale.higher_is_sooner else lower,
        "slower_side": lower if scale.higher_is_sooner else upper,
    }
    return places | {name.capitalize(): capital(word) for name, word in places.items()}


# One text for each measure and form, under the key NAME_MEASURE_FORM.
MEASURE_TEXTS = {
    "reading_restricted_mean_ratio": Text(
        "Benchmarkindikatoren er forventet varighed divideret med observeret varighed. 1,05"
        " betyder, at det forventede er 5 % længere end det observerede: {event} kommer tidligere"
        " end forventet.",
        "The indicator is expected duration divided by observed duration. 1.05 means that what was"
        " expected is 5% longer than what was observed: {event} comes sooner than expected.",
    ),
    "reading_restricted_mean_inverse": Text(
        "Benchmarkindikatoren er observeret varighed divideret med forventet varighed. 0,95"
        " betyder, at det observerede er 5 % kortere end det forventede: {event} kommer tidligere"
        " end forventet.",
        "The indicator is observed duration divided by expected duration. 0.95 means that what was"
        " observed is 5% shorter than what was expected: {event} comes sooner than expected.",
    ),
    "reading_restricted_mean_difference": Text(
        "Benchmarkindikatoren er observeret varighed minus forventet varighed, i {time}. −5"
        " betyder, at {event} i gennemsnit kommer 5 {time} tidligere end forventet.",
        "The indicator is observed duration less expected duration, in {time}. −5 means that"
        " {event} comes 5 {time} sooner than expected on average.",
    ),
    "reading_share_ratio": Text(
        "Benchmarkindikatoren er den observerede andel med {event} divideret med den forventede."
        " 1,05 betyder, at andelen er 5 % højere end forventet.",
        "The indicator is the observed share with {event} divided by the expected share. 1.05 means"
        " that the share is 5% higher than expected.",
    ),
    "reading_share_inverse": Text(
        "Benchmarkindikatoren er den forventede andel med {event} divideret med den observerede."
        " 0,95 betyder, at det forventede er 5 % lavere end det observerede: der er flere med"
        " {event} end forventet.",
        "The indicator is the expected share with {event} divided by the observed share. 0.95 means"
        " that what was expected is 5% lower than what was observed: more have {event} than"
        " expected.",
    ),
    "reading_share_difference": Text(
        "Benchmarkindikatoren er den observerede andel med {event} minus den forventede, i"
        " procentpoint. +5 betyder, at andelen er 5 procentpoint højere end forventet.",
        "The indicator is the observed share with {event} less the expected share, in percentage"
        " points. +5 means that the share is 5 percentage points higher than expected.",
    ),
    "ax_indicator_restricted_mean_ratio": Text(
        "Benchmarkindikator (forventet/observeret)", "Benchmark indicator (expected/observed)"
    ),
    "ax_indicator_restricted_mean_inverse": Text(
        "Benchmarkindikator (observeret/forventet)", "Benchmark indicator (observed/expected)"
    ),
    "ax_indicator_restricted_mean_difference": Text(
        "Benchmarkindikator (observeret − forventet, {time})",
        "Benchmark indicator (observed − expected, {time})",
    ),
    "ax_indicator_share_ratio": Text(
        "Benchmarkindikator (observeret/forventet andel)",
        "Benchmark indicator (observed/expected share)",
    ),
    "ax_indicator_share_inverse": Text(
        "Benchmarkindikator (forventet/observeret andel)",
        "Benchmark indicator (expected/observed share)",
    ),
    "ax_indicator_share_difference": Text(
        "Benchmarkindikator (observeret − forventet andel, procentpoint)",
        "Benchmark indicator (observed − expected share, percentage points)",
    ),
    "observed_restricted_mean": Text(
        "Arealet under Kaplan-Meier-kurven fra 0 til {horizon} {time}: den gennemsnitlige tid uden"
        " {event}, når uafsluttede forløb tæller med, så langt de er set.",
        "The area under the Kaplan-Meier curve from 0 to {horizon} {time}: the mean time without"
        " {event}, with unfinished spells counted as far as they were seen.",
    ),
    "observed_share": Text(
        "1 minus Kaplan-Meier-kurven efter {horizon} {time}: andelen med {event} inden da, når"
        " uafsluttede forløb tæller med, så langt de er set.",
        "1 less the Kaplan-Meier curve after {horizon} {time}: the share with {event} by then, with"
        " unfinished spells counted as far as they were seen.",
    ),
    "expected_restricted_mean": Text(
        "Det samme areal, som {model} forudsiger for hvert forløb ud fra {covariates}"
        " rammevilkår, i middel over forløbene. {baseline}",
        "The same area as {model} predicts it for each spell from {covariates}"
        " circumstances, averaged over the spells. {baseline}",
    ),
    "expected_share": Text(
        "Den samme andel, som {model} forudsiger for hvert forløb ud fra {covariates}"
        " rammevilkår, i middel over forløbene. {baseline}",
        "The same share as {model} predicts it for each spell from {covariates}"
        " circumstances, averaged over the spells. {baseline}",
    ),
    "model_cox": Text("en fælles Cox-model", "a common Cox model"),
    "model_piecewise": Text(
        "en fælles model med stykkevis konstant hazard",
        "a common model with a piecewise constant hazard",
    ),
    "baseline_kalbfleisch_prentice": Text(
        "Grundkurven er Kalbfleisch-Prentice, så de to sider måles med samme målestok.",
        "The baseline is Kalbfleisch-Prentice, so that both sides are measured with one ruler.",
    ),
    "baseline_breslow": Text("Grundkurven er Breslows.", "The baseline is Breslow's."),
    "baseline_piecewise": Text(
        "Hazarden er den samme gennem hvert af intervallerne {intervals} ({time}).",
        "The hazard is the same throughout each of the intervals {intervals} ({time}).",
    ),
    "robust_restricted_mean": Text(
        "Opfølgningen slutter på én dato, så sene forløb er set kortest. Har de dårligere"
        " udsigter end de tidlige, bliver den almindelige observerede varighed for kort, og"
        " {event} ser ud til at komme tidligere, end det gør (og omvendt, har de bedre), mest"
        " synligt hvor der er mange forløb. Den robuste observerede varighed holder sammensætningen"
        " fast, mens tempoet i {units} anslås hver for sig, trin for trin.",
        "Follow-up ends on one date, so late spells are seen for the shortest time. Where their"
        " prospects are poorer than those of early ones, the plain observed duration comes out"
        " too short and {event} seems to come sooner than it does (the reverse where they are"
        " better), most visibly where spells are many. The robust observed duration holds"
        " composition fixed while it estimates the pace in each {unit} step by step.",
    ),
    "robust_share": Text(
        "Opfølgningen slutter på én dato, så sene forløb er set kortest. Har de dårligere udsigter"
        " end de tidlige, bliver den almindelige observerede andel for høj, har de bedre, bliver"
        " den for lav, mest synligt hvor der er mange forløb. Den robuste observerede andel holder"
        " sammensætningen fast, mens tempoet i {units} anslås hver for sig, trin for trin.",
        "Follow-up ends on one date, so late spells are seen for the shortest time. Where their"
        " prospects are poorer than those of early ones, the plain observed share comes out too"
        " high, and too low where they are better, most visibly where spells are many. The robust"
        " observed share holds composition fixed while it estimates the pace in each {unit} step"
        " by step.",
    ),
    "m_error_of_ratio": Text(
        "Standardfejlen er af log indikator", "The standard error is of the log indicator"
    ),
    "m_error_of_difference": Text(
        "Standardfejlen er af indikatoren, i {difference_in},",
        "The standard error is of the indicator, in {difference_in},",
    ),
    "ax_precision_ratio": Text(
        "Præcision, 1/standardfejl af log indikator", "Precision, 1/standard error of log indicator"
    ),
    "ax_precision_difference": Text(
        "Præcision, 1/standardfejl af indikatoren (i {difference_in})",
        "Precision, 1/standard error of the indicator (in {difference_in})",
    ),
    "subtitle_restricted_mean": Text(
        "Observeret og forventet tid til {event} i {n} {units}, med usikkerhed",
        "Observed and expected time to {event} in {n} {units}, with its uncertainty",
    ),
    "subtitle_share": Text(
        "Observeret og forventet andel med {event} i {n} {units}, med usikkerhed",
        "Observed and expected share with {event} in {n} {units}, with its uncertainty",
    ),
    "h_durations_restricted_mean": Text(
        "Varighed til {event}",
        "Time to {event}",
    ),
    "h_durations_share": Text(
        "Andel med {event}",
        "Share with {event}",
    ),
    "cap_survival_restricted_mean": Text(
        "Til venstre alle forløb under ét{everybody} med {level}-bånd; arealet under kurven,"
        " {value} {time}, er den observerede varighed. Til højre middel af kurverne for {units} i"
        " hver femtedel efter indikator.",
        "To the left all spells together{everybody} with a {level} band; the area under the"
        " curve, {value} {time}, is the observed duration. To the right the mean of the {units}'"
        " curves in each fifth by indicator.",
    ),
    "cap_survival_share": Text(
        "Til venstre alle forløb under ét{everybody} med {level}-bånd; 1 minus kurven efter"
        " {horizon} {time}, {value}, er den observerede andel. Til højre middel af kurverne for"
        " {units} i hver femtedel efter indikator.",
        "To the left all spells together{everybody} with a {level} band; 1 less the curve after"
        " {horizon} {time}, {value}, is the observed share. To the right the mean of the {units}'"
        " curves in each fifth by indicator.",
    ),
    "survival_value_restricted_mean": Text(
        "areal = {value} {time}",
        "area = {value} {time}",
    ),
    "survival_value_share": Text(
        "observeret andel = {value}",
        "observed share = {value}",
    ),
    "m_observed_t_restricted_mean": Text(
        "Observeret varighed",
        "Observed duration",
    ),
    "m_observed_t_share": Text(
        "Observeret andel",
        "Observed share",
    ),
    "m_expected_t_restricted_mean": Text(
        "Forventet varighed",
        "Expected duration",
    ),
    "m_expected_t_share": Text(
        "Forventet andel",
        "Expected share",
    ),
}
