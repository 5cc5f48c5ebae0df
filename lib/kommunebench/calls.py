"""What the options of a call mean: environment, store, mapping."""

import os
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
    spark = get_spark(environment)
    return Store(spark, options.store, _with_staging_folder(environment, options.store))


def _with_staging_folder(environment: EnvironmentSettings, store: str) -> EnvironmentSettings:
    """The environment with the staging folder of the store's own catalog and schema, where the
    folder is named by theirs; without one where it is not there, so that a store whose schema has
    no such volume can be read into all the same."""
    named = environment.staging_folder
    if named is None or not ("{catalog}" in named or "{schema}" in named):
        return environment
    folder = None
    if Store(None, store, environment).is_catalog:
        catalog, schema = store.split(".")
        folder = named.replace("{catalog}", catalog).replace("{schema}", schema)
    # Unlike Path.is_dir, no error where the folder may not be looked at.
    there = folder is not None and os.path.isdir(folder)
    return environment.model_copy(update={"staging_folder": folder if there else None})


def mapping_of(options: Namespace) -> DeliveryMapping | None:
    """The mapping of a delivery under other names; none: files are found by the usual ones."""
    name = getattr(options, "mapping", None)
    return load_mapping(name) if name else None
