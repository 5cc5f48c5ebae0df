"""Persons whose spells are known by reading their rows.

Unless a case says otherwise, permit and arrival are on Monday 1 March 2010: week 0 is 2010-W09,
2010-W21 is week 12, 2011-W01 week 44, 2012-W01 week 96, 2013-W09 week 156. Each expectation:
start-end reason municipality, in order.
"""

HERE = "permit 2010-03-01\nin 2010-03-01\n"
ON_BENEFIT = "code 2010-W09 .. 710\n"
# Benefit to week 11, then none.
FREE_FROM_12 = "code 2010-W09 2010-W20 710\n"
WHOLE = "0-156 end_of_follow_up 101"

CASES: dict[str, tuple[str, str]] = {
    # --- time origin
    "permit_before_arrival": ("permit 2010-03-01\nin 2010-05-05\ncode 2010-W09 .. 710", WHOLE),
    "arrival_on_a_monday": ("permit 2010-03-01\nin 2010-05-03\ncode 2010-W09 .. 710", WHOLE),
    "permit_on_the_day_of_arrival": (
        "permit 2010-05-05\nin 2010-05-05\ncode 2010-W09 .. 710",
        WHOLE,
    ),
    "permit_after_arrival": ("permit 2010-03-04\nin 2009-12-02\ncode 2009-W01 .. 710", WHOLE),
    # 2009-W51 is week 0, W52 week 1, W53 week 2: work begins in 2010-W01, week 3, and never ends.
    "iso_week_53": (
        (
            "permit 2009-12-14\nin 2009-12-14\ncode 2009-W51 2009-W53 710\njob 2010-01-04"
            " 2016-08-31 37"
        ),
        "0-3 success 101",
    ),
    # 2010-W52 is week 0; work begins in 2011-W01.
    "year_change": (
        (
            "permit 2010-12-27\nin 2010-12-27\ncode 2010-W52 2010-W52 710\njob 2011-01-03"
            " 2016-08-31 37"
        ),
        "0-1 success 101",
    ),
    # --- success
    # Weeks 12 to 23 free and worked: one too few.
    "twelve_weeks": (
        HERE + "code 2010-W09 2010-W20 710\ncode 2010-W33 .. 710\njob 2010-05-24 2010-08-15 37",
        WHOLE,
    ),
    # Weeks 12 to 24; benefit from week 25, where employment ends and another spell starts.
    "thirteen_weeks": (
        HERE + "code 2010-W09 2010-W20 710\ncode 2010-W34 .. 710\njob 2010-05-24 2010-08-22 37",
        "0-12 success 101; 25-156 end_of_follow_up 101",
    ),
    # A 20-hour contract from week 14 (2010-W23) to February 2011. 28 February is in week 52: no
    # hours from week 53 on.
    "twenty_hour_contract": (
        HERE
        + "code 2010-W09 2010-W22 710\n"
        + "".join(
            f"pay 2010-{m:02}-01 2010-{m:02}-{30 if m in (6, 9, 11) else 31} 86.67\n"
            for m in range(6, 13)
        )
        + "pay 2011-01-01 2011-01-31 86.67\npay 2011-02-01 2011-02-28 86.67",
        "0-14 success 101; 53-156 end_of_follow_up 101",
    ),
    # 19.5 hours a week: at best 256.3 hours in 13 weeks, and 256.75 are needed.
    "nineteen_and_a_half_hours": (
        HERE
        + "code 2010-W09 2010-W22 710\n"
        + "".join(
            f"pay 2010-{m:02}-01 2010-{m:02}-{30 if m in (6, 9, 11) else 31} 84.5\n"
            for m in range(6, 13)
        )
        + "pay 2011-01-01 2011-01-31 84.5\npay 2011-02-01 2011-02-28 84.5",
        WHOLE,
    ),
    "exactly_at_the_tolerance": (
        HERE + FREE_FROM_12 + "job 2010-05-24 2016-08-31 19.75",
        "0-12 success 101",
    ),
    "just_under_the_tolerance": (HERE + FREE_FROM_12 + "job 2010-05-24 2016-08-31 19.74", WHOLE),
    "self_supported_without_work": (HERE + FREE_FROM_12, WHOLE),
    # The first week needs hours: free from week 12, work from week 15.
    "free_before_work_begins": (
        HERE + FREE_FROM_12 + "job 2010-06-14 2016-08-31 37",
        "0-15 success 101",
    ),
    "wage_subsidy_with_37_hours": (
        HERE + "code 2010-W09 .. 716\njob 2010-05-24 2016-08-31 37",
        WHOLE,
    ),
    "no_benefit_row": (HERE + "job 2010-05-24 2016-08-31 37", "0-12 success 101"),
    "code_outside_the_list": (
        HERE + FREE_FROM_12 + "code 2010-W21 .. 555\njob 2010-05-24 2016-08-31 37",
        WHOLE,
    ),
    # Each of two equal rows a month is a payment: 2 x 80.165 = 160.33.
    "equal_rows_are_two_payments": (
        HERE
        + "code 2010-W09 2010-W21 710\n"
        + 2
        * "".join(
            f"pay 2010-{m:02}-01 2010-{m:02}-{30 if m in (6, 9, 11) else 31} 80.165\n"
            for m in range(6, 13)
        )
        + "code 2011-W01 .. 710",
        "0-13 success 101; 44-156 end_of_follow_up 101",
    ),
    "two_jobs_in_a_week": (
        HERE + FREE_FROM_12 + "job 2010-05-24 2016-08-31 10\njob 2010-05-24 2016-08-31 10",
        "0-12 success 101",
    ),
    # June's hours are taken back: the first hours are on 1 July, in the week of 28 June, week 17.
    # Free from week 13.
    "negative_correction": (
        HERE
        + "code 2010-W09 2010-W21 710\npay 2010-06-01 2010-06-30 160\npay 2010-06-01 2010-06-30"
        " -160\njob 2010-07-01 2010-12-31 37\ncode 2011-W01 .. 710",
        "0-17 success 101; 44-156 end_of_follow_up 101",
    ),
    "job_across_a_year_end": (
        HERE + "code 2010-W09 2010-W46 710\njob 2010-11-22 2016-08-31 37",
        "0-38 success 101",
    ),
    "success_in_week_156": (
        HERE + "code 2010-W09 2013-W08 710\njob 2013-02-25 2016-08-31 37",
        "0-156 success 101",
    ),
    "success_in_week_157": (
        HERE + "code 2010-W09 2013-W09 710\njob 2013-03-04 2016-08-31 37",
        WHOLE,
    ),
    # 2015-W23 is week 0; the last followed week is 2016-W22, week 52, whose 13 weeks end with
    # 2016-W34.
    "success_in_the_last_followed_week": (
        (
            "permit 2015-06-01\nin 2015-06-01\ncode 2015-W23 2016-W21 700\njob 2016-05-30"
            " 2016-08-31 37"
        ),
        "0-52 success 101",
    ),
    "success_one_week_later": (
        (
            "permit 2015-06-01\nin 2015-06-01\ncode 2015-W23 2016-W22 700\njob 2016-06-06"
            " 2016-08-31 37"
        ),
        "0-52 end_of_data 101",
    ),
    # --- holiday allowance
    # 121 in weeks 19-20 counts inside the success; five such weeks without hours (31-35) do not end
    # the work.
    "holiday_allowance_inside_employment": (
        HERE
        + FREE_FROM_12
        + "code 2010-W28 2010-W29 121\ncode 2010-W40 2010-W44 122\ncode 2011-W01 .. 710\n"
        "job 2010-05-24 2010-07-11 37\njob 2010-07-26 2010-10-03 37\njob 2010-11-08 2010-12-31 37",
        "0-12 success 101; 44-156 end_of_follow_up 101",
    ),
    # 124 is holiday from unemployment, a transfer: week 19 breaks the thirteen, the next free week
    # is 20.
    "holiday_allowance_from_unemployment": (
        HERE + FREE_FROM_12 + "code 2010-W28 2010-W28 124\njob 2010-05-24 2016-08-31 37",
        "0-20 success 101",
    ),
    # --- end of employment and later spells
    # -------------------------------------------------------------------------- No hours in weeks
    # 31-34, at work again in 35: the second spell lasts four weeks. Work ends for good in week 69.
    "four_weeks_without_hours": (
        HERE + FREE_FROM_12 + "job 2010-05-24 2010-10-03 37\njob 2010-11-01 2011-06-30 37",
        "0-12 success 101; 31-35 success 101; 70-156 end_of_follow_up 101",
    ),
    "three_weeks_without_hours": (
        HERE + FREE_FROM_12 + "job 2010-05-24 2010-10-03 37\njob 2010-10-25 2011-06-30 37",
        "0-12 success 101; 70-156 end_of_follow_up 101",
    ),
    # Four weeks without hours inside the thirteen (weeks 17-20) end nothing: 9 x 37 / 13 is above
    # 20 hours.
    "four_weeks_inside_the_success": (
        HERE + FREE_FROM_12 + "job 2010-05-24 2010-06-27 37\njob 2010-07-26 2011-06-30 37",
        "0-12 success 101; 70-156 end_of_follow_up 101",
    ),
    # Employment ends in week 31 with maternity; the next spell waits until maternity ends before
    # week 64.
    "work_then_maternity": (
        HERE
        + FREE_FROM_12
        + "job 2010-05-24 2010-12-31 37\ncode 2010-W40 2011-W20 881\ncode 2011-W21 .. 710",
        "0-12 success 101; 64-156 end_of_follow_up 101",
    ),
    "at_work_from_week_0_on": (HERE + "job 2010-03-01 2016-08-31 37", ""),
    "at_work_from_week_0_to_43": (
        HERE + "job 2010-03-01 2010-12-31 37\ncode 2011-W01 .. 710",
        "44-156 end_of_follow_up 101",
    ),
    # Work begun before week 0 counts only from week 0 on: twelve weeks of it are left.
    "work_begun_before_week_0": (
        "permit 2010-03-01\nin 2009-06-01\njob 2009-06-01 2010-05-23 37\ncode 2010-W21 .. 710",
        WHOLE,
    ),
    "state_in_week_0": (
        HERE + "code 2010-W09 2010-W18 651\ncode 2010-W19 .. 710",
        "10-156 end_of_follow_up 101",
    ),
    # --- moves
    # Moved on Thursday of week 17: the Monday of week 18 is the first in the new municipality.
    "move_before_work": (
        HERE + ON_BENEFIT + "lives 2010-03-01 2010-06-30 101\nlives 2010-07-01 .. 147",
        "0-18 moved_municipality 101",
    ),
    "move_after_work": (
        HERE + FREE_FROM_12 + "job 2010-05-24 2010-12-31 37\ncode 2011-W01 .. 710\n"
        "lives 2010-03-01 2010-06-30 101\nlives 2010-07-01 .. 147",
        "0-12 success 101; 44-156 end_of_follow_up 147",
    ),
    "move_in_week_0": (
        HERE + ON_BENEFIT + "lives 2010-03-01 2010-03-03 101\nlives 2010-03-04 .. 147",
        "0-1 moved_municipality 101",
    ),
    "moves_in_weeks_3_and_18": (
        HERE
        + ON_BENEFIT
        + "lives 2010-03-01 2010-03-21 101\nlives 2010-03-22 2010-06-30 147\nlives 2010-07-01"
        " .. 151",
        "0-3 moved_municipality 101",
    ),
    "gap_without_address": (
        HERE + ON_BENEFIT + "lives 2010-03-01 2010-05-31 101\nlives 2010-09-01 .. 101",
        WHOLE,
    ),
    # In the gap the last municipality holds; the Monday of week 27 is the first with the new
    # address.
    "gap_before_a_move": (
        HERE + ON_BENEFIT + "lives 2010-03-01 2010-05-31 101\nlives 2010-09-01 .. 147",
        "0-27 moved_municipality 101",
    ),
    "first_address_after_monday_of_week_0": (
        "permit 2010-03-03\nin 2010-03-03\nlives 2010-03-03 .. 147\n" + ON_BENEFIT,
        "0-156 end_of_follow_up 147",
    ),
    # --- end reasons
    "early_retirement": (HERE + FREE_FROM_12 + "code 2010-W21 .. 621", "0-12 early_retirement 101"),
    "disability_pension": (
        HERE + FREE_FROM_12 + "code 2010-W21 .. 783",
        "0-12 disability_pension 101",
    ),
    "sheltered_job": (HERE + FREE_FROM_12 + "code 2010-W21 .. 781", "0-12 disability_pension 101"),
    "transitional_allowance": (
        HERE + FREE_FROM_12 + "code 2010-W21 .. 611",
        "0-12 transitional_allowance 101",
    ),
    "old_age_pension": (HERE + FREE_FROM_12 + "code 2010-W21 .. 998", "0-12 other_pension 101"),
    "flexible_pension": (HERE + FREE_FROM_12 + "code 2010-W21 .. 622", "0-12 other_pension 101"),
    "education_grant": (HERE + FREE_FROM_12 + "code 2010-W21 .. 651", "0-12 education 101"),
    "education_grant_unpaid": (HERE + FREE_FROM_12 + "code 2010-W21 .. 652", "0-12 education 101"),
    "adult_education": (HERE + FREE_FROM_12 + "code 2010-W21 .. 661", "0-12 education 101"),
    "maternity": (
        HERE + FREE_FROM_12 + "code 2010-W21 2010-W40 881\ncode 2010-W41 .. 710",
        "0-12 maternity 101",
    ),
    "sick_pay_ends_nothing": (HERE + "code 2010-W09 .. 890", WHOLE),
    # 64 in 2012: 1 January 2012 is the Sunday of 2011-W52, week 95.
    "age_limit": (HERE + ON_BENEFIT + "born 1948-08-01", "0-95 age_limit 101"),
    "past_the_age_limit_at_the_origin": (HERE + ON_BENEFIT + "born 1946-04-15", ""),
    # --- absence
    "death_without_code": (HERE + ON_BENEFIT + "dead 2010-05-27", "0-12 death 101"),
    "death_by_code_alone": (HERE + ON_BENEFIT + "code 2010-W21 .. 999", "0-12 death 101"),
    "death_with_a_later_code": (
        HERE + ON_BENEFIT + "code 2010-W25 .. 999\ndead 2010-05-27",
        "0-12 death 101",
    ),
    "death_in_week_0": (HERE + ON_BENEFIT + "dead 2010-03-03", ""),
    "abroad_and_back": (HERE + ON_BENEFIT + "out 2010-05-25\nin 2010-09-01", "0-12 emigration 101"),
    "out_and_back_within_a_week": (HERE + ON_BENEFIT + "out 2010-05-25\nin 2010-05-28", WHOLE),
    "out_and_in_on_one_date": (HERE + ON_BENEFIT + "in 2010-05-25\nout 2010-05-25", WHOLE),
    "out_twice": (
        HERE + ON_BENEFIT + "out 2010-05-25\nout 2010-07-06\nout 2010-07-06\nin 2010-09-01",
        "0-12 emigration 101",
    ),
    "emigration_before_the_first_arrival": (HERE + ON_BENEFIT + "out 2010-01-05", WHOLE),
    # A transfer all the same: 37 hours a week in the weeks coded 997 are no success, and work after
    # them ends the spell.
    "coded_abroad_without_emigration": (
        HERE + FREE_FROM_12 + "code 2010-W21 2010-W40 997\njob 2010-05-24 2016-08-31 37",
        "0-32 success 101",
    ),
    # Abroad is never transfer-free, whatever is paid.
    "paid_while_abroad": (
        HERE + FREE_FROM_12 + "out 2010-05-25\njob 2010-05-24 2016-08-31 37",
        "0-12 emigration 101",
    ),
    # --- two events in one week
    "success_and_move": (
        HERE
        + FREE_FROM_12
        + "job 2010-05-24 2016-08-31 37\nlives 2010-03-01 2010-05-22 101\nlives 2010-05-23 .. 147",
        "0-12 success 101",
    ),
    "success_in_the_week_of_the_age_limit": (
        HERE + "born 1948-08-01\ncode 2010-W09 2011-W51 710\njob 2011-12-26 2016-08-31 37",
        "0-95 success 101",
    ),
    "move_and_maternity": (
        HERE
        + FREE_FROM_12
        + "code 2010-W21 .. 881\nlives 2010-03-01 2010-05-22 101\nlives 2010-05-23 .. 147",
        "0-12 moved_municipality 101",
    ),
    "emigration_and_move": (
        HERE
        + ON_BENEFIT
        + "out 2010-05-25\nlives 2010-03-01 2010-05-22 101\nlives 2010-05-23 .. 147",
        "0-12 emigration 101",
    ),
    "death_and_emigration": (
        HERE + ON_BENEFIT + "out 2010-05-25\ndead 2010-05-27",
        "0-12 death 101",
    ),
    "maternity_and_age_limit": (
        HERE + "born 1948-08-01\ncode 2010-W09 2011-W51 710\ncode 2011-W52 .. 881",
        "0-95 maternity 101",
    ),
    "pension_in_the_last_followed_week": (
        HERE + "code 2010-W09 2013-W08 710\ncode 2013-W09 .. 783",
        "0-156 disability_pension 101",
    ),
    # --- end of follow-up
    "last_followed_week_is_156": (
        "permit 2013-06-03\nin 2013-06-03\ncode 2013-W23 .. 710",
        "0-156 end_of_follow_up 101",
    ),
    "last_followed_week_is_155": (
        "permit 2013-06-10\nin 2013-06-10\ncode 2013-W24 .. 710",
        "0-155 end_of_data 101",
    ),
    # The Monday of 2015-W53 is 28 December: in time. That of 2016-W01 is not. 2016-W22 is week 22
    # of 2015-W53.
    "start_in_the_last_week_of_2015": (
        "permit 2015-12-31\nin 2015-12-31\ncode 2015-W53 .. 700",
        "0-22 end_of_data 101",
    ),
    "start_after_2015": (
        "permit 2015-11-30\nin 2015-11-30\ncode 2015-W49 2015-W53 651\ncode 2016-W01 .. 700",
        "",
    ),
    "origin_after_2015": ("permit 2015-11-30\nin 2015-12-30\ncode 2015-W49 .. 700", ""),
    # At work from week 144 on; the employment ends in week 157, after the last followed week.
    "start_after_the_last_followed_week": (
        HERE + "code 2010-W09 2012-W48 710\njob 2012-12-03 2013-03-03 37\ncode 2013-W10 .. 710",
        "0-144 success 101",
    ),
    # --- population: who is in
    "two_permits_on_one_date": ("permit 2010-03-01 work\n" + HERE + ON_BENEFIT, WHOLE),
    "work_permit_later": (HERE + "permit 2012-01-01 work\n" + ON_BENEFIT, WHOLE),
    "equal_permits": (HERE + "permit 2010-03-01\npermit 2010-03-01\n" + ON_BENEFIT, WHOLE),
    "eighteen_on_the_day": (HERE + ON_BENEFIT + "born 1992-03-01", WHOLE),
    "arrival_from_the_permit": (
        "permit 2010-03-01 convention 2010-03-01\nlives 2010-03-01 .. 101\n" + ON_BENEFIT,
        WHOLE,
    ),
    "country_not_in_the_list": (HERE + ON_BENEFIT + "country 9999", WHOLE),
    "stateless": (HERE + ON_BENEFIT + "country 5103", WHOLE),
    "sixty_four": (HERE + ON_BENEFIT + "born 1945-03-02", ""),
}

