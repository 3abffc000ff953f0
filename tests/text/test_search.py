"""Search: BM25 by hand, errors forgiven, meaning, Chinese, and bad queries."""

import math
from collections import Counter

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from limelight.errors import BadInputError
from limelight.text.postings import LENGTH, SATURATION, Postings
from limelight.text.rounded import Rounded
from limelight.text.search import Search, best, nearest
from limelight.text.spellings import Spellings
from limelight.text.terms import folded, grams, terms, tokens

TITLES = {
    "The Godfather": "The head of a crime family hands his empire to his youngest son.",
    "Star Wars": "A farm boy joins a rebellion against an evil empire in space.",
    "Amélie": "A shy waitress in Paris changes the lives of those around her.",
    "Alien": "The crew of a spaceship is hunted by a creature.",
    "The Silence of the Lambs": "A trainee asks a jailed cannibal to help her catch a killer.",
    "流浪地球": "太阳即将毁灭，人类带着地球逃离太阳系。",
    "Spider-Man": "A bitten student learns to climb walls.",
}


@pytest.fixture(scope="module")
def titles() -> Search:
    return Search(list(TITLES), list(TITLES.values()))


def found(titles: Search, query: str) -> str:
    return list(TITLES)[titles.find(query, 1)[0].row]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("godfather", "The Godfather"),
        ("teh godfahter", "The Godfather"),
        ("GODFATHERS", "The Godfather"),
        ("starwars", "Star Wars"),
        ("strar wras", "Star Wars"),
        ("amelie", "Amélie"),
        ("alein", "Alien"),
        ("silense of the lams", "The Silence of the Lambs"),
        ("spiderman", "Spider-Man"),
        ("spider man", "Spider-Man"),
        ("流浪地球", "流浪地球"),
        ("流浪地求", "流浪地球"),
        ("地球", "流浪地球"),
        ("太阳毁灭", "流浪地球"),
        ("rebels in spaces", "Star Wars"),
        ("catches killers", "The Silence of the Lambs"),
        ("waitres from pariss", "Amélie"),
        ("ailne", "Alien"),
        ("thesilenceof", "The Silence of the Lambs"),
        ("odfath", "The Godfather"),
        ("of the lamb", "The Silence of the Lambs"),
    ],
)
def test_titles_are_found(query: str, title: str, titles: Search) -> None:
    assert found(titles, query) == title


def test_what_was_meant_is_told(titles: Search) -> None:
    assert titles.corrections("the godfahter") == {"godfahter": [("godfather", 1 - 1 / 9)]}
    assert titles.corrections("xyzzy qq") == {"xyzzy": [], "qq": []}
    assert titles.corrections("流浪地求") == {}


def test_nothing_is_found_where_nothing_is_alike(titles: Search) -> None:
    assert titles.find("xyzzy") == []
    assert titles.find("量子") == []


@pytest.mark.parametrize("query", ["", " ", "…!?", "\x00", "👍"])
def test_a_query_of_nothing_is_refused(query: str, titles: Search) -> None:
    with pytest.raises(BadInputError, match="no letter or digit"):
        titles.find(query)


def test_hostile_queries_are_only_text(titles: Search) -> None:
    for query in ("godfather " * 100_000, "' OR 1=1 --", "a" * 1_000_000, "(?:a(", "%s %d {x}"):
        titles.find(query)
    with pytest.raises(BadInputError, match="at least one title"):
        titles.find("alien", 0)
    with pytest.raises(BadInputError, match="0 titles"):
        Search([], [])


def test_titles_without_words_are_no_trouble() -> None:
    titles = Search(["", "…", "Alien"], ["", "", ""])
    assert [hit.row for hit in titles.find("alien")] == [2]
    with pytest.raises(BadInputError):
        Search(["", ""], ["", ""]).find("…")
    assert Search(["", ""], ["", ""]).find("alien") == []


def test_bm25_by_hand() -> None:
    documents = [["a", "b", "a"], ["b"], ["c", "c"]]
    scores = Postings.of(documents, bm25=True).scores({"a": 1.0})
    rarity = math.log1p((3 - 1 + 0.5) / (1 + 0.5))
    length = 1 - LENGTH + LENGTH * 3 / 2
    weight = 2 * (SATURATION + 1) / (2 + SATURATION * length)
    assert scores == pytest.approx([weight / (SATURATION + 1), 0, 0])
    assert rarity > 0


