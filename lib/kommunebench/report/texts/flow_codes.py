"""Labels of the rules a population flow may name, and of the reasons for rejected rows."""

from kommunebench.report.texts.text import Text

_CASES = {
    "in_ninth_grade_exams": Text(
        "Elever ved 9. klasses afgangsprøver", "Pupils in the 9th-grade final exams"
    ),
    "residents_of_the_age": Text("Bosatte i aldersgruppen", "Residents in the age group"),
    "first_marks_in_another_year": Text(
        "÷ første karakterer i et andet år", "− first marks in another year"
    ),
    "not_in_population_register": Text(
        "÷ ikke i befolkningsregistret", "− not in the population register"
    ),
    "not_in_population_register_at_age": Text(
        "÷ ikke i befolkningsregistret ved den alder, kommunen bestemmes ved",
        "− not in the population register at the age that decides the municipality",
    ),
    "origin_type_unknown": Text("÷ oprindelse ikke kendt", "− origin not known"),
    "danish_origin": Text("÷ dansk oprindelse", "− Danish origin"),
    "arrival_before_birth": Text("÷ ankommet før fødslen", "− arrived before birth"),
    "arrived_above_age": Text("÷ for gammel ved ankomsten", "− too old on arrival"),
    "exam_below_age": Text("÷ for ung til prøven", "− too young for the exams"),
    "no_municipality": Text(
        "÷ kommune ikke kendt eller ikke en af de 98",
        "− municipality not known, or none of the 98",
    ),
    "no_exam_marks": Text("÷ uden prøvekarakterer", "− without exam marks"),
    "too_few_marks": Text("÷ for få prøvekarakterer", "− too few exam marks"),
    "own_parent": Text("(heraf egen forælder; fjernet)", "(of whom their own parent; removed)"),
    "no_mother_id": Text("(heraf uden mors id)", "(of whom without mother's id)"),
    "no_father_id": Text("(heraf uden fars id)", "(of whom without father's id)"),
    "mother_not_in_population_register": Text(
        "(heraf mor ikke i befolkningsregistret)",
        "(of whom mother not in the population register)",
    ),
    "father_not_in_population_register": Text(
        "(heraf far ikke i befolkningsregistret)",
        "(of whom father not in the population register)",
    ),
    "parent_without_udda": Text(
        "(heraf en forælder uden række i UDDA)", "(of whom a parent without a row in UDDA)"
    ),
    "parents_education_not_in_list": Text(
        "(heraf forældres uddannelse uden for listen)",
        "(of whom parents' education not in the list)",
    ),
    "parents_education_completed_before_birth": Text(
        "(heraf forældres uddannelse fuldført før fødslen)",
        "(of whom parents' education completed before birth)",
    ),
    "parents_hospital_not_delivered": Text(
        "(heraf uden leverede sygehuskontakter for forældrenes år)",
        "(of whom without contacts with hospitals delivered for the parents' year)",
    ),
    "parents_psychiatry_not_delivered": Text(
        "(heraf uden leverede psykiatriske sygehuskontakter for forældrenes år)",
        "(of whom without contacts with psychiatric hospitals delivered for the parents' year)",
    ),
    "parents_care_not_delivered": Text(
        "(heraf uden leveret sundhed uden for sygehus for forældrenes år)",
        "(of whom without health care outside hospital delivered for the parents' year)",
    ),
    "parents_drugs_not_delivered": Text(
        "(heraf uden leverede recepter for forældrenes år)",
        "(of whom without prescriptions delivered for the parents' year)",
    ),
    "mother_id_of_many": Text(
        "(heraf mors id deles med over 30; regnes ikke som søskende)",
        "(of whom sharing the mother's id with over 30; not counted as siblings)",
    ),
    "not_in_udda": Text(
        "(heraf uden række i UDDA; regnes som uden uddannelse)",
        "(of whom without a row in UDDA; counted as without an education)",
    ),
    "no_education_known": Text(
        "(heraf uden højeste uddannelse i UDDA; regnes som uden uddannelse)",
        "(of whom without a highest education in UDDA; counted as without one)",
    ),
    "education_completed_before_birth": Text(
        "(heraf uddannelse fuldført før fødslen; ikke regnet med)",
        "(of whom education completed before birth; not counted)",
    ),
    "education_not_in_list": Text(
        "(heraf uddannelse uden for listen; ikke regnet med)",
        "(of whom education not in the list; not counted)",
    ),
}