# Persons outside the population, by the rule that keeps them out.
DROPPED: dict[str, tuple[str, str]] = {
    "earlier_work_permit": ("permit 2009-02-02 work\n" + HERE, "permit_outside_population"),
    "only_a_work_permit": ("permit 2010-03-01 work\nin 2010-03-01", "permit_outside_population"),
    "unmapped_codes": ("permit 2010-03-01 unmapped\nin 2010-03-01", "permit_codes_unmapped"),
    "no_permit_date": ("permit ?\nin 2010-03-01", "no_permit_date"),
    "never_in_bef": (HERE + "never in bef", "never_in_population_register"),
    "no_arrival": ("permit 2010-03-01", "no_arrival_date"),
    "arrived_in_2007": ("permit 2010-03-01\nin 2007-12-31", "arrival_outside_window"),
    "selected_in_2016": ("permit 2016-01-05\nin 2015-06-01", "selection_date_outside_window"),
    "seventeen": (HERE + "born 1992-03-02", "age_outside_limits"),
    "sixty_five": (HERE + "born 1945-03-01", "age_outside_limits"),
    "german": (HERE + "country 5180", "western_origin"),
}

# Persons of the population without a spell, by the reason counted for them.
WITHOUT_SPELL = {
    "past_the_age_limit_at_the_origin": "age_limit_before_origin",
    "sixty_four": "age_limit_before_origin",
    "at_work_from_week_0_on": "never_without_work_or_state",
    "death_in_week_0": "never_without_work_or_state",
    "start_after_2015": "only_lost_spells",
    "origin_after_2015": "only_lost_spells",
}
