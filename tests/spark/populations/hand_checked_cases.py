"""Pupils and residents whose case is known by reading their rows.

Unless a text says otherwise a pupil is a descendant from Turkey, born 1 May 1995, who sits the
exams of 2011 and lived in municipality 101 in December 2010. Each expectation: outcome and
municipality, or the rule that keeps the person out, with the reason for no marks.
"""

HERE = "homes 2007 2012 101\n"
GOOD, POOR = "exam 2011 4 4 4 4 4 4\n", "exam 2011 0 0 2 2 0 2\n"
PASSED, FAILED = "1 101", "0 101"

PUPILS: dict[str, tuple[str, str]] = {
    # --- marks
    "passes": (HERE + GOOD, PASSED),
    "fails": (HERE + POOR, FAILED),
    # 2 + 2 + 4 + 0 = 8 over four marks: the mean is 2, and "mean >= 2" is success.
    "mean_of_exactly_2": (HERE + "exam 2011 2 2 4 0", PASSED),
    # 2 + 2 + 4 + 0 + 0 = 8 over five: 1.6.
    "mean_below_2": (HERE + "exam 2011 2 2 4 0 0", FAILED),
    # "At least 4 marks".
    "three_marks_only": (HERE + "exam 2011 12 12 12", "too_few_marks"),
    "four_marks": (HERE + "exam 2011 12 12 12 12", PASSED),
    # "not teachers' marks (Standpunkt)": they would lift the mean to 6.
    "teachers_marks_beside_exams": (HERE + POOR + "teacher 2011 12 12 12 12 12 12", FAILED),
    "teachers_marks_only": (HERE + "teacher 2011 12 12 12 12 12 12", "no_exam_marks not_given"),
    # "PROEVEFORM = Bundne prøvefag": marks of exams drawn by lot do not count by default.
    "drawn_exams_do_not_count": (HERE + POOR + "drawn 2011 12 12 12 12", FAILED),
    "weak_in_other_subjects": (HERE + "exam 2011 4 4 4 4 4 -3 -3 -3", FAILED),
    # "KLTRIN 09": the 9th-grade exam taken in grade 10 is in no pupil's 9th-grade exams.
    "sat_in_grade_10": (HERE + "grade10 2011 7 7 7 7", None),
    "sat_in_grade_9_and_10": (HERE + POOR + "grade10 2012 12 12 12 12 12 12", FAILED),
    # "the first year with exam marks".
    "two_9th_grade_years": (HERE + "exam 2010 0 0 0 0\nexam 2011 12 12 12 12", FAILED),
    "absent_the_first_year": (HERE + "exam 2010 U U U U\nexam 2011 4 4 4 4", PASSED),
    # Marks of 2007 are of an earlier year than the pooled ones.
    "first_marks_before_the_window": (
        "homes 2005 2012 101\nexam 2007 2 2 2 2\nexam 2008 12 12 12 12",
        "first_marks_in_another_year",
    ),
    "only_before_the_window": ("homes 2005 2012 101\nexam 2007 4 4 4 4", None),
    # "the data end": years after the last exam year are not looked at.
    "marks_after_the_window": (
        HERE + "exam 2012 S S S S\nexam 2013 12 12 12 12",
        "no_exam_marks S",
    ),
    # "a subject and discipline twice: the higher": Danish d0 counts with 10, mean 2.
    "a_subject_twice": (HERE + "exam 2011 0 0 0 0 0\nrow 2011 09 FSA Dansk d0 exam 10", PASSED),
    # "KLTRIN is zero-padded, GRUNDSKOLENIVEAU may be cut to four characters."
    "level_cut_and_lower_case": (
        HERE
        + "".join(
            f"row 2011 09 fsa{end} Dansk x{n} exam 4\n" for n, end in enumerate(("", "", "", ""))
        ),
        PASSED,
    ),
    "new_level_name": (
        HERE + "".join(f"row 2011 09 FP9 Dansk x{n} exam 4\n" for n in range(4)),
        PASSED,
    ),
    "10th_grade_level": (
        HERE + "".join(f"row 2011 09 FP10 Dansk x{n} exam 4\n" for n in range(4)),
        None,
    ),
    # One missing mark leaves five; a pupil with a reason in one subject has a mean all the same.
    "one_mark_missing": (HERE + "exam 2011 4 4 4 4 4 N", PASSED),
    **{
        # "a mark missing for each reason": the letters of exams, and the ministry's numbers.
        f"no_marks_{reason}": (
            HERE + f"exam 2011 {reason} {reason} {reason} {reason}",
            f"no_exam_marks {reason}",
        )
        for reason in ("B", "D", "D15", "D16", "D17", "G", "N", "S", "U", "r87")
    },
    # The reason given most often; of two given equally often the first in the alphabet.
    "several_reasons": (HERE + "exam 2011 U N N U N", "no_exam_marks N"),
    "no_reason_given": (HERE + "exam 2011 . . . .", "no_exam_marks not_given"),
    # --- who
    # IE_TYPE 1: a child of descendants with a parent who is a Danish citizen born in Denmark.
    "child_of_descendants": (HERE + GOOD + "type 1", "danish_origin"),
    "western": (HERE + GOOD + "country 5180", "western_origin"),
    "country_not_listed": (HERE + GOOD + "country 9998", PASSED),
    "origin_type_unknown": (HERE + GOOD + "type ?", "origin_type_unknown"),
    # "first immigration came at 12 completed years or less": born 1 May 1995, 13 on 1 May 2008.
    "arrived_the_day_before_13": (HERE + GOOD + "type 2\nin 2008-04-30", PASSED),
    "arrived_on_the_13th_birthday": (HERE + GOOD + "type 2\nin 2008-05-01", "arrived_above_age"),
    # VNDS before FOERSTE_INDVANDRING; the earliest of several arrivals.
    "arrived_twice": (HERE + GOOD + "type 2\nin 2009-01-01\nin 2000-01-01", PASSED),
    "vnds_decides": (HERE + GOOD + "type 2\nin 2009-01-01\nfirst 2000-01-01", "arrived_above_age"),
    "only_bef_knows": (HERE + GOOD + "type 2\nfirst 2000-01-01", PASSED),
    "no_arrival": (HERE + GOOD + "type 2", "no_arrival_date"),
    "arrived_before_birth": (HERE + GOOD + "type 2\nin 1995-04-30", "arrival_before_birth"),
    # A descendant who has been abroad is a descendant.
    "descendant_who_came_back": (HERE + GOOD + "in 2010-01-01", PASSED),
    "exam_at_nine": (HERE + GOOD + "born 2001-06-02", "exam_below_age"),
    "exam_at_ten": (HERE + GOOD + "born 2001-06-01", PASSED),
    # "residence in the BEF snapshot of 31 December within the school year": December 2010.
    "moved_after_december": ("homes 2007 2010 101\nhome 2011 751\n" + GOOD, PASSED),
    "moved_before_december": ("homes 2007 2009 101\nhome 2010 751\n" + GOOD, "1 751"),
    "not_here_in_december": (
        "homes 2007 2009 101\nhome 2011 101\n" + GOOD,
        "not_in_population_register",
    ),
    "no_municipality": ("home 2010 .\n" + GOOD, "no_municipality"),
    # Christiansø is no municipality, and 313 was one until 2006.
    "lives_on_christiansoe": ("home 2010 411\n" + GOOD, "no_municipality"),
    "code_of_an_earlier_municipality": ("home 2010 313\n" + GOOD, "no_municipality"),
}

