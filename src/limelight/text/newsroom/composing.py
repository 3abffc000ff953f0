"""From sources to a draft: conflicts, a plan, statements that pass, and the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.text.newsroom import headlines, plan
from limelight.text.newsroom.checking import Wording
from limelight.text.newsroom.conflicts import Found, conflicts_of, distinct
from limelight.text.newsroom.data import Table
from limelight.text.newsroom.draft import Draft, Dropped, Fact, Origin
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.facts import facts_of
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.forms import Form
from limelight.text.newsroom.sources import Source
from limelight.text.newsroom.tokens import STOPS
from limelight.text.newsroom.writing import data_chinese, data_english, reviewing
from limelight.text.newsroom.writing.differing import both_sides, one_sided
from limelight.text.newsroom.writing.statement import QUOTING, Statement
from limelight.text.newsroom.writing.telling import Teller
from limelight.text.words import words

SHOWN = 80
"""Characters of a sentence by which a note tells which it is."""
TRIED = 60
"""Lines that are tried for a draft, the most telling first."""


def compose(
    sources: Sequence[Source],
    tables: Sequence[Table],
    form: Form,
    language: str,
    allowed: int = 12,
    progress: Progress = silent,
) -> Draft:
    """Write a draft from sources and tables, which are numbered.

    Raises BadInputError where nothing in them is in the language and no table is given.
    """
    evidence = Evidence(sources, tables)
    usable = [s for s in sources if s.document.language == language]
    if not usable and not tables:
        others = sorted({s.document.language for s in sources})
        raise BadInputError(
            f"no source is in the language {language!r} (they are in {', '.join(others)}), and the "
            "newsroom does not translate; choose another --language"
        )
    wording = Wording.of((source.text for source in sources), allowed)
    teller = Teller(evidence, wording, language)
    progress(1, 4, "comparing sources")
    conflicts = conflicts_of(evidence)
    progress(2, 4, "writing")
    dropped: list[Dropped] = []
    data = [s for table in tables for s in _of_table(teller, table, conflicts, dropped)]
    told = _told(teller, form, conflicts, dropped, _told_with(data, evidence))
    if form.name == "reviews":
        told = reviewing.verdicts(evidence, teller, told, tables)
    progress(3, 4, "laying out")
    return _laid_out(teller, form, language, sources, tables, told, data, conflicts, dropped)


def _of_table(
    teller: Teller, table: Table, conflicts: Sequence[Found], dropped: list[Dropped]
) -> list[Statement]:
    """Say what a table has; give up what does not pass, and what leans on a first so lost."""
    zh = teller.language == "zh"
    first, *others = (data_chinese if zh else data_english).statements(table) or [None]
    if first is None:
        return []
    found = _kept(teller, first, conflicts, dropped)
    for statement in others:
        if statement.leans and not found:
            reason = "it follows on what was left out"
            dropped.append(Dropped(statement.text, reason, _where(teller, statement)))
        else:
            found += _kept(teller, statement, conflicts, dropped)
    return found


def _kept(
    teller: Teller, statement: Statement, conflicts: Sequence[Found], dropped: list[Dropped]
) -> list[Statement]:
    if _given_up(teller, statement, dropped):
        return []
    return list(_settled(teller, statement, conflicts, dropped))


def _settled(
    teller: Teller, statement: Statement, conflicts: Sequence[Found], dropped: list[Dropped]
) -> Sequence[Statement]:
    """Put beside what a table has what a text has for it; give up what can't be put so."""
    reason = one_sided(teller, statement, conflicts)
    if not reason:
        return (statement,)
    for conflict, (_, row) in conflicts:
        if conflict.sides[1][1] in statement.places:
            told, _ = both_sides(teller, row, conflict, statement)
            if told and not one_sided(teller, told[0], conflicts):
                return told
    dropped.append(Dropped(statement.text, reason, _where(teller, statement)))
    return ()


def _told_with(data: Sequence[Statement], evidence: Evidence) -> list[int]:
    """Give the lines of texts whose contradiction with a table is told beside its figure."""
    places = [place for s in data if s.way == "differ" for place in s.places]
    return [at for at in evidence.at(places) if at < evidence.n_text]


def _given_up(teller: Teller, statement: Statement, dropped: list[Dropped]) -> bool:
    problem = teller.passes(statement.text, statement.places)
    if problem:
        dropped.append(Dropped(statement.text, problem, _where(teller, statement)))
    return bool(problem)


