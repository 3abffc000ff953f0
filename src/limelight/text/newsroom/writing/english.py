"""English sentences said in other words: moved, shortened, parted, quoted, and never invented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from limelight.text.newsroom.facts.names import is_word
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.newsroom.vocabulary import word_set
from limelight.text.newsroom.writing.english_edits import reworded
from limelight.text.newsroom.writing.english_grammar import finite
from limelight.text.newsroom.writing.english_words import (
    AUXILIARIES,
    DAYS,
    MONTH,
    OPENERS,
    SAYING,
    SUBORDINATORS,
    TIME,
)

LONGEST = 30
"""Words above which a sentence is hard to read at once."""
SHORTEST = 5
PERSON = r"(?:(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|Prof) )?[A-Z][\w’'-]+(?: [A-Z][\w’'.-]*){0,3}"
WHO = (
    rf"(?P<who>(?:(?:the|The|a|A|its|Its) )?(?:[\w’'-]+ ){{0,5}}?{PERSON}(?:,[^,\"]{{3,60}},)?"
    r"|[Tt]he (?:[\w-]+ ){0,3}[\w-]+|[Hh]e|[Ss]he|[Tt]hey|[Ii]t)"
)
VERB = (
    r"said|says|added|argued|claimed|explained|insisted|warned|predicted|noted|confirmed|suggested"
)
REPORTED = re.compile(
    rf"^{WHO} (?P<verb>{VERB})(?P<when> on {DAYS})? (?:that )?(?P<clause>[^\"“:]+)$"
)
TAILED = re.compile(
    rf"^(?P<clause>[^\"“]+), (?:(?P<verb>{VERB}) (?P<who>[^,\"]{{2,60}})"
    rf"|(?P<who2>[\w ’'-]{{2,50}}?) (?P<verb2>{VERB}|say|have said|has said))$"
)
BEFORE = re.compile(
    rf"^(?P<who>[^\"“”,:]{{2,70}}(?:,[^\"“”,]{{3,70}},)?) (?P<verb>{SAYING})[:,] "
    rf"?[\"“](?P<q>[^\"“”]+)[\"”]$"
)
AFTER = re.compile(
    rf"^[\"“](?P<q>[^\"“”]+?),?[\"”],? (?:(?P<verb>{SAYING}) (?P<who>[^\"“”]{{2,110}}?)"
    rf"|(?P<who2>[^\"“”]{{2,60}}?) (?P<verb2>{SAYING})(?P<to>[^\"“”]{{0,40}}?))"
    r"(?:\. [\"“](?P<q2>[^\"“”]+)[\"”])?$"
)
TOLD_LAST = re.compile(r"^(?P<main>[^\"“]+?),? according to (?P<who>[^,\"“]+)$")
PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
DASHED = re.compile(r"\s+[-–—]\s+[^-–—]+?\s+[-–—]\s+")
DASH_END = re.compile(r"\s+[-–—]\s+[^-–—]+$")
RELATIVE = re.compile(r", (?:which|who|whose|where) [^,]+,(?= )|, (?:which|who|whose|where) [^,]+$")
APPOSED = re.compile(
    r"(?<=[a-z]), (?:an?|the|author|director|chief|head|chairman|president|actor|singer|best known)"
    r" [^,]{3,80},(?= )"
)
PARTICIPLE = re.compile(
    r", (?!according)(?:\w+ing|with|despite|amid|as well as|while|whereas|as|after|although|though"
    r"|but|and|up from|down from|compared|previously|formerly|just) [^,]+$"
)
TIME_FIRST = re.compile(rf"^(?P<time>{TIME}), (?P<main>.+)$", re.IGNORECASE)
OPENED = re.compile(
    rf"^(?P<opening>(?:(?:In|On|At|Under|For|During|From|By|With|Within|Following|Despite|Among"
    rf"|Across|Outside|Inside) [^,]{{2,60}}|Speaking [^,]{{2,40}}|{TIME}),) (?P<main>.+)$"
)
TIME_LAST = re.compile(rf"^(?P<main>.+?) (?P<time>{TIME})$")
WAITING = re.compile(
    rf"\b(?:{SAYING}|since|until|and|or|but|only|between|that|which|who|from|to be)\b"
    rf"|{MONTH}|{DAYS}|,"
)
WHEN = r"after|when|while|because|if|although|though|since|once|despite|before|unless"
SUB_LAST = re.compile(rf"^(?P<main>[^,]+?),? (?P<sub>(?:{WHEN}) [^,]+)$")
SOON = re.compile(
    r"\b(?:soon|shortly|just|even|only|long|right|immediately|especially|particularly|ever"
    r"|exactly) (?:\w+)|\b(?:minute|hour|day|week|month|year)s? (?:after|before|since)\b"
)
SUB_FIRST = re.compile(rf"^(?P<sub>(?:{WHEN}|as) [^,]+), (?P<main>[^,]+)$", re.IGNORECASE)
JOINTS = re.compile(r",? (?:and|but|while|whereas) (?=(?:he|she|it|they|the|there|[A-Z][a-z])\b)")
CUTS = re.compile(
    r",? (?:after|as|while|because|when|since|amid|following|although|though|so that|where"
    r"|in order to|before|and|which) "
)
FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|us|me|[Yy]ou|[Yy]our)\b(?!['’]?\w*[A-Z])")
CONDITIONAL = re.compile(
    rf"\b(?:if|unless|whether|would|could|might|may|according|{SAYING}|say|believe|claim)\b"
)
DENIED = re.compile(r"\b(?:not|never|no|nor|neither|cannot|only|few|hardly|without)\b|n['’]t\b")
DETERMINERS = word_set("""
    the a an its his her their our this that these those of in on at by for with from most more very
    newly so-called own some any each every no
