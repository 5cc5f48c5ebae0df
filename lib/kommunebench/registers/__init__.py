"""Registers in: the declared catalogue, finding and reading deliveries, checks, and bronze columns. Delivered names live here only."""

from kommunebench.registers.delivery import delivery_fingerprint
from kommunebench.registers.ingestion import BronzeResult, ReadDelivery, read_delivery
from kommunebench.registers.validation import ValidationReport, validate_delivery

__all__ = ["BronzeResult", "ReadDelivery", "ValidationReport", "delivery_fingerprint", "read_delivery", "validate_delivery"]
