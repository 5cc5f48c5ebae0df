"""kommunebench: which municipalities bring newcomers into work faster than could be expected."""

__version__ = "0.3.0"
