"""Captions and words of the benchmark's figures."""

from kommunebench.report.texts.text import Text

FIGURE_TEXTS = {
    "fig_map_fifths": Text(
        "Figur 3.1 Kommunerne efter femtedel", "Figure 3.1 Municipalities by fifth"
    ),
    "cap_map_fifths": Text(
        "Femtedel 1 er de mest succesfulde efter den almindelige indikator. Hver kommune er ét"
        " felt, uanset størrelse; placeringen er omtrentlig.",
        "Fifth 1 is the most successful by the plain indicator. Each municipality is one tile"
        " whatever its size; positions are approximate.",
    ),
    "cap_fifths_printed": Text(
        " Femtedelen følger KORA's metode (almindelig indikator) og er ikke vurderingen",
        " The fifth follows KORA's method (plain indicator) and is not the verdict",
    ),
    "cap_fifths_own": Text(
        " Femtedelen følger den almindelige indikator og er ikke vurderingen",
        " The fifth follows the plain indicator and is not the verdict",
    ),
    "cap_fifths_right": Text(
        "; i gennemsnit er den kun rigtig med {share} sandsynlighed",
        "; on average it is right with a probability of only {share}",
    ),
    "fig_map_assessment": Text("Kommunerne efter vurdering", "Municipalities by assessment"),
    "cap_map_assessment": Text(
        "Vurderingen er »{better}«, når {level}-intervallet for den {verdict} indikator ligger"
        " helt {faster_side} {centre}, og »{worse}«, når det ligger helt {slower_side}.",
        "The assessment is “{better}” where the {level} interval of the {verdict} indicator lies"
        " wholly {faster_side} {centre}, and “{worse}” where it lies wholly {slower_side}.",
    ),
    "fig_caterpillar": Text(
        "Indikator med {level}-interval",
        "Indicator with {level} interval",
    ),
    "cap_caterpillar": Text(
        "Prikken er den {verdict} indikator med interval, farvet efter vurdering.",
        "The dot is the {verdict} indicator with its interval, coloured by assessment.",
    ),
    "cap_caterpillar_ranked": Text(
        " Ordnet efter rang, altså efter tempo; den åbne rombe er den sammentrukne indikator."
        " Skiftende baggrund viser trin: inden for et trin påstås ingen rækkefølge.",
        " Ordered by rank, that is by pace; the open diamond is the shrunk indicator."
        " Alternating background marks tiers: within a tier no order is claimed.",
    ),
    "cap_left_out": Text(" Uden vurdering: {names}.", " Without a verdict: {names}."),
    "left_out_reason": Text("{names} ({reason})", "{names} ({reason})"),
    "fig_funnel": Text("Tragtdiagram", "Funnel plot"),
    "cap_funnel": Text(
        "Alle {units} med en vurdering, til højre dem med den mest præcise indikator. Blå: {blue},"
        " orange: {orange}, grå: {grey}. Kurverne viser, hvor 95 % (sort) og 99,8 % (grå) ville"
        " ligge, hvis alle var ens.",
        "All {units} with a verdict, to the right those with the most precise indicator. Blue:"
        " {blue}, orange: {orange}, grey: {grey}. The curves show where 95% (black) and 99.8%"
        " (grey) would lie if all were alike.",
    ),
    "cap_funnel_spread": Text(
        " Stiplet: det samme, hvis de varierede som anslået. Den anslåede variation er i tempoet;"
        " den er omregnet til indikatoren med medianen over {units}.",
        " Dashed: the same if they varied as estimated. The estimated variation is in the pace; it"
        " is translated into the indicator by the median over {units}.",
    ),
    "cap_funnel_named": Text(
        " De {n}, der ligger uden for den fuldt optrukne sorte kurve, er navngivet.",
        " The {n} outside the solid black curve are named.",
    ),
    "cap_funnel_named_one": Text(
        " Den ene, der ligger uden for den fuldt optrukne sorte kurve, er navngivet.",
        " The one outside the solid black curve is named.",
    ),
    "cap_funnel_furthest": Text(
        " De {n}, der ligger længst uden for den fuldt optrukne sorte kurve, er navngivet"
        " ({outside} ligger uden for).",
        " The {n} furthest outside the solid black curve are named ({outside} lie outside).",
    ),
    "cap_funnel_levels": Text(
        " Kurverne er normalfordelingens (z = 1,96 og 3,09), uanset hvilket niveau analysen"
        " bruger; vurderingerne bygger på t-fordelingen og niveauet {level}. {Units} lige uden for"
        " en kurve kan derfor være vurderet som forventet.",
        " The curves are those of the normal distribution (z = 1.96 and 3.09), whatever level the"
        " analysis uses; the verdicts rest on the t distribution and the level {level}. {Units}"
        " just outside a curve may therefore be assessed as expected.",
    ),
    "cap_everybody": Text(
        ", også i {units} uden for sammenligningen,", ", also in {units} not compared,"
    ),
    "ax_plain": Text("Almindelig indikator", "Plain indicator"),
    "ax_robust": Text("Robust indikator", "Robust indicator"),
    "ax_robust_pooled": Text("Robust indikator (fælles model)", "Robust indicator (pooled model)"),
    "ax_cost": Text("Udgiftsindikator (faktisk/forventet)", "Cost indicator (actual/expected)"),
    "ax_survival": Text("Andel endnu uden {event}", "Share still without {event}"),
    "ax_time": Text("{Time} siden forløbets start", "{Time} since the spell began"),
    "fig_survival": Text(
        "Hvor længe varer det? Kaplan-Meier-kurver", "How long does it take? Kaplan-Meier curves"
    ),
    "survival_all": Text("Alle forløb", "All spells"),
    "survival_median": Text("median {value} {time}", "median {value} {time}"),
    "survival_fifths": Text("Middel af kurver efter femtedel", "Mean of curves by fifth"),
    "fifth_n": Text("femtedel {n}", "fifth {n}"),
    "fig_robust": Text("Almindelig mod robust indikator", "Plain against robust indicator"),
    "cap_robust": Text(
        "Alle {units} med en vurdering; på linjen er de to ens. Udfyldte prikker afviger mere,"
        " end tilfældet tilsiger (|z| over {z}, niveau {level}); de sikrest afvigende (størst |z|)"
        " er navngivet.",
        "All {units} with a verdict; on the line the two agree. Filled dots differ by more than"
        " chance would have it (|z| above {z}, level {level}); those with the largest |z| are"
        " named.",
    ),
    "cap_robust_pooled": Text(
        " Begge indikatorer er her den fælles models, uden led for {units}, så kun"
        " opfølgningen skiller dem ad; den robuste indikator, der giver vurderingerne, er modellens"
        " med led for {units}.",
        " Both indicators here are of the pooled model, without terms for {units}, so that nothing"
        " but follow-up sets them apart; the robust indicator that carries the verdicts is of the"
        " model with terms for {units}.",
    ),
    "limits_95": Text("95 % og 99,8 %, hvis alle var ens", "95% and 99.8% if all were alike"),
    "limits_over": Text("det samme med anslået variation", "the same with estimated variation"),
    "equal_line": Text("ens", "equal"),
    "shrunk_legend": Text("sammentrukket", "shrunk"),
    "tier_n": Text("trin {n}", "tier {n}"),
    "verdict_robust": Text("robuste", "robust"),
    "verdict_plain": Text("almindelige", "plain"),
    "not_in_comparison": Text("indgår ikke", "not compared"),
    "no_figure": Text("uden vurdering", "no verdict"),
    "cap_map_fifths_unwanted": Text(
        "I femtedel 1 indtræffer {event} {faster} i forhold til det forventede end i de øvrige,"
        " efter den almindelige indikator. Hver kommune er ét felt, uanset størrelse;"
        " placeringen er omtrentlig.",
        "In fifth 1, {event} comes {faster} relative to what was expected than in the others, by"
        " the plain indicator. Each municipality is one tile whatever its size; positions are"
        " approximate.",
    ),
    "cap_cut": Text(
        " En pil viser, at intervallet eller prikken ligger uden for figurens kant.",
        " An arrow marks an interval or a dot that lies beyond the edge of the figure.",
    ),
    "cap_edge": Text(
        " Prikker på kanten ligger uden for figuren.",
        " Dots on the edge lie beyond the figure.",
    ),
}
