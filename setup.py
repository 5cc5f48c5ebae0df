"""Package kommunebench lives in lib/; conf/ travels inside the wheel as package data, and so does
the commit it is built from."""

import subprocess
from pathlib import Path
from shutil import copytree

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

VERSION = (
    Path("lib/kommunebench/__init__.py")
    .read_text(encoding="utf-8")
    .split('__version__ = "')[1]
    .split('"')[0]
)


class BuildWithConf(build_py):
    """Copy conf/ into the package, so that an installed wheel has the analyses and environments,
    and write down the commit, which tracked runs name (tracking/tags.py)."""

    def run(self) -> None:
        super().run()
        package = Path(self.build_lib) / "kommunebench"
        copytree("conf", package / "conf", dirs_exist_ok=True)
        written = package / "built_from_commit.txt"
        written.unlink(missing_ok=True)
        if commit := built_from():
            written.write_text(commit, encoding="ascii")


def built_from() -> str:
    """The commit of this clone, with -dirty where lib/ or conf/ differ from it; empty where this
    folder is no clone, whatever repository may be around it."""
    if not git("ls-files", "--error-unmatch", "setup.py"):
        return ""
    changed = git("status", "--porcelain", "--", "lib", "conf")
    return git("rev-parse", "HEAD") + ("-dirty" if changed else "")


def git(*arguments: str) -> str:
    """What git says of this folder; empty where there is no git."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


setup(
    name="kommunebench",
    version=VERSION,
    description="Benchmark municipalities on the duration to employment, cost and efficiency, from registers to report",
    long_description=Path("README.md").read_text(encoding="utf-8")
    if Path("README.md").exists()
    else "",
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    package_dir={"": "lib"},
    packages=find_packages("lib"),
    package_data={
        "kommunebench": [
            "reference/*.csv",
            "reference/*.json",
            "reference/*.properties",
            "reference/*.xml",
            "report/templates/*",
            "py.typed",
        ]
    },
    cmdclass={"build_py": BuildWithConf},
    # Ranges: lowest = Databricks 17.3 LTS, so that a cluster's own packages are never replaced
    # (docs/decisions.md).
    install_requires=[
        "numpy>=2.1,<3",
        "scipy>=1.15,<2",
        "pandas>=2.2.3,<3",
        "pyarrow>=18,<26",
        "lifelines>=0.30.3,<0.31",
        "statsmodels>=0.14.4,<0.16",
        "threadpoolctl>=3.2,<4",
        "mlflow-skinny>=3.0.1,<4",
        "pydantic>=2.10,<3",
        "PyYAML>=6.0.2,<7",
        "Jinja2>=3.1.5,<4",
        "matplotlib>=3.10,<4",
        "rich>=13.9,<16",
    ],
    extras_require={
        "local": [
            "pyspark>=4.0.1,<=4.2.0",
            "delta-spark>=4.0.1,<4.5",
            "deltalake>=1.6,<2",
            "mlflow>=3.14,<4",
        ],
        "notebook": ["jupyterlab>=4.2,<5"],
        "connect": ["pyspark[connect]>=4.0.1,<=4.2.0"],
        "dev": [
            "build",
            "databricks-bundles",
            "hypothesis",
            "mypy",
            "pandas-stubs",
            "pyreadstat>=1.3,<2",
            "pyspark[connect]>=4.0.1,<=4.2.0",
            "pytest",
            "pytest-xdist",
            "ruff",
            "types-PyYAML",
        ],
    },
    entry_points={"console_scripts": ["kommunebench=kommunebench.cli:entry_point"]},
)
