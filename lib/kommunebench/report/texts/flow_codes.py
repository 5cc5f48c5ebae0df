"""Labels of the rules a population flow may name, and of the reasons for rejected rows."""

from kommunebench.report.texts.text import Text

FLOW_CODES = {
    "with_permit": Text("Personer med opholdstilladelse", "Persons with a permit"),
    "permit_codes_unmapped": Text(
        "÷ opholdsgrundlag, der ikke kan henføres", "− permit codes that cannot be mapped"
    ),
    "permit_outside_population": Text(
        "÷ opholdsgrundlag uden for analysen", "− residence basis outside the analysis"
    ),
    "no_permit_date": Text("÷ uden dato for opholdstilladelse", "− no date of permit"),
    "never_in_population_register": Text(
        "÷ aldrig i befolkningsregistret", "− never in the population register"
    ),
    "no_arrival_date": Text("÷ uden ankomstdato", "− no date of arrival"),
    "arrival_outside_window": Text("÷ ankommet uden for perioden", "− arrived outside the window"),
    "selection_date_outside_window": Text(
        "÷ udvalgt uden for perioden", "− selected outside the window"
    ),
    "age_outside_limits": Text("÷ alder uden for grænserne", "− age outside the limits"),
    "western_origin": Text("÷ vestlig oprindelse", "− Western origin"),
    "in_population": Text("Population", "Population"),
    "origin_not_in_country_list": Text(
        "(heraf oprindelse uden for landelisten)", "(of whom origin not in the country list)"
    ),
    "age_limit_before_origin": Text(
        "÷ over aldersgrænsen allerede ved start", "− past the age limit at the origin"
    ),
    "origin_after_observation": Text(
        "÷ start efter observationens slutning", "− origin after the end of observation"
    ),
    "only_lost_spells": Text(
        "÷ kun forløb, der falder væk (nedenfor)", "− only spells that are lost (below)"
    ),
    "never_without_work_or_state": Text(
        "÷ aldrig uden arbejde eller anden tilstand", "− never without work or another state"
    ),
    "with_spells": Text("Personer med forløb", "Persons with spells"),
    "lost_no_municipality": Text(
        "÷ forløb uden kendt kommune", "− spells without a known municipality"
    ),
    "lost_after_a_censoring": Text(
        "÷ forløb begyndt efter en censurering", "− spells begun after a censoring"
    ),
    "lost_start_in_or_after_last_followed_week": Text(
        "÷ forløb begyndt i eller efter sidste fulgte uge",
        "− spells begun in or after the last followed week",
    ),
    "lost_start_after_last_start_date": Text(
        "÷ forløb begyndt efter sidste startdato", "− spells begun after the last start date"
    ),
    "touched_by_placement_grace": Text(
        "(heraf flyttet i de første uger)", "(of whom moved in the first weeks)"
    ),
    "in_municipalities_too_small": Text(
        "÷ i kommuner med for få forløb", "− in municipalities with too few spells"
    ),
    "in_comparison": Text("I sammenligningen", "In the comparison"),
}

REJECTED_CODES = {
    "missing": Text("mangler", "missing"),
    "not_a_number": Text("ikke et tal", "not a number"),
    "not_a_date": Text("ikke en dato", "not a date"),
    "out_of_range": Text("uden for det mulige", "out of range"),
    "duplicate": Text("dublet", "duplicate"),
    "unknown_code": Text("ukendt kode", "unknown code"),
    "not_convertible": Text("ikke af den rette type", "not of the declared type"),
    "date_out_of_range": Text("dato uden for 1900-2100", "date outside 1900-2100"),
    "wrong_sign": Text(
        "negativ, eller nul hvor det ikke kan være", "negative, or zero where it cannot be"
    ),
    "row_malformed": Text("linje med forkert antal værdier", "line with a wrong number of values"),
    "row_repeated": Text(
        "rækken findes flere gange; én er beholdt", "row is there more than once; one is kept"
    ),
    "key_with_different_rows": Text("samme nøgle, forskellige rækker", "same key, different rows"),
}
