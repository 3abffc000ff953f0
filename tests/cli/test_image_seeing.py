"""limelight image compare, describe, duplicates and moderate, as a user meets them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import polars as pl
import pytest
from PIL import Image
from skimage import data
from typer.testing import Result

from limelight.catalog import import_frame, open_store

Run = Callable[..., Result]
Answer = Callable[..., Any]


@pytest.fixture(autouse=True)
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two photographs, a copy of one, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    Path("stills").mkdir()
    coffee, cat = data.coffee()[::2, ::2], data.chelsea()
    Image.fromarray(coffee).save("stills/coffee.png")
    Image.fromarray(coffee).resize((150, 100)).save("stills/copy.jpg", quality=50)
    Image.fromarray(cat).save("stills/cat.webp")
    Path("stills/bad.png").write_text("hello", encoding="utf-8")


def test_compare(answer: Answer, run: Run) -> None:
    Image.open("stills/coffee.png").save("lossy.jpg", quality=40)
    found = answer("image", "compare", "stills/coffee.png", "lossy.jpg", "--page", "both.html")
    assert 25 < found["psnr"] < 45
    assert 0.8 < found["ssim"] < 1
    assert found["matte"] is None
    assert "data:image/png;base64," in Path("both.html").read_text(encoding="utf-8")
    refused = run("image", "compare", "stills/coffee.png", "lossy.jpg", "--page=both.html", code=2)
    assert "both.html exists already; --overwrite replaces it" in refused.stderr
    refused = run("image", "compare", "stills/coffee.png", "stills/cat.webp", code=2)
    assert "300 x 200 and 451 x 300 pixels; only pictures of one size" in refused.stderr
    refused = run(
        "image", "compare", "lossy.jpg", "lossy.jpg", "--page=lossy.jpg", "--overwrite", code=2
    )
    assert "originals are never written over" in refused.stderr
    assert answer("image", "compare", "lossy.jpg", "lossy.jpg")["equal"] is True


def test_duplicates_of_files(answer: Answer, run: Run) -> None:
    found = answer("image", "duplicates", "stills", "--page", "alike.html", code=2)
    (group,) = found["groups"]
    assert [Path(one["file"]).name for one in group] == ["coffee.png", "copy.jpg"]
    assert "bad.png is no picture" in found["failed"][0]["message"]
    page = Path("alike.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 2
    assert "coffee.png" in page
    assert "name pictures, or give --titles" in run("image", "duplicates", code=2).stderr
    told = run("image", "duplicates", "stills/cat.webp", "stills/coffee.png")
    assert "no two of 2 pictures are alike" in told.stdout


def test_describe_tells_the_titles(answer: Answer, run: Run, home: Path) -> None:
    Path("stills/bad.png").unlink()
    ids = ["coffee", "copy", "cat", "other"]
    home.mkdir()
    with open_store(home / "limelight.db") as store:
        import_frame(store, "items", pl.DataFrame({"item_id": ids, "title": ids}))
    found = answer("image", "describe", "stills", "--titles")
    assert any("limelight weights fetch efficientnet-lite0" in note for note in found["notes"])
    assert "the catalogue now tells it of 3 titles" in found["notes"]
    by_name = {Path(one["source"]).stem: one for one in found["files"]}
    assert by_name["coffee"]["tags"] == ["landscape", "colourful"]
    assert by_name["coffee"]["objects"] is None
    with open_store(home / "limelight.db") as store:
        items = store.items().select("item_id", "attributes")
    known = {item_id: json.loads(text or "{}") for item_id, text in items.iter_rows()}
    assert known["other"] == {}
    assert known["cat"]["artwork_tags"] == ["landscape"]
    assert len(known["cat"]["artwork_look"]) == 96
    groups = answer("image", "duplicates", "--titles")["groups"]
    assert [[one["item_id"] for one in group] for group in groups] == [["coffee", "copy"]]


def test_a_title_nobody_met_is_recommended_by_its_picture(run: Run, answer: Answer) -> None:
    """Everybody keeps to warm or to cold posters; the new ones are one of each."""
    random = np.random.default_rng(0)
    Path("posters").mkdir()
    rows = []
    for number in range(22):
        colour = np.array([(200, 60, 30), (30, 80, 190)][number % 2])
        field = np.clip(colour + random.normal(0, 20, (6, 4, 3)), 0, 255).astype(np.uint8)
        poster = cv2.resize(field, (120, 180), interpolation=cv2.INTER_CUBIC)
        Image.fromarray(poster).save(f"posters/t{number:02}.png")
        rows.append({"item_id": f"t{number:02}", "title": f"Film {number}"})
    pl.DataFrame(rows).write_csv("titles.csv")
    events = [
        (f"u{user:02}", f"t{2 * film + user % 2:02}", 1_700_000_000 + 60 * film)
        for user in range(40)
        for film in random.permutation(10)[:6]
    ]
    pl.DataFrame(events, schema=["user_id", "item_id", "time"], orient="row").write_csv(
        "events.csv"
    )
    run("import", "items", "titles.csv")
    run("import", "events", "events.csv")
    run("image", "describe", "posters", "--titles")
    run("train", "--model", "new-titles")
    for user, expected in (("u00", "t20"), ("u01", "t21")):
        found = answer("recommend", user, "-n", "22")["recommendations"]
        new = [one for one in found if one["item_id"] in ("t20", "t21")]
        assert new[0]["item_id"] == expected
        reason = new[0]["reasons"][0]
        assert reason["kind"] == "like"
        assert reason["group"].startswith("artwork")


def test_moderation_from_scan_to_record(answer: Answer, run: Run) -> None:
    Image.fromarray(data.astronaut()).save("face.png")
    clear = answer("image", "moderate", "scan", "face.png")
    assert clear["files"][0]["decision"] == "clear"
    scan = ("image", "moderate", "scan", "face.png", "stills/cat.webp", "--threshold")
    found = answer(*scan, "face-female=0.5")
    assert [one["decision"] for one in found["files"]] == ["waiting", "clear"]
    assert "1 picture waits for a decision" in found["notes"][0]
    (one,) = answer("image", "moderate", "queue", "--page", "queue.html")["waiting"]
    assert one["flagged"]["face-female"] > 0.5
    assert "Previews are blurred" in Path("queue.html").read_text(encoding="utf-8")
    assert "--unblurred is for" in run("image", "moderate", "queue", "--unblurred", code=2).stderr

    run("image", "moderate", "reject", one["id"][:12], "--who", "ann", "--why", "no faces here")
    run("image", "moderate", "approve", "face.png", "--who", "ben", "--why", "a portrait")
    record = answer("image", "moderate", "record")["decisions"]
    assert [(one["verdict"], one["who"]) for one in record] == [
        ("rejected", "ann"),
        ("approved", "ben"),
    ]
    assert answer(*scan, "face-female=0.5")["files"][0]["decision"] == "approved"
    Image.fromarray(data.astronaut()[:400]).save("face.png")
    late = run("image", "moderate", "approve", "face.png", "--why", "still", code=2)
    assert "face.png changed since it was scanned; scan it again" in late.stderr
    assert answer(*scan, "face-female=0.5")["files"][0]["decision"] == "waiting"
    assert "no class 'hat'" in run(*scan, "hat=1", code=2).stderr
