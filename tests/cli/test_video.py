"""Video by commands: what users do, and what strangers send."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import Result

from limelight.media.presets import load, names
from limelight.video.operations import configure

Run = Callable[..., Result]
Answer = Callable[..., Any]


def film(
    path: Path, size: tuple[int, int] = (64, 48), frames: int = 25, sound: bool = True
) -> None:
    """A moving gradient at 25 frames a second, with a tone."""
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=25, options={"crf": "20", "g": "5"})
        pictures.width, pictures.height = size
        pictures.pix_fmt = "yuv420p" if size != (1, 1) else "yuv444p"
        tone = container.add_stream("aac", rate=48_000, layout="mono") if sound else None
        for number in range(frames):
            ramp = np.add.outer(np.arange(size[1]) * 3, np.arange(size[0]) * 2) + number * 4
            picture = np.stack([ramp % 256] * 3, axis=-1).astype(np.uint8)
            picture += rng.integers(0, 6, picture.shape, np.uint8)
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(pictures.encode(None))
        if tone is not None:
            times = np.arange(48_000 * frames // 25) / 48_000
            for start in range(0, times.size, 1024):
                samples = (0.1 * np.sin(2764 * times[start : start + 1024])).astype(np.float32)
                frame = av.AudioFrame.from_ndarray(samples[None], "fltp", "mono")
                frame.sample_rate, frame.pts = 48_000, start
                container.mux(tone.encode(frame))
            container.mux(tone.encode(None))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with one film in it."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    film(Path("film.mp4"))
    return work


def packets(path: str, kind: str) -> list[bytes]:
    with av.open(path) as container:
        (stream,) = container.streams.get(**{kind: 0})
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_an_operation_works_on_pictures_and_leaves_the_sound(run: Run, answer: Answer) -> None:
    run("video", "deflicker", "film.mp4", "-o", "new.mp4")
    assert packets("new.mp4", "audio") == packets("film.mp4", "audio")
    assert packets("new.mp4", "video") != packets("film.mp4", "video")
    (file,) = answer("video", "info", "new.mp4")["files"]
    assert file["history"][0]["steps"][0].startswith("deflicker")
    assert [track["kind"] for track in file["tracks"]] == ["video", "audio"]
    assert "deflicker" in run("video", "info", "new.mp4").stdout


def test_sound_is_worked_on_and_the_pictures_left(run: Run, answer: Answer) -> None:
    told = answer("video", "chain", "film.mp4", "--sound", "limiter:ceiling=-30", "-o", "new.mp4")
    assert packets("new.mp4", "video") == packets("film.mp4", "video")
    assert packets("new.mp4", "audio") != packets("film.mp4", "audio")
    assert told["files"][0]["frames"] == 0
    run("video", "chain", "film.mp4", "-o", "x.mp4", code=2)


def test_both_at_once_into_another_container_and_codec(run: Run, answer: Answer) -> None:
    told = answer(
        *("video", "upscale", "film.mp4", "--factor", 2, "--sound", "rumble"),
        *("--codec", "ffv1", "-o", "new.mkv"),
    )
    assert told["files"][0]["codec"] == "ffv1"
    (file,) = answer("video", "info", "new.mkv")["files"]
    assert (file["tracks"][0]["width"], file["tracks"][0]["height"]) == (128, 96)
    steps = file["history"][0]["steps"]
    assert [step.partition(":")[0] for step in steps] == ["upscale", "rumble"]


def test_presets_name_operations_that_there_are() -> None:
    for name in names():
        assert all(map(configure, load(name).video))


def test_a_preset_does_both_and_spares_silent_films(run: Run, answer: Answer) -> None:
    film(Path("mute.mp4"), sound=False)
    Path("mine.toml").write_text('sound = ["rumble"]\nvideo = ["deflicker"]', encoding="utf-8")
    told = answer("video", "enhance", "film.mp4", "mute.mp4", "--preset", "mine.toml", "-o", "out")
    assert [file["sound_tracks"] for file in told["files"]] == [1, 0]
    refused = run("video", "enhance", "film.mp4", "--preset", "podcast", "-o", "x.mp4", code=2)
    assert "nothing for video" in refused.stderr


@pytest.fixture
def strange(folder: Path) -> Path:
    """A folder of what strangers send, with one good film at each end."""
    place = folder / "uploads"
    place.mkdir()
    film(place / "a-good.mp4")
    (place / "empty.mp4").touch()
    (place / "letter.mp4").write_text("Dear Sir or Madam,\n" * 200, encoding="utf-8")
    whole = (place / "a-good.mp4").read_bytes()
    (place / "beheaded.mp4").write_bytes(whole[: len(whole) // 2])
    film(place / "cut.mkv", frames=50)
    whole = (place / "cut.mkv").read_bytes()
    (place / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    film(place / "dot.mkv", size=(1, 1))
    (place / "misnamed.mkv").write_bytes((place / "a-good.mp4").read_bytes())
    film(place / "wounded.mkv", frames=50)
    pictures = bytearray((place / "wounded.mkv").read_bytes())
    middle = len(pictures) // 2
    pictures[middle : middle + 60] = b"\xff" * 60
    (place / "wounded.mkv").write_bytes(pictures)
    film(place / "z-mute.mp4", sound=False)
    return place


def test_what_strangers_send_is_named_and_all_else_is_done(answer: Answer, strange: Path) -> None:
    before = {path.name: path.read_bytes() for path in strange.iterdir()}
    told = answer("video", "deflicker", "uploads", "-o", "out", code=2)
    files = {Path(file["source"]).name: file for file in told["files"]}
    why = {name: file["error"]["message"] for name, file in files.items() if "error" in file}
    assert why.keys() == {"empty.mp4", "letter.mp4", "beheaded.mp4"}
    assert "is empty" in why["empty.mp4"]
    assert "no sound or video that can be read" in why["letter.mp4"]
    assert "cut off" in why["beheaded.mp4"]
    assert all(name in text and text.count("\n") == 0 for name, text in why.items())
    assert left(Path("out")) == files.keys() - why.keys()
    assert {path.name: path.read_bytes() for path in strange.iterdir()} == before
    assert files["a-good.mp4"]["frames"] == files["misnamed.mkv"]["frames"] == 25
    assert 10 < files["cut.mkv"]["frames"] < 50
    assert 30 < files["wounded.mkv"]["frames"] <= 50
    assert files["dot.mkv"]["frames"] == 25


def test_sound_is_asked_of_a_film_that_has_none(run: Run, strange: Path) -> None:
    mute = strange / "z-mute.mp4"
    result = run("video", "chain", mute, "--sound", "rumble", "-o", "x.mp4", code=2)
    assert f"{mute} has no sound track" in result.stderr
    assert not Path("x.mp4").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["film.mp4", "-o", "film.mp4", "--overwrite"], 2, "originals are never written over"),
        (["gone.mp4", "-o", "x.mp4"], 2, "there is no file gone.mp4"),
        (["film.mp4", "-o", "film.mp4/x.mp4"], 6, "film.mp4 is a file"),
        (["film.mp4", "-o", "x.doc"], 2, "x.doc names no file that video"),
        (["film.mp4", "-o", "x.mp4", "--codec", "h999"], 2, "there is no codec 'h999'"),
        (["film.mp4", "-o", "x.mp4", "--quality", "99"], 2, "quality of h264"),
        (["film.mp4", "-o", "x.mp4", "--sound", "magic"], 3, "no operation on sound 'magic'"),
    ],
)
def test_mistakes_are_refused_and_leave_nothing(
    run: Run, folder: Path, words: list[str], code: int, message: str
) -> None:
    before = Path("film.mp4").read_bytes()
    assert message in run("video", "deflicker", *words, code=code).stderr
    assert left(folder) == {"film.mp4"}
    assert Path("film.mp4").read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_a_sentence_and_loses_nothing(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = UUID(int=7)
    monkeypatch.setattr("limelight.media.whole.uuid4", lambda: number)
    Path(f".limelight-draft-{number.hex[:12]}.mkv").symlink_to("/dev/full")
    Path("old.mkv").write_bytes(b"what was there")
    full = run(
        *("video", "chain", "film.mp4", "--sound", "rumble", "-o", "old.mkv", "--overwrite"), code=6
    )
    assert "No space left on device" in full.stderr
    assert Path("old.mkv").read_bytes() == b"what was there"


def test_interruption_leaves_no_half_film_and_is_gone_on_with(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("limelight.video.pipeline.joined", interrupted)
        run("video", "deflicker", "film.mp4", "-o", "new.mp4", code=130)
    assert not Path("new.mp4").exists()
    run("video", "deflicker", "film.mp4", "-o", "new.mp4")
    assert len(packets("new.mp4", "video")) == 25
    assert {path.name for path in Path.cwd().iterdir()} == {"film.mp4", "new.mp4"}


@pytest.mark.parametrize("name", ["Zoë’s 电影 🎬.mp4", "two\nlines.mp4", "a%03d.mp4", "x:y.mp4"])
def test_any_name_is_a_name(run: Run, name: str) -> None:
    try:
        Path("in").mkdir()
        film(Path("plain.mp4"), frames=5)
        Path("plain.mp4").rename(Path("in") / name)
    except OSError:
        pytest.skip("this file system has no such names")
    run("video", "chain", "in", "--sound", "rumble", "-o", "out")
    assert Path("out", name).is_file()


def test_pictures_of_a_film(run: Run, answer: Answer) -> None:
    run(
        "video",
        "contact-sheet",
        "film.mp4",
        "--columns",
        2,
        "--rows",
        2,
        "--width",
        400,
        "-o",
        "s.png",
    )
    with Image.open("s.png") as sheet:
        assert sheet.width == 400
        assert '"contact-sheet":{"columns":2' in sheet.text["Comment"]
    told = answer("video", "thumbnails", "film.mp4", "--count", 2, "-o", "stills")
    chosen = told["files"][0]["thumbnails"]
    assert left(Path("stills/film")) == {Path(one["file"]).name for one in chosen}
    with Image.open(chosen[0]["file"]) as still:
        assert still.size == (64, 48)
        assert b'"source":"film.mp4"' in still.info["comment"]
    told = answer("video", "shots", "film.mp4")
    found = told["files"][0]["shots"]
    assert (found[0]["start"], found[-1]["end"]) == (0, pytest.approx(1.0))
    assert "begin at seconds" in run("video", "shots", "film.mp4").stdout


def test_a_description_of_a_film(run: Run, answer: Answer) -> None:
    (file,) = answer("video", "describe", "film.mp4")["files"]
    assert file["seconds"] == pytest.approx(1.0, abs=0.1)
    assert "cuts per minute" in run("video", "describe", "film.mp4").stdout
