"""limelight text writer, end to end."""

import json
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limelight.cli import app
from limelight.datasets import webnlg
from limelight.errors import BadInputError, NotFoundError
from limelight.text.sequence.judging import judge
from limelight.text.sequence.material import read_material

WEBNLG = Path(__file__).parents[2] / "../shared/data/webnlg/webnlg_v1.6_en.tar.gz"
XML = """<?xml version="1.0" ?><benchmark><entries>
<entry category="Airport" eid="Id1" size="1">
<modifiedtripleset>
<mtriple>Aarhus_Airport | cityServed | "Aarhus, Denmark"</mtriple>
</modifiedtripleset>
<lex comment="good" lid="Id1"><text>Aarhus Airport serves Aarhus.</text></lex>
<lex comment="good" lid="Id2">Aarhus is served by Aarhus  Airport.</lex>
</entry></entries></benchmark>"""


def run(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, list(map(str, arguments)))
    return found.exit_code, found.output


def lines(path: Path, n: int = 60) -> Path:
    films = [("Alien", "Scott", 1979), ("Brazil", "Gilliam", 1985), ("Stalker", "Tarkovsky", 1979)]
    rows = []
    for k in range(n):
        title, person, year = films[k % 3]
        facts = [[title, "director", person], [title, "releaseYear", year + k // 3]]
        told = f"{title} was directed by {person} and released in {year + k // 3}."
        rows.append(json.dumps({"facts": facts, "texts": [told]}))
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_writer_is_trained_judged_and_used(tmp_path: Path) -> None:
    data, model, page = lines(tmp_path / "a.jsonl"), tmp_path / "writer", tmp_path / "page.html"
    home = ("--home", tmp_path / "home")
    small = [f"--set={one}" for one in ("width=16", "layers=1", "vocabulary=300", "epochs=2")]
    trained = run(*home, "text", "writer", "train", data, "-o", model, *small, "--report", page)
    assert trained[0] == 0, trained[1]
    assert sorted(path.name for path in model.iterdir()) == [
        "network.safetensors",
        "vocabulary.json",
        "writer.json",
    ]
    text = page.read_text(encoding="utf-8")
    assert text.count("<polyline") == 2
    assert "Alien was directed by Scott" in text
    assert "http" not in text.replace("http://www.w3.org", "")

    code, told = run(*home, "text", "writer", "train", data, "-o", model, *small)
    assert (code, "--overwrite" in told) == (2, True)
    code, told = run("--json", "text", "writer", "evaluate", model, data, "--beams", 2)
    assert code == 0
    (judged,) = [one for one in json.loads(told)["judged"] if one["category"] == "all"]
    assert judged["n"] == 60
    assert 0 <= judged["bleu"] <= 100

    unknown = tmp_path / "b.jsonl"
    unknown.write_text('{"facts": [["Metropolis", "director", "Lang"]]}\n', encoding="utf-8")
    out = tmp_path / "out.jsonl"
    assert run("text", "writer", "write", model, unknown, "-o", out)[0] == 0
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert row["source"] == "<subject> Metropolis <predicate> director <object> Lang"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("no json", "line 1"),
        ('{"facts": []}', "must be a list of"),
        ('{"facts": [["a", "b"]]}', "must be a list of"),
        ('{"text": "x"}', 'must be an object with "facts" or with "source"'),
        ('{"source": " ", "text": "x"}', "must be a text"),
        ('{"source": "a", "texts": "x"}', "must be a list of texts"),
        ('{"source": "a"}', "no texts to learn from"),
        ('{"source": "a", "text": "b"}\n{"facts": [["a", "b", "c"]]}', "part them"),
    ],
)
def test_bad_material_is_refused_with_its_line(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInputError, match=told):
        read_material(path)


def test_material_is_parted_without_loss(tmp_path: Path) -> None:
    whole = read_material(lines(tmp_path / "a.jsonl"))
    learned, held_out = whole.parted(0)
    assert len(held_out.examples) == 3
    assert {*learned.examples, *held_out.examples} == set(whole.examples)


def test_webnlg_is_read_from_a_folder_and_from_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "en" / "train" / "1triples" / "Airport.xml"
    file.parent.mkdir(parents=True)
    file.write_text(XML, encoding="utf-8")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "en", "en")
    for source in (tmp_path / "en", tmp_path / "a.tar.gz"):
        (entry,) = webnlg.read(source, "train")
        assert entry.category == "Airport"
        assert entry.facts == (("Aarhus_Airport", "cityServed", '"Aarhus, Denmark"'),)
        assert entry.texts == (
            "Aarhus Airport serves Aarhus.",
            "Aarhus is served by Aarhus Airport.",
        )
        with pytest.raises(BadInputError, match="no WebNLG"):
            webnlg.read(source, "test")
    file.write_text("<entry>", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"Airport\.xml .* is no XML"):
        webnlg.read(tmp_path / "en", "train")
    with pytest.raises(NotFoundError):
        webnlg.read(tmp_path / "nowhere", "train")
    (tmp_path / "b.tar.gz").write_bytes(b"no archive")
    with pytest.raises(BadInputError, match="no archive"):
        webnlg.read(tmp_path / "b.tar.gz", "train")


@pytest.mark.skipif(not WEBNLG.exists(), reason="WebNLG is not at hand")
def test_webnlg_has_its_known_numbers() -> None:
    entries = webnlg.read(WEBNLG, "test")
    assert (len(entries), sum(len(entry.texts) for entry in entries)) == (1862, 4928)
    assert len({entry.category for entry in entries}) == 15


def test_texts_are_judged_by_all_that_people_wrote() -> None:
    told = [["The cat sat on the mat.", "A cat was sitting there."], ["Dogs bark loudly at night."]]
    assert judge([told[0][1], told[1][0]], told).bleu == pytest.approx(100)
    assert judge(["the CAT sat on the mat.", "dogs bark loudly at night."], told).chrf > 99
    assert judge(["A dog was here.", "It is quiet at night."], told).bleu < 30
    with pytest.raises(BadInputError, match="no texts by people"):
        judge(["a"], [[]])
