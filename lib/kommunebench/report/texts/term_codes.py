"""Labels of covariate values that do not read well as they are, by term or by value."""

from kommunebench.report.texts.text import Text

TERM_CODES = {
    "match_2_3": Text("Matchgruppe 2 eller 3", "Match group 2 or 3"),
    "match_other": Text("Matchgruppe øvrige", "Other match groups"),
    "danish_1": Text("Danskuddannelse 1", "Danish course 1"),
    "danish_2": Text("Danskuddannelse 2", "Danish course 2"),
    "danish_3": Text("Danskuddannelse 3", "Danish course 3"),
    "danish_unknown": Text("Ukendt", "Unknown"),
    "basis_refugee_convention": Text("Flygtning: konvention", "Refugee: Convention"),
    "basis_refugee_b_status": Text("Flygtning: B-status", "Refugee: B status"),
    "basis_refugee_temporary": Text("Flygtning: midlertidig", "Refugee: temporary"),
    "basis_refugee_quota": Text("Flygtning: kvote", "Refugee: quota"),
    "basis_family_danish_nordic": Text(
        "Familiesammenført til dansk/nordisk", "Family of a Danish or Nordic citizen"
    ),
    "basis_family_foreigner": Text("Familiesammenført til udlænding", "Family of a foreigner"),
    "basis_family_refugee": Text("Familiesammenført til flygtning", "Family of a refugee"),
    "origin_europe_non_eu28": Text("Europa uden for EU28", "Europe outside EU28"),
    "origin_south_central_america": Text("Syd- og Mellemamerika", "South and Central America"),
    "origin_bosnia_herzegovina": Text("Bosnien-Hercegovina", "Bosnia and Herzegovina"),
    "origin_vietnam": Text("Vietnam", "Vietnam"),
    # The years table 6.1 prints have its label.
    "start_2007": Text("Forløb starter i 2007", "2007"),
    "child_at_home": Text("Hjemmeboende barn", "Child living at home"),
    "age_18_19": Text("18–19 år", "18–19"),
    "origin_sri_lanka": Text("Sri Lanka", "Sri Lanka"),
}

# Values of categories, in the order in which they are shown.
TERM_VALUE_CODES = {
    "men": Text("Mænd", "Men"),
    "women": Text("Kvinder", "Women"),
    "15_or_less": Text("15 eller yngre", "15 or younger"),
    "17_plus": Text("17 eller ældre", "17 or older"),
    "born_here": Text("Født her", "Born here"),
    "none_known": Text("Ingen kendt", "None known"),
    "none_or_unknown": Text("Ingen eller ukendt", "None or unknown"),
    "basic": Text("Grundskole", "Basic"),
    "basic_danish": Text("Grundskole, dansk", "Basic, Danish"),
    "basic_foreign": Text("Grundskole, udenlandsk", "Basic, foreign"),
    "upper_secondary_or_vocational": Text(
        "Gymnasial eller erhvervsfaglig", "Upper secondary or vocational"
    ),
    "upper_secondary_or_vocational_danish": Text(
        "Gymnasial eller erhvervsfaglig, dansk", "Upper secondary or vocational, Danish"
    ),
    "upper_secondary_or_vocational_foreign": Text(
        "Gymnasial eller erhvervsfaglig, udenlandsk", "Upper secondary or vocational, foreign"
    ),
    "higher": Text("Videregående", "Higher"),
    "higher_danish": Text("Videregående, dansk", "Higher, Danish"),
    "higher_foreign": Text("Videregående, udenlandsk", "Higher, foreign"),
    "other": Text("Andet", "Other"),
    "not_delivered": Text("Ikke leveret for året", "Not delivered for the year"),
    "not_known": Text("Ikke kendt", "Not known"),
    "constant": Text("Konstant", "Constant"),
}
