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
    "registers_only_flow": Text(
        "Analysen starter fra færdige forløb; den har derfor ingen opgørelse fra opholdstilladelse"
        " til forløb.",
        "The analysis starts from ready-made spells; it therefore has no account from permits to"
        " spells.",
    ),
    "published_intro": Text(
        "Kolonnerne »KORA« viser den trykte rapports tal (2017); hvor det trykte er påviseligt"
        " forkert, vises det rettede, og noten siger hvorfor.",
        "The columns headed KORA show the printed report's figures (2017); where a printed figure"
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
