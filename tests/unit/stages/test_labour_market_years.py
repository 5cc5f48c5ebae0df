"""What a run says of the figures its labour market tables lack."""

from kommunebench.stages.labour_market_years import carried_figures

YEARS = range(2010, 2013)
CODES = ("101", "147", "751")


def test_years_and_municipalities_that_lack_a_figure_are_named():
    whole = {(code, year) for code in CODES for year in YEARS}
    known = {"unemployment": whole, "jobs": whole - {("147", 2012), *((c, 2010) for c in CODES)}}
    assert carried_figures(known, CODES, YEARS) == (
        "commuting areas without figures of their year: jobs 2010 (all), 2012 (147)"
    )
    assert carried_figures({"jobs": whole}, CODES, YEARS) == ""


def test_a_municipality_without_any_figure_is_named():
    known = {"jobs": {(code, year) for code in ("101", "751") for year in YEARS}}
    assert carried_figures(known, CODES, YEARS).endswith("jobs in no year (147)")
