"""Search: BM25 by hand, errors forgiven, meaning, Chinese, and bad queries."""

import math

import numpy as np
import pytest

from limelight.errors import BadInputError
from limelight.text.postings import LENGTH, SATURATION, Postings, counted
from limelight.text.search import Search, nearest
from limelight.text.terms import folded, grams, terms

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


def best(titles: Search, query: str) -> str:
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
    assert best(titles, query) == title


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
    documents = [counted(["a", "a", "b"]), counted(["b"]), counted(["c", "c"])]
    scores = Postings(documents, bm25=True).scores({"a": 1.0})
    rarity = math.log1p((3 - 1 + 0.5) / (1 + 0.5))
    length = 1 - LENGTH + LENGTH * 3 / 2
    weight = 2 * (SATURATION + 1) / (2 + SATURATION * length)
    assert scores == pytest.approx([weight / (SATURATION + 1), 0, 0])
    assert rarity > 0


def test_cosines_by_hand() -> None:
    letters = Postings([counted(["x", "y"]), counted(["y", "z"]), counted(["w"])], bm25=False)
    scores = letters.scores(counted(["x", "y"]))
    assert scores[0] == pytest.approx(1)
    assert 0 < scores[1] < 0.5
    assert scores[2] == 0


def test_meaning_finds_what_words_do_not() -> None:
    vectors = np.eye(3, dtype=np.float32)
    titles = Search(["Alien", "Heat", "Up"], ["", "", ""], vectors)
    (hit,) = titles.find("ballooning pensioner", 5, vectors[2])
    assert (hit.row, hit.meaning, hit.words) == (2, 1, 0)
    assert titles.find("alien", 1, vectors[2])[0].row == 0


def test_terms() -> None:
    assert folded("AMÉLIE ＡＢＣ が 한") == "amelie abc が 한"
    assert terms("The Runners' races") == ["the", "runner", "race"]
    assert terms("看星战") == ["看星", "星战", "看", "星", "战"]
    assert terms("看星战", asked=True) == ["看星", "星战"]
    assert terms("星", asked=True) == ["星"]
    assert grams("Up 2") == [" up", "up2", "p2 "]


def test_the_nearest_come_first() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0.8, 0.6], [0, 0], [-1, 0]], np.float32)
    assert nearest(vectors, 0) == [(2, pytest.approx(0.8)), (1, pytest.approx(0.6))]
