"""The checks that every sentence passes before it is published, by whomever it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from limelight.text.language import language_of
from limelight.text.newsroom.checking.alignment import Side, exchanged
from limelight.text.newsroom.checking.contraries import CONTRARIES
from limelight.text.newsroom.checking.verdict import Problem, Verdict
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts import Day, Facts, Name, Number, Quotation, facts_of
from limelight.text.newsroom.facts.names import NAME
from limelight.text.newsroom.facts.numbers import agreeing, same_kind
from limelight.text.newsroom.facts.quotations import LEAST, pieces, verbatim
from limelight.text.newsroom.sources import Place
from limelight.text.newsroom.tokens import STOPS, content_of, negations, stem, tokens_of
from limelight.text.sentences import sentences
from limelight.text.words import words

ENOUGH = 0.6
"""Share of a sentence's words, by weight, that the lines it rests on must have."""
NEAR = 0.6
"""Share of the best line's own from which another line counts too."""
LITTLE = 0.06
"""Share of a sentence's words that a line must have beyond the best one, to stand for a fact."""
CLOSE = 0.75
"""Share from which a sentence is the line in other clothes, so that contraries count."""
PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|his|their|its|them|who|the|this|that|these|those|mr|mrs"
    r"|ms|both)\b|他|她|它|该|其|此|这",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"(?:\w+ ){0,2}(?:he|she|it|they|his|her|its|their|the|this|these|those|both)\b|他|她"
    r"|它|该|其|此|这",
    re.IGNORECASE,
)
SPEECH = re.compile(
    r"\b(?:said|says|say|told|tells|added|adds|argued|claimed|explained|insisted|admitted"
    r"|warned|wrote|writes|"
    r"commented|according|stated|announced|predicted)\b|表示|说|称|指出|认为|介绍|透露|坦言"
    r"|强调|写道",
    re.IGNORECASE,
)


def check_text(
    text: str, evidence: Evidence, language: str | None = None, today: date | None = None
) -> list[Verdict]:
    """Check a text sentence by sentence against whatever of the evidence is nearest.

    ``today`` is the day on which the text was written, from which its "yesterday" is counted.
    """
    language = language or language_of(text)
    found = [span.of(text) for span in sentences(text, language)]
    return [check_sentence(one, evidence, None, language, today) for one in found]


def check_sentence(
    text: str,
    evidence: Evidence,
    places: Sequence[Place] | None = None,
    language: str | None = None,
    today: date | None = None,
) -> Verdict:
    """Check one sentence against the places it claims to rest on, else against all there is.

    Every number, date and name must stand in the lines that it rests on, and in the same place;
    quotations word for word and by their speaker; and most of its words must be there too.
    """
    language = language or language_of(text)
    facts = facts_of(text, language, today, evidence.names)
    quoted = [q for q in facts.quotations if _is_speech(q, language)]
    content = content_of(text, language)
    lines = evidence.at(places) if places else _nearest(content, evidence, quoted)
    content -= _reporters(lines, evidence, language)
    problems = list(_quotations(text, facts, quoted, lines, evidence))
    free = _outside(facts, quoted)
    if not lines:
        return Verdict(text, (), (*problems, _nothing()))
    best = max(
        lines,
        key=lambda at: (_shared(content, [at], evidence), _agreed(free, evidence.facts(at)), -at),
    )
    problems += _facts(free, content, lines, best, evidence, trusted=bool(places))
    if all(at >= evidence.n_text for at in lines) or _rests_on_row(free, lines, evidence):
        problems = [p for p in problems if p.kind != "words"]
    else:
        if _shared(content, lines, evidence) < ENOUGH:
            problems.append(_nothing())
        problems += _turned(text, free, content, lines, best, evidence)
    places = tuple(
        dict.fromkeys(evidence.lines[at].place for at in sorted(lines, key=lambda at: at != best))
    )
    told: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        told.setdefault((problem.kind, problem.said), problem)
    return Verdict(text, places, tuple(told.values()))


def _facts(
    free: Facts,
    content: frozenset[str],
    lines: list[int],
    best: int,
    evidence: Evidence,
    trusted: bool,
) -> list[Problem]:
    """Check numbers, dates and names against the best line and those that say more of the rest."""

    def beside(own: str) -> list[int]:
        """Give the lines that have more of the sentence than the fact itself."""
        mine = content - {stem(word) for word in words(own)}
        least = LITTLE * evidence.weighed(mine)
        return [
            at
            for at in lines
            if trusted
            or at == best
            or at >= evidence.n_text
            or evidence.weighed((evidence.content[at] - evidence.content[best]) & mine) > least
            or _shared(mine, [at], evidence) >= 0.9 * _shared(mine, [best], evidence)
        ]

    problems: list[Problem] = []
    for number in free.numbers:
        problems += _number(number, beside(number.text), best, evidence)
    for day in free.days:
        problems += _day(day, beside(day.text), evidence)
    for name in free.names:
        problems += _name(name, free, beside(name.text), evidence)
    return problems


