"""What one look at the bytes of a text says: encoding, and whether every line is a whole record."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kommunebench.errors import RegisterError
from kommunebench.registers.locations import ListedFile
from kommunebench.registers.text_files import CONTROL_CHARACTERS, WINDOWS_LETTERS, text_format
from kommunebench.registers.text_scan import scan_bytes, utf16_of, whole_line

CELL = st.text(alphabet='ab ";,|\t\n\rø€', max_size=6)


def listed(path: Path, content: bytes) -> ListedFile:
    path.write_bytes(content)
    return ListedFile(path, len(content), 0)


def format_of(folder: Path, *contents: bytes, wanted: str | None = None):
    files = [listed(folder / f"part{k}.csv", content) for k, content in enumerate(contents)]
    return text_format(folder, files, wanted, spark=None)


def one_per_line(text: str, rows: list[list[str]], separator: str) -> bool:
    """Whether reading line by line gives the rows."""
    lines = [line for line in re.split(r"\r\n|\n|\r", text) if line]
    return [next(csv.reader([line], delimiter=separator)) for line in lines] == rows


@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=4))
def test_a_text_is_read_by_lines_only_where_that_gives_its_rows(rows):
    """Whoever writes by the rules of CSV: either every line is a record by itself, or it is said
    that the file has to be read as a stream."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    text = out.getvalue()
    if not scan_bytes(text.encode(), ";").as_stream:
        assert one_per_line(text, rows, ";")


@given(rows=st.lists(st.lists(st.text(alphabet='ab";ø', max_size=4), min_size=2), min_size=1))
def test_quotation_marks_within_lines_never_make_a_stream(rows):
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)
    assert not scan_bytes(out.getvalue().encode(), ";").as_stream


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ('1;"a ""b"" c;d";3', True),
        ('1; "a;b" ;3', True),
        ('1;5" pipe;3', True),
        ('"";"""";', True),
        ('1;"a', False),
        ('b";2', True),  # the second half alone looks whole; the first half does not
        ('1;"a"b;3', False),
    ],
)
def test_lines_that_are_records_by_themselves(line, whole):
    assert bool(re.fullmatch(whole_line(";"), line)) is whole


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told_from_its_mark_or_its_zeros(encoding):
    assert utf16_of("KOM;FOED_DAG\n101;2015-01-02\n".encode(encoding)) is not None
    assert utf16_of(b"KOM;FOED_DAG\n101;2015-01-02\n") is None


def test_letters_that_windows_has_and_latin_1_has_not():
    assert dict(zip(CONTROL_CHARACTERS, WINDOWS_LETTERS, strict=True))["\x80"] == "€"
    assert scan_bytes("5 €".encode("windows-1252"), ";").windows_letters
    assert not scan_bytes("sø".encode("windows-1252"), ";").windows_letters


def test_the_format_of_texts_people_send(tmp_path):
    excel = format_of(tmp_path, "sep=,\r\nunit,time\r\n1,2\r\n".encode("utf-16"))
    assert (excel.separator, excel.separator_line, excel.as_stream) == (",", True, True)
    tabs = format_of(tmp_path, '\ufeff"a;b"\ttime\tevent\n1\t2\t3\n'.encode())
    assert tabs.names == ("a;b", "time", "event") and tabs.separator == "\t"
    index = format_of(tmp_path, b",unit\xc2\xa0,time\n0,1,2\n")
    assert index.names[1:] == ("unit", "time") and "without name" in index.names[0]
    broken = format_of(tmp_path, b'"unit\ncode";"time"\n1;"x\ny"\n')
    assert broken.names == ("unit\ncode", "time") and broken.as_stream
    latin = format_of(tmp_path, "område;€\n1;2\n".encode("windows-1252"))
    assert latin.names == ("område", "€") and latin.windows_letters


@pytest.mark.parametrize(
    ("contents", "wanted", "said"),
    [
        ([b""], None, "empty; expected a header line"),
        ([b"a;b\n1;\x81\n"], None, "neither UTF-8 nor windows-1252"),
        ([b"a;a\n"], None, r"columns \['a'\] occur more than once"),
        ([b"a;b\n1;2\n", b"a;c\n1;2\n"], None, "differs from that of part0.csv"),
        ([b'a;b\n1;"x\ny"\n2;"z\n'], None, "after line 3 the quotation marks do not pair up"),
        ([b'a;b\n1;"x"y\n2;z\n'], None, "after line 1 the quotation marks do not pair up"),
        (["a;b\n".encode("utf-16"), b"a;b\n"], None, "differ in their encoding"),
        ([b"\xff\xfea\x00;\x00\x00\xd8\n\x00"], None, "the text is not UTF-16"),
        ([b"a;b\n1;\xe6\n"], "utf-8", "not UTF-8, as the mapping says"),
        ([b"a;b\n"], "ebcdic", "is none of utf-8"),
    ],
)
def test_a_text_that_cannot_be_read_right_is_refused(tmp_path, contents, wanted, said):
    with pytest.raises(RegisterError, match=said):
        format_of(tmp_path, *contents, wanted=wanted)
