"""Folders of part files: a part that was not copied is named, a whole folder is not."""

from pathlib import Path

from kommunebench.registers.part_files import problems_of_folder


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_a_part_that_was_not_copied_is_named(tmp_path: Path) -> None:
    parts = [f"part-{n:05d}-x-c000.snappy.parquet" for n in range(4)]
    folder = write(tmp_path / "bfl2012.parquet", *parts, *(f".{part}.crc" for part in parts))
    assert problems_of_folder(folder) == []
    (folder / parts[2]).unlink()
    (problem,) = problems_of_folder(folder)
    assert "1 part files are missing" in problem and parts[2] in problem


def test_a_part_of_a_partition_in_a_folder_below_counts(tmp_path: Path) -> None:
    folder = write(tmp_path / "bfl.parquet", "aar=2012/.part-00000-x.parquet.crc")
    (problem,) = problems_of_folder(folder)
    assert "part-00000-x.parquet" in problem


def test_a_writing_that_was_not_finished_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "bfl2012.parquet", "_temporary/0/task/part-00000-x.parquet")
    (problem,) = problems_of_folder(folder)
    assert "was not finished" in problem


def test_gaps_without_checksums_and_single_files_are_whole(tmp_path: Path) -> None:
    """Spark writes no part for a task without rows."""
    folder = write(tmp_path / "bfl2012.parquet", "part-00000-x.parquet", "part-00003-x.parquet")
    assert problems_of_folder(folder) == []
    assert problems_of_folder(folder / "part-00000-x.parquet") == []
