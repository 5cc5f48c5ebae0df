"""The command line: verbs of the contract, exit statuses, no stack trace for a user's mistake."""

import re
import shlex
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from kommunebench.cli import build_parser, main
from kommunebench.errors import ConfigError
from kommunebench.settings import AnalysisSettings, load_analysis, load_environment
from kommunebench.spark import _delta_jars
from kommunebench.tracked import FinishedRun

VERBS = {
    "simulate",
    "validate",
    "ingest",
    "panel",
    "benchmark",
    "uncertainty",
    "cost",
    "efficiency",
    "report",
    "run",
    "compare",
    "overview",
    "runs",
    "prune",
    "demo",
}
JOBS = Path(__file__).resolve().parents[2] / "jobs"


def test_every_verb_has_a_script_for_a_cluster() -> None:
    assert {path.stem for path in JOBS.glob("*.py")} == VERBS


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        build_parser().parse_args([verb, "--help"])
    assert stopped.value.code == 0
    assert "usage: kommunebench" in capsys.readouterr().out


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_option_of_every_verb_has_help(verb: str) -> None:
    verbs = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    silent = [action.dest for action in verbs[verb]._actions if not action.help]
    assert not silent


def test_help_says_what_a_verb_of_stages_runs_and_which_defaults_hold() -> None:
    """`panel` runs five stages and is none itself; a default is said where there is one."""
    parser = build_parser()
    assert "the stage" not in parser.format_help()
    verbs = parser._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    for verb in ("validate", "ingest"):
        assert "integration_employment" in verbs[verb].format_help()
    assert "all the store holds" not in verbs["overview"].format_help()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "no_such_analysis", "--registers", ".", "--store", "s"], "known: "),
        (
            ["run", "integration_employment", "--registers", "no/such/folder", "--store", "s"],
            "no such file or folder",
        ),
        (
            ["run", "integration_employment", "--spells", "x.csv", "--store", "s"],
            "starts from registers",
        ),
        (["run", "dialysis_centres", "--registers", ".", "--store", "s"], "starts from spells"),
        (
            [
                "run",
                "integration_employment",
                "--registers",
                ".",
                "--store",
                "s",
                "--set",
                "model.min_spell=3",
            ],
            "unknown key",
        ),
        (["validate", "--registers", ".", "--set", "model.min_spell=3"], "unknown key"),
        (["simulate", "--out", "x", "--scale", "-1"], "--scale"),
        (["prune", "--store", "s", "--keep", "0"], "--keep 0"),
        (["prune", "--store", "no/such/store"], "no such folder"),
        (["runs", "--store", "no/such/store"], "no such folder"),
        (["runs", "--store", "s", "--newest", "0"], "--newest 0"),
        (["compare", "a", "b", "--store", "no/such/store"], "no such folder"),
        (["report", "dialysis_centres", "--store", "s", "--register", "m@latest"], "for itself"),
        (["report", "dialysis_centres", "--store", "s", "--register", "@x"], "NAME@ALIAS"),
        (
            ["run", "factsheet", "--registers", ".", "--store", "s", "--register", "m"],
            "5 analyses have a model each",
        ),
        (
            ["panel", "integration_employment", "--store", "s", "--env", "nowhere"],
            "'nowhere' is not in",
        ),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("environment", "store", "lacks"),
    [("cluster", "hdfs://host/store", "server"), ("cluster", "main.results", "server"),
     ("local", "folder", "sqlalchemy")],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["run", "report"])
