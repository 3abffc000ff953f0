"""What an import did, and the rows that it could not use."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from limelight.catalog.formats.batch import Reject
from limelight.catalog.formats.sources import Source
from limelight.errors import BadInputError, UnavailableError

EXAMPLES_A_REASON = 3
COLUMNS = ("file", "line", "reason", "text")


@dataclass
class ImportReport:
    """What was read and what became of it: read = added + updated + unchanged + rejected.

    reasons   how many rows were rejected for each reason
    examples  the first few rejected rows of each reason
    notes     what was guessed or taken for something, in sentences
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reject(self, rejects: Iterable[Reject]) -> None:
        """Count rejected rows."""
        for one in rejects:
            self.read += 1
            self.rejected += 1
            self.reasons[one.reason] += 1
            if self.reasons[one.reason] <= EXAMPLES_A_REASON:
                self.examples.append(one)

    def add(self, other: ImportReport) -> None:
        """Count in what another import did."""
        for name in ("read", "added", "updated", "unchanged", "rejected"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for one in other.examples:
            known = sum(example.reason == one.reason for example in self.examples)
            if known < EXAMPLES_A_REASON:
                self.examples.append(one)
        self.reasons += other.reasons
        self.notes += other.notes

    def why(self) -> str:
        """Say in one sentence which rows were rejected and why; empty where none were."""
        if not self.rejected:
            return ""
        parts = [
            f"{count:,} × {reason} ({self._lines(reason, count)})"
            for reason, count in self.reasons.most_common()
        ]
        return f"{self.rejected:,} of {self.read:,} rows are bad: " + "; ".join(parts)

    def _lines(self, reason: str, count: int) -> str:
        lines = [f"{one.line:,}" for one in self.examples if one.reason == reason]
        more = ", …" if count > len(lines) else ""
        return f"line{'s' if count > 1 else ''} {', '.join(lines)}{more}"


class RejectsFile:
    """The rejected rows as CSV, or as JSON Lines where the name says so.

    It is made with the first rejected row, and every row is on disk before the import goes on.
    """

    def __init__(self, path: Path | None, sources: Iterable[Source]) -> None:
        """Write to ``path``, or nowhere. Raises BadInputError where it is one of the sources."""
        self._path = None if path is None else Path(path)
        read = {source.path.resolve() for source in sources if source.path}
        if self._path and self._path.resolve() in read:
            raise BadInputError(f"{path} is to be read; write the rejected rows to another file")
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Give the file itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        if self._file:
            self._file.close()

    def write(self, rejects: list[Reject]) -> None:
        """Add rows. Raises UnavailableError where they can't be written."""
        if not rejects or self._path is None:
            return
        rows = [(one.source, one.line, one.reason, one.text) for one in rejects]
        try:
            begun = self._file is not None
            file = self._file or self._path.open("w", encoding="utf-8", newline="")
            self._file = file
            if self._path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
                for row in rows:
                    cells = dict(zip(COLUMNS, row, strict=True))
                    file.write(json.dumps(cells, ensure_ascii=False) + "\n")
            else:
                csv.writer(file).writerows(rows if begun else [COLUMNS, *rows])
            file.flush()
        except OSError as error:
            raise UnavailableError(
                f"the rejected rows can't be written to {self._path}: {error.strerror}"
            ) from error


def refuse(report: ImportReport, source: str) -> BadInputError:
    """Make the error of a strict import."""
    return BadInputError(f"{source} is refused, and nothing of it was imported: {report.why()}")
