"""Headings, headline sentences, key figures and banner."""

from kommunebench.report.texts.text import Text

PAGE_TEXTS = {
    "title": Text("{title}: benchmarking", "{title}: benchmarking"),
    "subtitle": Text(
        "Observeret og forventet tid til {event} i {n} {units}, med usikkerhed",
        "Observed and expected time to {event} in {n} {units}, with its uncertainty",
    ),
    "banner": Text(
        "SIMULEREDE REGISTRE. Personerne er opdigtede. Tallene siger intet om virkelige {units}.",
        "SIMULATED REGISTERS. The persons are invented. The figures say nothing about real"
        " {units}.",
    ),
    "banner_short": Text(
        "Simulerede registre – ikke virkelige tal", "Simulated registers – not real figures"
    ),
    "contents": Text("Indhold", "Contents"),
    "h_summary": Text("Hovedresultat", "Main result"),
    "h_benchmark": Text(
        "Hvem ligger over og under det forventede?", "Who is above and below what was expected?"
    ),
    "h_durations": Text("Varighed til {event}", "Time to {event}"),
    "h_robust": Text("Almindelig og robust indikator", "Plain and robust indicator"),
    "h_spells": Text("Forløbene", "The spells"),
    "h_costs": Text("Udgifter", "Expenditure"),
    "h_need": Text("Udgiftsbehov", "Cost need"),
    "h_efficiency": Text("Udgifter og resultater", "Expenditure and results"),
    "h_units": Text("Alle {units}", "All {units}"),
    "h_model": Text("Modellen bag forventet varighed", "The model behind expected duration"),
    "h_method": Text("Metode i korte træk", "The method in brief"),
    "h_data": Text("Data og kørsel", "Data and run"),
    "headline_verdicts": Text(
        "{better} af {n} {units} klarer sig bedre end forventet, {worse} dårligere, og {expected}"
        " ligger som forventet.",
        "{better} of {n} {units} do better than expected, {worse} worse, and {expected} are as"
        " expected.",
    ),
    "headline_unwanted": Text(
        "I {better} af {n} {units} indtræffer {event} tidligere end forventet, i {worse} senere, og"
        " {expected} ligger som forventet.",
        "In {better} of {n} {units}, {event} comes sooner than expected, in {worse} later, and"
        " {expected} are as expected.",
    ),
    "headline_no_verdict": Text("{n} er uden vurdering.", "{n} are without a verdict."),
    "headline_published": Text(
        "I KORA's trykte rapport lå {better} over, {worse} under og {expected} omkring det"
        " forventede.",
        "In KORA's printed report, {better} were above, {worse} below and {expected} around what"
        " was expected.",
    ),
    "headline_chance": Text(
        "Selv uden nogen forskel mellem dem ville tilfældet alene sætte omkring {chance} af {n}"
        " uden for det forventede, halvdelen i hver retning. Ved kontrol for de mange"
        " sammenligninger (falsk opdagelsesrate {fdr}) står {better_fdr} over og {worse_fdr}"
        " under.",
        "Even with no difference between them, chance alone would put about {chance} of {n} outside"
        " what was expected, half in each direction. With control for the many comparisons (false"
        " discovery rate {fdr}), {better_fdr} remain above and {worse_fdr} below.",
    ),
    "headline_spread": Text(
        "Når der er taget højde for rammevilkår, varierer {units} med en standardafvigelse på ca."
        " {tau} (95 %-interval {tau_low}–{tau_high}) i indikatoren; {chance_share} af den"
        " variation, der er tilbage, er tilfældig.",
        "Once circumstances are accounted for, {units} vary with a standard deviation of about"
        " {tau} (95% interval {tau_low}–{tau_high}) in the indicator; {chance_share} of the"
        " variation that remains is chance.",
    ),
    "headline_shrunk": Text(
        "Trukket mod midten efter deres usikkerhed ligger indikatorerne fra {low} til {high} i"
        " stedet for fra {raw_low} til {raw_high}; {name} flytter sig mest, fra {before} til"
        " {after}.",
        "Drawn towards the middle according to their uncertainty, indicators run from {low} to"
        " {high} instead of {raw_low} to {raw_high}; {name} moves most, from {before} to {after}.",
    ),
    "headline_tiers_one": Text(
        "Data bærer ingen opdeling i niveauer: rækkefølgen af {units} er for usikker.",
        "The data support no division into tiers: the order of the {units} is too uncertain.",
    ),
    "headline_tiers": Text(
        "Data bærer {tiers} niveauer. Blandt par i forskellige niveauer forventes {error} at stå i"
        " forkert rækkefølge; {apart} af alle par er adskilt.",
        "The data support {tiers} tiers. Among pairs in different tiers, {error} are expected to be"
        " in the wrong order; {apart} of all pairs are told apart.",
    ),
    "headline_no_circumstances": Text(
        "Rammevilkår forklarer intet af variationen i den observerede varighed mellem {units}.",
        "Circumstances explain none of the variation in observed duration between {units}.",
    ),
    "headline_circumstances": Text(
        "Rammevilkår forklarer {share} af variationen i den observerede varighed mellem {units}.",
        "Circumstances explain {share} of the variation in observed duration between {units}.",
    ),
    "unwanted": Text(
        "Her er {event} uønsket. En indikator over 1 betyder, at {event} indtræffer tidligere end"
        " forventet, og er altså det ugunstige. Figurerne farver derfor over 1 orange og under 1"
        " blåt; rapporten kalder det tidligere og senere, ikke bedre og dårligere.",
        "Here {event} is unwanted. An indicator above 1 means that {event} comes sooner than"
        " expected, and is thus the unfavourable side. The figures therefore colour above 1 orange"
        " and below 1 blue; the report says sooner and later, not better and worse.",
    ),
    "reading": Text(
        "Benchmarkindikatoren er forventet varighed divideret med observeret varighed. 1,05"
        " betyder, at det forventede er 5 % længere end det observerede: {event} kommer tidligere"
        " end forventet.",
        "The indicator is expected duration divided by observed duration. 1.05 means that what was"
        " expected is 5% longer than what was observed: {event} comes sooner than expected.",
    ),
    "key_spells": Text("forløb i de sammenlignede {units}", "spells in the {units} compared"),
    "key_success": Text("af forløbene ender i {event}", "of spells end in {event}"),
    "key_observed": Text(
        "{time} observeret varighed, højst {horizon}", "{time} observed duration, at most {horizon}"
    ),
    "key_expected": Text("{time} forventet varighed", "{time} expected duration"),
    "key_reduction": Text(
        "af variationen mellem {units} er rammevilkår",
        "of variation between {units} is circumstances",
    ),
    "key_chance": Text(
        "af den uforklarede variation er tilfældig", "of unexplained variation is chance"
    ),
    "key_tiers": Text("niveauer kan adskilles", "tiers can be told apart"),
    "key_tier": Text("niveau: rækkefølgen er usikker", "tier: the order is uncertain"),
    "registers_only_flow": Text(
        "Analysen starter fra færdige forløb; den har derfor ingen opgørelse fra opholdstilladelse"
        " til forløb.",
        "The analysis starts from ready-made spells; it therefore has no account from permits to"
        " spells.",
    ),
    "published_intro": Text(
        "Kolonnerne »KORA« viser den trykte rapports tal (2018); hvor det trykte er påviseligt"
        " forkert, vises det rettede, og noten siger hvorfor.",
        "The columns headed KORA show the printed report's figures (2018); where a printed figure"
        " is demonstrably wrong, the corrected one is shown, and the note says why.",
    ),
    "published_simulated": Text(
        "Kørslen bruger simulerede registre (skala {scale}), trukket efter de trykte effekter."
        " Forskellene siger, om metoden genfinder dem; antal forløb kan kun sammenlignes ved"
        " skala 1.",
        "The run uses simulated registers (scale {scale}), drawn from the printed effects. The"
        " differences tell whether the method recovers them; counts of spells compare at scale 1"
        " only.",
    ),
    "missing_sign": Text(
        "· : undertrykt af hensyn til fortrolighed, eller ikke beregnet. – : ikke i den trykte"
        " rapport.",
        "· : suppressed for confidentiality, or not computed. – : not in the printed report.",
    ),
    "missing_sign_only": Text(
        "· : undertrykt af hensyn til fortrolighed, eller ikke beregnet.",
        "· : suppressed for confidentiality, or not computed.",
    ),
    "nothing_suppressed": Text("Ingen rækker er undertrykt.", "No rows are suppressed."),
    "nothing_rejected": Text(
        "Ingen rækker eller værdier er afvist.", "No rows or values were rejected."
    ),
    "footer": Text(
        "Dannet af kommunebench {version}, kørsel {run_id}, {day}.",
        "Made by kommunebench {version}, run {run_id}, {day}.",
    ),
}
