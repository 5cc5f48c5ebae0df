"""Texts of the overview page over several analyses."""

from kommunebench.report.texts.text import Text

OVERVIEW_TEXTS = {
    "o_title": Text(
        "Kommunernes resultater i flere analyser",
        "Municipalities in several analyses",
    ),
    "o_subtitle": Text(
        "{n} analyser side om side: de bedste, vurderingerne, spredningen og potentialet",
        "{n} analyses side by side: the best, the verdicts, the spread and the potential",
    ),
    "o_lists": Text(
        "De bedste i hver analyse",
        "The best of each analysis",
    ),
    "o_lists_reading": Text(
        "Som i faktaarket fra 2014: de ti bedste i hver analyse efter forskellen mellem"
        " observeret og forventet, i alfabetisk orden. ●: står i flere lister. ▲: vurderet"
        " bedre end forventet. °: uden vurdering.",
        "As in the 2014 fact sheet: the ten best of each analysis by the difference between"
        " observed and expected, in alphabetical order. ●: in several lists. ▲: judged"
        " better than expected. °: without a verdict.",
    ),
    "o_lists_durations": Text(
        " Hvor analysen sammenligner varigheder, er det efter indikatoren.",
        " Where an analysis compares durations, it is by the indicator.",
    ),
    "o_lists_other": Text(
        " Listerne følger den almindelige indikator, som faktaarket; vurderingerne og tallene i"
        " tabellen over dem gør ikke altid. En kommune kan derfor stå blandt de ti bedste med et"
        " tal i den tabel, der ikke er blandt de største.",
        " The lists follow the plain indicator, as the fact sheet does; the verdicts, and the"
        " figures in their table, do not always. A municipality may therefore be among the ten"
        " best with a figure in that table that is not among the greatest.",
    ),
    "o_lists_without": Text(
        " Listerne er faktaarkets analyser; {n} andre analyser står i tabellerne nedenfor.",
        " The lists are of the fact sheet's analyses; {n} other analyses stand in the tables"
        " below.",
    ),
    "o_lists_without_one": Text(
        " Listerne er faktaarkets analyser; en anden analyse står i tabellerne nedenfor.",
        " The lists are of the fact sheet's analyses; one other analysis stands in the tables"
        " below.",
    ),
    "o_warning": Text(
        "Listerne siger ikke hvorfor. Forhold, der ikke er i registrene, indgår ikke i det"
        " forventede; gymnasier og erhvervsskoler er ikke kommunens alene; og en plads"
        " blandt de ti bedste kan skyldes tilfældet, hvor spredningen er lille (se tabellen"
        " over spredning). Data slutter: {ends}.",
        "The lists do not say why. Circumstances that are not in the registers are no part"
        " of what is expected; upper secondary schools and vocational colleges are not the"
        " municipality's alone; and a place among the ten best may be chance where the"
        " spread is small (see the table of spreads). Data end: {ends}.",
    ),
    "o_best_table": Text(
        "De ti bedste, efter analyse",
        "The ten best, by analysis",
    ),
    "o_several_table": Text(
        "Kommuner, der står i flere lister",
        "Municipalities in several lists",
    ),
    "o_in_lists": Text(
        "Står blandt de bedste i",
        "Among the best in",
    ),
    "o_published": Text(
        "De trykte lister",
        "The printed lists",
    ),
    "o_published_reading": Text(
        "Faktaarkets egne lister fra 2014. Øverst antallet af kørslens ti bedste, der står på dem;"
        " ✓: også blandt kørslens ti bedste. Var kørslens ti bedste trukket ved lodtrækning, ville"
        " {chance} i gennemsnit stå på begge lister.",
        "The fact sheet's own lists of 2014. First, how many of the run's ten best stand on them;"
        " ✓: also among the run's ten best. Were the run's ten drawn by lot, {chance} would stand"
        " on both lists on average.",
    ),
    "o_published_simulated": Text(
        "Registrene er simulerede: kommunernes resultater i kørslen er trukket ved"
        " lodtrækning, og overensstemmelse med de trykte lister er tilfældig.",
        "The registers are simulated: what municipalities achieve in the run was drawn at"
        " random, and agreement with the printed lists is chance.",
    ),
    "o_published_table": Text(
        "Faktaarkets ti bedste (2014), efter analyse",
        "The fact sheet's ten best (2014), by analysis",
    ),
    "o_shared": Text(
        "Fælles med kørslen",
        "Shared with the run",
    ),
    "o_verdicts": Text(
        "Vurderinger side om side",
        "Verdicts side by side",
    ),
    "o_verdicts_reading": Text(
        "▲ bedre og ▼ dårligere end forventet med {level} sikkerhed, = som forventet;"
        " tallet er observeret minus forventet ({difference_in}), eller indikatoren, hvor"
        " analysen sammenligner varigheder. Tomt felt: ikke med i sammenligningen, eller"
        " uden vurdering.",
        "▲ better and ▼ worse than expected with {level} confidence, = as expected; the"
        " figure is observed less expected ({difference_in}), or the indicator where the"
        " analysis compares durations. An empty cell: not compared, or no verdict.",
    ),
    "o_matrix": Text(
        "Vurdering efter kommune og analyse",
        "Verdict by municipality and analysis",
    ),
    "o_spread": Text(
        "Spredning og potentiale",
        "Spread and potential",
    ),
    "o_spread_table": Text(
        "Hvor meget kommunerne adskiller sig i hver analyse",
        "How much municipalities differ in each analysis",
    ),
    "o_analysis": Text(
        "Analyse",
        "Analysis",
    ),
    "o_name": Text(
        "Navn",
        "Name",
    ),
    "o_compared": Text(
        "Sammenlignet",
        "Compared",
    ),
    "o_national": Text(
        "Hele landet",
        "The nation",
    ),
    "o_better": Text(
        "▲ bedre (FDR)",
        "▲ better (FDR)",
    ),
    "o_worse": Text(
        "▼ dårligere (FDR)",
        "▼ worse (FDR)",
    ),
    "o_tau": Text(
        "Spredning uden tilfældet",
        "Spread without chance",
    ),
    "o_chance": Text(
        "Tilfældets andel (%)",
        "Part of chance (%)",
    ),
    "o_raw": Text(
        "Potentiale, målt",
        "Potential as measured",
    ),
    "o_shrunk": Text(
        "Potentiale uden tilfældet",
        "Potential without chance",
    ),
    "o_note_spread": Text(
        "▲ og ▼: i parentes, hvor mange der består, når alle sammenligninger tælles med (andel"
        " falske fund, FDR). Spredning: standardafvigelsen mellem kommunernes sande resultater,"
        " som hvor meget større chancen (odds, hvor personer har et udfald; tempoet, hvor forløb"
        " følges) er end andre steder med de samme personer. Potentiale: den bedste femtedels"
        " gennemsnit minus den dårligstes, i procentpoint; målt er det for stort, fordi tilfældet"
        " har hjulpet kommuner ind i de yderste femtedele, og uden tilfældet er det for de samme"
        " kommuner efter sammentrukne forskelle. Begge er af den forskel, som femtedelene følger,"
        " i den fælles model. {level}-intervaller i parentes.",
        "▲ and ▼: in brackets how many stand once all comparisons are counted (false discovery"
        " rate, FDR). Spread: the standard deviation between the municipalities' true results, as"
        " how much greater the chance (odds where persons have an outcome; the pace where spells"
        " are followed) is than elsewhere with the same persons. Potential: the mean of the best"
        " fifth less that of the worst, in percentage points; as measured it is too large, because"
        " chance has helped municipalities into the outer fifths, and without chance it is that of"
        " the same municipalities by shrunk differences. Both are of the difference the fifths"
        " follow, by the pooled model. {level} intervals in brackets.",
    ),
    "o_note_no_potential": Text(
        "· : potentialet opgøres kun, hvor analysen sammenligner andele.",
        "· : the potential is worked out only where an analysis compares shares.",
    ),
    "o_note_pairs": Text(
        "Uden for grænsen: {outside} af {n} par; tilfældet alene ville sætte omkring {chance} der."
        " Hvor der i en af analyserne ikke er fundet nogen spredning ud over tilfældet, er det"
        " ventede 0.",
        "Outside the limit: {outside} of {n} pairs; chance alone would put about {chance} there."
        " Where no spread beyond chance was found in one of the analyses, what is expected is 0.",
    ),
    "o_correlation": Text(
        "Hænger resultaterne sammen?",
        "Do the results go together?",
    ),
    "o_correlation_table": Text(
        "Rangkorrelation mellem analyser",
        "Rank correlation between analyses",
    ),
    "o_pair": Text(
        "Analyser",
        "Analyses",
    ),
    "o_units": Text(
        "Kommuner i begge",
        "Municipalities in both",
    ),
    "o_r": Text(
        "Korrelation",
        "Correlation",
    ),
    "o_by_chance": Text(
        "Tilfældigt inden for ±",
        "By chance within ±",
    ),
    "o_ceiling": Text(
        "Ventet ved fuldt sammenfald",
        "Expected if truly alike",
    ),
    "o_note_correlation": Text(
        "Spearmans korrelation af kommunernes rækkefølge i to analyser. Har de intet med"
        " hinanden at gøre, ligger den i {level} af tilfældene inden for den grænse, der er"
        " vist. Usikkerheden i begge gør den mindre, end den er: følges de sande resultater"
        " helt ad, ses i middel kun det tal, der står under »ventet ved fuldt sammenfald«; et"
        " enkelt udfald kan ligge over eller under det. Begge dele gælder"
        " analyser af forskellige personer; er nogle personer med i begge, er korrelationen"
        " større, fordi de deler tilfældet.",
        "Spearman's correlation of the municipalities' order in two analyses. If they have"
        " nothing to do with each other it lies within the limit shown in {level} of cases."
        " The uncertainty of both makes it smaller than it is: were the true results"
        " entirely alike, only the figure under “expected if truly alike” would show on average;"
        " a single outcome may lie above or below it. Both hold"
        " for analyses of different persons; where some persons are in both, the correlation is"
        " larger, because they share the chance.",
    ),
    "o_runs": Text(
        "Kørslerne",
        "The runs",
    ),
    "o_runs_table": Text(
        "Hvilke kørsler siden bygger på",
        "The runs behind this page",
    ),
    "o_footer": Text(
        "Dannet af kommunebench {version}.",
        "Made by kommunebench {version}.",
    ),
}
