"""Texts on observed against expected events of the national model."""

from kommunebench.report.texts.text import Text

CALIBRATION_TEXTS = {
    "fig_calibration": Text(
        "Observerede mod forventede hændelser",
        "Observed against expected events",
    ),
    "cap_calibration": Text(
        "Antallet af observerede hændelser divideret med det antal, modellen venter, med"
        " {level}-interval; 1 er fuld overensstemmelse. Udfyldte prikker: intervallet rummer"
        " ikke 1. Jo flere grupper, jo flere ligger uden for alene ved tilfældigheder.",
        "Number of observed events divided by the number the model expects, with {level}"
        " interval; 1 is full agreement. Filled dots: the interval does not hold 1. The more"
        " groups, the more lie outside by chance.",
    ),
    "ax_calibration": Text(
        "Observeret/forventet antal",
        "Observed/expected number",
    ),
    "calibration_table": Text(
        "Observerede og forventede hændelser",
        "Observed and expected events",
    ),
    "calibration_observed": Text(
        "Observeret",
        "Observed",
    ),
    "calibration_expected": Text(
        "Forventet",
        "Expected",
    ),
    "calibration_ratio": Text(
        "Observeret/forventet",
        "Observed/expected",
    ),
    "headline_calibration": Text(
        "Den fælles model rammer skævt i {outside} af de {n} grupper, den ikke har led for"
        " ({hidden}tilfældet alene: omkring {chance}; observerede mod forventede hændelser,"
        " {level}-interval). Sikrest er afvigelsen i »{worst}«, hvor det observerede er"
        " {ratio} gange det forventede.",
        "The pooled model is off in {outside} of the {n} groups it has no terms for ({hidden}"
        "chance alone: about {chance}; observed against expected events, {level} interval). The"
        " clearest departure is in “{worst}”, where what was observed is {ratio} times what was"
        " expected.",
    ),
    "headline_not_shown": Text("{n} flere vises ikke; ", "{n} more are not shown; "),
    "headline_not_shown_one": Text("{n} mere vises ikke; ", "{n} more is not shown; "),
    "headline_calibration_places": Text(
        " Det kan skyldes kommunernes indsats eller lokale forhold, modellen ikke kender; tallene"
        " kan ikke skelne.",
        " This may be the municipalities' performance or local conditions the model does not know;"
        " these figures cannot tell.",
    ),
    "note_calibration": Text(
        "Fed: intervallet rummer ikke 1. Hvad modellen har led for, stemmer af sig selv.",
        "Bold: the interval does not hold 1. What the model has terms for agrees by itself.",
    ),
    "note_hidden_provinces": Text(
        "Ikke vist: {names}. Der ligger {units}, hvis antal er undertrykt, og det ville fremgå, når"
        " de øvrige blev trukket fra landsdelens.",
        "Not shown: {names}. They hold {units} whose number is suppressed, and the province's less"
        " the others would give it away.",
    ),
    "note_hidden_groups": Text(
        "Ikke vist: {names}. Færre end {few} hændelser, eller et antal, hvoraf et så lille ville"
        " fremgå.",
        "Not shown: {names}. Fewer than {few} events, or a number from which one so small would"
        " follow.",
    ),
}
