"""Facts as the source of a text: who or what, which property, and its value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from limelight.text.sequence.examples import Example, Random

SUBJECT, PREDICATE, OBJECT = "<subject>", "<predicate>", "<object>"
LITERAL = re.compile(r'^"(.*)"(?:@[\w-]+|\^\^\S+)?$', re.DOTALL)
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NOTHING: Mapping[str, str] = {}
CHANGED = 0.5
"""Share of the pairs of an epoch in which names are changed for others."""
EACH = 0.7
"""Share of the names that are changed in those."""
INVENTED = 0.5
"""Share of the other names that are put together of parts of two."""
UNHEARD = 0.3
"""Share of the other names whose very words and numbers are made up."""
LITTLE = 3
"""Letters of a word that is left as it is: "of", "the", "and"."""
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Fact:
    """One fact as it is stored: ``Alan_Bean | birthPlace | "Wheeler, Texas"``."""

    subject: str
    predicate: str
    object: str


@dataclass(frozen=True)
class Report:
    """Facts that belong together, and the texts that people wrote of them."""

    facts: tuple[Fact, ...]
    texts: tuple[str, ...] = ()
    category: str = ""

    def example(self) -> Example:
        """Give source and targets as a network reads them."""
        return Example(source_of(self.facts), self.texts)


def source_of(facts: Iterable[Fact], others: Mapping[str, str] = NOTHING) -> str:
    """Write facts one after another, each part behind its mark, names as people write them.

    ``others`` are names to write instead of names.
    """
    return " ".join(
        f"{SUBJECT} {_instead(fact.subject, others)} {PREDICATE} {property_name(fact.predicate)} "
        f"{OBJECT} {_instead(fact.object, others)}"
        for fact in facts
    )


def _instead(stored: str, others: Mapping[str, str]) -> str:
    plain = name(stored)
    return others.get(plain, plain)


def name(stored: str) -> str:
    """Give a name or value without quotation marks, types, languages and underscores."""
    literal = LITERAL.match(stored.strip())
    return " ".join((literal[1] if literal else stored).replace("_", " ").split())


def property_name(stored: str) -> str:
    """Give a property's name in words: ``birthPlace`` is "birth place"."""
    return " ".join(HUMP.sub(" ", stored.replace("_", " ")).lower().split())


@dataclass(frozen=True)
class Reported:
    """Reports as pairs that differ from epoch to epoch, so that names are copied, not learned.

    Facts come in any order. In half of the pairs, names that a text spells as its facts do are
    changed for others, in both: for values of the same property, for subjects of the same category,
    for names that are put together of parts of two, which nobody can have met, or for names whose
    very words are, so that they are no subwords known but have to be copied piece by piece.
    """

    reports: Sequence[Report]
    marks: Sequence[str] = (SUBJECT, PREDICATE, OBJECT)
    _pools: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather the names by what they are the value of."""
        pools: dict[str, set[str]] = defaultdict(set)
        for report in self.reports:
            for fact in report.facts:
                pools[SUBJECT + report.category].add(name(fact.subject))
                pools[fact.predicate].add(name(fact.object))
        object.__setattr__(self, "_pools", {key: sorted(pool) for key, pool in pools.items()})

    def texts(self) -> Iterator[str]:
        """Give all sources and texts."""
        for report in self.reports:
            yield source_of(report.facts)
            yield from report.texts

    def pairs(self, random: Random) -> list[tuple[str, str]]:
        """Give each text with its facts, some of both with other names."""
        found = []
        for report in self.reports:
            for text in report.texts:
                facts = [report.facts[place] for place in random.permutation(len(report.facts))]
                if random.random() < CHANGED:
                    found.append(self._changed(report.category, facts, text, random))
                else:
                    found.append((source_of(facts), text))
        return found

    def _changed(
        self, category: str, facts: Sequence[Fact], text: str, random: Random
    ) -> tuple[str, str]:
        kinds = {name(fact.object): fact.predicate for fact in facts}
        kinds |= {name(fact.subject): SUBJECT + category for fact in facts}
        others = {
            old: self._other(kind, random)
            for old, kind in kinds.items()
            if re.search(rf"\b{re.escape(old)}\b", text) and random.random() < EACH
        }
        if not others:
            return source_of(facts), text
        longest_first = sorted(others, key=lambda old: -len(old))
        pattern = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b")
        return source_of(facts, others), pattern.sub(lambda match: others[match[1]], text)

    def _other(self, kind: str, random: Random) -> str:
        pool = self._pools[kind]
        first, second = (pool[place].split() for place in random.integers(len(pool), size=2))
        if random.random() < INVENTED:
            first = [*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]]
        if random.random() < UNHEARD:
            parts = [*first, *second]
            first = [_unheard(one, parts[random.integers(len(parts))], random) for one in first]
        return " ".join(first)


def _unheard(word: str, other: str, random: Random) -> str:
    """Give a number of other digits, or the beginning of one word with the end of another."""
    if DIGIT.search(word):
        return DIGIT.sub(lambda _: str(random.integers(10)), word)
    if len(word) <= LITTLE:
        return word
    return word[: (len(word) + 1) // 2] + other[len(other) // 2 :]
