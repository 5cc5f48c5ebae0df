"""Tables of the report: each module builds the tables of one chapter."""