_IMMIGRANTS = {
    "immigrants_seen": Text(
        "Indvandrere set i eller kort før perioden",
        "Immigrants seen in or shortly before the window",
    ),
    "no_birth_date": Text("÷ uden fødselsdato", "− without a birth date"),
    "never_of_the_age_in_the_window": Text(
        "÷ aldrig i alderen i perioden", "− never of the age in the window"
    ),
    "never_of_the_years_in_the_window": Text(
        "÷ aldrig med analysens opholdstid i perioden",
        "− never with the analysis' years in Denmark in the window",
    ),
    "origin_unknown": Text(
        "(heraf ukendt oprindelse; regnes som ikke-vestlig)",
        "(of whom of unknown origin; counted as non-Western)",
    ),
    "arrival_before_vnds_begins": Text(
        "(heraf indvandret, før det leverede VNDS begynder; første indvandring fra BEF)",
        "(of whom came before VNDS as delivered begins; first arrival from BEF)",
    ),
    "arrived_since_1997_without_permit": Text(
        "(heraf kommet i 1997 eller senere uden opholdstilladelse; opholdsgrundlag ukendt)",
        "(of whom came in 1997 or later without a permit; residence basis none known)",
    ),
    "permit_codes_not_in_list": Text(
        "(heraf opholdsgrundlag uden for listen; regnes som andet)",
        "(of whom permit codes not in the list; counted as other)",
    ),
    "spell_not_in_udda": Text(
        "(heraf uden række i UDDA; uddannelse ukendt)",
        "(of which without a row in UDDA; education unknown)",
    ),
    "lost_under_way_when_the_window_opens": Text(
        "forløb i gang, da perioden begynder", "spells under way when the window opens"
    ),
    "lost_age_outside_limits": Text(
        "forløb begyndt uden for aldersgrænserne", "spells begun outside the age limits"
    ),
    "lost_minor_with_unknown_schooling": Text(
        "forløb for unge under 18, hvis skolegang intet register viser",
        "spells of minors whose schooling no register shows",
    ),
    "lost_no_arrival_date": Text("forløb uden kendt ankomst", "spells without a known arrival"),
    "lost_years_in_denmark_outside_limits": Text(
        "forløb med anden opholdstid i Danmark", "spells with other years in Denmark"
    ),
}

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
        "forløb uden kendt kommune", "spells without a known municipality"
    ),
    "lost_after_a_censoring": Text(
        "forløb begyndt efter en censurering", "spells begun after a censoring"
    ),
    "lost_start_in_or_after_last_followed_week": Text(
        "forløb begyndt i eller efter sidste fulgte uge",
        "spells begun in or after the last followed week",
    ),
    "lost_start_after_last_start_date": Text(
        "forløb begyndt efter sidste startdato", "spells begun after the last start date"
    ),
    "lost_later_spell_of_the_person": Text(
        "senere forløb for samme person", "later spells of the same person"
    ),
    "touched_by_placement_grace": Text(
        "(heraf flyttet i de første uger)", "(of whom moved in the first weeks)"
    ),
    **_CASES,
    **_IMMIGRANTS,
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
    "no_share": Text("ikke en andel mellem 0 og 1", "no share between 0 and 1"),
    "row_malformed": Text("linje med forkert antal værdier", "line with a wrong number of values"),
    "row_repeated": Text(
        "rækken findes flere gange; én er beholdt", "row is there more than once; one is kept"
    ),
    "key_with_different_rows": Text("samme nøgle, forskellige rækker", "same key, different rows"),
}
