"""The cells of AUL01 as one figure a municipality and year."""

from kommunebench.registers.municipal import unemployed_by_year

_CELLS = (
    "municipality_code string, time string, benefit string, fund string, age string, sex string,"
    " full_time_unemployed double"
)


def test_totals_are_taken_where_a_municipality_has_them_and_details_summed_where_it_has_not(spark):
    cells = [
        # 101 has a total of funds beside two of them; in 2011 the two alone.
        ("101", "2010", "TOT", "TOT", "TOT", "TOT", 10.0),
        ("101", "2010", "TOT", "1", "TOT", "TOT", 6.0),
        ("101", "2010", "TOT", "2", "TOT", "TOT", 4.0),
        ("101", "2011", "TOT", "1", "TOT", "TOT", 5.0),
        ("101", "2011", "TOT", "2", "TOT", "TOT", 2.0),
        # 147 has no total of funds or sexes in any year.
        ("147", "2010", "TOT", "1", "TOT", "M", 1.0),
        ("147", "2010", "TOT", "1", "TOT", "K", 2.0),
        # A benefit of its own is in the total.
        ("147", "2010", "LED", "1", "TOT", "K", 1.0),
    ]
    rows = unemployed_by_year(spark.createDataFrame(cells, _CELLS)).collect()
    assert {(row.municipality_code, row.year): row.full_time_unemployed for row in rows} == {
        ("101", 2010): 10.0,
        ("101", 2011): 7.0,
        ("147", 2010): 3.0,
    }
