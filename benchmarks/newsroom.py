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
import calendar
import gzip
import json
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from documents import machine, put, table

from limelight.text.newsroom import Assignment, Evidence, Material, check_sentence, opened, written
from limelight.text.newsroom.checking import longest_copy
from limelight.text.newsroom.conflicts import conflicts_of, distinct
from limelight.text.newsroom.rewriting import Endpoint, asked, rewrites
from limelight.text.newsroom.writing.english import bare_of, sayings

NEWS = Path(__file__).parents[2] / "shared/data/news/bbc-summaries.jsonl.gz"
SEED = 20
SENTENCES = 10
"""True sentences of a bundle that are checked and falsified."""
SPELLED = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
MONTHS = list(calendar.month_name)[1:]
DAYS = list(calendar.day_name)
NUMBER = re.compile(r"(?<![\w.,:/-])[£$€]?\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\d:/]|[-.]\d)")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*)(?=[ ,.'])")
QUOTE = re.compile(r'"([^"]{25,})"')
TRUE = ("word for word", "written otherwise", "said in other words")
KINDS = ("number", "name", "name of the same report", "date", "quotation", "denial", "other bundle")


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


def names_of(text: str) -> list[str]:
    barred = {*MONTHS, *DAYS}
    return [n for n in NAME.findall(text) if not set(n.split()) & barred]


def bundles(n: int) -> list[Bundle]:
    rng = random.Random(SEED)
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


def with_number(text: str, rng: random.Random) -> str | None:
    """Change one figure by at least a tenth, in the form in which it is written."""
    found = [
        m for m in NUMBER.finditer(text) if not YEAR.fullmatch(m.group()) and not in_date(text, m)
    ]
    if found:
        match = rng.choice(found)
        digits = match.group().lstrip("£$€")
        sign = match.group()[: len(match.group()) - len(digits)]
        places = len(digits.partition(".")[2])
        value = float(digits.replace(",", ""))
        others = set(NUMBER.findall(text))
        for factor in rng.sample([0.4, 0.6, 0.8, 1.3, 1.7, 2.2, 3.1], 7):
            changed = value * factor if value > 3 else value + rng.randint(1, 4)
            said = (
                f"{changed:,.{places}f}"
                if "," in digits or changed < 1000
                else f"{changed:.{places}f}"
            )
            if sign + said not in others and said != digits:
                return text[: match.start()] + sign + said + text[match.end() :]
    spelled = list(re.finditer(r"\b(?:" + "|".join(SPELLED) + r")\b", text))
    if not spelled:
        return None
    match = rng.choice(spelled)
    word = rng.choice([w for w in SPELLED if w not in text.lower().split()])
    return text[: match.start()] + word + text[match.end() :]


def in_date(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 11) : match.end() + 11]
    return any(month in around for month in MONTHS)


def with_name(text: str, names: list[str], rng: random.Random) -> str | None:
    outside = QUOTE.sub(lambda m: " " * len(m.group()), text)
    barred = {*MONTHS, *DAYS}
    found = [m for m in NAME.finditer(outside) if not set(m.group().split()) & barred]
    if not found:
        return None
    match = rng.choice(found)
    others = [
        n
        for n in names
        if not set(n.split()) & set(re.findall(r"\w+", text))
        and not set(match.group().split()) & set(n.split())
    ]
    if not others:
        return None
    return text[: match.start()] + rng.choice(others) + text[match.end() :]


def with_date(text: str, rng: random.Random) -> str | None:
    outside = QUOTE.sub(lambda m: " " * len(m.group()), text)
    for pattern, pool in (
        (r"\b(?:" + "|".join(MONTHS) + r")\b", MONTHS),
        (r"\b(?:" + "|".join(DAYS) + r")\b", DAYS),
    ):
        if match := re.search(pattern, outside):
            if match.group() in ("March", "May") and not re.search(
                r"\d|in ", outside[max(0, match.start() - 4) : match.end() + 4]
            ):
                continue
            word = rng.choice([w for w in pool if w not in text])
            return text[: match.start()] + word + text[match.end() :]
    if match := YEAR.search(outside):
        year = int(match.group()) + rng.choice([-7, -3, -2, 2, 3])
        return text[: match.start()] + str(year) + text[match.end() :]
    return None


def with_quotation(text: str, words: list[str], rng: random.Random) -> str | None:
    match = QUOTE.search(text)
    if not match or text.count('"') > 2:
        return None
    inner = list(re.finditer(r"\b[a-z]{4,}\b", match.group(1)))
    if not inner:
        return None
    at = rng.choice(inner)
    start, end = match.start(1) + at.start(), match.start(1) + at.end()
    return text[:start] + rng.choice([w for w in words if w != at.group()]) + text[end:]


def with_denial(text: str, rng: random.Random) -> str | None:
    outside = QUOTE.sub(lambda m: " " * len(m.group()), text)
    if re.search(r"\b(?:not|no|never)\b|n't\b", outside):
        return None
    match = re.search(r"\b(?:is|was|are|were|will|would|has|have|had|could|should)\b", outside)
    return None if match is None else text[: match.end()] + " not" + text[match.end() :]


def otherwise(text: str) -> str:
    """Write a true sentence's figures and contractions in another way."""
    outside = re.sub(r"([£$€]\d+(?:\.\d+)?)m\b", r"\1 million", text)
    outside = re.sub(r"([£$€]\d+(?:\.\d+)?)bn\b", r"\1 billion", outside)
    outside = re.sub(r"(\d)%", r"\1 per cent", outside)
    outside = re.sub(
        r"\b(\d{1,3}),(\d{3})\b(?!,)", lambda m: m[1] + m[2] if int(m[1]) > 2 else m[0], outside
    )
    outside = re.sub(
        r"(?<![\d.,$£€-])\b([2-9]) (?=[a-z]{3})", lambda m: SPELLED[int(m[1]) - 2] + " ", outside
    )
    outside = re.sub(r"(?<![-\d])\b(\d{1,2}) (" + "|".join(MONTHS) + r")\b", r"\2 \1", outside)
    for short, long in (
        ("didn't", "did not"),
        ("isn't", "is not"),
        ("wasn't", "was not"),
        ("won't", "will not"),
    ):
        outside = outside.replace(short, long)
    quoted = QUOTE.findall(text)
    return outside if outside != text and QUOTE.findall(outside) == quoted else ""


def anew(text: str) -> str:
    """Say a true sentence as the newsroom's writer first would, before any check."""
    bare = bare_of(text)
    return next((s for s in sayings(bare, 8) if s != text), "") if bare else ""


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


def grounded(text: str, files: list[str]) -> bool:
    from grounded import check

    return check(text, files, sentences=True).passed and not any(
        f.verdict.value == "weak" for f in check(text, files, sentences=True).heuristic
    )


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


def count_draft(
    bundle: Bundle, drafts: Counter[str], folder: str, number: int, shown: bool
) -> None:
    """Write an article of a bundle, and count what can be counted without our own checks."""
    material = tuple(Material(f"{at}.txt", text.encode()) for at, text in enumerate(bundle.reports))
    assignment = Assignment(material, "article", "en")
    evidence = Evidence(*opened(assignment))
    found = distinct(conflicts_of(evidence), evidence)
    lines = [[line.replace("''", '"') for _, _, line in one.sides] for one in found]
    told = [[is_told(true, false, pair) for pair in lines] for true, false in bundle.planted]
    drafts["planted contradictions"] += len(bundle.planted)
    drafts["contradictions found"] += sum(map(any, told))
    for at, pair in enumerate(lines):
        drafts["others shown"] += not any(row[at] for row in told)
        if shown and not any(row[at] for row in told):
            print(f"shown and not planted: {pair}")
    for row, planted in zip(told, bundle.planted, strict=True):
        if shown and not any(row):
            print(f"contradiction not found: {planted}")
    draft = written(assignment)
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


def measure_model(n: int, url: str) -> str:
    """Let a model word briefs anew, and count what it invents without the checks."""
    count: Counter[str] = Counter()
    model = Endpoint(url)
    with TemporaryDirectory() as folder:
        for number, bundle in enumerate(bundles(n)):
            path = Path(folder) / f"{number}.txt"
            report = bundle.reports[0].replace("''", '"')
            path.write_text(report, encoding="utf-8")
            assignment = Assignment((Material(path.name, path.read_bytes()),), "brief", "en")
            draft, evidence = written(assignment), Evidence(*opened(assignment))
            body = [s for p in draft.paragraphs for s in p if s.way in ("said", "data")]
            accepted, _ = rewrites(draft, evidence, 12, model)
            count["sentences given to it"] += len(body)
            count["worded anew and published"] += len(accepted)
            for statement in body:
                answer = asked(model, statement, evidence, "en")
                if not answer or answer == statement.text:
                    continue
                count["worded anew"] += 1
                count["of these not borne out, by grounded-check"] += not grounded(
                    answer, [str(path)]
                )
            for _, text in accepted:
                count["published and not borne out, by grounded-check"] += not grounded(
                    text, [str(path)]
                )
    names = (
        "sentences given to it",
        "worded anew",
        "of these not borne out, by grounded-check",
        "worded anew and published",
        "published and not borne out, by grounded-check",
    )
    return table([{"sentences": name, "n": count[name]} for name in names])


def changed(one: str, other: str) -> str:
    """Give the word of one that the other has not."""
    return next((word for word in one.split() if word not in other.split()), "")


def near(text: str, planted: list[tuple[str, str]]) -> bool:
    mine = set(re.findall(r"\w+", text.lower()))
    return any(
        len(mine & set(re.findall(r"\w+", true.lower()))) >= 0.6 * len(mine) for true, _ in planted
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
    found, planted = drafts.pop("contradictions found", 0), drafts.pop("planted contradictions", 0)
    others = drafts.pop("others shown", 0)
    lines = [
        f"Contradictions planted between reports: {planted}, found: {found}. "
        f"Others shown: {others}.",
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
