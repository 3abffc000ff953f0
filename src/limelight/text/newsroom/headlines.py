"""Headlines and standfirsts out of what was told, and names in full where they first come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from limelight.text.newsroom.checking import check_sentence
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.forms import Form
from limelight.text.newsroom.tokens import content_of
from limelight.text.newsroom.writing import chinese, english
from limelight.text.newsroom.writing.english_grammar import inflected, lemma_of
from limelight.text.newsroom.writing.statement import Statement
from limelight.text.newsroom.writing.telling import Teller
from limelight.text.sentences import sentences

LONGEST, SHORTEST = 72, 16
HAN_LONGEST, HAN_SHORTEST = 28, 6
MOST = 6
PERFECT = re.compile(r"\b(has|have) (?:(been) )?(\w+)\b")
MR = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr) ([A-Z][\w’-]+)")


def headlines(
    teller: Teller, told: list[Statement], data: list[Statement], form: Form
) -> list[Statement]:
    """Give headlines to choose from, the news first; each rests on the lines of its statement."""
    found: list[Statement] = []
    lead = next(iter(_cores(told[0], teller.language)), "") if told else ""
    for statement in [*data[:1], *told[:8]]:
        for text in _cores(statement, teller.language):
            found.append(replace(statement, text=text))
            break
    titles = list(_titles(teller))
    if not data and titles:
        first = [] if lead else titles
        found = [*first, *_near(teller, found, titles), *titles]
    found += [one for statement in told for one in _spoken(statement)]
    kept: list[Statement] = []
    for one in found:
        clear = not check_sentence(
            one.text + ("。" if teller.language == "zh" else "."),
            teller.evidence,
            one.places,
            teller.language,
        ).problems
        if clear and one.text.lower() not in {other.text.lower() for other in kept}:
            kept.append(one)
    return kept[:MOST]


def _near(teller: Teller, found: list[Statement], titles: list[Statement]) -> list[Statement]:
    """Order what was told by how much of the sources' own titles it has: that is the news."""
    news = {word for title in titles for word in content_of(title.text, teller.language)}

    def share(pair: tuple[int, Statement]) -> float:
        mine = content_of(pair[1].text, teller.language)
        return len(mine & news) / max(len(mine), 4) + 0.6 / (1 + pair[0])

    return [one for _, one in sorted(enumerate(found), key=lambda pair: -share(pair))]


def standfirst(body: list[Statement], language: str) -> Statement | None:
    """Give an early statement, neither quoted nor long, that the headline does not say."""
    for statement in body[1:5]:
        size = len(statement.text) / 2 if language == "zh" else len(statement.text.split())
        if (
            statement.way in ("said", "data")
            and not statement.leans
            and 7 <= size <= 26
            and not MARKS.search(statement.text)
        ):
            return statement
    return None


def introduced(teller: Teller, body: list[Statement]) -> list[Statement]:
    """Say "Kevin Hogan" where "Mr Hogan" comes first, if his source has that name in full once."""
    if teller.language != "en":
        return body
    said = ""
    found = []
    for statement in body:
        text = statement.text
        for match in MR.finditer(MARKS.sub(lambda m: " " * len(m.group()), text)):
            surname = match[1].removesuffix("'s").removesuffix("’s")
            if surname not in said and (full := _full(teller, statement, surname)):
                text = text.replace(match.group(), full + match[1][len(surname) :], 1)
                break
        if text != statement.text and not teller.passes(text, statement.places):
            found.append(replace(statement, text=text))
        else:
            found.append(statement)
        said += " " + found[-1].text
    return found


def _full(teller: Teller, statement: Statement, surname: str) -> str | None:
    source = teller.evidence.sources.get(statement.origin.source)
    if source is None:
        return None
    pattern = re.compile(
        rf"\b((?!Mr|Mrs|Ms|Dr|Sir|The|But|And|When)[A-Z][a-z]+(?: [A-Z]\.?)? "
        rf"{re.escape(surname)})\b"
    )
    names = {match[1] for line in source.lines for match in pattern.finditer(line.text)}
    return names.pop() if len(names) == 1 else None


