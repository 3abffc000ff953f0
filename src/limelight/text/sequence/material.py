"""What a writer learns from, as files: WebNLG, or lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limelight.datasets import webnlg
from limelight.errors import BadInputError, NotFoundError
from limelight.text.sequence.examples import Example, Examples, Fixed
from limelight.text.sequence.facts import Fact, Report, Reported

HELD_OUT = 0.05
LINES = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True)
class Material:
    """Sources with the texts of them; ``reports`` where the sources are facts."""

    examples: tuple[Example, ...]
    reports: tuple[Report, ...] = ()

    def learned(self) -> Examples:
        """Give what a network is trained on: facts vary from epoch to epoch."""
        return Reported(self.reports) if self.reports else Fixed(self.examples)

    def parted(self, seed: int) -> tuple[Material, Material]:
        """Hold out one in twenty, at least one where there are two."""
        order = np.random.default_rng(seed).permutation(len(self.examples)).tolist()
        n = min(max(round(HELD_OUT * len(order)), 1), len(order) - 1) if len(order) > 1 else 0
        return self._some(order[n:]), self._some(order[:n])

    def _some(self, rows: Sequence[int]) -> Material:
        chosen = tuple(self.examples[row] for row in rows)
        return Material(chosen, tuple(self.reports[row] for row in rows) if self.reports else ())


def read_material(path: Path, split: str = "train", needs_texts: bool = True) -> Material:
    """Read WebNLG (a folder, or a .tar.gz: its part ``split``), or lines of JSON.

    A line has "facts", a list of [subject, predicate, object], or "source", a text; and "texts", a
    list of what was written of it, or "text". All lines are of one kind. Raises NotFoundError and
    BadInputError, which names the line.
    """
    if not path.exists():
        raise NotFoundError(f"there is no {path}")
    if path.suffix.lower() not in LINES:
        entries = webnlg.read(path, split)
        reports = tuple(
            Report(tuple(Fact(*fact) for fact in entry.facts), entry.texts, entry.category)
            for entry in entries
        )
        return _of(reports, path, needs_texts)
    reports_found: list[Report] = []
    examples: list[Example] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} can't be read as UTF-8: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            found = _line(line, f"line {number} of {path}")
            if isinstance(found, Report):
                reports_found.append(found)
            else:
                examples.append(found)
    if reports_found and examples:
        raise BadInputError(f"{path} has lines with facts and lines with sources; part them")
    if reports_found:
        return _of(tuple(reports_found), path, needs_texts)
    if not examples:
        raise BadInputError(f'{path} is empty; a line is {{"facts": [["Alien", "year", "1979"]]}}')
    return _checked(Material(tuple(examples)), path, needs_texts)


def _of(reports: tuple[Report, ...], path: Path, needs_texts: bool) -> Material:
    material = Material(tuple(report.example() for report in reports), reports)
    return _checked(material, path, needs_texts)


def _checked(material: Material, path: Path, needs_texts: bool) -> Material:
    if needs_texts and not any(example.targets for example in material.examples):
        raise BadInputError(f'{path} has no texts to learn from; give lines "texts": ["…"]')
    return material


def _line(line: str, place: str) -> Report | Example:
    try:
        found: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadInputError(f"{place} is no JSON: {error}") from error
    if not isinstance(found, dict) or ("facts" in found) == ("source" in found):
        raise BadInputError(f'{place} must be an object with "facts" or with "source"')
    texts = found.get("texts", [found["text"]] if "text" in found else [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise BadInputError(f'{place}: "texts" must be a list of texts')
    if "source" in found:
        if not isinstance(found["source"], str) or not found["source"].strip():
            raise BadInputError(f'{place}: "source" must be a text')
        return Example(found["source"], tuple(texts))
    facts = found["facts"]
    if not isinstance(facts, list) or not facts or not all(map(_is_fact, facts)):
        raise BadInputError(
            f'{place}: "facts" must be a list of ["subject", "predicate", "object"]'
        )
    stored = tuple(Fact(*map(str, fact)) for fact in facts)
    return Report(stored, tuple(texts), str(found.get("category", "")))


def _is_fact(fact: object) -> bool:
    return (
        isinstance(fact, list)
        and len(fact) == 3
        and all(isinstance(part, str | int | float) and str(part).strip() for part in fact)
    )
