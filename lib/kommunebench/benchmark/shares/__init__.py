"""Shares of cases (fact sheet, sections 3 and 4): a logistic model of an outcome that happened or
not, and observed against expected shares of the units."""
