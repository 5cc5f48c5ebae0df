"""Files of a delivery on any file system Spark knows.

A local path is a ``pathlib.Path``. Every other location (hdfs, s3a, abfss and whatever else Spark
is configured for) is a ``SparkPath``, which has the few operations needed here and reaches its
files through Spark, so that no second set of credentials is needed.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import total_ordering
from pathlib import Path
from posixpath import splitext
from typing import TYPE_CHECKING, TypeAlias, Union
from urllib.parse import quote

from kommunebench.errors import RegisterError
from kommunebench.places import glob_escaped, local_path, local_uri

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

AnyPath: TypeAlias = Union[Path, "SparkPath"]
_LAST_ASCII = 127
# Through Spark a file is read whole into the driver, which is kept to this many bytes.
LARGEST_READ_THROUGH_SPARK = 1 << 28


@total_ordering
@dataclass(frozen=True, slots=True)
class SparkPath:
    """A file or folder that only Spark can reach, with the operations of ``pathlib.Path`` that are
    needed here. ``uri`` has no slash at its end."""

    uri: str
    spark: "SparkSession" = field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.uri

    def __fspath__(self) -> str:
        return self.uri

    def __lt__(self, other: "SparkPath") -> bool:
        return self.uri < other.uri

    def __truediv__(self, name: str) -> "SparkPath":
        return SparkPath(f"{self.uri}/{name}", self.spark)

    @property
    def name(self) -> str:
        """The last part of the location."""
        return self.uri.rsplit("/", 1)[-1]

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return splitext(self.name)[0]

    @property
    def suffix(self) -> str:
        """The ending of the name with its dot, '' where it has none."""
        return splitext(self.name)[1]

    @property
    def parent(self) -> "SparkPath":
        """The folder around it."""
        return SparkPath(self.uri.rsplit("/", 1)[0], self.spark)

    def as_posix(self) -> str:
        """The location as text."""
        return self.uri

    def relative_to(self, other: "SparkPath") -> Path:
        """The part below another location. Raises ValueError where it does not lie below it."""
        return Path(self.uri).relative_to(other.uri)

    def is_file(self) -> bool:
        """Whether there is a file of exactly this location."""
        listed = _listed_by_spark(self)
        return listed is not None and [file.path for file in listed] == [self]

    def is_dir(self) -> bool:
        """Whether there is a folder of this location (an empty one counts)."""
        listed = _listed_by_spark(self)
        return listed is not None and [file.path for file in listed] != [self]

    def exists(self) -> bool:
        """Whether there is a file or folder of this location."""
        return _listed_by_spark(self) is not None

    def read_bytes(self) -> bytes:
        """The whole content. Raises RegisterError for more than 256 MB."""
        reader = self.spark.read.format("binaryFile")
        row = reader.load(glob_escaped(self.uri)).select("length", "content").limit(1)
        size = row.select("length").first()
        if size is not None and size[0] > LARGEST_READ_THROUGH_SPARK:
            raise RegisterError(
                f"{self}: {size[0] / 1e6:,.0f} MB are too much to be read on one machine. Deliver"
                " it as Parquet, or as CSV in UTF-8 without line breaks inside of fields."
            )
        content = row.select("content").first()
        return bytes(content[0]) if content is not None else b""

    def read_text(self, encoding: str = "utf-8") -> str:
        """The whole content as text."""
        return self.read_bytes().decode(encoding)


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as its file system lists it: size in bytes and time of the last change in
    nanoseconds since 1970."""

    path: AnyPath
    size: int
    modified_ns: int


def locate(text: str | AnyPath, spark: "SparkSession") -> AnyPath:
    """What an option such as ``--registers`` names: a local path, also where it is written as a
    ``file:`` URI, else a location that Spark reaches."""
    if not isinstance(text, str):
        return text
    path = local_path(text)
    return SparkPath(text.rstrip("/"), spark) if path is None else path


def list_files(root: AnyPath) -> tuple[ListedFile, ...]:
    """Every file below a folder, or the file itself, in order of path; none where there is nothing.

    Folders and files whose names begin with ``.`` or ``_`` are left out, as Spark leaves them out.
    """
    if isinstance(root, SparkPath):
        return _listed_by_spark(root) or ()
    if root.is_file():
        return (_listed(root),)
    return tuple(_walk(root))


def spark_location(path: AnyPath) -> str:
    """A location as Spark's readers take it. Local paths are named as such, because the default
    file system of a cluster may be another one; characters of patterns lose their meaning."""
    return glob_escaped(written_location(path))


def written_location(path: AnyPath) -> str:
    """The same as Spark's writers take it, which know no patterns."""
    return path.uri if isinstance(path, SparkPath) else local_uri(path)


def folder_uris(path: AnyPath) -> set[str]:
    """A folder as Spark may write its location in the paths of files in it."""
    if isinstance(path, SparkPath):
        return {path.uri}
    absolute = os.path.abspath(path)
    return {
        f"{scheme}{place}"
        for place in names_in_uris(absolute)
        for scheme in ("file:", "file://", "dbfs:")
    }


def names_in_uris(name: str) -> set[str]:
    """A name or path as it may stand in a location: as it is, with spaces and their kin encoded, as
    Java and so Spark writes it, and with letters beyond ASCII encoded as well."""
    java = "".join(sign if ord(sign) > _LAST_ASCII else _encoded(sign) for sign in name)
    return {name, java, _encoded(name)}


def _encoded(text: str) -> str:
    return quote(text, safe="/=+!$&'()*,;:@~")


def visible(name: str) -> bool:
    """Whether Spark reads a file or folder of this name."""
    return not name.startswith((".", "_")) or (name.startswith("_") and "=" in name)


def _listed(path: Path) -> ListedFile:
    status = path.stat()
    return ListedFile(path, status.st_size, status.st_mtime_ns)


def _walk(folder: Path) -> Iterator[ListedFile]:
    for current, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if visible(name))
        for name in sorted(names):
            path = Path(current, name)
            if visible(name) and path.is_file():
                yield _listed(path)


def _listed_by_spark(root: SparkPath) -> tuple[ListedFile, ...] | None:
    """The files below a location, None where there is none."""
    from pyspark.errors import AnalysisException

    reader = root.spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    try:
        frame: DataFrame = reader.load(glob_escaped(root.uri))
        rows = frame.select("path", "length", "modificationTime").collect()
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            return None
        raise RegisterError(
            f"{root}: cannot be listed ({error.getCondition()}). Check the location, and that Spark"
            " is set up for its file system."
        ) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("pyspark", "py4j"):
            raise
        raise RegisterError(
            f"{root}: cannot be listed ({type(error).__name__}). Check the location, and that Spark"
            " is set up for its file system."
        ) from error
    base = _path_part(root.uri)
    listed = []
    for location, size, modified in rows:
        below = _path_part(location)[len(base) :].strip("/")
        if all(visible(path_name) for path_name in below.split("/")):
            path = SparkPath(f"{root.uri}/{below}", root.spark) if below else root
            listed.append(ListedFile(path, size, int(modified.timestamp() * 1e9)))
    return tuple(sorted(listed, key=lambda file: file.path.uri))  # type: ignore[union-attr]


def _path_part(uri: str) -> str:
    """The path of a URI without its scheme and host; Spark writes an empty host in two ways."""
    rest = uri.split(":", 1)[1]
    if rest.startswith("//"):
        return "/" + rest[2:].partition("/")[2]
    return rest
