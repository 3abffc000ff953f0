"""How well the newsroom's checks tell true from false, and what its drafts hold.

Fifty bundles are made of the BBC's articles in ../shared/data/news: each an article, a second
report that retells part of it and contradicts it in two places, and another article of the same
topic. Sentences are then falsified one at a time by rules of this script's own, which know nothing
of the newsroom's: a number, a name, a date, a word of a quotation changed, a denial put in, or a
sentence of another bundle taken. True ones are checked as well: word for word, with their figures
and contractions written otherwise, and as the newsroom's writer words them before any check.
Beside it stands grounded-check (pip install grounded-check).

    python benchmarks/newsroom.py [--bundles N] [--show] [--write]
    python benchmarks/newsroom.py --bundles N --model URL [--write]   # as OpenAI's
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from documents import machine, put, table
from falsifying import otherwise
from grounding import grounded
from news_bundles import SEED, UNSEEN, bundles, falsified
from newsroom_drafts import count_contradictions, count_draft
from newsroom_model import measure_model

from limelight.text.newsroom import Assignment, Evidence, Material, check_sentence, opened
from limelight.text.newsroom.writing.english import bare_of, sayings

TRUE = ("word for word", "written otherwise", "said in other words")
KINDS = ("number", "name", "name of the same report", "date", "quotation", "denial", "other bundle")


def anew(text: str) -> str:
    """Say a true sentence as the newsroom's writer first would, before any check."""
    bare = bare_of(text)
    return next((s for s in sayings(bare, 8) if s != text), "") if bare else ""


def measure(n: int, shown: bool) -> tuple[list[dict], list[dict], list[dict], float]:
    made = bundles(n)
    rng = random.Random(SEED + 1)
    caught: dict[str, Counter[str]] = defaultdict(Counter)
    drafts: Counter[str] = Counter()
    seconds = 0.0
    checked = 0
    with TemporaryDirectory() as folder:
        for number, bundle in enumerate(made):
            files = []
            for at in (0, 2):
                path = Path(folder) / f"{number}-{at}.txt"
                path.write_text(bundle.reports[at], encoding="utf-8")
                files.append(path)
            evidence = Evidence(
                *opened(Assignment(tuple(Material(p.name, p.read_bytes()) for p in files)))
            )
            others = [b for b in made if b is not bundle]
            cases = [("word for word", s) for s in bundle.true]
            cases += [("written otherwise", s) for s in map(otherwise, bundle.true) if s]
            cases += [("said in other words", s) for s in map(anew, bundle.true) if s]
            cases += falsified(bundle, others, rng)
            for kind, text in cases:
                started = time.perf_counter()
                verdict = check_sentence(text, evidence, language="en")
                seconds += time.perf_counter() - started
                checked += 1
                caught[kind]["n"] += 1
                caught[kind]["ours"] += not verdict.supported
                caught[kind]["peer"] += not grounded(text, [str(p) for p in files])
                wrong = verdict.supported == (kind in KINDS)
                if wrong and shown:
                    print(f"{kind}: {text}  {[str(p) for p in verdict.problems]}")
            count_draft(bundle, drafts, folder, number, shown)
    truths = [row(kind, caught[kind]) for kind in TRUE]
    falsehoods = [row(kind, caught[kind]) for kind in KINDS]
    numbers_and_names = sum((caught[k] for k in ("number", "name")), Counter())
    falsehoods.append(row("numbers and names", numbers_and_names))
    return truths, falsehoods, [dict(drafts)], checked / seconds


def contradictions(n: int, seed: int, shown: bool) -> str:
    """Say how many of those planted in bundles are found, and how many that were not."""
    count: Counter[str] = Counter()
    for bundle in bundles(n, seed):
        count_contradictions(bundle, count, shown)
    return (
        f"Contradictions planted between reports: {count['planted']}, found: {count['found']}. "
        f"Others shown: {count['others']}."
    )


def row(kind: str, count: Counter[str]) -> dict:
    n = max(count["n"], 1)
    return {
        "sentences": kind,
        "n": count["n"],
        "flagged by the newsroom": f"{100 * count['ours'] / n:.1f} %",
        "by grounded-check": f"{100 * count['peer'] / n:.1f} %",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundles", type=int, default=50)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", action="store_true", help="print what is judged wrongly")
    parser.add_argument("--model", metavar="URL", help="measure a language model instead")
    given = parser.parse_args()
    if given.model:
        text = measure_model(given.bundles, given.model)
        print(text)
        if given.write:
            put("newsroom, language model", text)
        return
    truths, falsehoods, (drafts,), speed = measure(given.bundles, given.show)
    parts = [table(truths), table(falsehoods)]
    lines = [
        contradictions(given.bundles, SEED, given.show),
        "",
        f"{given.bundles} other bundles, by which nothing was mended. "
        + contradictions(given.bundles, UNSEEN, given.show),
        "",
    ]
    lines += [f"{given.bundles} articles were written of the bundles. They have:", ""]
    lines.append(
        table([{"of their sentences": name, "n": value} for name, value in drafts.items()])
    )
    text = "\n\n".join([*parts, "\n".join(lines)])
    text += f"\n\n{speed:,.0f} sentences are checked a second. Measured on {machine('limelight')}."
    print(text)
    if given.write:
        put("newsroom", text)


if __name__ == "__main__":
    main()
