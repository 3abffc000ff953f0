"""What drafts of bundles hold, counted without the newsroom's own checks."""

import re
from collections import Counter
from pathlib import Path

from grounding import grounded
from news_bundles import Bundle

from limelight.text.newsroom import Assignment, Evidence, Material, opened, written
from limelight.text.newsroom.checking import longest_copy
from limelight.text.newsroom.conflicts import conflicts_of, distinct


def assigned(bundle: Bundle) -> Assignment:
    material = tuple(Material(f"{at}.txt", text.encode()) for at, text in enumerate(bundle.reports))
    return Assignment(material, "article", "en")


def count_contradictions(bundle: Bundle, count: Counter[str], shown: bool) -> None:
    """Look for where a bundle's reports contradict each other."""
    evidence = Evidence(*opened(assigned(bundle)))
    found = distinct(conflicts_of(evidence), evidence)
    lines = [[line.replace("''", '"') for _, _, line in one.sides] for one in found]
    told = [[is_told(true, false, pair) for pair in lines] for true, false in bundle.planted]
    count["planted"] += len(bundle.planted)
    count["found"] += sum(map(any, told))
    for at, pair in enumerate(lines):
        count["others"] += not any(row[at] for row in told)
        if shown and not any(row[at] for row in told):
            print(f"shown and not planted: {pair}")
    for row, planted in zip(told, bundle.planted, strict=True):
        if shown and not any(row):
            print(f"contradiction not found: {planted}")


def count_draft(
    bundle: Bundle, drafts: Counter[str], folder: str, number: int, shown: bool
) -> None:
    """Write an article of a bundle, and count what can be counted without our own checks."""
    draft = written(assigned(bundle))
    paths = []
    for at, text in enumerate(bundle.reports):
        path = Path(folder) / f"{number}-draft-{at}.txt"
        path.write_text(text.replace("''", '"'), encoding="utf-8")
        paths.append(str(path))
    values = [(changed(true, false), changed(false, true)) for true, false in bundle.planted]
    for statement in draft.statements():
        drafts["sentences"] += 1
        drafts["borne out by grounded-check"] += grounded(statement.text, paths)
        run = longest_copy(statement.text, bundle.reports)
        drafts["with more than 12 words copied"] += len(run) > 12
        drafts["that quote a report's own prose"] += statement.way == "excerpt"
        flat = any(
            (mine in statement.text) != (theirs in statement.text)
            for mine, theirs in values
            if mine and theirs and near(statement.text, bundle.planted)
        )
        drafts["that take a side unsaid"] += flat and statement.way != "differ"
        if shown and (len(run) > 12 or (flat and statement.way != "differ")):
            print(f"copied or one-sided: {statement.text} {run}")
    drafts["words"] += sum(len(s.text.split()) for p in draft.paragraphs for s in p)


def is_told(true: str, false: str, pair: list[str]) -> bool:
    return any(true in x or x in true for x in pair) and any(false in x or x in false for x in pair)


def changed(one: str, other: str) -> str:
    """Give the word of one that the other has not."""
    return next((word for word in one.split() if word not in other.split()), "")


def near(text: str, planted: list[tuple[str, str]]) -> bool:
    mine = set(re.findall(r"\w+", text.lower()))
    return any(
        len(mine & set(re.findall(r"\w+", true.lower()))) >= 0.6 * len(mine) for true, _ in planted
    )
