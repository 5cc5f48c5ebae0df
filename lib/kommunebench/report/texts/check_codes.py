"""Labels of the coded values in the tables that check the national model."""

from kommunebench.report.texts.text import Text

CHECK_CODES = {
    "check": {
        "pooled": Text(
            "Fælles model uden led for {units}", "Pooled model, without terms for {units}"
        ),
        "without_area_adjustment": Text(
            "Uden rettelse for forskelle mellem områder", "Without adjustment for areas"
        ),
        "groups": Text(
            "Egne grupper for flygtninge og familiesammenførte",
            "Groups of their own for refugees and family-reunified",
        ),
        "groups_of_immigrants": Text(
            "Egne grupper for familiesammenførte og øvrige",
            "Groups of their own for family-reunified and others",
        ),
        "split_hazards": Text(
            "Koefficienter, der skifter over tid", "Coefficients that change over time"
        ),
        "piecewise": Text("Stykkevis konstant hazard", "Piecewise constant hazard"),
        "weeks_seen": Text(
            "Det observerede ud fra de uger, der er set", "Observed side from the weeks seen"
        ),
        "moves_half": Text("Efter flytning: halv hazard", "After a move: half the hazard"),
        "moves_double": Text("Efter flytning: dobbelt hazard", "After a move: twice the hazard"),
        "movers_to_target": Text(
            "Flyttede tælles, hvor de flyttede hen", "Movers count where they moved to"
        ),
        "older_ages": Text(
            "Kun personer på {least_age} år og derover",
            "Only persons of {least_age} years and over",
        ),
        "current_residence": Text(
            "De samme personer, hvor de bor nu", "The same persons where they live now"
        ),
        "first_half": Text("Første halvdel af perioden", "First half of the window"),
        "second_half": Text("Anden halvdel af perioden", "Second half of the window"),
    },
    "calibration": {
        "risk_tenth": Text(
            "Tiendedel efter forudsagt chance (1 = lavest)",
            "Tenth by predicted chance (1 = lowest)",
        ),
        "start_year": Text("Forløbets startår", "Year the spell began"),
        "residence_basis": Text("Opholdsgrundlag", "Residence basis"),
        "exam_year": Text("Prøveår", "Year of the exams"),
        "age": Text("Alder", "Age"),
        "province": Text("Landsdel", "Province"),
        "sex": Text("Køn", "Sex"),
        "group": Text("Gruppe", "Group"),
    },
    "end": {
        "success": Text("{Event}", "{Event}"),
        "left": Text("Udgået af anden grund", "Left for another reason"),
        "moved": Text("Flyttet til en anden kommune", "Moved to another municipality"),
        "open": Text("Endnu i gang", "Still open"),
    },
}
