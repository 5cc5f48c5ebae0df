"""Survival analysis on arrays: Kaplan-Meier, restricted mean, Cox, baseline. Knows neither Spark
nor settings."""

from kommunebench.survival.cox import CoxFit, fit_cox
from kommunebench.survival.curves import RestrictedMean, SurvivalCurve
from kommunebench.survival.kaplan_meier import kaplan_meier, kaplan_meier_from_counts

__all__ = [
    "CoxFit",
    "RestrictedMean",
    "SurvivalCurve",
    "fit_cox",
    "kaplan_meier",
    "kaplan_meier_from_counts",
]
