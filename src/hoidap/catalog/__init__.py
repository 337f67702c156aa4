"""The truth, in SQLite: reports, their passages, and which of them each generation holds.

A report's text never changes in place: a changed file adds a version of the report. A generation is
the set of versions that were current at a number. One commit makes the next generation current, so
a reader sees the former one or the next, never something between, and a crash leaves the former.
"""

from __future__ import annotations

from hoidap.catalog.reading import Catalog
from hoidap.catalog.records import (
    Cause,
    Coming,
    Generation,
    KnownFile,
    KnownReport,
    NewVersion,
    Original,
    Step,
)
from hoidap.catalog.schema import ADVICE, SCHEMA_VERSION
from hoidap.catalog.writing import CatalogWriter

__all__ = [
    "ADVICE",
    "SCHEMA_VERSION",
    "Catalog",
    "CatalogWriter",
    "Cause",
    "Coming",
    "Generation",
    "KnownFile",
    "KnownReport",
    "NewVersion",
    "Original",
    "Step",
]