def _told(
    teller: Teller,
    form: Form,
    conflicts: Sequence[Found],
    dropped: list[Dropped],
    already: Sequence[int] = (),
) -> list[Statement]:
    """Tell the most telling lines, up to the form's length; note what can't be told.

    ``already`` are lines that what was written of tables has told.
    """
    evidence = teller.evidence
    disputed = {at: conflict for conflict, pair in conflicts for at in pair}
    together = {at: set(pair) for _, pair in conflicts for at in pair}
    order = plan.ranked(evidence, form, teller.language)
    taken = list(already)
    told: list[Statement] = []
    size = quotations = excerpts = 0
    limit = max(form.limit(teller.language), 60)
    for at in order[:TRIED]:
        line = evidence.lines[at]
        label = evidence.sources[line.place.source].document.name
        if size > limit * 1.3 or not plan.chosen(evidence, at, taken):
            continue
        statements, reason = teller.tell(at, quoting=at not in disputed)
        if statements and at in disputed:
            statements, reason = both_sides(teller, at, disputed[at], statements[0])
        elif taken_side := next(
            filter(None, (one_sided(teller, s, conflicts) for s in statements)), ""
        ):
            statements, reason = (), taken_side
        if not statements:
            dropped.append(Dropped(line.text, reason, f"{label} {line.place}"))
            continue
        quoted = any(s.way in QUOTING for s in statements)
        excerpt = any(s.way == "excerpt" for s in statements)
        if quoted and (quotations >= form.quotations or (quotations and not told)):
            continue
        if excerpt and excerpts >= form.excerpts:
            continue
        if not told and statements[0].text[:1] in '"“' and len(order) > 1:
            order.append(at)
            continue
        quotations += quoted
        excerpts += excerpt
        taken += sorted({at} | together.get(at, set()))
        told += statements
        size += sum(_length(s.text, teller.language) for s in statements)
    return told


def _length(text: str, language: str) -> int:
    return (
        len(re.findall(r"[\u3400-\u9fff]|[A-Za-z\d.,]+", text))
        if language == "zh"
        else len(text.split())
    )


def _where(teller: Teller, statement: Statement) -> str:
    place = statement.places[0]
    source = teller.evidence.sources.get(place.source)
    table = teller.evidence.tables.get(place.source)
    return f"{source.document.name if source else table.name if table else ''} {place}"


def _laid_out(
    teller: Teller,
    form: Form,
    language: str,
    sources: Sequence[Source],
    tables: Sequence[Table],
    told: list[Statement],
    data: list[Statement],
    conflicts: Sequence[Found],
    dropped: list[Dropped],
) -> Draft:
    choices = [
        one
        for one in headlines.headlines(teller, told, data, form)
        if not one_sided(teller, one, conflicts)
    ]
    flat = {statement.text.rstrip(".。") for statement in told}
    headline = next((one for one in choices if one.text not in flat), next(iter(choices), None))
    body = [*data, *told] if data else list(told)
    standfirst = None
    if form.standfirst and len(body) > 3:
        standfirst = headlines.standfirst(body, language)
        body = [s for s in body if s is not standfirst]
    limit = form.limit(language)
    if form.name == "push":
        short = [
            s for s in [*data, *told] if _length(s.text, language) <= limit and s.way not in QUOTING
        ]
        cores = [s for s in choices if s.way != "title"]
        body = short[:1] or cores[:1]
    body = _within(body, limit, language) if form.body else []
    if form.body and form.name != "push":
        if form.name != "reviews":
            data = [s for s in body if s.origin.source in teller.evidence.tables]
            body = _in_order([s for s in body if s not in data], data)
        body = headlines.introduced(teller, body)
    paragraphs = _paragraphs(body, form.in_paragraph)
    published = {s.text for s in body} | {s.text for s in (headline, standfirst) if s}
    hidden = [
        Dropped(left.text[:600], left.reason, source.document.name)
        for source in sources
        for left in source.left_out
    ] + [Dropped(left.text, left.reason, table.name) for table in tables for left in table.left_out]
    other = [
        f"{s.document.name} is in the language {s.document.language!r} and was not drawn on"
        for s in sources
        if s.document.language != language
    ]
    if not published and not choices:
        other.append(_nothing([*dropped, *hidden]))
    return Draft(
        form.name,
        language,
        headline,
        standfirst,
        paragraphs,
        tuple(choices[1:] if form.name == "headlines" else ()),
        _tags(teller, language),
        _facts(teller, [*filter(None, (headline, standfirst)), *body]),
        distinct(conflicts, teller.evidence),
        tuple(d for d in dropped if d.text not in published),
        tuple(hidden),
        tuple(
            Origin(
                s.number,
                s.label,
                s.document.name,
                s.document.kind,
                s.document.published.isoformat() if s.document.published else "",
                s.repeats,
            )
            for s in sources
        )
        + tuple(Origin(t.number, t.name, t.name, "data", "") for t in tables),
        tuple(other),
    )


