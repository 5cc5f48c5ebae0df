"""Measurements and long studies: run by `make benchmark` and `make evidence`, never by the
tests."""