def _turned(
    text: str, free: Facts, content: frozenset[str], lines: list[int], best: int, evidence: Evidence
) -> Iterator[Problem]:
    """Find what stands in another's place, and what is denied or said to be the contrary."""
    line = Side(evidence.lines[best].text, evidence.facts(best), evidence.tokens(best))
    yield from exchanged(Side(text, free, tokens_of(text, free)), line)
    if _shared(content, [best], evidence) < CLOSE:
        return
    there: set[str] = set().union(*(evidence.content[at] for at in lines))
    for word in sorted(content - there):
        if turned := CONTRARIES.get(word, frozenset()) & there - content:
            yield Problem(
                "contrary", word, f"is the contrary of {min(turned)!r}, which the source has"
            )
    own = "".join(c if not _in_quotation(i, free) else " " for i, c in enumerate(text))
    if negations(own) and not any(negations(evidence.lines[at].text) for at in lines):
        yield Problem("contrary", "", "it denies what the source says")


def _in_quotation(at: int, free: Facts) -> bool:
    return any(q.start <= at < q.end for q in free.quotations)


def _nothing() -> Problem:
    return Problem("words", "", "the sources do not say this")


def _nearest(content: frozenset[str], evidence: Evidence, quoted: list[Quotation]) -> list[int]:
    """Give the lines that a sentence may rest on, those with its quotations among them."""
    found = evidence.nearest(content)
    lines = [m.at for m in found[:4] if m.share >= NEAR * found[0].share]
    covered = set().union(*(evidence.content[at] for at in lines))
    for match in found:  # what is still missing may stand in another line
        extra = (evidence.content[match.at] & content) - covered
        if (
            match.at not in lines
            and len(lines) < 5
            and len(extra) >= 2
            and evidence.weighed(extra) >= 0.15 * evidence.weighed(content)
        ):
            lines.append(match.at)
            covered |= evidence.content[match.at]
    for quotation in quoted:
        lines += [at for at in _holding(quotation, evidence) if at not in lines]
    return lines


def _shared(content: frozenset[str], lines: Sequence[int], evidence: Evidence) -> float:
    """Give the share of a sentence's words, by weight, that some lines have."""
    whole = evidence.weighed(content) or 1.0
    there = set().union(*(evidence.content[at] for at in lines)) if lines else set()
    if inside := [w for w in content - there if not w.isascii() or w[:1].isdigit()]:
        joined = " ".join(evidence.lines[at].text for at in lines).lower()
        there.update(word for word in inside if word in joined)
    return evidence.weighed(content & there) / whole


def _is_speech(quotation: Quotation, language: str) -> bool:
    return len(words(quotation.words)) >= LEAST


def _reporters(lines: list[int], evidence: Evidence, language: str) -> frozenset[str]:
    """Give the words that name who reports, which no report says of itself."""
    cited = {evidence.lines[at].place.source for at in lines}
    documents = [source.document for n in cited if (source := evidence.sources.get(n))]
    tables = [table.name for n in cited if (table := evidence.tables.get(n))]
    told = " ".join([*(d.publisher or "" for d in documents), *tables])
    words = content_of(told + " report" + " table" * bool(tables), language)
    return words | content_of("报道 说法" + " 数据 表" * bool(tables), "zh")


def _agreed(free: Facts, other: Facts) -> int:
    """Count the numbers and dates that another line has too."""
    days = sum(any(day.agrees(d) for d in other.days) for day in free.days)
    return sum(bool(agreeing(number, other.numbers)) for number in free.numbers) + days


def _outside(facts: Facts, quoted: list[Quotation]) -> Facts:
    """Leave out the facts within quotations, which are checked word for word."""

    def free(start: int) -> bool:
        return not any(q.start <= start < q.end for q in quoted)

    return Facts(
        tuple(n for n in facts.numbers if free(n.start)),
        tuple(d for d in facts.days if free(d.start)),
        tuple(n for n in facts.names if free(n.start)),
        tuple(quoted),
    )


def _quotations(
    text: str, facts: Facts, quoted: list[Quotation], lines: list[int], evidence: Evidence
) -> Iterator[Problem]:
    speakers = {p for n in facts.names if not _within(n, facts.quotations) for p in n.parts}
    for quotation in facts.quotations:
        numbers = {evidence.lines[at].place.source for at in lines} or set(evidence.whole)
        holding = [n for n in numbers if verbatim(quotation, evidence.whole.get(n, ""))]
        if not holding:
            yield Problem("quotation", quotation.words, "is not in the sources word for word")
        elif quotation in quoted and speakers and SPEECH.search(text):
            theirs = _speakers(quotation, evidence)
            if theirs and not theirs & speakers:
                yield Problem(
                    "name",
                    quotation.words[:40],
                    f"was said by another: {', '.join(sorted(theirs))}",
                )


def _within(name: Name, quotations: Sequence[Quotation]) -> bool:
    return any(q.start <= name.start < q.end for q in quotations)


def _holding(quotation: Quotation, evidence: Evidence) -> list[int]:
    opening = max(pieces(quotation.words), key=len, default="")[1:60]
    if not opening:
        return []
    return [at for at in range(evidence.n_text) if opening in evidence.normal[at]]


