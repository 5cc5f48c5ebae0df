"""Which numbers of a SAS file are dates: their SAS format says so."""

# Beginnings of the names of SAS's formats for dates (days since 1960), and for times of a date
# (seconds since 1960). E8601DN and B8601DN show the date of a value that holds seconds.
_DATE_FORMATS = (
    *("date", "day", "ddmmyy", "downame", "e8601da", "b8601da", "is8601da", "eurdfd", "juld"),
    *("julian", "minguo", "mmddyy", "mmyy", "monname", "month", "monyy", "nengo", "nldate"),
    *("pdjul", "qtr", "weekdat", "weekday", "weeku", "weekv", "weekw", "worddat", "year"),
    *("yymm", "yymon", "yyq", "yyweek"),
)
_DATETIME_FORMATS = (
    *("dateampm", "datetime", "dtdate", "dtmonyy", "dtwkdatx", "dtyear", "dtyyq", "eurdfdt"),
    *("mdyampm", "nldatm", "tod"),
    *(
        f"{family}8601{kind}"
        for family in ("e", "b", "is")
        for kind in ("dn", "dt", "dx", "dz", "lx")
    ),
)


def kind_of_format(written_as: str) -> str:
    """Whether a number is a date (sas_date), a time of a date (sas_datetime) or neither (double),
    from its SAS format, with or without width (DATE9.)."""
    name = written_as.lower().rstrip("0123456789.")
    if name.startswith(_DATETIME_FORMATS):
        return "sas_datetime"
    return "sas_date" if name.startswith(_DATE_FORMATS) else "double"
