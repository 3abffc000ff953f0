"""Bundles of reports made of the BBC's articles, with contradictions planted in them."""

import gzip
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from falsifying import (
    NUMBER,
    QUOTE,
    names_of,
    with_date,
    with_denial,
    with_name,
    with_number,
    with_quotation,
)

NEWS = Path(__file__).parents[2] / "shared/data/news/bbc-summaries.jsonl.gz"
SEED = 20
UNSEEN = 2005
"""The seed of bundles by which nothing was mended."""
SENTENCES = 10
"""True sentences of a bundle that are checked and falsified."""


@dataclass
class Bundle:
    """The reports, the true sentences of the first, and what the second contradicts."""

    reports: list[str]
    true: list[str]
    planted: list[tuple[str, str]]


def articles() -> list[dict]:
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def sentences_of(article: str) -> list[str]:
    body = article.split("\n\n", 1)[1].replace("''", '"')
    found = []
    for paragraph in body.split("\n\n"):
        found += re.split(r'(?<=[.!?])\s+(?=[A-Z"£$])', paragraph.strip())
    return [
        s
        for s in found
        if 7 <= len(s.split()) <= 45
        and s.count('"') % 2 == 0
        and s.endswith((".", '"'))
        and "?" not in s
    ]


def bundles(n: int, seed: int = SEED) -> list[Bundle]:
    rng = random.Random(seed)
    topics = defaultdict(list)
    for row in articles():
        body = sentences_of(row["article"])
        if (
            len(body) >= 10
            and len(names_of(row["article"])) >= 5
            and len(NUMBER.findall(row["article"])) >= 4
        ):
            topics[row["category"]].append(row["article"])
    found = []
    order = sorted(topics)
    for at in range(n):
        pool = topics[order[at % len(order)]]
        first = pool.pop(rng.randrange(len(pool)))
        other = rng.choice(pool)
        true = sentences_of(first)
        second, planted = retold(true, first, rng)
        found.append(
            Bundle([first, second, other], rng.sample(true, min(SENTENCES, len(true))), planted)
        )
    return found


def retold(true: list[str], article: str, rng: random.Random) -> tuple[str, list[tuple[str, str]]]:
    """Retell half of the sentences, two of them with another number."""
    half = [s for s in true if '"' not in s][: max(len(true) // 2, 5)]
    planted = []
    told = []
    for one in half:
        false = with_number(one, rng) if len(planted) < 2 else None
        if false and not QUOTE.search(one):
            planted.append((one, false))
        told.append(false or one)
    rng.shuffle(told)
    return "From our correspondent\n\n" + "\n\n".join(told), planted


def falsified(bundle: Bundle, others: list[Bundle], rng: random.Random) -> list[tuple[str, str]]:
    foreign = [n for b in others for n in names_of(b.reports[0])]
    own = names_of(bundle.reports[0])
    foreign = [
        n for n in foreign if not set(n.split()) & set(re.findall(r"\w+", " ".join(bundle.reports)))
    ]
    words = [w for b in others for w in re.findall(r"\b[a-z]{5,}\b", b.reports[0])]
    found = []
    for text in bundle.true:
        options = {
            "number": with_number(QUOTE.sub(lambda m: m.group(), text), rng)
            if not QUOTE.search(text)
            else None,
            "name": with_name(text, foreign, rng),
            "name of the same report": with_name(text, own, rng),
            "date": with_date(text, rng),
            "quotation": with_quotation(text, words, rng),
            "denial": with_denial(text, rng),
        }
        found += [(kind, false) for kind, false in options.items() if false and false != text]
    found += [("other bundle", s) for s in rng.sample([s for b in others for s in b.true], 4)]
    return found
