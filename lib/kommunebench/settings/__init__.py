"""Typed settings: what is computed (analysis) and where it runs (environment). Read once, handed
down in slices."""

from kommunebench.settings.analysis import AnalysisSettings
from kommunebench.settings.environment import EnvironmentSettings
from kommunebench.settings.loading import (
    analyses_of,
    load_analyses,
    load_analysis,
    load_environment,
    load_mapping,
)
from kommunebench.settings.mapping import DeliveryMapping, RegisterMapping

__all__ = [
    "AnalysisSettings",
    "DeliveryMapping",
    "EnvironmentSettings",
    "RegisterMapping",
    "analyses_of",
    "load_analyses",
    "load_analysis",
    "load_environment",
    "load_mapping",
]
