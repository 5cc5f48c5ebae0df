"""Which delivered file a row came from.

Spark knows it as a text, the location of the file it reads just now, and we want the file's
number, for every row of millions. To cut the name out of the location and look it up as text took a
sixth of the tasks' time. Therefore:

1. `with_place` takes what is the same for all rows of a delivered file (the file's name, which
   Spark holds ready, or of a folder of parts the folder's location) and makes a CRC32 of it: a
   whole number.
2. `number_of_file` makes the same checksums of the places of all files, as it expects Spark to
   write them, and looks a row's up among them.
3. A row whose checksum is not among them, because a file system writes places in another way, or
   because two places happen to have the same one, is looked up by the name after all, cut out of
   the location. A name that is not known either gives null, which the table does not take.

Names decide, because files of one name in different folders are read apart (reading.py).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from pyspark.sql import functions as F

from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.locations import folder_uris, names_in_uris

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_PLACE = "kb_place"


def with_place(raw: "DataFrame", files: Sequence[DeliveredFile]) -> "DataFrame":
    """The rows of files with the checksum of the place they stand in."""
    path, name = F.col("_metadata.file_path"), F.col("_metadata.file_name")
    place = name.cast("binary")
    if files[0].is_folder:
        # By lengths, which are known, not by a search for the last slash.
        before_name = F.octet_length(path) - F.octet_length(name) - 1
        place = F.substring(path.cast("binary"), F.lit(1), before_name)
    return raw.withColumn(_PLACE, F.crc32(place))


def number_of_file(files: Sequence[DeliveredFile], numbers: Sequence[int]) -> "Column":
    """Which of the files a row with its place came from: by the checksum of the place, else by the
    file's name. ``numbers``: the files that are read together, by their index in ``files``."""
    path = F.col("_metadata.file_path")
    name = F.substring_index(path, "/", -1)
    if files[numbers[0]].is_folder:
        name = F.substring_index(F.substring_index(path, "/", -2), "/", 1)
    by_name: dict[str, int] = {}
    by_checksum: dict[int, set[int]] = {}
    for file_number in numbers:
        file = files[file_number]
        # Some file systems write the letters of a name as they are, others encode them.
        names = names_in_uris(file.path.name)
        by_name |= dict.fromkeys(names, file_number)
        places = folder_uris(file.path) if file.is_folder else names
        for place in places:
            by_checksum.setdefault(crc32(place.encode()), set()).add(file_number)
    listed = [F.lit(item) for pair in by_name.items() for item in pair]
    by_file_name = F.element_at(F.create_map(*listed), name)
    # A checksum that belongs to several files says nothing.
    pairs = [
        (checksum, min(owners))
        for checksum, owners in sorted(by_checksum.items())
        if len(owners) == 1
    ]
    return F.coalesce(_looked_up(F.col(_PLACE), pairs), by_file_name) if pairs else by_file_name


def _looked_up(key: "Column", pairs: Sequence[tuple[int, int]]) -> "Column":
    """The value of a key among pairs of key and value, null where there is none: a hash table of
    two arrays, with a bucket for each remainder of the key.

    Conditions on the key would do as well, but the first row of each file would then take a branch
    that no row has taken before, for which Java throws away what it has compiled and begins anew.
    """
    n_buckets = len(pairs)
    keys: list[list[int]] = [[] for _ in range(n_buckets)]
    values: list[list[int]] = [[] for _ in range(n_buckets)]
    for known, value in pairs:
        keys[known % n_buckets].append(known)
        values[known % n_buckets].append(value)
    bucket = F.pmod(key, F.lit(n_buckets)).cast("int")
    position = F.array_position(F.get(_arrays(keys, "bigint"), bucket), key)
    return F.get(F.get(_arrays(values, "int"), bucket), position.cast("int") - 1)


def _arrays(buckets: Sequence[Sequence[int]], kind: str) -> "Column":
    """Lists of whole numbers as an array of arrays."""
    return F.array(*(F.array(*map(F.lit, bucket)).cast(f"array<{kind}>") for bucket in buckets))