# A resident is a descendant from Turkey born 1 June 1988: 24 on 1 October 2012, 15 in 2003.
AT_HOME = "born 1988-06-01\nhomes 1997 2012 101\n"
RESIDENTS: dict[str, tuple[str, str]] = {
    "vocational": (AT_HOME + "udda 2012 4080 2009-06-30", PASSED),
    "general": (AT_HOME + "udda 2012 1199 2007-06-30", PASSED),
    "higher": (AT_HOME + "udda 2012 7390 2012-06-30", PASSED),
    "basic": (AT_HOME + "udda 2012 0900 2004-06-30", FAILED),
    # "not 15, 29, 35".
    "preparatory": (AT_HOME + "udda 2012 0590 2009-06-30", FAILED),
    "parts_of_vocational": (AT_HOME + "udda 2012 2999 2009-06-30", FAILED),
    "level_35": (AT_HOME + "udda 2012 5199 2009-06-30", FAILED),
    # "Foreign education counts".
    "foreign": (AT_HOME + "udda 2012 4080 2009-06-30 17", PASSED),
    "education_not_in_list": (AT_HOME + "udda 2012 9999 2009-06-30", FAILED),
    "no_education": (AT_HOME + "udda 2012 .", FAILED),
    "not_in_udda": (AT_HOME, FAILED),
    # Only the count of the reference year says what is completed by then.
    "another_year_of_udda": (AT_HOME + "udda 2011 4080 2009-06-30", FAILED),
    "completed_on_the_day": (AT_HOME + "udda 2012 4080 2012-10-01", PASSED),
    "completed_the_day_after": (AT_HOME + "udda 2012 4080 2012-10-02", FAILED),
    "completed_before_birth": (AT_HOME + "udda 2012 4080 1988-05-31", FAILED),
    "date_unknown": (AT_HOME + "udda 2012 4080 .", PASSED),
    # "aged 20-29 on 1 October 2012".
    "turns_20_on_the_day": ("born 1992-10-01\nhomes 1997 2012 101", FAILED),
    "turns_20_the_day_after": ("born 1992-10-02\nhomes 1997 2012 101", None),
    "turns_30_on_the_day": ("born 1982-10-01\nhomes 1997 2012 101", None),
    "turns_30_the_day_after": ("born 1982-10-02\nhomes 1997 2012 101", FAILED),
    # "resident in Denmark in that year's December snapshot".
    "gone_in_december": ("born 1988-06-01\nhomes 1997 2011 101", None),
    # "residence in December of the year the person turned 15": 2003.
    "moved_to_a_university_town": (
        "born 1988-06-01\nhomes 1997 2003 101\nhomes 2004 2012 751",
        FAILED,
    ),
    "moved_in_the_year_of_15": (
        "born 1988-06-01\nhomes 1997 2002 751\nhomes 2003 2012 101",
        FAILED,
    ),
    "turned_15_abroad": (
        "born 1988-06-01\ntype 2\nin 1995-01-01\nhomes 1997 2002 101\nhomes 2004 2012 101",
        "not_in_population_register_at_age",
    ),
    "came_after_15": (
        "born 1988-06-01\ntype 2\nin 2004-02-01\nhomes 2004 2012 101",
        "arrived_above_age",
    ),
    "danish_origin": (AT_HOME + "type 1", "danish_origin"),
    "western_descendant": (AT_HOME + "country 5180", "western_origin"),
    "unknown_origin_type": (AT_HOME + "type ?", "origin_type_unknown"),
    "immigrant_without_arrival": (AT_HOME + "type 2", "no_arrival_date"),
    "came_before_birth": (AT_HOME + "type 2\nin 1988-05-31", "arrival_before_birth"),
    "no_municipality_at_15": (AT_HOME + "home 2003 .", "no_municipality"),
    "on_christiansoe_at_15": (AT_HOME + "home 2003 411", "no_municipality"),
    "on_christiansoe_now": (AT_HOME + "home 2012 411", FAILED),
}