def test_cosines_by_hand() -> None:
    letters = Postings.of([["x", "y"], ["y", "z"], ["w"]], bm25=False)
    scores = letters.scores(Counter(["x", "y"]))
    assert scores[0] == pytest.approx(1)
    assert 0 < scores[1] < 0.5
    assert scores[2] == 0


def test_meaning_finds_what_words_do_not() -> None:
    vectors = np.eye(3, dtype=np.float32)
    titles = Search(["Alien", "Heat", "Up"], ["", "", ""], Rounded.of(vectors))
    (hit,) = titles.find("ballooning pensioner", 5, vectors[2])
    assert (hit.row, hit.meaning, hit.words) == (2, 1, 0)
    assert titles.find("alien", 1, vectors[2])[0].row == 0


def test_terms() -> None:
    assert folded("AMÉLIE ＡＢＣ が 한") == "amelie abc が 한"
    assert terms("The Runners' races") == ["the", "runner", "race"]
    assert terms("看星战") == ["看星", "星战", "看", "星", "战"]
    assert terms("看星战", asked=True) == ["看星", "星战"]
    assert terms("星", asked=True) == ["星"]
    assert tokens("Runners' 看星 don’t") == ["runners", "看星", "看", "星", "don't"]
    assert grams("Up 2") == [" up", "up2", "p2 "]


def test_the_nearest_come_first() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0.8, 0.6], [0, 0], [-1, 0]], np.float32)
    assert nearest(vectors, 0) == [(2, pytest.approx(0.8)), (1, pytest.approx(0.6))]


@pytest.mark.parametrize(
    "text", ["godfather", "odgfathre", "god", "a" * 700, "x" * 300 + "a" * 300, "流浪地球", "", "é"]
)
def test_no_near_spelling_is_missed(text: str) -> None:
    random = np.random.default_rng(1)
    made = ["".join(random.choice(list("adefghort é流浪"), size)) for size in range(40)]
    names = [*made, "godfather", "the godfather", "a" * 690, "a" * 400 + "x" * 300, "流浪地求", ""]
    spellings = Spellings(names)
    shares = [OSA.normalized_similarity(text, name) for name in names]
    assert spellings.alike(text, 0.55) == pytest.approx(
        [share if share >= 0.55 else 0 for share in shares]
    )
    edits = [(name, OSA.distance(text, name)) for name in names]
    assert spellings.near(text, 2) == [(name, away) for name, away in edits if away <= 2]


def test_common_words_are_meant_before_rare_ones() -> None:
    titles = Search(["The Cave", "The Cake", "The Cake Stall"], ["", "", ""])
    assert [other for other, _ in titles.corrections("cae")["cae"]] == ["cake", "cave"]


def test_the_highest_scores_are_chosen_in_order() -> None:
    scores = np.array([0.5, 0, 0.9, 0.5, -1, 0.7, 0.5], np.float32)
    assert best(scores, 3).tolist() == [2, 5, 0]
    assert best(scores, 100).tolist() == [2, 5, 0, 3, 6]
    assert best(np.zeros(3, np.float32), 2).tolist() == []


def test_names_are_found_by_a_part_each_once() -> None:
    titles = Search(["Star Wars", "All Star Wars Star Wars", "Rats", "Awarstar", "Tarwa"], [""] * 5)
    parts = titles.parts("tarwa")
    assert np.flatnonzero(parts.spelling >= 0.5).tolist() == [0, 1, 4]


def test_rounded_vectors_are_nearly_what_they_were() -> None:
    random = np.random.default_rng(2)
    vectors = random.standard_normal((5_000, 512)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[7] = 0
    rounded = Rounded.of(vectors)
    assert np.abs(rounded.products(vectors[3]) - vectors @ vectors[3]).max() < 0.003
    assert rounded.products(vectors[3])[7] == 0
    assert rounded.products(np.zeros(512, np.float32)).tolist() == [0] * 5_000
    exact = np.array([[1, -1], [127, 5]], np.float32)
    assert Rounded.of(exact).products(np.array([1, 1], np.float32)) == pytest.approx(
        [0, 132], abs=0.01
    )