""")
HELD = re.compile(
    r"\b(?:if|unless|not|never|no|nor|neither|denied|deny|refused|until|only|may|might"
    r"|whether|to)\b|n['’]t\b"
)
PRONOUNS = frozenset({"he", "she", "they", "it"})
OPENING = re.compile(r"(?:He|She|It|They|His|Her|Its|Their)\b")
POINTING = re.compile(
    r"(?:This|That|These|Those|Such)\b|(?:The (?:two|pair|duo|latter|former|same)|Others?"
    r"|Another|Both|Neither)\b"
    r"|One (?=[a-z])|(?:Said|Says|Added)\b"
)


def bare_of(text: str, subject: str | None = None) -> str | None:
    """Give a sentence without its stop and opener; None for what is none that can be said anew."""
    bare = re.sub(r"\s+", " ", text.strip()).replace("''", '"')
    if not bare or bare.endswith(("?", "!", ":", "...", "…")) or bare.count('"') % 2:
        return None
    if re.search(r"\?[\"”] |\? [A-Z]", bare) or len(bare.split()) < 4:
        return None
    bare = re.sub(r"\.?\s*([\"”])$", r"\1", bare.rstrip("."))
    if opener := OPENERS.match(bare):
        bare = bare[opener.end() :]
        bare = bare[0].upper() + bare[1:]
    if asked := re.match(r"^[Ss]aid (?P<who>[^,]{2,40}), (?P<said>.+)$", bare):
        bare = f"{asked['said'][0].upper()}{asked['said'][1:]}, {asked['who']} said"
    if not re.match(r"[\"“A-Z0-9£$€'‘]", bare):
        return None
    opening = OPENING.match(bare)
    if opening and subject:
        owner = subject + ("'" if subject.endswith("s") else "'s")
        mine = owner if opening[0] in ("His", "Her", "Its", "Their") else subject
        bare = mine + bare[opening.end() :]
    return bare


def sayings(bare: str, allowed: int) -> Iterator[str]:
    """Give ways to say a sentence, those that keep most of it first."""
    if MARKS.search(bare):
        for one in _quotations(bare):
            yield ended(reworded(one, bare, allowed))
        if len(bare.split()) > 12 and not re.search(rf"\b{SAYING}\b", bare):
            return
    for base in shorter(bare):
        for one in (*_moved(base), base):
            said = reworded(one, bare, allowed)
            if SHORTEST <= len(said.split()) <= LONGEST:
                yield ended(said)


def parts(bare: str) -> list[str]:
    """Part a sentence of two full clauses in two; what both are about is said in both."""
    if MARKS.search(bare):
        return []
    one = PARENTHESIS.sub("", bare)
    if CONDITIONAL.search(one):
        return []  # a part would lose the condition, or who says it
    match = re.match(r"^(?P<s>[^,]{3,60}), who (?P<rel>[^,]+), (?P<verb>\w+)(?P<rest> .+)$", one)
    if match and finite(match["rel"].split()[0]) and finite(match["verb"]):
        return [f"{match['s']} {match['verb']}{match['rest']}", f"{match['s']} {match['rel']}"]
    match = re.search(
        r"^(?P<main>.+? (?P<np>(?:the|an?|its|his|her) (?:[\w-]+ ){0,3}[\w-]+)), which "
        r"(?P<rel>[^,]+)$",
        one,
    )
    if match and finite(match["rel"].split()[0]):
        noun = re.sub(r"^(?:an?|its|his|her) ", "the ", match["np"])
        return [match["main"], f"{noun[0].upper()}{noun[1:]} {match['rel']}"]
    for joint in JOINTS.finditer(one):
        first, second = one[: joint.start()], one[joint.end() :]
        if clause(first) and clause(second) and second.split()[0].lower() not in PRONOUNS:
            return [first, second[0].upper() + second[1:]]
    return []


def _quotations(bare: str) -> Iterator[str]:
    """Put a quotation before its speaker or behind; its words stay."""
    if match := BEFORE.match(bare):
        who, quote = match["who"], match["q"].rstrip(" .,")
        if len(who.split()) <= 12 and match["verb"] != "described":
            comma = "" if quote.endswith(("?", "!")) else ","
            yield f'"{quote}{comma}" {lowered(who.rstrip(","))} {match["verb"]}'
    elif match := AFTER.match(bare):
        who, verb = match["who"] or match["who2"], match["verb"] or match["verb2"]
        who = re.sub(r",? (?:quoted|speaking|in an interview).*$", "", who.rstrip(","))
        comma = "," if "," in who else ""
        who, to = who[0].upper() + who[1:] + comma, match["to"] or ""
        for quote in filter(None, (match["q"], match["q2"])):
            words = quote.strip().rstrip(",")
            stop = "" if words.endswith((".", "?", "!")) else "."
            yield f'{who} {verb}{to}: "{words}{stop}"'
    elif all(len(m.group().split()) <= 14 for m in MARKS.finditer(bare)) and clause(
        MARKS.sub("it", bare)
    ):
        yield from _moved(bare)
        yield bare


def shorter(bare: str) -> Iterator[str]:
    """Leave out ever more: brackets, asides, relative clauses, what hangs on at the end."""
    yield bare
    one = PARENTHESIS.sub("", bare)
    one = DASHED.sub(" ", one) if len(re.findall(r" [-–—] ", one)) == 2 else DASH_END.sub("", one)
    if one != bare and clause(one):
        yield one
    for pattern in (APPOSED, RELATIVE):
        two = re.sub(r"\s{2,}", " ", pattern.sub(_aside, one))
        if two != one and clause(two):
            one = two
            yield one
    while (
        (cut := PARTICIPLE.sub("", one)) != one
        and not DENIED.search(cut)
        and clause(cut)
        and not HELD.search(one[len(cut) :])
    ):
        one = cut
        yield one
    for match in reversed(list(CUTS.finditer(one))):
        head, tail = one[: match.start()].rstrip(","), one[match.start() :]
        if DENIED.search(head):
            continue  # "not before May" is not "not"
        if match.group().strip(" ,") == "and" and not finite(one[match.end() :].split()[0]):
            continue
        if clause(head) and len(head.split()) >= 8 and not HELD.search(tail) and _closed(head):
            yield head


def _aside(match: re.Match[str]) -> str:
    """Leave out what stands between commas before a verb; else it may be one of a list."""
    after = match.string[match.end() :].split(maxsplit=2)
    verb = next((word for word in after if word != "also" and not word.endswith("ly")), "")
    return "" if not after or finite(verb) else match.group()


def _closed(head: str) -> bool:
    """Say whether a clause can end where it was cut: nothing in it waits for what follows."""
    last = head.rsplit(maxsplit=1)[-1].lower()
    return not (
        finite(last)
        or last in SUBORDINATORS
        or re.search(r"\b(?:so|such|more|less|as|both|between|either)(?: [^,]*)?$", head)
        or re.search(r"\b(?:said|says|believes?|if|whether)\b", head)
    )


def _moved(bare: str) -> Iterator[str]:
    """Move who said it, when it was, or on what condition, to the other end."""
    told = list(_told(bare))
    if told or REPORTED.match(bare):
        yield from told
        return
    if match := SUB_LAST.match(bare):
        main, sub = match["main"], match["sub"]
        joint = f"{main.rsplit(maxsplit=1)[-1]} {sub.split()[0]}"
        apart = not re.search(rf"\b{SAYING}\b|\bthat\b", main) and not SOON.match(joint)
        if clause(main) and _two_sided(sub) and apart:
            yield f"{sub[0].upper()}{sub[1:]}, {lowered(main)}"
    elif match := SUB_FIRST.match(bare):
        main, sub = match["main"], match["sub"]
        if clause(main) and _two_sided(sub):
            yield f"{main[0].upper()}{main[1:]} {lowered(sub)}"
    yield from _timed(bare)
    yield from _opened(bare)


def _told(bare: str) -> Iterator[str]:
    if match := REPORTED.match(bare):
        who, verb = re.sub(r",.*$", "", match["who"]), match["verb"]
        said, when = match["clause"], match["when"] or ""
        if clause(said) and not FIRST_PERSON.search(said):
            if verb in ("said", "says", "added") and who.lower() not in PRONOUNS and not when:
                yield f"According to {lowered(who)}, {lowered(said)}"
            verb = "said" if verb == "added" else verb
            yield f"{said[0].upper()}{said[1:]}, {lowered(who)} {verb}{when}"
    elif (match := TOLD_LAST.match(bare)) and clause(match["main"]):
        yield f"According to {match['who']}, {lowered(match['main'])}"
    elif (match := TAILED.match(bare)) and clause(match["clause"]):
        who, verb = match["who"] or match["who2"], match["verb"] or match["verb2"]
        verb = "said" if verb == "added" else verb
        yield f"{who[0].upper()}{who[1:]} {verb} {lowered(match['clause'])}"


def _opened(bare: str) -> Iterator[str]:
    """Say last where, when or how a plain sentence begins: "Under a law, the state can"."""
    match = OPENED.match(bare)
    if match is None or verbs(match["opening"].split()):
        return
    main, opening = match["main"], match["opening"].rstrip(",")
    plain = clause(main) and len(verbs(main.split())) == 1
    waits = HELD.search(bare) or WAITING.search(main) or re.match(r"At \d", opening)
    if plain and not waits:
        yield f"{main[0].upper()}{main[1:]} {opening[0].lower()}{opening[1:]}"


def _timed(bare: str) -> Iterator[str]:
    if match := TIME_FIRST.match(bare):
        main = match["main"]
        if clause(main) and "," not in main and not re.search(rf"\b{SAYING}\b|\bthat\b", main):
            time = match["time"]
            yield f"{main[0].upper()}{main[1:]} {time[0].lower()}{time[1:]}"
    elif (
        (match := TIME_LAST.match(bare))
        and clause(match["main"])
        and not WAITING.search(match["main"])
    ):
        yield f"{match['time'][0].upper()}{match['time'][1:]}, {lowered(match['main'])}"


def _two_sided(sub: str) -> bool:
    """Say whether a subordinate clause is a whole one, or a phrase with a verb as noun."""
    rest = sub.split(" ", 1)[1]
    return clause(rest) or bool(re.match(r"\w+ing\b", rest))


def clause(text: str) -> bool:
    """Say whether a text is a full clause: a subject first, then a verb in a tense."""
    if (opened := OPENED.match(text)) and not verbs(opened["opening"].split()):
        text = opened["main"]
    tokens = [token.strip(",;").lower() for token in text.split()]
    if (
        len(tokens) < 3
        or tokens[0] in SUBORDINATORS
        or tokens[0] in ("who", "which", "that", "and", "or", "but")
    ):
        return False
    return bool(verbs(tokens))


def verbs(tokens: Sequence[str]) -> list[int]:
    """Find the verbs in a tense; after an article or a preposition a past form is an adjective."""
    small = [token.strip(",;").lower() for token in tokens]
    return [
        i
        for i in range(1, len(small))
        if finite(small[i]) and (small[i] in AUXILIARIES or small[i - 1] not in DETERMINERS)
    ]


def ended(text: str) -> str:
    """End a sentence with its stop, within quotation marks where these end it."""
    text = text.strip().rstrip(",;")
    if re.search(r"[.?!][\"”]?$", text):
        return text
    if re.search(r": [\"“][^\"”]+[\"”]$", text):
        return text[:-1] + "." + text[-1]
    return text + "."


def lowered(text: str) -> str:
    """Begin small what does not begin with a name or an abbreviation."""
    first, _, rest = text.partition(" ")
    plain = first.strip(",'’").lower()
    if (first.isupper() and first != "A") or plain in ("i", "i'm") or not first[:1].isupper():
        return text
    small = plain in (
        "the",
        "a",
        "an",
        "its",
        "his",
        "her",
        "their",
        "this",
        "these",
        "there",
        *PRONOUNS,
    )
    if small or (is_word(plain) and not rest[:1].isupper() and not re.search(r"['’]s$", first)):
        return text[0].lower() + text[1:]
    return text
