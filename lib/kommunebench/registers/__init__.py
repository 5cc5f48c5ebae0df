"""Registers in: the declared catalogue, finding and reading deliveries, checks, and bronze columns.
Delivered names live here only."""

from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.delivery import Delivery, find_delivery
from kommunebench.registers.fingerprints import combined, content_fingerprints, content_hash
from kommunebench.registers.ingestion import (
    BronzeResult,
    FileRecord,
    ReadDelivery,
    read_delivery,
    units_of,
)
from kommunebench.registers.locations import AnyPath, locate
from kommunebench.registers.validation import ValidationReport, validate_delivery

__all__ = [
    "AnyPath",
    "BronzeResult",
    "DeliveredFile",
    "Delivery",
    "FileRecord",
    "ReadDelivery",
    "ValidationReport",
    "combined",
    "content_fingerprints",
    "content_hash",
    "find_delivery",
    "locate",
    "read_delivery",
    "units_of",
    "validate_delivery",
]
