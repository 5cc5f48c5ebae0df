"""Texts of the main result: the headline and the sentences under it."""

from kommunebench.report.texts.text import Text

HEADLINE_TEXTS = {
    "headline_verdicts": Text(
        "{better} af {n} {units} klarer sig bedre end forventet, {worse} dårligere, og {expected}"
        " ligger som forventet.",
        "{better} of {n} {units} do better than expected, {worse} worse, and {expected} as"
        " expected.",
    ),
    "headline_verdicts_one": Text(
        "{better} af {n} {units} klarer sig bedre end forventet, {worse} dårligere, og {expected}"
        " ligger som forventet.",
        "{better} of {n} {units} does better than expected, {worse} worse, and {expected} as"
        " expected.",
    ),
    "headline_no_flag": Text(
        "Ingen {unit} kan skelnes fra det forventede, når alle sammenligninger tælles med (andel"
        " falske fund, FDR, {fdr}). Vurderet enkeltvis efter deres {level}-interval ligger"
        " {outside} af {judged} uden for det forventede ({better} {better_word}, {worse}"
        " {worse_word}), hvor tilfældet alene giver omkring {chance}{halves}.",
        "No {unit} can be told from what was expected once all comparisons are counted (false"
        " discovery rate {fdr}). Judged one by one by their {level} intervals, {outside} of"
        " {judged} lie outside what was expected ({better} {better_word}, {worse} {worse_word}),"
        " where chance alone gives about {chance}{halves}.",
    ),
    "headline_no_flag_one": Text(
        "Ingen {unit} kan skelnes fra det forventede, når alle sammenligninger tælles med (andel"
        " falske fund, FDR, {fdr}). Vurderet enkeltvis efter deres {level}-interval ligger"
        " {outside} af {judged} uden for det forventede ({better} {better_word}, {worse}"
        " {worse_word}), hvor tilfældet alene giver omkring {chance}{halves}.",
        "No {unit} can be told from what was expected once all comparisons are counted (false"
        " discovery rate {fdr}). Judged one by one by their {level} intervals, {outside} of"
        " {judged} lies outside what was expected ({better} {better_word}, {worse} {worse_word}),"
        " where chance alone gives about {chance}{halves}.",
    ),
    "headline_all_expected": Text(
        "Ingen {unit} kan skelnes fra det forventede: {level}-intervallet rummer {centre} for alle"
        " {judged} med en vurdering.",
        "No {unit} can be told from what was expected: the {level} interval holds {centre} for"
        " each of the {judged} with a verdict.",
    ),
    "headline_unwanted": Text(
        "I {better} af {n} {units} indtræffer {event} {faster} end forventet, i {worse}"
        " {slower}, og {expected} ligger som forventet.",
        "In {better} of {n} {units}, {event} comes {faster} than expected, in {worse} {slower},"
        " and in {expected} as expected.",
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
        "Kun {n} har en vurdering; med færre end {least} opgøres hverken spredning, trin eller"
        " rangering.",
        "Only {n} have a verdict; with fewer than {least} there is neither a spread nor tiers or"
        " ranks.",
    ),
    "headline_few_verdicts_one": Text(
        "Kun {n} har en vurdering; med færre end {least} opgøres hverken spredning, trin eller"
        " rangering.",
        "Only {n} has a verdict; with fewer than {least} there is neither a spread nor tiers or"
        " ranks.",
    ),
    "headline_no_verdict": Text("{n} er uden vurdering.", "{n} are without a verdict."),
    "headline_no_verdict_one": Text("{n} er uden vurdering.", "{n} is without a verdict."),
    "headline_published": Text(
        "I KORA's trykte rapport lå {better} over, {worse} under og {expected} omkring det"
        " forventede.",
        "In KORA's printed report, {better} were above, {worse} below and {expected} around what"
        " was expected.",
    ),
    "headline_chance": Text(
        "Selv uden nogen forskel mellem dem ville tilfældet alene sætte omkring {chance} af {n}"
        " uden for det forventede{halves}. Ved kontrol for de mange sammenligninger (andel"
        " falske fund, FDR, {fdr}) står {better_fdr} tilbage som {better_word} og {worse_fdr} som"
        " {worse_word}.",
        "Even with no difference between them, chance alone would put about {chance} of {n}"
        " outside what was expected{halves}. With control for the many comparisons (false"
        " discovery rate {fdr}), {better_fdr} remain {better_word} and {worse_fdr} {worse_word}.",
    ),
    "headline_chance_one": Text(
        "Selv uden nogen forskel mellem dem ville tilfældet alene sætte omkring {chance} af {n}"
        " uden for det forventede{halves}. Ved kontrol for de mange sammenligninger (andel falske"
        " fund, FDR, {fdr}) står {better_fdr} tilbage som {better_word} og {worse_fdr} som"
        " {worse_word}.",
        "Even with no difference between them, chance alone would put about {chance} of {n}"
        " outside what was expected{halves}. With control for the many comparisons (false"
        " discovery rate {fdr}), {better_fdr} remains {better_word} and {worse_fdr} {worse_word}.",
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
    "headline_spread_none": Text(
        "Når der er taget højde for rammevilkår, ses ingen variation i tempoet mellem {units} ud"
        " over det tilfældige (standardafvigelsen er højst {tau_high}, {level}-interval). Tempoet"
        " er, hvor meget større chancen for {event} er på ethvert tidspunkt end andre steder med"
        " de samme personer.",
        "Once circumstances are accounted for, no variation in the pace between {units} is seen"
        " beyond that of chance (the standard deviation is at most {tau_high}, {level} interval)."
        " The pace is how much greater the chance of {event} is at any time than elsewhere with"
        " the same persons.",
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
        "Data kan ikke skelne mellem trin: rækkefølgen af {units} er for usikker.",
        "The data support no division into tiers: the order of the {units} is too uncertain.",
    ),
    "headline_tiers": Text(
        "Data kan skelne mellem {tiers} trin. Blandt par på forskellige trin forventes {error}"
        " at stå i forkert rækkefølge; {apart} af alle par er adskilt.",
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
    "key_tiers": Text("trin kan adskilles", "tiers can be told apart"),
    "key_tier": Text("trin i alt: ingen rækkefølge kan påvises", "tier only: no order can be told"),
    "halves": Text(
        ", halvdelen i hver retning",
        ", half in each direction",
    ),
}
