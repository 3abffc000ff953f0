"""Pictures are scored by what they show, wait for people, and what people decide stays."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError
from limelight.image.bodies import LEAST
from limelight.image.moderate import (
    CLASSES,
    THRESHOLDS,
    Ledger,
    Scored,
    blurred,
    open_ledger,
    scored,
    thresholds_of,
    write_queue,
)

FLAGGED = {"buttocks-exposed": 0.7}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "moderation.db") as opened:
        yield opened


@pytest.fixture
def astronaut(tmp_path: Path) -> Path:
    path = tmp_path / "astronaut.png"
    Image.fromarray(data.astronaut()).save(path)
    return path


def test_a_portrait_is_seen_and_is_clear(astronaut: Path) -> None:
    found = scored(astronaut)
    assert found.scores.keys() <= CLASSES
    assert found.scores["face-female"] > 0.5
    assert found.flagged() == {}
    assert found.flagged({"face-female": 0.5}) == {"face-female": found.scores["face-female"]}


def test_every_frame_and_what_is_below_transparency_is_seen(tmp_path: Path) -> None:
    face = Image.fromarray(np.ascontiguousarray(data.astronaut()[:256, 96:352]))
    empty = Image.new("RGB", face.size, "navy")
    empty.save(tmp_path / "a.webp", save_all=True, append_images=[empty, face], lossless=True)
    assert scored(tmp_path / "a.webp").scores["face-female"] > 0.4
    hidden = face.convert("RGBA")
    hidden.putalpha(0)
    hidden.save(tmp_path / "b.png")
    assert scored(tmp_path / "b.png").scores["face-female"] > 0.4


def test_a_small_person_in_a_long_strip_is_seen(tmp_path: Path) -> None:
    strip = np.full((1400, 256, 3), 200, np.uint8)
    strip[900:1156] = data.astronaut()[:256, 96:352]
    Image.fromarray(strip).save(tmp_path / "strip.png")
    assert scored(tmp_path / "strip.png").scores["face-female"] > 0.4


def test_thresholds_are_read_and_checked() -> None:
    found = thresholds_of(["Belly_Exposed=0.6", "buttocks-exposed=off", "anus-exposed=1"])
    assert found["belly-exposed"] == 0.6
    assert "buttocks-exposed" not in found
    assert found["female-breast-exposed"] == THRESHOLDS["female-breast-exposed"]
    with pytest.raises(BadInputError, match="there is no class 'hat'; there are anus-covered"):
        thresholds_of(["hat=0.5"])
    for text in ("0.1", "2", "much", "", "nan"):
        with pytest.raises(BadInputError, match=f"from {LEAST} to 1, or belly-exposed=off"):
            thresholds_of([f"belly-exposed={text}"])


def test_what_reaches_a_threshold_is_flagged_the_highest_first() -> None:
    one = Scored("c", {"belly-exposed": 0.9, "anus-exposed": 0.3, "buttocks-exposed": 0.61})
    assert list(one.flagged()) == ["buttocks-exposed", "anus-exposed"]
    assert one.flagged({"buttocks-exposed": 0.62}) == {}


def test_the_queue_holds_what_is_flagged_until_it_is_decided(ledger: Ledger) -> None:
    a, b = "a" * 64, "b" * 64
    assert ledger.add_scan(Path("one.png"), a, FLAGGED, FLAGGED) == "waiting"
    assert ledger.add_scan(Path("two.png"), b, {}, {}) == "clear"
    assert ledger.add_scan(Path("copy.png"), a, FLAGGED, FLAGGED) == "waiting"
    (one,) = ledger.waiting()
    assert (one.content, one.flagged) == (a, FLAGGED)
    assert {file.name for file in one.files} == {"one.png", "copy.png"}
    decision = ledger.decide(a, "rejected", "ann", " rule 4 ")
    assert (decision.number, decision.who, decision.why) == (1, "ann", "rule 4")
    assert ledger.waiting() == []
    assert ledger.add_scan(Path("one.png"), a, FLAGGED, FLAGGED) == "rejected"
    ledger.decide(a, "approved", "ben", "a statue")
    assert ledger.status(a) == "approved"
    assert [one.verdict for one in ledger.decisions()] == ["rejected", "approved"]


def test_a_changed_file_is_asked_again(ledger: Ledger, tmp_path: Path) -> None:
    path, before, after = tmp_path / "one.png", "a" * 64, "b" * 64
    ledger.add_scan(path, before, FLAGGED, FLAGGED)
    ledger.decide(before, "approved", "ann", "harmless")
    with pytest.raises(BadInputError, match="changed since it was scanned; scan it again"):
        ledger.find(str(path), after)
    assert ledger.add_scan(path, after, FLAGGED, FLAGGED) == "waiting"
    assert ledger.find(str(path), after) == after
    assert [one.content for one in ledger.waiting()] == [after]
    assert ledger.status(before) == "approved"


def test_ids_are_found_by_their_beginning(ledger: Ledger) -> None:
    a, b = "12345678" + "0" * 56, "12345678" + "1" * 56
    ledger.add_scan(Path("one.png"), a, FLAGGED, FLAGGED)
    assert ledger.find("12345678") == a
    ledger.add_scan(Path("two.png"), b, FLAGGED, FLAGGED)
    with pytest.raises(BadInputError, match="several pictures have an id"):
        ledger.find("12345678")
    assert ledger.find("123456781") == b
    for named in ("1234", "%", "99999999", "two.png"):
        with pytest.raises(NotFoundError, match="is no file and no id"):
            ledger.find(named)
    with pytest.raises(NotFoundError, match="was not scanned"):
        ledger.find("new.png", "c" * 64)


def test_a_decision_needs_somebody_and_a_reason(ledger: Ledger) -> None:
    ledger.add_scan(Path("one.png"), "a" * 64, FLAGGED, FLAGGED)
    for who, why in (("", "x"), ("ann", "  ")):
        with pytest.raises(BadInputError, match="needs who made it and why"):
            ledger.decide("a" * 64, "approved", who, why)
    with pytest.raises(NotFoundError):
        ledger.decide("f" * 64, "approved", "ann", "x")
    assert ledger.decisions() == []


def test_the_record_can_not_be_changed_unnoticed(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add_scan(Path("one.png"), "a" * 64, FLAGGED, FLAGGED)
    for why in ("first", "second", "third"):
        ledger.decide("a" * 64, "approved", "ann", why)
    stranger = sqlite3.connect(tmp_path / "moderation.db", isolation_level=None)
    for attack in ("UPDATE decisions SET why = 'x'", "DELETE FROM decisions"):
        with pytest.raises(sqlite3.IntegrityError, match="decisions are never"):
            stranger.execute(attack)
    stranger.execute("DROP TRIGGER decisions_stay")
    stranger.execute("UPDATE decisions SET who = 'eve' WHERE number = 2")
    stranger.close()
    with pytest.raises(CorruptError, match="altered at decision 2"):
        ledger.decisions()


def test_decisions_of_many_at_once_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "moderation.db"
    with open_ledger(path) as ledger:
        ledger.add_scan(Path("one.png"), "a" * 64, FLAGGED, FLAGGED)

    def decide(number: int) -> None:
        with open_ledger(path) as own:
            own.decide("a" * 64, "approved", f"moderator {number}", "x")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decide, range(12)))
    with open_ledger(path) as ledger:
        found = ledger.decisions()
    assert [one.number for one in found] == list(range(1, 13))
    assert len({one.who for one in found}) == 12


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.db").write_bytes(b"no database at all" * 100)
    with (
        pytest.raises(CorruptError, match="is no record of moderation"),
        open_ledger(tmp_path / "m.db"),
    ):
        pass
    with pytest.raises(UnavailableError, match="can't be used"), open_ledger(tmp_path):
        pass


def test_previews_tell_nothing_but_places_and_colours() -> None:
    picture = data.astronaut()
    found = blurred(picture)
    small = cv2.resize(picture, (320, 320), interpolation=cv2.INTER_AREA)
    assert found.shape == (320, 320, 3)
    fine = small.astype(float) - cv2.GaussianBlur(small, (0, 0), 8)
    kept = found.astype(float) - cv2.GaussianBlur(found, (0, 0), 8)
    assert kept.std() < 0.25 * fine.std()
    assert np.abs(found.mean((0, 1)) - small.mean((0, 1))).max() < 4
    for shape in ((1, 1, 4), (3, 900, 3)):
        assert blurred(np.zeros(shape, np.uint16)).shape[2] == 3


def test_the_page_is_blurred_unless_it_is_asked_otherwise(
    ledger: Ledger, astronaut: Path, tmp_path: Path
) -> None:
    found = scored(astronaut)
    ledger.add_scan(astronaut, found.content, found.scores, FLAGGED)
    page = tmp_path / "queue.html"
    blurry = write_queue(page, ledger.waiting()).read_text(encoding="utf-8")
    clear = write_queue(page, ledger.waiting(), clear=True).read_text(encoding="utf-8")
    assert "Previews are blurred" in blurry
    assert "Previews are NOT blurred" in clear
    assert len(blurry) < 0.8 * len(clear)
    assert found.content[:12] in blurry
    astronaut.write_bytes(astronaut.read_bytes() + b" ")
    gone = write_queue(page, ledger.waiting(), clear=True).read_text(encoding="utf-8")
    assert "<img" not in gone
    assert "gone or has changed" in gone
