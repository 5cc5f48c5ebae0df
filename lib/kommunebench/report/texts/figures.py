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
    "fig_map_assessment": Text("Kommunerne efter vurdering", "Municipalities by assessment"),
    "cap_map_assessment": Text(
        "Bedre eller dårligere end forventet, når 95 %-intervallet for den {verdict} indikator"
        " ligger helt over eller under 1.",
        "Better or worse than expected where the 95% interval of the {verdict} indicator lies"
        " wholly above or below 1.",
    ),
    "fig_caterpillar": Text("Indikator med 95 %-interval", "Indicator with 95% interval"),
    "cap_caterpillar": Text(
        "Ordnet efter den sammentrukne indikator (hul rude); prikken er den {verdict} indikator med"
        " interval, farvet efter vurdering. Skiftende baggrund viser niveauer: inden for et niveau"
        " siger data ikke, hvem der er foran.",
        "Ordered by the shrunk indicator (hollow diamond); the dot is the {verdict} indicator with"
        " its interval, coloured by assessment. Alternating background marks tiers: within a tier"
        " the data do not say who is ahead.",
    ),
    "cap_left_out": Text(" Uden vurdering: {names}.", " Without a verdict: {names}."),
    "fig_funnel": Text("Tragtdiagram", "Funnel plot"),
    "cap_funnel": Text(
        "Alle {units} med en vurdering, til højre dem med den mest præcise indikator. Kurverne"
        " viser, hvor 95 % og 99,8 % ville ligge, hvis alle var ens (fuldt optrukket), og hvis de"
        " varierede som anslået (stiplet). De, der ligger uden for, er navngivet.",
        "All {units} with a verdict, to the right those with the most precise indicator. The curves"
        " show where 95% and 99.8% would lie if all were alike (solid), and if they varied as"
        " estimated (dashed). Those outside are named.",
    ),
    "ax_precision": Text(
        "Præcision, 1/standardfejl af log indikator", "Precision, 1/standard error of log indicator"
    ),
    "ax_indicator": Text(
        "Benchmarkindikator (forventet/observeret)", "Benchmark indicator (expected/observed)"
    ),
    "ax_plain": Text("Almindelig indikator", "Plain indicator"),
    "ax_robust": Text("Robust indikator", "Robust indicator"),
    "ax_cost": Text("Udgiftsindikator (faktisk/forventet)", "Cost indicator (actual/expected)"),
    "ax_survival": Text("Andel endnu uden {event}", "Share still without {event}"),
    "ax_time": Text("{Time} siden forløbets start", "{Time} since the spell began"),
    "fig_survival": Text(
        "Hvor længe varer det? Kaplan-Meier-kurver", "How long does it take? Kaplan-Meier curves"
    ),
    "cap_survival": Text(
        "Til venstre alle forløb under ét med 95 %-bånd; arealet under kurven, {area} {time}, er"
        " den observerede varighed. Til højre middel af kurverne for {units} i hver femtedel efter"
        " indikator.",
        "To the left all spells together with a 95% band; the area under the curve, {area} {time},"
        " is the observed duration. To the right the mean of the {units}' curves in each fifth by"
        " indicator.",
    ),
    "survival_all": Text("Alle forløb", "All spells"),
    "survival_fifths": Text("Middel af kurver efter femtedel", "Mean of curves by fifth"),
    "survival_area": Text("areal = {area} {time}", "area = {area} {time}"),
    "fifth_n": Text("femtedel {n}", "fifth {n}"),
    "fig_robust": Text("Almindelig mod robust indikator", "Plain against robust indicator"),
    "cap_robust": Text(
        "Alle {units} med en vurdering; på linjen er de to ens. Udfyldte prikker afviger mere, end"
        " tilfældet tilsiger (|z| over 1,96); de mest afvigende er navngivet.",
        "All {units} with a verdict; on the line the two agree. Filled dots differ by more than"
        " chance would have it (|z| above 1.96); the furthest apart are named.",
    ),
    "limits_95": Text("95 % og 99,8 %, hvis alle var ens", "95% and 99.8% if all were alike"),
    "limits_over": Text("det samme med anslået variation", "the same with estimated variation"),
    "equal_line": Text("ens", "equal"),
    "shrunk_legend": Text("sammentrukket", "shrunk"),
    "tier_n": Text("niveau {n}", "tier {n}"),
    "verdict_robust": Text("robuste", "robust"),
    "verdict_plain": Text("almindelige", "plain"),
    "not_in_comparison": Text("indgår ikke", "not compared"),
    "no_figure": Text("uden vurdering", "no verdict"),
}