def _nothing(left: Sequence[Dropped]) -> str:
    """Say that nothing was written, and why of the first thing that might have been."""
    if not left:
        return "nothing could be written: the sources hold no sentence"
    text = left[0].text if len(left[0].text) <= SHOWN else left[0].text[:SHOWN] + " …"
    more = f", and {len(left) - 1:,} more were left out" if len(left) > 1 else ""
    return f"nothing could be written: {text!r}: {left[0].reason}{more}"


def _within(body: list[Statement], limit: int, language: str) -> list[Statement]:
    """Keep what fits, at least two statements."""
    kept: list[Statement] = []
    size = 0
    for statement in body:
        own = _length(statement.text, language)
        if len(kept) >= 2 and size + own > limit:
            continue
        kept.append(statement)
        size += own
    return kept


def _in_order(told: list[Statement], data: list[Statement]) -> list[Statement]:
    """Keep the news at the front; let the rest follow its sources, so that it coheres."""
    if not told:
        return data
    lead, *rest = told
    return [*data, lead, *sorted(rest, key=lambda s: (s.topic, s.origin))]


def _paragraphs(body: list[Statement], size: int) -> tuple[tuple[Statement, ...], ...]:
    """Part the body, the lead alone in longer forms, and anew where a source's paragraph ends."""
    if size >= 6 or not body:
        return (tuple(body),) if body else ()
    found: list[list[Statement]] = [[body[0]]]
    for before, statement in pairwise(body):
        apart = (before.way == "data") != (statement.way == "data")
        new = len(found) == 1 and len(found[0]) == 1 and before.way != "data"
        if (
            new
            or apart
            or len(found[-1]) >= size
            or (statement.topic and statement.topic != before.topic)
        ):
            found.append([])
        found[-1].append(statement)
    return tuple(tuple(paragraph) for paragraph in found)


def _tags(teller: Teller, language: str) -> tuple[str, ...]:
    """Give the names that the sources come back to, then the words."""
    evidence = teller.evidence
    names: Counter[str] = Counter()
    for at in range(min(evidence.n_text, 400)):
        if evidence.language(evidence.lines[at]) == language:
            names.update(
                _once(
                    n.text.strip(" .,")
                    for n in evidence.facts(at).names
                    if len(n.text) > 2 or language == "zh"
                )
            )
    merged: Counter[str] = Counter()
    for name, count in names.most_common(40):
        longer = next((other for other in names if other != name and name in other.split()), name)
        merged[longer if names[longer] else name] += count
    top = [name for name, count in merged.most_common(6) if count > 1]
    often = Counter(
        word
        for at in range(min(evidence.n_text, 400))
        if evidence.language(evidence.lines[at]) == language
        for word in _once(words(evidence.lines[at].text))
        if word not in STOPS
        and len(word) > (1 if language == "zh" else 4)
        and word.isalpha()
        and not word.endswith("元")
    )
    small = {part for name in top for part in name.lower().split()}
    top += [
        w
        for w, n in often.most_common(12)
        if n > 2 and w not in small and not any(w in s for s in small)
    ][:3]
    top += [t.rows[0].words_of("title") for t in evidence.tables.values() if t.rows and not top]
    return tuple(dict.fromkeys(filter(None, top)))


def _once(words: Iterable[str]) -> list[str]:
    """Give each once, in the order of the text, which is the same every time."""
    return list(dict.fromkeys(words))


def _facts(teller: Teller, body: Sequence[Statement]) -> tuple[Fact, ...]:
    """List the numbers, dates and names that are published, each with the sentence it is in."""
    found: dict[tuple[str, str], Fact] = {}
    for statement in body:
        facts = facts_of(
            MARKS.sub(lambda m: m.group(), statement.text),
            teller.language,
            None,
            teller.evidence.names,
        )
        for kind, items in (("number", facts.numbers), ("date", facts.days), ("name", facts.names)):
            for item in items:
                text = re.sub(r"[\s.,;]+$", "", item.text)
                if (
                    kind == "number"
                    and isinstance(text, str)
                    and (after := re.match(r"[\s-]?[a-z]+", statement.text[item.end :]))
                    and not re.search(r"[£$€%]", text)
                ):
                    text += after.group() if after.group().strip().lower() not in STOPS else ""
                found.setdefault(
                    (kind, text.lower()), Fact(kind, text, statement.text, statement.places)
                )
    return tuple(
        sorted(found.values(), key=lambda fact: ("number", "date", "name").index(fact.kind))
    )