def _speakers(quotation: Quotation, evidence: Evidence) -> set[str]:
    """Give the names to whom the source may give a quotation: in its line, else in those around."""
    found: set[str] = set()
    for at in _holding(quotation, evidence):
        own = {
            p
            for n in evidence.facts(at).names
            if not _within(n, evidence.facts(at).quotations)
            for p in n.parts
        }
        line = evidence.lines[at].text
        named = own if SPEECH.search(line) and not _by_pronoun(line) else set()
        if not named:
            for near in evidence.around(at, 3):
                named |= {p for n in evidence.facts(near).names for p in n.parts}
        found |= named
    return found


def _by_pronoun(line: str) -> bool:
    return bool(
        re.search(
            r"\b(?:he|she|they|it) (?:\w+ )?(?:said|added|told|says|adds)\b|[他她]",
            line,
            re.IGNORECASE,
        )
    )


def _number(number: Number, lines: list[int], best: int, evidence: Evidence) -> Iterator[Problem]:
    there = [n for at in lines for n in evidence.facts(at).numbers]
    same = agreeing(number, there)
    said = number.text.strip()
    if not same:
        like = [n for n in evidence.facts(best).numbers if same_kind(number, n)]
        told = f"; the source has {like[0].text.strip()!r}" if like else ""
        yield Problem("number", said, f"is not in the lines that the sentence rests on{told}")
    elif _other_unit(number, same) and (right := [n for n in there if same_kind(number, n)]):
        yield Problem(
            "number", said, f"counts something else; the source has {right[0].text.strip()!r}"
        )


def _other_unit(number: Number, same: list[Number]) -> bool:
    units = {n.unit for n in same}
    return (
        bool(number.unit)
        and number.kind == "count"
        and number.unit not in STOPS
        and not any(
            not unit or unit in STOPS or same_kind(number, n) for n in same for unit in units
        )
    )


def _day(day: Day, lines: list[int], evidence: Evidence) -> Iterator[Problem]:
    there = [other for at in lines for other in evidence.facts(at).days]
    numbers = {evidence.lines[at].place.source for at in lines}
    for number in numbers:
        source = evidence.sources.get(number)
        if source and source.document.published:
            there += facts_of(source.document.published.isoformat(), "en").days
    if not any(day.agrees(other) for other in there):
        yield Problem("date", day.text, "is not in the lines that the sentence rests on")


def _name(name: Name, free: Facts, lines: list[int], evidence: Evidence) -> Iterator[Problem]:
    if any(_named(name, evidence.lines[at].text) for at in lines):
        return
    numbers = {evidence.lines[at].place.source for at in lines}
    documents = [source.document for n in numbers if (source := evidence.sources.get(n))]
    if any(_named(name, f"{d.publisher or ''} {d.title or ''} {d.name}") for d in documents):
        return  # who reports
    if any(_named(name, table.name) for n in numbers if (table := evidence.tables.get(n))):
        return
    if not any(_named(name, evidence.joined[n]) for n in numbers):
        yield Problem("name", name.text, "is not in the sources of the sentence")
    elif not any(_stands_for(name, free, at, evidence) for at in lines):
        yield Problem("name", name.text, "is not in the lines that the sentence rests on")


def _stands_for(name: Name, free: Facts, at: int, evidence: Evidence) -> bool:
    """Say whether a line may mean somebody whom only the lines before it name."""
    text = evidence.lines[at].text
    if re.search(rf"\b{re.escape(name.parts[-1])}\b", text.lower()):
        return True  # the surname alone
    if OPENING.match(text):
        return True
    theirs = [n for n in evidence.facts(at).names if not _within(n, evidence.facts(at).quotations)]
    mine = {part for n in free.names for part in n.parts}
    return bool(PRONOUN.search(text)) and all(set(n.parts) & mine for n in theirs)


def _named(name: Name, text: str) -> bool:
    """Say whether a text has a name: its words near each other, in order, or as initials."""
    small = text.lower().replace("’", "'")
    if not name.text.isascii() and name.text.lower() in small:
        return True
    gap = r"(?:[\s.,'-]+(?:of|the|de|van|von|and|for|s|[\w.]+)){0,2}[\s.,'-]+"
    pattern = r"(?<!\w)" + gap.join(re.escape(part) for part in name.parts) + r"(?:'?s)?(?!\w)"
    if re.search(pattern, small):
        return True
    if len(name.text) > 1 and name.text.isupper() and name.text.isalpha():
        return any(
            "".join(word[0] for word in m.group().split() if word[0].isupper()) == name.text
            for m in NAME.finditer(text)
        )
    return False


def _rests_on_row(free: Facts, lines: list[int], evidence: Evidence) -> bool:
    """Say whether a sentence tells of a table's row: a name and a number of it stand in it."""
    for at in lines:
        if at >= evidence.n_text and free.names and free.numbers:
            row = evidence.at([evidence.lines[at].place])
            numbers = [n for i in row for n in evidence.facts(i).numbers]
            if any(_named(n, evidence.lines[i].text) for n in free.names for i in row) and all(
                agreeing(n, numbers) for n in free.numbers
            ):
                return True
    return False
