"""Headings, headline sentences, key figures and banner."""

from kommunebench.report.texts.text import Text

PAGE_TEXTS = {
    "title": Text("{title}: benchmarking", "{title}: benchmarking"),
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
    "h_robust": Text("Almindelig og robust indikator", "Plain and robust indicator"),
    "h_spells": Text("Forløbene", "The spells"),
    "h_costs": Text("Udgifter", "Expenditure"),
    "h_need": Text("Udgiftsbehov", "Cost need"),
    "h_efficiency": Text("Udgifter og resultater", "Expenditure and results"),
    "h_units": Text("Alle {units}", "All {units}"),
    "h_model": Text(
        "Modellen bag den forventede {quantity}",
        "The model behind the expected {quantity}",
    ),
    "h_model_pooled": Text(
        "Den fælles models koefficienter",
        "Coefficients of the pooled model",
    ),
    "h_method": Text("Metode i korte træk", "The method in brief"),
    "h_data": Text("Data og kørsel", "Data and run"),
    "headline_verdicts": Text(
        "{better} af {n} {units} klarer sig bedre end forventet, {worse} dårligere, og {expected}"
        " ligger som forventet.",
        "{better} of {n} {units} do better than expected, {worse} worse, and {expected} are as"
        " expected.",
    ),
    "headline_unwanted": Text(
        "I {better} af {n} {units} indtræffer {event} {faster} end forventet, i {worse}"
        " {slower}, og {expected} ligger som forventet.",
        "In {better} of {n} {units}, {event} comes {faster} than expected, in {worse} {slower},"
        " and {expected} are as expected.",
    ),
    "headline_none_compared": Text(
        "Ingen {unit} har {least} forløb eller flere, så ingen er sammenlignet.",
        "No {unit} has {least} spells or more, so that none is compared.",
    ),
    "headline_none_judged": Text(
        "Ingen af {n} sammenlignede {units} har en vurdering{reasons}.",
        "Of {n} {units} compared, none has a verdict{reasons}.",
    ),
    "headline_few_verdicts": Text(
        "Kun {n} har en vurdering; med færre end {least} opgøres hverken spredning, niveauer eller"
        " rangering.",
        "Only {n} have a verdict; with fewer than {least} there is neither a spread nor tiers or"
        " ranks.",
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
        " uden for det forventede{halves}. Ved kontrol for de mange sammenligninger (falsk"
        " opdagelsesrate {fdr}) står {better_fdr} tilbage som {better_word} og {worse_fdr} som"
        " {worse_word}.",
        "Even with no difference between them, chance alone would put about {chance} of {n}"
        " outside what was expected{halves}. With control for the many comparisons (false"
        " discovery rate {fdr}), {better_fdr} remain {better_word} and {worse_fdr} {worse_word}.",
    ),
    "headline_spread": Text(
        "Når der er taget højde for rammevilkår, varierer tempoet mellem {units} med en"
        " standardafvigelse på ca. {tau} ({level}-interval {tau_low}–{tau_high}); {chance_share}"
        " af den variation, der er tilbage, er tilfældig. Tempoet er, hvor meget større chancen"
        " for {event} er på ethvert tidspunkt end andre steder med de samme personer.",
        "Once circumstances are accounted for, the pace varies between {units} with a standard"
        " deviation of about {tau} ({level} interval {tau_low}–{tau_high}); {chance_share} of"
        " the variation that remains is chance. The pace is how much greater the chance of"
        " {event} is at any time than elsewhere with the same persons.",
    ),
    "headline_shrunk": Text(
        "Trukket mod midten efter deres usikkerhed ligger indikatorerne{of_judged} fra {low} til"
        " {high}{in_unit} i stedet for fra {raw_low} til {raw_high}; {name} flytter sig mest,"
        " fra {before} til {after}.",
        "Drawn towards the middle according to their uncertainty, indicators{of_judged} run from"
        " {low} to {high}{in_unit} instead of {raw_low} to {raw_high}; {name} moves most, from"
        " {before} to {after}.",
    ),
    "of_judged": Text(" for {units} med en vurdering", " of {units} with a verdict"),
    "headline_tiers_one": Text(
        "Data kan ikke skelne mellem niveauer: rækkefølgen af {units} er for usikker.",
        "The data support no division into tiers: the order of the {units} is too uncertain.",
    ),
    "headline_tiers": Text(
        "Data kan skelne mellem {tiers} niveauer. Blandt par i forskellige niveauer forventes"
        " {error} at stå i forkert rækkefølge; {apart} af alle par er adskilt.",
        "The data support {tiers} tiers. Among pairs in different tiers, {error} are expected to be"
        " in the wrong order; {apart} of all pairs are told apart.",
    ),
    "headline_no_circumstances": Text(
        "Variationen i den observerede {quantity} mellem {units} bliver ikke mindre, når der"
        " tages højde for rammevilkår.",
        "The variation in the observed {quantity} between {units} does not become smaller when"
        " circumstances are taken into account.",
    ),
    "headline_circumstances": Text(
        "{share} af variationen i den observerede {quantity} mellem {units} følger"
        " rammevilkårene, opgjort i de samme data, som modellen er estimeret på.",
        "{share} of the variation in the observed {quantity} between {units} goes with"
        " circumstances, measured in the same data the model was fitted to.",
    ),
    "unwanted": Text(
        "Her er {event} uønsket. En indikator {faster_side} {centre} betyder, at {event}"
        " indtræffer {faster} end forventet, og er altså det ugunstige. Figurerne farver derfor"
        " {faster_side} {centre} orange og {slower_side} {centre} blåt; rapporten kalder det"
        " {faster} og {slower}, ikke bedre og dårligere.",
        "Here {event} is unwanted. An indicator {faster_side} {centre} means that {event} comes"
        " {faster} than expected, and is thus the unfavourable side. The figures therefore"
        " colour {faster_side} {centre} orange and {slower_side} {centre} blue; the report says"
        " {faster} and {slower}, not better and worse.",
    ),
    "key_spells": Text("forløb i de sammenlignede {units}", "spells in the {units} compared"),
    "key_success": Text(
        "af forløbene er set ende i {event} inden opfølgningens slutning",
        "of spells were seen to end in {event} before follow-up ended",
    ),
    "key_reduction": Text(
        "af variationen mellem {units} følger rammevilkårene",
        "of variation between {units} goes with circumstances",
    ),
    "key_chance": Text(
        "af den resterende variation er tilfældig",
        "of the variation that remains is chance",
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
    "h_checks": Text(
        "Kontrol af den fælles model",
        "Checks of the national model",
    ),
    "halves": Text(
        ", halvdelen i hver retning",
        ", half in each direction",
    ),
    "key_expected_restricted_mean": Text(
        "{time} forventet varighed{model}",
        "{time} expected duration{model}",
    ),
    "key_observed_restricted_mean": Text(
        "{time} observeret varighed, højst {horizon}{everybody}",
        "{time} observed duration, at most {horizon}{everybody}",
    ),
    "key_observed_share": Text(
        "observeret andel med {event} inden for {horizon} {time}{everybody}",
        "observed share with {event} within {horizon} {time}{everybody}",
    ),
    "key_expected_share": Text(
        "forventet andel med {event}{model}",
        "expected share with {event}{model}",
    ),
    "key_pooled": Text(" (fælles model)", " (pooled model)"),
    "key_pooled_see": Text(
        " (fælles model; se {chapter})",
        " (pooled model; see {chapter})",
    ),
    "key_everybody": Text(
        " (alle forløb, også i {units} uden for sammenligningen)",
        " (all spells, also in {units} not compared)",
    ),
}
