"""limelight text tag, end to end."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limelight.catalog import open_store
from limelight.cli import app
from limelight.errors import BadInputError, NotFoundError
from limelight.text.tag.material import read_examples

PLOTS = {
    "Horror": ["A ghost haunts the old house.", "The vampire bites at night."],
    "Romance": ["They fall in love.", "A wedding by the sea."],
}


def run(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, list(map(str, arguments)))
    return found.exit_code, found.output


def films(path: Path, n: int = 80) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "overview", "genres"])
        for k in range(n):
            genre = ("Horror", "Romance")[k % 2]
            cell = json.dumps([{"id": 1, "name": genre}]) if k % 3 else genre
            rows.writerow([f"f{k}", PLOTS[genre][k // 2 % 2] + f" Part {k // 4}.", cell])
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tagger")
    code, told = run(
        *("--home", folder / "home", "text", "tag", "train", films(folder / "a.csv")),
        *("-o", folder / "genres"),
    )
    assert code == 0, told
    return folder / "genres"


def test_a_network_is_trained_judged_and_shown(tmp_path: Path) -> None:
    data, out, page = films(tmp_path / "a.csv"), tmp_path / "genres", tmp_path / "page.html"
    small = [f"--set={one}" for one in ("encoder=bag", "width=12", "epochs=4", "batch=8")]
    train = ("--home", tmp_path / "home", "--json", "text", "tag", "train", data, "-o", out, *small)
    code, told = run(*train, "--report", page)
    assert code == 0, told
    answer = json.loads(told)
    assert sorted(answer["labels"]) == ["Horror", "Romance"]
    assert answer["judgement"]["n"] == 8
    assert len(answer["curve"]) <= 4
    text = page.read_text(encoding="utf-8")
    assert text.count("<polyline") == 2
    assert "Genres of texts, by a feed-forward network" in text
    assert "Horror" in text
    assert "http" not in text.replace("http://www.w3.org", "")
    code, told = run(*train)
    assert (code, "--overwrite" in told) == (2, True)
    assert run(*train, "--overwrite", "--test", data)[0] == 0


def test_a_tagger_is_judged(model: Path, tmp_path: Path) -> None:
    data, page = films(tmp_path / "b.csv", 20), tmp_path / "page.html"
    code, told = run("--json", "text", "tag", "evaluate", model, data, "--report", page)
    assert code == 0, told
    judgement = json.loads(told)["judgement"]
    assert judgement["micro"]["f1"] == judgement["accuracy"] == 1.0
    assert "that nothing was learned from" not in page.read_text(encoding="utf-8")


def test_files_are_tagged(model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The vampire bites. The ghost haunts.", encoding="utf-8")
    (tmp_path / "b.txt").write_text(" ", encoding="utf-8")
    code, told = run("--json", "text", "tag", "use", model, tmp_path / "a.txt")
    assert code == 0, told
    assert [*json.loads(told)["files"][0]["tags"]] == ["Horror"]
    code, told = run("text", "tag", "use", model, tmp_path / "a.txt", tmp_path / "b.txt")
    assert code == 2
    assert "b.txt is empty" in told
    assert "Horror" in told


def test_titles_are_tagged_and_editors_keep_theirs(model: Path, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "title": "A", "text": "A ghost haunts the old house."},
        {"id": "b", "title": "B", "text": "They fall in love.", "mood": "light"},
        {"id": "c", "title": "C"},
        {"id": "d", "title": "D", "text": "A wedding.", "predicted_genres": ["Comedy"]},
    ]
    (tmp_path / "i.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    home = ("--home", tmp_path / "home")
    assert run(*home, "import", "items", tmp_path / "i.jsonl")[0] == 0
    use = (*home, "--json", "text", "tag", "use", model, "--titles")

    def stored() -> dict[str, dict[str, object]]:
        with open_store(tmp_path / "home" / "limelight.db") as store:
            items = store.items().select("item_id", "attributes").iter_rows()
            return {item: json.loads(told or "{}") for item, told in items}

    code, told = run(*use)
    assert code == 0, told
    answer = json.loads(told)
    assert (answer["tagged"], answer["attribute"]) == (2, "predicted_genres")
    assert "1 of the titles has predicted_genres from somebody else" in " ".join(answer["notes"])
    found = stored()
    assert found["a"]["predicted_genres"] == ["Horror"]
    assert set(found["a"]["predicted_genres_scores"]) == {"Horror"}
    assert found["b"]["mood"] == "light"
    assert found["c"] == {}
    assert found["d"]["predicted_genres"] == ["Comedy"]

    # What an editor corrects is the editor's from then on.
    (tmp_path / "j.jsonl").write_text(
        json.dumps({"id": "a", "predicted_genres": ["Drama"]}), encoding="utf-8"
    )
    assert run(*home, "import", "items", tmp_path / "j.jsonl")[0] == 0
    assert json.loads(run(*use)[1])["tagged"] == 1
    assert stored()["a"]["predicted_genres"] == ["Drama"]


def test_a_catalogue_teaches(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"{name}{k}",
            "text": PLOTS[name][k % 2] + f" Part {k}.",
            "categories": [name],
            "mood": ["dark", "light"][place],
        }
        for place, name in enumerate(PLOTS)
        for k in range(30)
    ]
    (tmp_path / "i.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    home = ("--home", tmp_path / "home", "--json")
    assert run(*home, "import", "items", tmp_path / "i.jsonl")[0] == 0
    train = (*home, "text", "tag", "train", "catalogue", "-o")
    code, told = run(*train, tmp_path / "genres")
    assert code == 0, told
    assert sorted(json.loads(told)["labels"]) == ["Horror", "Romance"]
    code, told = run(*train, tmp_path / "moods", "--labels", "mood")
    assert code == 0, told
    assert sorted(json.loads(told)["labels"]) == ["dark", "light"]
    code, told = run(*train, tmp_path / "none", "--labels", "pace")
    assert (code, "no text that has a label" in told) == (2, True)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "text,labels\n", "is empty"),
        ("a.csv", "text,labels\na,b,c\n", "line 2 .* more cells"),
        ("a.csv", "title,labels\na,b\n", "none of the columns text"),
        ("a.csv", "text,score\na,b\n", "name one with --labels"),
        ("a.csv", "text,labels\n ,b\nx,\n", "no text that has a label"),
        ("a.jsonl", "no json", "line 1"),
        ("a.jsonl", "[1]", "must be an object"),
        ("a.jsonl", '{"text": 5, "labels": 7}', "no text that has a label"),
        ("a.pdf", "x", "no kind that is read here"),
    ],
)
def test_bad_material_is_refused(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadInputError, match=told):
        read_examples(tmp_path / name)


def test_material_is_read_as_people_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("\ufeffplot\tgenre\nA ghost.\tHorror|Drama|Horror\n鬼\t恐怖\n", "utf-8")
    found = read_examples(path)
    assert found.labels == (("Horror", "Drama"), ("恐怖",))
    assert (found.texts, found.noun) == (("A ghost.", "鬼"), "genre")
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"body": "x\u2028y", "mood": "dark; cold"}\n', "utf-8")
    assert read_examples(lines, labels="mood").labels == (("dark", "cold"),)
    with pytest.raises(NotFoundError):
        read_examples(tmp_path / "nowhere.csv")
    (tmp_path / "b.csv").write_bytes(b"text,labels\n\xff\xfe,a\n")
    with pytest.raises(BadInputError, match="UTF-8"):
        read_examples(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["use", "MODEL"], "--titles"),
        (["use", "MODEL", "a.txt", "--titles"], "--titles"),
        (["use", "MODEL", "a.txt", "--attribute", "x"], "--attribute goes with"),
        (["use", "nowhere", "a.txt"], "train one first"),
        (["train", "nowhere.csv", "-o", "new"], "there is no"),
        (["train", "a.csv", "-o", "new", "--set", "encoder=magic"], "encoder is one of"),
        (["train", "a.csv", "-o", "new", "--set", "depth=3"], "no setting"),
    ],
)
def test_wrong_usage_is_told(
    model: Path, tmp_path: Path, arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    films(tmp_path / "a.csv")
    given = [str(model) if one == "MODEL" else one for one in arguments]
    code, output = run("--home", tmp_path / "home", "text", "tag", *given)
    assert code in (2, 3)
    assert told in output
