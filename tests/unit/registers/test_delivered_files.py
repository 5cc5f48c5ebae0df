"""Files of a delivery before any row is read: which belong together, and when one has changed."""

import os
from pathlib import Path

import pandas as pd
import pytest

from kommunebench.errors import RegisterError
from kommunebench.registers import content_hash, find_delivery, fingerprints
from kommunebench.registers.catalogue import BEF
from kommunebench.registers.delivered_file import delivered_file
from kommunebench.settings import load_analysis


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PNR\n1\n")
    return folder


def test_files_and_folders_of_parts_are_found_by_register_and_period(tmp_path):
    folder = made(
        tmp_path,
        "BEF201412.csv",
        "bef/year=2015/kom=0101/part.CSV",
        "bef/year=2015/kom=0860/part.csv",
        "deep/er/bfl2015.parquet/part-0.parquet",
        "deep/er/bfl2015.parquet/_SUCCESS",
        "_old/bef201312.csv",
        "truth/bef201312.csv",
        "notes.csv",
        "readme.txt",
    )
    delivery = find_delivery(folder, load_analysis("integration_employment"))
    named = {
        file.unit: [part.relative_to(folder).as_posix() for part in file.parts()]
        for files in delivery.files.values()
        for file in files
    }
    assert named == {
        "BEF 201412": ["BEF201412.csv"],
        "BEF 2015": ["bef/year=2015/kom=0101/part.CSV", "bef/year=2015/kom=0860/part.csv"],
        "BFL 2015": ["deep/er/bfl2015.parquet/part-0.parquet"],
    }
    assert [path.name for path in delivery.unknown] == ["notes.csv"]
    year = next(file for file in delivery.files["BEF"] if file.is_folder)
    assert year.folder_columns == ("kom",) and year.is_nested and year.format == "csv"


def test_folders_of_different_columns_are_refused(tmp_path):
    folder = made(tmp_path / "bef", "kom=101/a.csv", "unit=101/a.csv")
    with pytest.raises(RegisterError, match=r"folders of different columns \(kom, unit\)"):
        _ = delivered_file(BEF, folder).folder_columns


def test_a_small_file_is_its_content_and_a_large_one_its_size_time_and_footer(
    tmp_path, monkeypatch
):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"PNR": [1, 2, 3]}).to_parquet(path)
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    small = content_hash(path)
    os.utime(path, (1, 1))
    assert content_hash(path) == small  # touched, not changed
    monkeypatch.setattr(fingerprints, "_SMALL_BYTES", 0)
    os.utime(path, ns=times)
    large = content_hash(path)
    os.utime(path, (1, 1))
    assert content_hash(path) != large
    size = path.stat().st_size
    pd.DataFrame({"PNR": [1, 2, 4]}).to_parquet(path)  # the largest value stands in the footer
    os.utime(path, ns=times)
    assert path.stat().st_size == size and content_hash(path) != large
    os.utime(made(tmp_path, "x.csv") / "x.csv", ns=times)
    assert content_hash(tmp_path / "x.csv") == content_hash(tmp_path / "x.csv") != large
