"""Texts of the analyses of the 2014 fact sheet: ten best and ten worst, potential, pupils without
marks, warnings."""

from kommunebench.report.texts.text import Text

FACTSHEET_TEXTS = {
    "flow_of_immigrants": Text(
        "Fra indvandrere i perioden til forløb i sammenligningen",
        "From immigrants in the window to spells in the comparison",
    ),
    "h_lists": Text(
        "De ti bedste, de ti dårligste og potentialet", "Ten best, ten worst, potential"
    ),
    "lists_table": Text(
        "De {n} {units} med de bedste og de {n} med de dårligste resultater, i alfabetisk orden",
        "The {n} {units} with the best and the {n} with the worst results, in alphabetical order",
    ),
    "best": Text("Bedst", "Best"),
    "worst": Text("Dårligst", "Worst"),
    "note_lists": Text(
        "Efter forskellen mellem observeret og forventet andel, som i faktaarket fra 2014. ▲ ▼ :"
        " også vurderet bedre eller dårligere end forventet; {unit}navne uden tegn kan stå her ved"
        " tilfældets hjælp.",
        "By the difference between observed and expected share, as in the 2014 fact sheet. ▲ ▼ :"
        " also judged better or worse than expected; names without a sign may be here by chance.",
    ),
    "note_lists_no_verdict": Text(
        "° : har ingen vurdering{reasons}; placeringen er derfor særlig usikker.",
        "° : has no verdict{reasons}; the place is therefore especially uncertain.",
    ),
    "note_lists_other": Text(
        "Listerne følger den almindelige indikator, som faktaarket; vurderingen gør ikke. Et navn"
        " kan derfor stå blandt de bedste, selv om den indikator, vurderingen bygger på, er på"
        " den anden side af {centre}, og omvendt.",
        "The lists follow the plain indicator, as the fact sheet does; the verdicts do not. A name"
        " may therefore stand among the best although the indicator behind its verdict is on"
        " the other side of {centre}, and the reverse.",
    ),
    "potential_table": Text(
        "Potentiale: den bedste femtedels gennemsnit minus den dårligste femtedels (procentpoint)",
        "Potential: the mean of the best fifth less that of the worst (percentage points)",
    ),
    "potential_basis": Text("Beregnet af", "Computed from"),
    "best_fifth": Text("Bedste femtedel", "Best fifth"),
    "worst_fifth": Text("Dårligste femtedel", "Worst fifth"),
    "potential": Text("Potentiale", "Potential"),
    "potential_raw": Text("forskellene, som de er målt", "the differences as measured"),
    "potential_shrunk": Text("sammentrukne forskelle", "shrunk differences"),
    "note_potential": Text(
        "De målte forskelle overvurderer potentialet: tilfældet er med til at bringe {units} i den"
        " bedste og i den dårligste femtedel, og det, der er tilfældigt, kan ingen opnå."
        " Sammentrukne forskelle er trukket mod midten efter deres usikkerhed og er, hvad de samme"
        " {units} efter alt at dømme virkelig adskiller sig med. Intervallet for de målte forskelle"
        " tager femtedelene for givne.",
        "The measured differences overstate the potential: chance has helped to put {units} in the"
        " best and in the worst fifth, and nobody can attain what is chance. Shrunk differences are"
        " drawn towards the middle according to their uncertainty, and are what the same {units}"
        " can be expected really to differ by. The interval of the measured differences takes the"
        " fifths as given.",
    ),
    "headline_potential": Text(
        "Potentialet, den bedste femtedel af {units} over for den dårligste, er {raw} procentpoint,"
        " som det er målt, og {shrunk}, når tilfældets andel er trukket"
        " fra.{basis}",
        "The potential, the best fifth of {units} against the worst, is {raw} percentage points as"
        " measured, and {shrunk} once the part of chance is taken out.{basis}",
    ),
    "potential_plain": Text(
        " Begge tal er af den almindelige forskel i den fælles model, som femtedelene følger, ikke"
        " af den sammentrukne indikator i tabellen over alle {units}.",
        " Both figures are of the plain difference of the pooled model, which the fifths follow,"
        " not of the shrunk indicator in the table of all {units}.",
    ),
    "warning_not_why": Text(
        "Resultaterne siger ikke hvorfor. Forhold, der ikke er i registrene, indgår ikke i det"
        " forventede.",
        "The results do not say why. Circumstances that are not in the registers are no part of"
        " what is expected.",
    ),
    "warning_schools": Text(
        "Gymnasier og erhvervsskoler er ikke kommunens alene.",
        "Upper secondary schools and vocational colleges are not the municipality's alone.",
    ),
    "warning_data_end": Text("Data slutter {end}.", "Data end on {end}."),
    "warning_unseen_work": Text(
        "Job indberettes måned for måned fra {since}, men perioden begynder {opens}: i ugerne før"
        " ses ingen i arbejde. Ingen ses da at miste et arbejde, og ingen kan få succes ved arbejde"
        " før {since}; forløb fra den tid ser derfor længere ud, end de var.",
        "Jobs are reported month by month from {since}, but the window opens on {opens}: in the"
        " weeks before, nobody is seen in work. Nobody is then seen to lose a job, and nobody can"
        " succeed by work before {since}; spells of that time therefore look longer than they"
        " were.",
    ),
    "h_without_marks": Text("Elever uden karakterer", "Pupils without marks"),
    "without_marks_reading": Text(
        "Elever uden karakterer, eller med for få, er ikke med i andelen. Fritages mange svage"
        " elever, ser resultatet bedre ud, end det er; derfor står andelen, der er ude, her ved"
        " siden af.",
        "Pupils without marks, or with too few, are not in the share. Where many weak pupils are"
        " exempted the result looks better than it is; so the share left out stands beside it"
        " here.",
    ),
    "without_marks_counted": Text(
        "Elever uden karakterer, eller med for få, tæller her som ikke bestået.",
        "Pupils without marks, or with too few, count as not passed here.",
    ),
    "without_marks_reasons": Text(
        "Elever uden karakterer efter årsag, hele landet",
        "Pupils without marks by reason, the whole country",
    ),
    "without_marks_units": Text(
        "Elever uden karakterer efter {unit}", "Pupils without marks by {unit}"
    ),
    "pupils": Text("Elever", "Pupils"),
    "all_pupils": Text("Elever i alt", "All pupils"),
    "without_marks_pupils": Text("Uden karakterer", "Without marks"),
    "marks_no_exam_marks": Text("Ingen karakterer, efter årsag", "No marks, by reason"),
    "marks_too_few_marks": Text("For få karakterer, efter årsag", "Too few marks, by reason"),
    "note_without_marks_units": Text(
        "Årsager som i tabellen over hele landet. · : udeladt, fordi tallet er under grænsen for"
        " fortrolighed, eller fordi et sådant tal kunne regnes ud af det.",
        "Reasons as in the table of the whole country. · : left out because the figure is below the"
        " confidentiality limit, or because such a figure could be computed from it.",
    ),
    "without_marks_percent": Text("Uden karakterer (%)", "Without marks (%)"),
    "mark_reason": Text("Årsag (KARAKTERAARSAG)", "Reason (KARAKTERAARSAG)"),
    "mark_kind": Text("Karakterer", "Marks"),
    "indicator_beside": Text("Observeret − forventet", "Observed − expected"),
    "note_without_marks": Text(
        "KARAKTERAARSAG, som Danmarks Statistik leverer den. B, D, D15, D16, D17, G, N, S og U er"
        " registrets bogstaver for prøver; hvad de hver for sig står for, følger ikke med"
        " leverancen, men står i Danmarks Statistiks dokumentation. Hvor ministeriets tal er"
        " leveret, er 87 udeblevet, 89 syg og 85, 86 og 88 fritaget. Tom: årsag ikke leveret. Tal"
        " under grænsen for fortrolighed er udeladt (·).",
        "KARAKTERAARSAG as Statistics Denmark delivers it. B, D, D15, D16, D17, G, N, S and U are"
        " the register's letters for exams; what each of them stands for does not come with the"
        " delivery, but is in Statistics Denmark's documentation. Where the ministry's numbers are"
        " delivered, 87 is absent, 89 ill, and 85, 86 and 88 exempt. Blank: no reason delivered."
        " Figures below the confidentiality limit are left out (·).",
    ),
}

_EXEMPT = ("85", "86", "88")
WITHOUT_MARKS_CODES = {
    "mark_kind": {
        "no_exam_marks": Text("ingen", "none"),
        "too_few_marks": Text("for få", "too few"),
    },
    # Of the ministry's numbers 81 to 98 those whose meaning the registers' documentation gives.
    "mark_reason": {
        "not_given": Text("tom: årsag ikke leveret", "blank: no reason delivered"),
        **{code: Text(f"{code} (fritaget)", f"{code} (exempt)") for code in _EXEMPT},
        "87": Text("87 (udeblevet)", "87 (absent)"),
        "89": Text("89 (syg)", "89 (ill)"),
    },
}
