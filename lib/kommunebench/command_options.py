"""Options that several verbs of the command line share, and what their help says."""

from argparse import ArgumentParser

MAIN_ANALYSIS = "integration_employment"
REGISTERS_HELP = "folder of the delivery (SAS7BDAT, Parquet or CSV), on any file system Spark knows"
STORE_HELP = (
    "where the tables are: a folder, also of another file system (hdfs://, s3a://), or"
    " catalog.schema"
)
ANALYSIS_HELP = "name in conf/analyses or path to a YAML file"


def common_options() -> ArgumentParser:
    """What every verb takes."""
    common = ArgumentParser(add_help=False)
    common.add_argument(
        "--env", default="local", help="name in conf/env or path to a YAML file (default: local)"
    )
    common.add_argument("--quiet", action="store_true", help="no progress on standard error")
    common.add_argument(
        "--debug", action="store_true", help="show full error messages; they may show data"
    )
    return common


def tracking_options() -> ArgumentParser:
    """What every verb takes that reads or writes tracked runs."""
    tracking = ArgumentParser(add_help=False)
    tracking.add_argument(
        "--experiment", metavar="NAME", help="MLflow experiment (default: the environment's)"
    )
    return tracking


def run_options(tracking: ArgumentParser) -> ArgumentParser:
    """What every verb takes that writes to a store."""
    chosen = ArgumentParser(add_help=False, parents=[tracking])
    chosen.add_argument("--store", required=True, help=STORE_HELP)
    add_overrides(chosen)
    chosen.add_argument(
        "--force", action="store_true", help="run stages even where nothing changed"
    )
    chosen.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="MINUTES",
        help="wait this long while another run works on the same analysis (default: do not)",
    )
    return chosen


def add_registers(parser: ArgumentParser) -> None:
    """The folder of a delivery, for a verb that reads nothing else."""
    parser.add_argument("--registers", required=True, metavar="DIR", help=REGISTERS_HELP)


def add_analysis_of_delivery(parser: ArgumentParser, verb: str) -> None:
    """The analysis whose registers are checked or read."""
    parser.add_argument(
        "--analysis",
        default=MAIN_ANALYSIS,
        metavar="ANALYSIS",
        help=f"the analysis whose registers are {verb}: {ANALYSIS_HELP} (default: %(default)s)",
    )


def add_overrides(parser: ArgumentParser) -> None:
    """Settings that are changed for one run."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="change one setting for this run, e.g. model.min_spells=50; may be given several times"
        " (docs/settings.md lists the settings)",
    )


def add_mapping(parser: ArgumentParser) -> None:
    """Other names of files and columns."""
    parser.add_argument(
        "--mapping",
        metavar="NAME_OR_PATH",
        help="files under other names: name in conf/registers or path to a YAML file",
    )


def add_registration(parser: ArgumentParser) -> None:
    """The name under which the national model of one analysis is registered."""
    parser.add_argument(
        "--register",
        metavar="NAME[@ALIAS]",
        help="register the model under this name; the alias (default: candidate) then points to it"
        " (one analysis only)",
    )


def add_simulation_options(parser: ArgumentParser) -> None:
    """What the simulated registers are drawn with."""
    parser.add_argument(
        "--scale",
        type=float,
        default=1.0,
        help="number of newcomers, 1 being as many as in the report (default: 1)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="of all random draws: another seed, another country (default: 1)",
    )
    parser.add_argument(
        "--format",
        choices=("parquet", "csv"),
        default="parquet",
        help="format of the registers' files (default: parquet)",
    )
    parser.add_argument(
        "--background",
        type=float,
        default=0.002,
        help="residents outside every analysis, as a share of 5.7 million times the scale"
        " (default: 0.002)",
    )
    parser.add_argument(
        "--effects",
        default="report",
        metavar="report|none|FILE",
        help=(
            "true effects of municipalities: as in the report (default), none, or a CSV with"
            " municipality_code, effect (log hazard)"
        ),
    )
