import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from limelight.errors import BadInputError, MissingExtraError, UnavailableError
from limelight.operate.report import ReportData, write_report
from limelight.recommend.explain import REASONS

EVIL = """<script>alert("x")</script>'&"""


def quality(**ndcg: float) -> pl.DataFrame:
    rows = []
    for model, value in ndcg.items():
        rows += [
            (model, "popularity@10", 0.3, 0.2, 0.4),
            (model, "hr@10", 2 * value, value, 3 * value),
            (model, "ndcg@10", value, value - 0.01, value + 0.02),
            (model, "gini@10", value, None, None),
            (model, "popularity_lift@10", value - 0.07, None, None),
        ]
    return pl.DataFrame(rows, ["model", "metric", "value", "low", "high"], orient="row")


@pytest.fixture
def data() -> ReportData:
    reasons = [
        [{"kind": "watched", "item_id": "1", "title": "Alien (1979)", "share": 0.41}],
        [{"kind": "popular", "item_id": None, "title": None, "share": None}],
    ]
    return ReportData(
        title="What people watch next",
        summary="The ease model is right most often.",
        dataset={"Name": "tiny", "Source": "https://example.org/tiny"},
        counts={"people": "943"},
        protocol="The last film is hidden.",
        quality=quality(popular=0.04, ease=0.08),
        against_best=pl.DataFrame(
            {
                "model": ["popular"],
                "difference": [0.04],
                "low": [0.03],
                "high": [0.05],
                "p_value": [0.0001],
            }
        ),
        person="Somebody",
        watched=pl.DataFrame({"title": ["Alien (1979)"], "detail": ["Horror"]}),
        recommended=pl.DataFrame(
            {
                "title": ["Aliens (1986)", "Brazil (1985)"],
                "detail": ["Action", "Comedy"],
                "score": [0.5, 0.25],
                "reasons": pl.Series(reasons, dtype=REASONS),
            }
        ),
        similar={"Alien (1979)": pl.DataFrame({"title": ["Aliens (1986)"], "score": [0.5]})},
        made={"Seed": "0"},
        commands=["make demo"],
    )


class Outline(HTMLParser):
    """Reads a page as a stranger would: every tag must close, and what it refers to is kept."""

    VOID = ("meta", "br", "wbr", "hr", "img", "input", "link")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.refers: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.refers += [value for name, value in attrs if name in ("src", "href", "srcset")]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open and data.strip():
            self.text.append(" ".join(data.split()))


def written(tmp_path, data) -> tuple[str, Outline]:
    path = write_report(tmp_path / "out" / "report.html", data)
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]
    page = path.read_text(encoding="utf-8")
    return page, Outline(page)


def test_the_page_is_whole_and_loads_nothing(tmp_path, data):
    page, outline = written(tmp_path, data)
    assert outline.open == []
    assert page.startswith("<!doctype html>")
    assert not {"script", "link", "iframe", "img", "object"} & set(outline.tags)
    assert {reference for reference in outline.refers if not reference.startswith("#")} == {
        "https://example.org/tiny"
    }
    assert "url(" not in page
    assert "@import" not in page


def test_the_page_can_be_read_without_seeing_it(tmp_path, data):
    page, outline = written(tmp_path, data)
    assert '<html lang="en">' in page
    assert outline.tags.count("svg") == 3
    assert page.count('role="img"') == 2
    assert "ease: 0.0800, 95 % interval 0.0700 to 0.1000." in " ".join(outline.text)
    assert "popular: titles known to 30 % of people, NDCG@10 0.0400." in " ".join(outline.text)
    assert all("scope=" in cell for cell in re.findall(r"<th[ >][^>]*>?", page))
    assert outline.tags.count("caption") == outline.tags.count("table") == 3
    assert outline.tags.count("h1") == 1


def test_the_page_shows_what_was_measured_and_recommended(tmp_path, data):
    page, outline = written(tmp_path, data)
    assert page.index("Aliens (1986)") < page.index("Brazil (1985)")
    for text in ("because you watched", "41 %", "popular with everybody", "score 0.500", "+0.0400"):
        assert text in outline.text
    assert '--share: 41.0%"' in page
    assert re.findall(r'<tr><th scope="row">(\w+)</th>(?:<td)', page)[:2] == ["ease", "popular"]
    best = re.findall(r'<td class="best">([^<]+)</td>', page)
    assert best == ["0.0800", "0.1600", "0.0100", "0.0400"]


def test_text_can_do_no_harm(tmp_path, data):
    title = pl.lit(EVIL).alias("title")
    reasons = [[{"kind": "watched", "item_id": "1", "title": EVIL, "share": 1.0}]] * 2
    evil = replace(
        data,
        title=EVIL,
        summary=EVIL,
        dataset={EVIL: EVIL, "Source": 'https://example.org/"onclick="x' + EVIL},
        counts={EVIL: EVIL},
        protocol=EVIL,
        quality=data.quality.with_columns(pl.col("model").replace("ease", EVIL)),
        against_best=data.against_best.with_columns(pl.lit(EVIL).alias("model")),
        person=EVIL,
        watched=data.watched.with_columns(title, pl.lit(EVIL).alias("detail")),
        recommended=data.recommended.with_columns(
            title, pl.lit(EVIL).alias("detail"), pl.Series("reasons", reasons, dtype=REASONS)
        ),
        similar={EVIL: data.similar["Alien (1979)"].with_columns(title)},
        made={EVIL: EVIL},
        commands=[EVIL],
    )
    page, outline = written(tmp_path, evil)
    assert "<script" not in page
    assert outline.open == []
    assert "script" not in outline.tags
    assert any(EVIL in text for text in outline.text)


def test_an_evaluation_without_the_headline_is_refused(tmp_path, data):
    lacking = replace(data, quality=data.quality.filter(pl.col("metric") != "popularity@10"))
    with pytest.raises(BadInputError, match="ndcg@10 and popularity@10"):
        write_report(tmp_path / "report.html", lacking)
    assert list(tmp_path.iterdir()) == []


def test_a_bare_report_is_still_a_page(tmp_path, data):
    nothing = data.recommended.clear()
    bare = replace(
        data,
        quality=quality(only=0.0),
        against_best=data.against_best.clear(),
        recommended=nothing,
        watched=data.watched.clear(),
        similar={"Alien": nothing.select("title", "score")},
    )
    _, outline = written(tmp_path, bare)
    assert outline.open == []


def test_without_jinja2_the_command_that_mends_it_is_named(tmp_path, data, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'limelight\[report\]'"):
        write_report(tmp_path / "report.html", data)


def test_a_place_that_can_not_be_written_is_a_sentence(tmp_path, data):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UnavailableError, match="can't be written"):
        write_report(tmp_path / "file" / "report.html", data)
