"""What the options of a call mean: environment, store, mapping."""

from argparse import Namespace

from kommunebench.settings import (
    DeliveryMapping,
    EnvironmentSettings,
    load_environment,
    load_mapping,
)
from kommunebench.spark import get_spark
from kommunebench.storage import Store, check_location


def environment_of(options: Namespace) -> EnvironmentSettings:
    """The environment of a call, with the experiment it names."""
    environment = load_environment(options.env)
    experiment = getattr(options, "experiment", None)
    return environment.model_copy(update={"experiment": experiment}) if experiment else environment


def store_of(options: Namespace) -> Store:
    """The store of a call; starts Spark, or finds the session that is there. Raises ConfigError
    before that for a location no tables can be kept at."""
    environment = environment_of(options)
    check_location(options.store, environment)
    return Store(get_spark(environment), options.store, environment)


def mapping_of(options: Namespace) -> DeliveryMapping | None:
    """The mapping of a delivery under other names; none: files are found by the usual ones."""
    name = getattr(options, "mapping", None)
    return load_mapping(name) if name else None