def test_a_run_that_could_not_be_tracked_is_refused_before_spark_starts(
    verb: str,
    environment: str,
    store: str,
    lacks: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not after the whole ingestion: a store of tables without a folder and no server, and the
    small MLflow without what it keeps runs in a file with."""

    def started(environment: object) -> None:
        raise AssertionError("Spark was started")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kommunebench.calls.get_spark", started)
    monkeypatch.setattr("kommunebench.tracking.server.find_spec", lambda name: None)
    source = ["--registers", str(tmp_path)] if verb == "run" else []
    call = [verb, "integration_employment", *source, "--store", store, "--env", environment]
    assert main(call) == 2
    said = capsys.readouterr().err
    assert "tracking_uri in the environment file" in said
    assert ("small one" in said) == (lacks == "sqlalchemy")
    assert not list(tmp_path.iterdir())


def test_a_run_that_was_not_sent_is_sent_later_under_the_name_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An analysis in a file of its own is none of conf/analyses."""
    file = tmp_path / "my analysis.yaml"
    ours = (JOBS.parent / "conf" / "analyses" / "dialysis_centres.yaml").read_text("utf-8")
    file.write_text(ours.replace("dialysis_centres", "my_analysis"), encoding="utf-8")
    run = SimpleNamespace(run_id="abc")
    not_sent = FinishedRun({}, not_sent="away.")
    monkeypatch.setattr("kommunebench.calls.get_spark", lambda environment: None)
    monkeypatch.setattr("kommunebench.commands.hold_analysis", lambda *_: nullcontext())
    monkeypatch.setattr("kommunebench.commands.run_on_delivery", lambda *_, **__: run)
    monkeypatch.setattr("kommunebench.tracked.run_tracked", lambda *_: not_sent)
    call = ["run", str(file), "--spells", str(file), "--store", str(tmp_path), "--register", "m"]
    assert main(call) == 2
    later = capsys.readouterr().err.split("once the server answers: kommunebench ")[1]
    options = build_parser().parse_args(shlex.split(later))
    assert load_analysis(options.analysis).name == "my_analysis"
    assert (options.verb, options.register) == ("report", "m")


def test_a_delivery_is_checked_for_the_settings_it_will_be_run_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The years that must be there follow from settings."""
    checked = []

    def check(spark: object, folder: object, settings: AnalysisSettings, *_: object) -> object:
        checked.append(settings.observation.horizon_weeks)
        raise ConfigError("seen")

    monkeypatch.setattr("kommunebench.data_commands.get_spark", lambda environment: None)
    monkeypatch.setattr("kommunebench.registers.validate_delivery", check)
    call = ["validate", "--registers", str(tmp_path)]
    assert main([*call, "--set", "observation.horizon_weeks=52"]) == 2
    assert checked == [52]


def make_environment_file(name: str, folder: Path) -> None:
    """Write an environment file by the command that docs/own_registers.md gives for it."""
    root = JOBS.parent
    page = (root / "docs" / "own_registers.md").read_text(encoding="utf-8")
    command = rf"^ *(\{{ cat .* \}}) > {re.escape(name)}$"
    written = re.search(command, page, re.MULTILINE)
    assert written is not None
    line = written.group(1).replace(".venv/bin/python", sys.executable)
    made = subprocess.run(["sh", "-c", line], cwd=root, capture_output=True, check=True)
    (folder / name).write_bytes(made.stdout)


def test_a_machine_without_internet_takes_the_jars_from_the_folder_named(tmp_path: Path) -> None:
    """The environment file as docs/own_registers.md makes it: the local one, and a folder."""
    make_environment_file("closed_machine.yaml", tmp_path)
    ours = load_environment(str(tmp_path / "closed_machine.yaml"))
    assert ours.delta_jars == "/opt/kommunebench/jars"
    assert ours.model_copy(update={"delta_jars": None}) == load_environment("local")
    jar = tmp_path / "delta-spark.jar"
    jar.touch()
    assert _delta_jars(ours.model_copy(update={"delta_jars": str(tmp_path)})) == {
        "spark.jars": str(jar)
    }


def test_a_run_with_a_server_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment file as docs/own_registers.md makes it: the cluster's, and a server."""
    make_environment_file("our_cluster.yaml", tmp_path)
    ours = load_environment(str(tmp_path / "our_cluster.yaml"))
    assert ours.tracking_uri is not None
    assert ours.model_copy(update={"tracking_uri": None}) == load_environment("cluster")

    class StartedError(Exception):
        pass

    def started(environment: object) -> None:
        raise StartedError

    monkeypatch.setattr("kommunebench.calls.get_spark", started)
    call = ["report", "integration_employment", "--store", "hdfs://host/store", "--debug"]
    with pytest.raises(StartedError):
        main([*call, "--env", str(tmp_path / "our_cluster.yaml")])


def test_help_needs_neither_java_nor_spark() -> None:
    code = (
        "import sys; from kommunebench.cli import build_parser; build_parser(); sys.exit('pyspark'"
        " in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
