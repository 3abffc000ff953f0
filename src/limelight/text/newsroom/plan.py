"""Which lines of the sources tell most: the inverted pyramid."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.forms import Form

CONSIDERED = 400
"""Lines of a source that are looked at, from its beginning: what comes later is background."""
OPINION = re.compile(
    r"\b(?:brilliant|superb|masterpiece|dull|boring|funny|moving|gripping|weak|strong|best"
    r"|worst|fails?|triumph|"
    r"performance|stunning|clumsy|charming|thrilling|disappoint\w*|delight\w*|beautiful\w*"
    r"|overlong|flawed|witty|powerful|"
    r"predictable|compelling|tedious|star\w*)\b|精彩|出色|失望|动人|乏味|惊艳|感人|成功"
    r"|不足|亮点|平庸|演技|节奏|震撼|冗长|值得|遗憾",
    re.IGNORECASE,
)
STORY = re.compile(
    r"\b(?:he|she|they|his|her|their|who|when|finds?|must|falls?|meets?|returns?)\b|他|她"
    r"|发现|爱上|回到|必须|遇到",
    re.IGNORECASE,
)


def ranked(evidence: Evidence, form: Form, language: str) -> list[int]:
    """Order the lines in the language, what a reader must know first at the front.

    A line tells the more the nearer it is to its source's beginning, the more of its words the
    sources come back to, the more sources say the same, and if it has names and numbers.
    """
    own = [
        at
        for at in range(evidence.n_text)
        if evidence.lines[at].place.paragraph and evidence.language(evidence.lines[at]) == language
    ]
    order: Counter[int] = Counter()
    kept = []
    for at in own:
        order[evidence.lines[at].place.source] += 1
        if order[evidence.lines[at].place.source] <= CONSIDERED:
            kept.append((at, order[evidence.lines[at].place.source]))
    heads = _weights(evidence, [at for at, _ in kept])
    titles: set[str] = set().union(
        *(
            evidence.content[at]
            for at in range(evidence.n_text)
            if not evidence.lines[at].place.paragraph
        ),
        set(),
    )
    scores = {at: _score(evidence, at, rank, heads, titles, form) for at, rank in kept}
    return sorted(scores, key=lambda at: (-scores[at], at))


def chosen(evidence: Evidence, at: int, taken: Sequence[int]) -> bool:
    """Say whether a line says something that the lines taken so far do not."""
    words = evidence.content[at]
    return all(
        len(words & evidence.content[t]) < 0.6 * max(min(len(words), len(evidence.content[t])), 1)
        for t in taken
    )


def supporting(evidence: Evidence, at: int) -> list[int]:
    """Give the lines of other sources that say the same as one."""
    mine = evidence.lines[at].place.source
    return [
        m.at
        for m in evidence.nearest(evidence.content[at], 6)
        if m.share >= 0.7 and m.at < evidence.n_text and evidence.lines[m.at].place.source != mine
    ]


def _weights(evidence: Evidence, lines: Sequence[int]) -> dict[str, float]:
    count = Counter(word for at in lines for word in evidence.content[at])
    return {word: math.log(1 + n) for word, n in count.items() if n > 1}


def _score(
    evidence: Evidence, at: int, rank: int, heads: dict[str, float], titles: set[str], form: Form
) -> float:
    words = evidence.content[at]
    text = evidence.lines[at].text
    size = max(len(words), 4)
    score = (
        math.fsum(heads.get(word, 0) for word in words) / size + 2.0 * len(words & titles) / size
    )
    score += 6.0 / (rank + 0.5) if not form.narrative else 0.5 / rank
    score += 0.6 * min(len(supporting(evidence, at)), 3)
    facts = evidence.facts(at)
    score += 0.15 * min(len(facts.numbers) + len(facts.names), 4)
    if form.name == "reviews":
        score += 0.8 * min(len(OPINION.findall(text)), 3)
    if form.narrative:
        score += 0.4 * min(len(STORY.findall(text)), 3) - (2.0 if facts.quotations else 0)
    return score - (0.8 if len(words) < 4 else 0)
