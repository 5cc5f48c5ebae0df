"""Texts of frontiers on which no inefficiency was found."""

from kommunebench.report.texts.text import Text

FRONTIER_TEXTS = {
    "note_no_inefficiency": Text(
        "{side}: der er ikke fundet ineffektivitet (σᵤ = 0). Alle har da effektivitet 1, og fronten"
        " er selv den kvadratiske regression.",
        "{side}: no inefficiency was found (σᵤ = 0). All then have efficiency 1, and the frontier"
        " is the quadratic regression itself.",
    ),
    "cap_residual_production": Text(
        " De ti åbne cirkler er nummereret efter residual: hvor langt resultatet ligger over"
        " regressionen. Så vidt modellen kan se, er det tilfældig variation; rækkefølgen er ikke en"
        " rangliste over effektivitet.",
        " The ten open circles are numbered by residual: how far the result lies above the"
        " regression. As far as the model can tell, that is chance variation; the order is not a"
        " ranking of efficiency.",
    ),
    "cap_residual_cost": Text(
        " De ti åbne cirkler er nummereret efter residual: hvor langt udgiften ligger under"
        " regressionen. Så vidt modellen kan se, er det tilfældig variation; rækkefølgen er ikke en"
        " rangliste over effektivitet.",
        " The ten open circles are numbered by residual: how far the cost lies below the"
        " regression. As far as the model can tell, that is chance variation; the order is not a"
        " ranking of efficiency.",
    ),
    "frontier_is_regression": Text(
        "front = kvadratisk regression", "frontier = quadratic regression"
    ),
    "open_circles": Text("de ti første efter residual", "the first ten by residual"),
    "ten_residual": Text(
        "Ingen ineffektivitet fundet.\nOrdnet efter residual fra\nden kvadratiske regression;\n"
        "ikke en rangliste over\neffektivitet:\n",
        "No inefficiency found.\nOrdered by residual from\nthe quadratic regression;\n"
        "not a ranking of efficiency:\n",
    ),
    "none_inefficient": Text(
        "{side}: Der er ikke fundet ineffektivitet. De første ti efter residual står i en tabel for"
        " sig; den er ikke en rangliste.",
        "{side}: No inefficiency was found. The first ten by residual are in a table of their own,"
        " which is not a ranking.",
    ),
    "residual": Text("Residual", "Residual"),
    "residual_order_table": Text(
        "Ingen ineffektivitet fundet: de ti første efter residual fra regressionen (ikke en"
        " rangliste over effektivitet)",
        "No inefficiency found: the first ten by residual from the regression (not a ranking of"
        " efficiency)",
    ),
    "ten_by_residual_production": Text(
        "{side}: de ti, hvis resultat ligger længst over regressionen",
        "{side}: the ten whose result lies furthest above the regression",
    ),
    "ten_by_residual_cost": Text(
        "{side}: de ti, hvis udgift ligger længst under regressionen",
        "{side}: the ten whose cost lies furthest below the regression",
    ),
    "note_residual_order": Text(
        "Residualet er kommunens resultat (på omkostningssiden dens udgiftsindikator) minus den"
        " kvadratiske regressions. Hvor σᵤ = 0, har alle effektivitet 1, og residualerne er, så"
        " vidt modellen kan se, tilfældig variation: rækkefølgen siger ikke, hvem der er mest"
        " effektiv. Numrene tæller de kommuner, der er vist i figuren.",
        "The residual is the municipality's result (on the cost side its cost indicator) less that"
        " of the quadratic regression. Where σᵤ = 0 all have efficiency 1, and residuals are, as"
        " far as the model can tell, chance variation: the order does not say who is most"
        " efficient. Numbers count the municipalities shown in the figure.",
    ),
}