def _cores(statement: Statement, language: str) -> Iterator[str]:
    if language == "zh":
        text = statement.text.rstrip("。")
        pieces = re.split(r"[，；]", text)
        for n in range(len(pieces), 0, -1):
            one = "，".join(pieces[:n])
            short = HAN_SHORTEST <= len(one) <= HAN_LONGEST
            if short and not re.search(r"[“”]", one) and chinese.is_clause(one):
                yield one
        return
    bare = statement.text.rstrip(".")
    if statement.way == "data":
        bare = re.split(r", (?:ahead of|before a crowd|up from|in its)", bare)[0]
    if MARKS.search(bare) or statement.way == "differ":
        return
    bare = re.sub(
        r"^According to ([^,]{2,40}), (.+)$",
        lambda m: f"{m[2][0].upper()}{m[2][1:]}, says {m[1]}",
        bare,
    )
    if (match := english.TIME_FIRST.match(bare)) and not english.DENIED.search(bare):
        bare = match["main"][0].upper() + match["main"][1:]
    cores = [bare, *english.shorter(bare)]
    if (match := english.SUB_FIRST.match(bare)) and re.match(
        r"(?:after|when|as|while|since)\b", bare.lower()
    ):
        cores.append(match["main"][0].upper() + match["main"][1:])
    cores += [
        m["main"]
        for core in cores
        if not english.DENIED.search(core)
        and (m := english.TIME_LAST.match(core))
        and english.clause(m["main"])
    ]
    for core in cores:
        text = _styled(core)
        if SHORTEST <= len(text) <= LONGEST and len(text.split()) > 3:
            yield text


def _styled(text: str) -> str:
    """Say what has happened in the present, without a first article."""
    match = PERFECT.search(text)
    if match and match[3] not in ("a", "the", "to", "not", "no", "also", "had", "an"):
        have, been, verb = match.groups()
        if been:
            text = text[: match.start()] + verb + text[match.end() :]
        elif lemma_of(verb) != verb:
            form = inflected(lemma_of(verb), "VBZ" if have == "has" else "VBP")
            text = text[: match.start()] + form + text[match.end() :]
    text = re.sub(r"^(?:The|A|An) (?=[a-z])", "", text)
    return text[0].upper() + text[1:]


def _titles(teller: Teller) -> Iterator[Statement]:
    zh = teller.language == "zh"
    for line in teller.evidence.lines[: teller.evidence.n_text]:
        if line.place.paragraph == 0 and teller.evidence.language(line) == teller.language:
            text = line.text.strip().rstrip(".。")
            one = len(sentences(text, teller.language)) == 1
            if (
                one
                and (6 if zh else SHORTEST)
                <= len(text)
                <= (HAN_LONGEST + 6 if zh else LONGEST + 10)
                and not teller.wording.copied(text)
            ):
                yield Statement(text, (line.place,), "title", line.place)


def _spoken(statement: Statement) -> Iterator[Statement]:
    """Make a headline of who said what, where it is short."""
    match = re.match(
        r"^(?P<who>[^\"“]{3,40}?) (?:said|says|warned|argued|added): "
        r"[\"“](?P<q>[^\"”]{10,60})[\"”]$",
        statement.text,
    )
    if match and len(match["q"].split()) >= 3:
        yield replace(statement, text=f'{match["who"]}: "{match["q"].rstrip(".")}"')
    if match := re.match(
        r"^(?P<who>[^“，。]{2,12}?)(?:表示|说|称|认为|指出)：“(?P<q>[^”]{5,24})”。?$",
        statement.text,
    ):
        yield replace(statement, text=f"{match['who']}：“{match['q'].rstrip('。')}”")
