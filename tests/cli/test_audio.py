"""Sound by commands: what users do, and what strangers send."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import numpy as np
import pytest
from typer.testing import Result

from limelight.audio import read, write
from limelight.audio.operations import configure, enhance
from limelight.audio.rumble import Rumble
from limelight.media.presets import load, names

RATE = 16_000
Run = Callable[..., Result]
Answer = Callable[..., Any]


def noise(seconds: float = 1.0, channels: int = 1) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (0.1 * rng.standard_normal((channels, int(seconds * RATE)))).astype(np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with one recording in it."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    write(Path("talk.wav"), noise(), RATE, bits=16)
    return work


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_one_file_to_another_tells_what_was_done(run: Run, answer: Answer, folder: Path) -> None:
    run("audio", "rumble", "talk.wav", "--cutoff", "60", "-o", "clean.flac")
    samples, rate = read(Path("clean.flac"))
    assert np.allclose(
        samples, configure("rumble:cutoff=60")(read(Path("talk.wav"))[0], rate), atol=1e-4
    )
    (file,) = answer("audio", "info", "clean.flac")["files"]
    (record,) = file["history"]
    assert record["steps"] == ["rumble:cutoff=60.0"]
    assert record["source"] == "talk.wav"
    assert "rumble:cutoff=60.0" in run("audio", "info", "clean.flac").stdout


def test_a_chain_is_each_in_turn(run: Run) -> None:
    run(
        "audio",
        "chain",
        "talk.wav",
        "--step",
        "rumble",
        "--step",
        "limiter:ceiling=-20",
        "-o",
        "a.wav",
    )
    run("audio", "rumble", "talk.wav", "-o", "b.wav")
    run("audio", "limiter", "b.wav", "--ceiling", "-20", "-o", "c.wav")
    one, other = read(Path("a.wav"))[0], read(Path("c.wav"))[0]
    assert np.abs(one - other).max() < 1e-3
    assert np.abs(one).max() <= 0.1001


def test_presets_are_what_they_say(run: Run, folder: Path) -> None:
    assert list(map(configure, load("podcast").sound)) == enhance("podcast")
    for name in names():
        assert all(map(configure, load(name).sound))
    Path("mine.toml").write_text('sound = ["rumble:cutoff=99"]', encoding="utf-8")
    run("audio", "enhance", "talk.wav", "--preset", "mine.toml", "-o", "mine.wav")
    run("audio", "rumble", "talk.wav", "--cutoff", "99", "-o", "same.wav")
    assert np.array_equal(read(Path("mine.wav"))[0], read(Path("same.wav"))[0])
    Path("pictures.toml").write_text('video = ["denoise"]', encoding="utf-8")
    refused = run(
        "audio", "enhance", "talk.wav", "--preset", "pictures.toml", "-o", "x.wav", code=2
    )
    assert "nothing for sound" in refused.stderr
    assert (
        "there are old-film, old-photo, podcast"
        in run("audio", "enhance", "talk.wav", "--preset", "radio", "-o", "x.wav", code=3).stderr
    )


def test_presets_are_shown_and_printed(run: Run, answer: Answer) -> None:
    assert {preset["name"] for preset in answer("presets")["presets"]} == set(names())
    assert "podcast" in run("presets").stdout
    Path("mine.toml").write_text(run("presets", "old-film").stdout, encoding="utf-8")
    assert load("mine.toml").video == load("old-film").video


def test_conversion_changes_what_is_asked_and_nothing_else(run: Run, answer: Answer) -> None:
    write(Path("wide.wav"), noise(channels=2), RATE, bits=24)
    run(
        "audio",
        "convert",
        "wide.wav",
        "--rate",
        8000,
        "--channels",
        1,
        "--bits",
        16,
        "-o",
        "a.flac",
    )
    (file,) = answer("audio", "info", "a.flac")["files"]
    assert (file["rate"], file["channels"], file["bits"], file["seconds"]) == (8000, 1, 16, 1.0)
    assert file["history"] == []


def test_a_folder_keeps_its_places_and_is_gone_on_with(run: Run, answer: Answer) -> None:
    Path("in/deep").mkdir(parents=True)
    for name in ["in/b.wav", "in/deep/a.wav"]:
        write(Path(name), noise(0.2), RATE)
    told = answer("audio", "rumble", "in", "-o", "out", "--format", "flac")
    assert [Path(file["output"]).as_posix() for file in told["files"]] == [
        "out/b.flac",
        "out/deep/a.flac",
    ]
    assert (told["done"], told["failed"], told["skipped"]) == (2, 0, 0)
    refused = run("audio", "rumble", "in", "-o", "out", "--format", "flac", code=2)
    assert "b.flac and 1 more exists already" in refused.stderr
    Path("out/b.flac").unlink()
    told = answer("audio", "rumble", "in", "-o", "out", "--format", "flac", "--resume")
    assert [file["status"] for file in told["files"]] == ["done", "skipped"]
    run("audio", "rumble", "in", "-o", "out", "--format", "flac", "--overwrite")
    run("audio", "rumble", "in", "-o", "o", "--overwrite", "--resume", code=2)


@pytest.fixture
def strange(folder: Path) -> Path:
    """A folder of what strangers send, with one good file at each end."""
    place = folder / "uploads"
    place.mkdir()
    write(place / "a-good.wav", noise(0.5), RATE)
    (place / "empty.wav").touch()
    (place / "letter.wav").write_text("Dear Sir or Madam,\n" * 200, encoding="utf-8")
    (place / "cut.flac").write_bytes(b"")
    write(place / "cut.flac", noise(2.0), RATE)
    whole = (place / "cut.flac").read_bytes()
    (place / "cut.flac").write_bytes(whole[: len(whole) // 2])
    write(place / "misnamed.flac", noise(0.5), RATE)
    (place / "misnamed.flac").rename(place / "misnamed.wav")
    write(place / "silence.wav", np.zeros((2, RATE // 2), np.float32), RATE)
    write(place / "twelve.wav", noise(0.5, channels=12), RATE)
    with av.open(str(place / "mute.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (place / "mute.mp4").rename(place / "mute.wav")
    write(place / "wounded.mp3", noise(3.0), RATE)
    sound = bytearray((place / "wounded.mp3").read_bytes())
    middle = len(sound) // 2
    sound[middle : middle + 700] = b"\xff" * 700
    (place / "wounded.mp3").write_bytes(sound)
    write(place / "z-good.wav", noise(0.5), RATE)
    return place


def test_what_strangers_send_is_named_and_all_else_is_done(answer: Answer, strange: Path) -> None:
    before = {path.name: path.read_bytes() for path in strange.iterdir()}
    told = answer("audio", "loudness", "uploads", "-o", "out", code=2)
    files = {Path(file["source"]).name: file for file in told["files"]}
    why = {name: file["error"]["message"] for name, file in files.items() if "error" in file}
    assert why.keys() == {"empty.wav", "letter.wav", "mute.wav"}
    assert "is empty: it has 0 bytes" in why["empty.wav"]
    assert "is no sound or video that can be read" in why["letter.wav"]
    assert "there is no audio track" in why["mute.wav"]
    assert all(name in text and text.count("\n") == 0 for name, text in why.items())
    assert told["done"] == 7 == len(list(Path("out").iterdir()))
    assert {path.name: path.read_bytes() for path in strange.iterdir()} == before
    assert not read(Path("out/silence.wav"))[0].any()
    assert len(read(Path("out/twelve.wav"))[0]) == 12
    assert 0.5 < read(Path("out/cut.flac"))[0].shape[1] / RATE < 1.5
    assert read(Path("out/wounded.mp3"))[0].shape[1] / RATE == pytest.approx(3.0, abs=0.1)
    assert any("cut.flac breaks off" in note for note in told["notes"])
    assert any("wounded.mp3 are damaged" in note for note in told["notes"])


def test_the_table_says_why_and_each_failure_is_told(run: Run, strange: Path) -> None:
    result = run(
        "audio", "rumble", strange / "empty.wav", strange / "a-good.wav", "-o", "out", code=2
    )
    assert "error: " in result.stderr
    assert "it has 0 bytes" in result.stderr
    (bad, good) = [line for line in result.stdout.splitlines() if ".wav" in line]
    assert "failed" in bad
    assert "it has 0 bytes" in bad
    assert "done" in good
    alone = run("audio", "rumble", strange / "empty.wav", "-o", "x.wav", code=2)
    assert alone.stderr.strip() == f"error: {strange / 'empty.wav'} is empty: it has 0 bytes"


def test_what_a_format_can_not_hold_is_a_sentence(run: Run, strange: Path) -> None:
    result = run("audio", "rumble", strange / "twelve.wav", "-o", "x.mp3", code=2)
    assert "can't hold 12 channels" in result.stderr
    result = run("audio", "rumble", "talk.wav", "-o", "x.doc", code=2)
    assert "name a file that ends in .wav" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["talk.wav", "-o", "talk.wav", "--overwrite"], 2, "originals are never written over"),
        (["talk.wav", "-o", "."], 2, "originals are never written over"),
        (["gone.wav", "-o", "x.wav"], 2, "there is no file gone.wav"),
        (["*.mp3", "-o", "x"], 2, "no file matches"),
        (["talk.wav", "-o", "talk.wav/x.wav"], 6, "talk.wav is a file"),
        (["talk.wav", "-o", "x.wav", "--cutoff", "high"], 2, "cutoff takes a value such as 30.0"),
        (["talk.wav", "-o", "x.wav", "--cutoff", "5000"], 2, "cutoff"),
        (["talk.wav", "-o", "x.wav", "--format", "mp3"], 2, "disagree"),
    ],
)
def test_mistakes_are_refused_before_anything_is_done(
    run: Run, folder: Path, words: list[str], code: int, message: str
) -> None:
    before = Path("talk.wav").read_bytes()
    assert message in run("audio", "rumble", *words, code=code).stderr
    assert left(folder) == {"talk.wav"}
    assert Path("talk.wav").read_bytes() == before


def test_a_folder_as_the_output_of_one_file_takes_it(run: Run) -> None:
    Path("out").mkdir()
    run("audio", "rumble", "talk.wav", "-o", "out")
    run("audio", "rumble", "talk.wav", "-o", "new/")
    assert Path("out/talk.wav").is_file()
    assert Path("new/talk.wav").is_file()


@pytest.mark.parametrize(
    "name", ["Zoë’s 谈话 🎙.wav", "two\nlines.wav", "-o.wav", "a%03d.wav", "x:y.wav"]
)
def test_any_name_is_a_name(run: Run, answer: Answer, name: str) -> None:
    try:
        Path("in").mkdir()
        write(Path("in") / name, noise(0.2), RATE)
    except OSError:
        pytest.skip("this file system has no such names")
    run("audio", "rumble", "in", "-o", "out")
    assert Path("out", name).is_file()
    (file,) = answer("audio", "info", f"out/{name}")["files"]
    assert file["history"][0]["source"] == name


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_a_sentence_and_loses_nothing(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = UUID(int=7)
    monkeypatch.setattr("limelight.media.whole.uuid4", lambda: number)
    Path(f".limelight-draft-{number.hex[:12]}.wav").symlink_to("/dev/full")
    Path("old.wav").write_bytes(b"what was there")
    full = run("audio", "rumble", "talk.wav", "-o", "old.wav", "--overwrite", code=6)
    assert "old.wav can't be written: No space left on device" in full.stderr
    assert Path("old.wav").read_bytes() == b"what was there"
    assert left(folder) == {"talk.wav", "old.wav"}


def test_interruption_leaves_no_half_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Path("zulu.wav"), noise(2.0), RATE)
    whole = Rumble.stream
    begun = []

    def interrupted(self: Rumble, blocks: Any, rate: int) -> Iterator[np.ndarray]:
        begun.append(self)
        for at, block in enumerate(whole(self, blocks, rate)):
            if len(begun) == 2 and at == 2:
                raise KeyboardInterrupt
            yield block

    monkeypatch.setattr(Rumble, "stream", interrupted)
    result = run("audio", "rumble", "talk.wav", "zulu.wav", "-o", "out", code=130)
    assert "1 of 2 files were finished" in result.stderr
    assert "interrupted; nothing was left half done" in result.stderr
    assert [path.name for path in Path("out").iterdir()] == ["talk.wav"]


def test_a_defect_of_ours_fails_its_file_alone_and_keeps_its_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Path("zulu.wav"), noise(0.2), RATE)
    whole = Rumble.stream

    calls = []

    def broken(self: Rumble, blocks: Any, rate: int) -> Iterator[np.ndarray]:
        calls.append(self)
        if len(calls) != 2:
            raise ZeroDivisionError("so it goes")
        return whole(self, blocks, rate)

    monkeypatch.setattr(Rumble, "stream", broken)
    result = run("audio", "rumble", "talk.wav", "zulu.wav", "-o", "out", code=1)
    assert "Traceback" in result.stderr
    assert "unexpected ZeroDivisionError: so it goes" in result.stderr
    assert Path("out/zulu.wav").is_file()
    with pytest.raises(ZeroDivisionError):
        run("audio", "rumble", "talk.wav", "-o", "x.wav")


def test_stems_add_up_and_lie_in_a_folder_of_their_own(run: Run, answer: Answer) -> None:
    told = answer("audio", "separate", "talk.wav", "--by", "percussion", "-o", "stems")
    stems = told["files"][0]["stems"]
    assert {Path(path).parent for path in stems.values()} == {Path("stems/talk")}
    together = np.sum([read(Path(path))[0] for path in stems.values()], axis=0)
    assert np.abs(together - read(Path("talk.wav"))[0]).max() < 1e-3
    refused = run("audio", "separate", "talk.wav", "--by", "percussion", "-o", "stems", code=2)
    assert "exists already" in refused.stderr
    run("audio", "separate", "talk.wav", "--by", "percussion", "-o", "stems", "--overwrite")
    assert (
        "way of separating"
        in run("audio", "separate", "talk.wav", "--by", "x", "-o", "s", code=3).stderr
    )
    assert left(Path("stems")) == {Path(path).name for path in stems.values()}


def test_a_comparison_is_figures_and_a_picture(run: Run, answer: Answer) -> None:
    run("audio", "limiter", "talk.wav", "--ceiling", "-20", "-o", "soft.wav")
    told = answer("audio", "compare", "talk.wav", "soft.wav", "--picture", "both.png")
    assert told["si_sdr"] > 0
    assert told["picture"] == "both.png"
    assert Path("both.png").read_bytes().startswith(b"\x89PNG")
    again = run("audio", "compare", "talk.wav", "soft.wav", "--picture", "both.png", code=2)
    assert "exists already" in again.stderr
    over = run("audio", "compare", "talk.wav", "--picture", "talk.wav", "--overwrite", code=2)
    assert "never written over" in over.stderr


def test_a_description_is_a_line_for_people_and_everything_for_programs(
    run: Run, answer: Answer
) -> None:
    told = answer("audio", "describe", "talk.wav", "--no-music")
    (file,) = told["files"]
    assert file["seconds"] == pytest.approx(1.0)
    assert file["loudness"]["integrated"] < 0
    assert "LUFS" in run("audio", "describe", "talk.wav", "--no-music").stdout
