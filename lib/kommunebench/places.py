"""How places are written: a local path, a ``file:`` URI, or a location only Spark reaches."""

import os
import re
from pathlib import Path
from urllib.parse import unquote

# Two letters at least, so that a drive letter is no scheme; one slash is enough for Hadoop.
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/+")
# Volumes of Databricks look like local folders and are none to the executors.
_ONLY_LOOKS_LOCAL = ("/Volumes/", "/Workspace/")
_GLOB_CHARACTERS = re.compile(r"([\\{}\[\]*?])")


def has_scheme(text: str) -> bool:
    """Whether a location is written as a URI (``hdfs://…``, ``file:/…``)."""
    return _SCHEME.match(text) is not None


def local_path(text: str) -> Path | None:
    """A location as a local path, also where it is written as a ``file:`` URI; None where only
    Spark reaches it."""
    matched = _SCHEME.match(text)
    if matched is None:
        return Path(text)
    if matched.group(1).lower() != "file":
        return None
    plain = Path("/" + text[matched.end() :])
    return plain if plain.exists() else Path(unquote(str(plain)))


def is_databricks_folder(text: str) -> bool:
    """Whether a location is a volume or a workspace folder of Databricks, however it is written
    (``/Volumes/…``, ``dbfs:/Volumes/…``)."""
    matched = _SCHEME.match(text)
    path = text if matched is None else f"/{text[matched.end() :]}"
    return f"{path}/".startswith(_ONLY_LOOKS_LOCAL)


def local_uri(path: Path) -> str:
    """A local path as it is given to Spark, with ``file:``, because the default file system of a
    cluster may be another one."""
    absolute = os.path.abspath(path)
    return absolute if absolute.startswith(_ONLY_LOOKS_LOCAL) else f"file:{absolute}"


def glob_escaped(location: str) -> str:
    """A location as Spark's readers take it, in which ``*``, ``[`` and their kin stand for
    themselves. Its writers take a location as it is."""
    return _GLOB_CHARACTERS.sub(r"\\\1", location)
