"""Words of the report, Danish and English side by side."""

from kommunebench.report.texts.catalogue import Words

__all__ = ["Words"]
