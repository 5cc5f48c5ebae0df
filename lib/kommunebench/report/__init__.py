"""The report: one self-contained page per language, and the figures in it. pandas, Jinja2 and
matplotlib; no Spark."""

from kommunebench.report.data import TABLES as REPORT_TABLES
from kommunebench.report.data import ReportData, RunInformation
from kommunebench.report.figures import report_figures
from kommunebench.report.page import build_report

__all__ = ["REPORT_TABLES", "ReportData", "RunInformation", "build_report", "report_figures"]
