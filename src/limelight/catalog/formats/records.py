"""Delimited records read one by one: quoted newlines, stray quotes, and all else that is odd."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """A record and the line where it begins; ``reason`` says why it is none, if so."""

    line: int
    text: str
    fields: list[str]
    reason: str | None


def records(
    lines: Iterable[tuple[int, str]], delimiter: str, n_columns: int, *, multiline: bool
) -> Iterator[Record]:
    """Read numbered lines as records of ``n_columns`` fields, passing over blank lines.

    A quote that is opened and never closed must not swallow the lines after it: where a record of
    several lines is bad, its first line alone is rejected, and reading begins anew at the second.
    ``multiline`` says whether a good record may have several lines at all.
    """
    source = _PushBack(lines)
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        fields: list[str] = []
        reason = None
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"not a row of fields ({error})"
        taken = source.taken()
        line, text = taken[0]
        if not text.strip():
            source.push_back(taken[1:])
            continue
        if reason is None and not multiline and any("\n" in field for field in fields):
            reason = "a quotation mark is opened and not closed"
        if reason is None and len(fields) != n_columns:
            reason = counted(len(fields), n_columns)
        if reason is None:
            yield Record(line, "\n".join(part for _, part in taken), fields, None)
        else:
            source.push_back(taken[1:])
            yield Record(line, text, [], reason)


def counted(found: int, expected: int) -> str:
    """Say that a row has too many or too few fields."""
    return f"{found:,} field{'' if found == 1 else 's'} instead of {expected:,}"


class _PushBack:
    """Lines for csv.reader that can be given back, and that remember which ones it took."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = iter(lines)
        self._returned: list[tuple[int, str]] = []
        self._taken: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        numbered = self._returned.pop() if self._returned else next(self._lines)
        self._taken.append(numbered)
        return numbered[1] + "\n"

    def taken(self) -> list[tuple[int, str]]:
        taken, self._taken = self._taken, []
        return taken

    def push_back(self, lines: list[tuple[int, str]]) -> None:
        self._returned.extend(reversed(lines))
