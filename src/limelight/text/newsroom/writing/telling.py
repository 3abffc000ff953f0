"""A line of a source as a statement: said anew and checked, or given up with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from limelight.text.newsroom.checking import Wording, check_sentence
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.plan import supporting
from limelight.text.newsroom.sources import Line, Place
from limelight.text.newsroom.writing import (
    chinese,
    english,
    english_excerpts,
    english_grammar,
    reference,
)
from limelight.text.newsroom.writing.statement import QUOTING, Statement

Rewrite = Callable[[str, Sequence[str], str], str | None]
Told = tuple[Statement, ...]
UNSAYABLE = "can't be said in other words without a risk to its meaning"


@dataclass(frozen=True)
class Teller:
    """Says lines of the sources in a language, never more of their wording than is allowed."""

    evidence: Evidence
    wording: Wording
    language: str

    def tell(self, at: int, quoting: bool = True) -> tuple[Told, str]:
        """Give the statements that a line becomes, or none and the reason."""
        lines = self._lines(at)
        index = next(i for i, line in enumerate(lines) if line is self.evidence.lines[at])
        if self.language == "zh":
            options = chinese.tellings(lines[index].text, self.wording.allowed, self._name(at))
            kept = [(way, text, ()) for way, text in options if quoting or way not in QUOTING]
            told, problem = self._first(kept, at)
            return told, problem or (UNSAYABLE if not told else "")
        text, places, reason = self._settled(lines, index)
        bare = english.bare_of(text)
        if not reason and bare is None:
            reason = "is a question, a fragment or an exclamation"
        if not reason and bare and english.FIRST_PERSON.search(MARKS.sub("", bare)):
            reason = "speaks in the first person without quotation marks"
        if not reason and bare and english.POINTING.match(bare):
            reason = "points at what is said before it"
        return ((), reason) if reason or bare is None else self._english(bare, places, at, quoting)

    def _english(
        self, bare: str, places: tuple[Place, ...], at: int, quoting: bool
    ) -> tuple[Told, str]:
        whole, problem = self._first(list(self._options(bare, places)), at)
        if whole:
            return whole, ""
        allowed = self.wording.allowed
        parted = [
            self._first([("said", s, places) for s in english.sayings(part, allowed)], at)[0]
            for part in english.parts(bare)
        ]
        told = tuple(statement for group in parted for statement in group)
        if not told and quoting:
            options = english_excerpts.partly_quoted(bare, self._name(at))
            told, _ = self._first([("excerpt", one, places) for one in options], at)
        return told, "" if told else problem or UNSAYABLE

    def passes(self, text: str, places: Sequence[Place]) -> str:
        """Say why a sentence can't be published; "" where it can."""
        faults = chinese.faults(text) if self.language == "zh" else english_grammar.faults(text)
        if fault := next(iter(faults), ""):
            return fault
        if run := self.wording.copied(text):
            joined = ("" if self.language == "zh" else " ").join(run)
            return (
                f"has more than {self.wording.allowed} words in a row from its source: {joined!r}"
            )
        verdict = check_sentence(text, self.evidence, places, self.language)
        return "; ".join(map(str, verdict.problems))

    def _options(
        self, bare: str, places: tuple[Place, ...]
    ) -> Iterator[tuple[str, str, tuple[Place, ...]]]:
        way = "quoted" if MARKS.search(bare) else "said"
        for saying in english.sayings(bare, self.wording.allowed):
            yield way, saying, places

    def _first(
        self, options: Sequence[tuple[str, str, tuple[Place, ...]]], at: int
    ) -> tuple[Told, str]:
        """Give the first way that passes, with all the places that say the same."""
        own = self.evidence.lines[at].place
        problem = ""
        for way, said, extra in options:
            text = self._capital(said, at)
            problem = self.passes(text, (own, *extra))
            if not problem:
                others = [self.evidence.lines[i].place for i in supporting(self.evidence, at)]
                agreed = tuple(p for p in others if not self.passes(text, (p,)))
                return (Statement(text, (own, *agreed, *extra), way, own),), ""
        return (), problem

    def _capital(self, text: str, at: int) -> str:
        """Leave a name its capital that opened its line and now stands within ("dune" for Dune)."""
        line = self.evidence.lines[at]
        opening = re.match(r"(?P<name>[A-Z][a-z]+) (?P<verb>[a-z]+)", line.text)
        named = any(name.start == 0 for name in self.evidence.facts(at).names)
        if opening is None or not named or not english_grammar.finite(opening["verb"]):
            return text
        small = re.compile(rf"(?<![\w’'-]){opening['name'].lower()}(?![\w’'-])")
        known = small.search(self.evidence.joined[line.place.source])
        return text if known else small.sub(opening["name"], text, count=1)

    def _settled(self, lines: Sequence[Line], index: int) -> tuple[str, tuple[Place, ...], str]:
        """Put in whom a sentence is about, where a pronoun or nothing says so."""
        text = lines[index].text
        if not reference.needs_referent(text):
            return text, (), ""
        found = reference.referent(lines, index)
        if found is None:
            return text, (), "leaves open whom or what it is about"
        who, line = found
        if re.match(r"[\"“]", text):
            return reference.with_speaker(text, who), (line.place,), ""
        if english.OPENING.match(text):
            who = who[0].upper() + who[1:]
            own = english.OPENING.match(text)
            owner = who + ("'" if who.endswith("s") else "'s")
            mine = owner if own and own[0] in ("His", "Her", "Its", "Their") else who
            return mine + text[own.end() if own else 0 :], (line.place,), ""
        return text, (line.place,), ""

    def _lines(self, at: int) -> list[Line]:
        number = self.evidence.lines[at].place.source
        return list(self.evidence.sources[number].lines)

    def _name(self, at: int) -> str:
        """Say in a sentence who reports: the publisher, else the report by its title."""
        document = self.evidence.sources[self.evidence.lines[at].place.source].document
        if self.language == "en" and len(self.evidence.sources) == 1 and not document.publisher:
            return "the report says"
        if self.language == "zh":
            if document.publisher:
                return document.publisher
            return f"《{document.title}》一文" if document.title else f"{document.name}"
        if document.publisher:
            tellers = ("{} reports", "according to {}", "{} says")
            return tellers[at % 3].format(document.publisher)
        named = (document.title or document.name).replace('"', "'").replace("'", "’")
        return f"according to the report “{named}”" if document.title else f"according to {named}"
