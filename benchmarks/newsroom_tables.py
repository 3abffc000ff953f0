"""How well the newsroom finds where a report contradicts a table, and what it takes for that.

Tables are made of films of ../shared/data/tmdb-films (what each took, when it came out) and of
matches that are drawn at random; the reports are this script's own sentences about them in several
wordings, a third of them with another figure, score or day. Among them stand sentences with figures
of which the table says nothing: an opening weekend, one country, a budget, a sequel, a half-time
score. The rest of each report is an article of the BBC. At the end every article about
entertainment is compared with one table of the films of 1995 to 2006: what is shown of those is
printed, to be judged by a person.

    python benchmarks/newsroom_tables.py [--bundles N] [--show] [--write]
"""

import argparse
import csv
import io
import random
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from documents import put, table
from news_bundles import articles

from limelight.text.newsroom import Assignment, Evidence, Material, opened
from limelight.text.newsroom.conflicts import conflicts_of, distinct
from limelight.text.newsroom.draft import Conflict

FILMS = Path(__file__).parents[2] / "shared/data/tmdb-films/tmdb_5000_movies.csv.zip"
SEED = 31
TOTALS = (
    "{} has taken {} in all.",
    "So far {} has grossed {}, the studio said.",
    "Takings for {} now stand at {} in total.",
    "{} had made {} to date, figures showed.",
    "The film {} earned a total of {} at the box office.",
)
RELEASES = (
    "{} was released on {}.",
    "{} opens on {}, its distributor said.",
    "The studio released {} on {}.",
    "{} arrives in cinemas on {}.",
)
BESIDE = (
    "{} took {} in its opening weekend.",
    "{} cost {} to make.",
    "{} took {} in China in all.",
    "{} was expected to take {} in all.",
    "The sequel to {} took {} in all.",
    "{} and its sequel have taken {} in all.",
    "{} was beaten by Grey Harbour, which took {} in all.",
)
SCORES = (
    "{home} beat {away} {score}.",
    "{home} and {away} met on Saturday, and it ended {score}.",
    "It finished {home} {score} {away}.",
    "The score was {score} when {home} met {away}.",
)
OTHER_SCORES = (
    "{home} led {away} {score} at half-time.",
    "{home} had beaten {away} {score} last season.",
    "{away} went out {score} on aggregate to {home}.",
)
CLUBS = ["Arsenal", "Chelsea", "Everton", "Liverpool", "Fulham", "Charlton", "Southampton"]
CLUBS += ["Portsmouth", "Middlesbrough", "Birmingham", "Blackburn", "Bolton"]


def films() -> list[tuple[str, int, date]]:
    with zipfile.ZipFile(FILMS) as archive:
        lines = io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8")
        rows = list(csv.DictReader(lines))
    return [
        (row["title"], int(row["revenue"]), date.fromisoformat(row["release_date"]))
        for row in rows
        if int(row["revenue"]) > 1_000_000 and "1995" <= row["release_date"][:4] <= "2006"
    ]


def csv_of(rows: list[tuple[object, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def of_films(rng: random.Random) -> tuple[bytes, list[tuple[str, bool]]]:
    """Give a table of eight films, and sentences about them with whether each contradicts it."""
    rows = rng.sample(films(), 8)
    said = []
    for title, gross, on in rows:
        false = rng.random() < 1 / 3
        told = gross * rng.choice([0.6, 0.75, 1.3, 1.6]) if false else gross
        said.append((rng.choice(TOTALS).format(title, money(told)), false))
        false = rng.random() < 1 / 3
        day = on + timedelta(rng.choice([-21, -7, 7, 14, 35])) if false else on
        told_on = f"{day.day} {day:%B} {day.year}"
        release = rng.choice(RELEASES)
        said.append((release.format(title, told_on), false))
        other = money(gross * rng.uniform(0.3, 3))
        said.append((rng.choice(BESIDE).format(title, other), False))
    return csv_of([("Film", "Total gross ($)", "Release date"), *rows]), said


def of_matches(rng: random.Random) -> tuple[bytes, list[tuple[str, bool]]]:
    """Give a table of six matches, and sentences about them with whether each contradicts it."""
    clubs = rng.sample(CLUBS, 12)
    rows, said = [], []
    for home, away in zip(clubs[::2], clubs[1::2], strict=True):
        more, less = rng.randint(2, 5), rng.randint(0, 1)
        rows.append((home, away, f"{more}-{less}"))
        false = rng.random() < 1 / 3
        score = f"{more + rng.choice([1, 2])}-{less}" if false else f"{more}-{less}"
        said.append((rng.choice(SCORES).format(home=home, away=away, score=score), false))
        other = rng.choice(OTHER_SCORES).format(home=home, away=away, score=f"{more - 1}-{less}")
        said.append((other, False))
    return csv_of([("Home", "Away", "Score"), *rows]), said


def money(value: float) -> str:
    return f"${value / 1e6:.1f} million" if value > 2e6 else f"${round(value):,}"


def conflicts(tables: list[bytes], reports: list[str]) -> tuple[Conflict, ...]:
    material = [Material(f"{n}.txt", text.encode()) for n, text in enumerate(reports)]
    material += [Material(f"{n}.csv", data, "data") for n, data in enumerate(tables)]
    evidence = Evidence(*opened(Assignment(tuple(material))))
    return distinct(conflicts_of(evidence), evidence)


def measure(n: int, shown: bool) -> Counter[str]:
    rng = random.Random(SEED)
    news = [a["article"].replace("''", '"') for a in articles()]
    count: Counter[str] = Counter()
    for _ in range(n):
        made = [of_films(rng), of_matches(rng)]
        said = [one for _, sentences in made for one in sentences]
        rng.shuffle(said)
        report = "\n\n".join([rng.choice(news), *(text for text, _ in said)])
        lines = {c.sides[0][2] for c in conflicts([data for data, _ in made], [report])}
        for text, false in said:
            count["contradictions planted" if false else "sentences that contradict nothing"] += 1
            count["of these found" if false else "of these shown"] += text in lines
            if shown and (text in lines) != false:
                print("missed" if false else "shown wrongly", text)
        count["sentences of BBC articles shown"] += len(lines - {text for text, _ in said})
    return count


def of_news() -> tuple[int, int, list[str]]:
    """Compare the BBC's articles about entertainment with a table of films."""
    news = [a["article"].replace("''", '"') for a in articles() if a["category"] == "entertainment"]
    rows = films()
    data = csv_of([("Film", "Total gross ($)", "Release date"), *rows])
    found = []
    for begin in range(0, len(news), 20):
        for one in conflicts([data], news[begin : begin + 20]):
            if one.sides[1][1].source > len(news[begin : begin + 20]) - 1 and "Film:" in str(one):
                (said, _, line), (told, _, _) = one.sides
                found.append(f'"{line}" ({said}; the table has {told})')
    return len(news), len(rows), found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundles", type=int, default=50)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", action="store_true", help="print what is judged wrongly")
    given = parser.parse_args()
    count = measure(given.bundles, given.show)
    rows = [{"of a table and a report": name, "n": n} for name, n in count.items()]
    n_news, n_films, found = of_news()
    text = f"{given.bundles} bundles:\n\n{table(rows)}\n\n{n_news} articles about entertainment "
    text += f"beside a table of {n_films:,} films: {len(found)} shown"
    text += ".\n" if not found else ":\n\n" + "\n".join(f"- {one}" for one in found)
    print(text)
    if given.write:
        put("newsroom, tables", text)


if __name__ == "__main__":
    main()
