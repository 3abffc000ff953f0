"""A file through operations into a file: as on the whole, in little memory, or not at all."""

import subprocess
import sys
import warnings
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from scipy.signal import fftconvolve, firwin

from limelight.audio import open_sound, read, write
from limelight.audio.labels import Labels
from limelight.audio.operation import Operation, Sound
from limelight.audio.process import process
from limelight.errors import BadInputError, LimelightWarning, UnavailableError
from limelight.media.provenance import history

RATE = 8000


@dataclass(frozen=True)
class Smooth(Operation):
    """A low-pass that hears half a second on either side, in pieces with a margin."""

    name: ClassVar[str] = "smooth"
    chunk_seconds: ClassVar[int] = 2
    margin_seconds: ClassVar[int] = 1
    cutoff: float = 500.0

    def __call__(self, samples: Sound, rate: int) -> Sound:
        taps = firwin(rate // 2 * 2 + 1, self.cutoff, fs=rate)
        return fftconvolve(samples, taps[None], mode="same").astype(np.float32)


@dataclass(frozen=True)
class Level(Operation):
    """Brings the loudest sample of the whole to a level."""

    name: ClassVar[str] = "level"
    needs_survey: ClassVar[bool] = True
    to: float = 0.5
    peak: float | None = None

    def surveyed(self, blocks: Iterable[Sound], rate: int) -> Operation:
        return Level(self.to, float(max(np.abs(block).max() for block in blocks)))

    def __call__(self, samples: Sound, rate: int) -> Sound:
        assert self.peak is not None
        return samples * np.float32(self.to / self.peak)


def noise(seconds=11.3, channels=2, rate=RATE):
    shape = (channels, int(seconds * rate))
    return (0.1 * np.random.default_rng(5).standard_normal(shape)).astype(np.float32)


def in_another_process(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True,
        timeout=300,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
    )
    return done.stdout


def test_in_pieces_is_what_it_is_on_the_whole(tmp_path):
    given = noise()
    write(tmp_path / "in.wav", given, RATE, bits=32)
    process(tmp_path / "in.wav", tmp_path / "out.wav", [Smooth()])
    found, rate = read(tmp_path / "out.wav")
    whole = Smooth()(given, RATE)
    assert (found.shape, rate) == (whole.shape, RATE)
    assert not np.array_equal(found, whole)
    assert 10 * np.log10(np.sum((found - whole) ** 2) / np.sum(whole**2)) < -60


def test_a_step_that_surveys_hears_what_the_steps_before_it_made(tmp_path):
    write(tmp_path / "in.wav", noise(), RATE, bits=32)
    heard = []
    process(
        tmp_path / "in.wav",
        tmp_path / "out.wav",
        [Level(0.9), Smooth(), Level(0.25), Smooth(3000.0), Level(0.5)],
        lambda done, total, message: heard.append((done, total, message)),
    )
    found, _ = read(tmp_path / "out.wav")
    assert np.abs(found).max() == pytest.approx(0.5, rel=1e-5)
    assert {path.name for path in tmp_path.iterdir()} == {"in.wav", "out.wav"}
    done = [one[0] for one in heard]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(heard[-1][1]) == pytest.approx(6 * 11.3)
    assert list(dict.fromkeys(one[2] for one in heard)) == [
        "listening for level",
        "preparing",
        "writing out.wav",
    ]


@pytest.mark.parametrize("moment", ["listening for level", "preparing", "writing out.flac"])
def test_cancelled_it_leaves_nothing_and_what_was_there_stays(tmp_path, moment):
    write(tmp_path / "in.wav", noise(), RATE)
    before = (tmp_path / "in.wav").read_bytes()
    (tmp_path / "out.flac").write_bytes(b"earlier")

    def stop(done, total, message):
        if message == moment and done % 11.3 > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process(tmp_path / "in.wav", tmp_path / "out.flac", [Smooth(), Level()], stop)
    assert (tmp_path / "in.wav").read_bytes() == before
    assert (tmp_path / "out.flac").read_bytes() == b"earlier"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_rate_depth_and_samples_are_kept_where_nothing_is_done(tmp_path, bits):
    write(tmp_path / "in.wav", noise(2.0, 6), RATE, bits=bits)
    process(tmp_path / "in.wav", tmp_path / "out.wav", [])
    assert np.array_equal(read(tmp_path / "out.wav")[0], read(tmp_path / "in.wav")[0])
    with open_sound(tmp_path / "in.wav") as one, open_sound(tmp_path / "out.wav") as other:
        assert (one.bits, one.layout, one.rate) == (other.bits, other.layout, other.rate)


def test_rate_channels_and_depth_change_when_asked(tmp_path):
    write(tmp_path / "in.flac", noise(2.0, 6), RATE)
    process(tmp_path / "in.flac", tmp_path / "out.wav", [], rate=16_000, channels=2, bits=16)
    with open_sound(tmp_path / "out.wav") as sound:
        assert (sound.rate, sound.channels, sound.bits) == (16_000, 2, 16)
        assert sum(block.shape[1] for block in sound.blocks()) == 32_000
    with pytest.raises(BadInputError, match="ask for 2 channels"):
        process(tmp_path / "in.flac", tmp_path / "out.mp3", [])
    process(tmp_path / "in.flac", tmp_path / "out.mp3", [], channels=2)
    assert read(tmp_path / "out.mp3")[0].shape == (2, 16_000)


def test_what_was_done_is_in_the_comment_and_what_is_no_longer_true_is_not(tmp_path):
    tags = {"title": "Talk", "comment": "mine", "REPLAYGAIN_TRACK_GAIN": "-3 dB"}
    write(tmp_path / "in.flac", noise(2.0), RATE, labels=Labels(tags))
    process(tmp_path / "in.flac", tmp_path / "out.m4a", [Smooth(400.0), Level()])
    process(tmp_path / "out.m4a", tmp_path / "again.opus", [Level(0.1)])
    with open_sound(tmp_path / "again.opus") as sound:
        found = sound.labels.tags
    assert found["title"] == "Talk"
    assert found["comment"].startswith("mine\n")
    assert "REPLAYGAIN_TRACK_GAIN" not in found
    first, second = history(found)
    assert (first.source, first.steps()[0]) == ("in.flac", "smooth:cutoff=400.0")
    assert (second.source, second.steps()[0][:9]) == ("out.m4a", "level:to=")


def test_lengths_agree_through_formats_that_pad(tmp_path):
    given = noise(1.2345, 1, 44_100)
    write(tmp_path / "0.wav", given, 44_100)
    names = ["0.wav", "1.mp3", "2.m4a", "3.opus", "4.mp3", "5.flac"]
    for before, after in pairwise(names):
        process(tmp_path / before, tmp_path / after, [])
    found, rate = read(tmp_path / "5.flac")
    assert found.shape[1] == round(given.shape[1] * rate / 44_100)


def test_originals_and_odd_targets(tmp_path):
    write(tmp_path / "in.wav", noise(1.0), RATE)
    before = (tmp_path / "in.wav").read_bytes()
    with pytest.raises(BadInputError, match="is the original"):
        process(tmp_path / "in.wav", tmp_path / "." / "in.wav", [Level()])
    with pytest.raises(BadInputError, match="is a folder"):
        (tmp_path / "folder.wav").mkdir()
        process(tmp_path / "in.wav", tmp_path / "folder.wav", [])
    with pytest.raises(UnavailableError, match="can't be written"):
        process(tmp_path / "in.wav", tmp_path / "in.wav" / "out.wav", [Smooth(), Level()])
    process(tmp_path / "in.wav", tmp_path / "made" / "here" / "out.wav", [Smooth(), Level()])
    assert (tmp_path / "in.wav").read_bytes() == before


def test_a_damaged_file_is_processed_and_told_of_once(tmp_path):
    write(tmp_path / "in.flac", noise(6.0), RATE)
    data = bytearray((tmp_path / "in.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    (tmp_path / "in.flac").write_bytes(data)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        process(tmp_path / "in.flac", tmp_path / "out.flac", [Level(), Smooth()])
    assert [w.category for w in told] == [LimelightWarning]
    assert read(tmp_path / "out.flac")[0].shape[1] == 6 * RATE


FULL = """
import resource, sys
from pathlib import Path
from test_process import Level, Smooth
from limelight.audio.process import process
from limelight.errors import UnavailableError
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
for target in sys.argv[2:]:
    for steps in [Level()], [Smooth(), Level()]:  # too little for the output, and for what is kept
        try:
            process(Path(sys.argv[1]), Path(target), steps)
        except UnavailableError as error:
            print(error)
"""


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path):
    pytest.importorskip("resource")
    write(tmp_path / "in.wav", noise(), RATE)
    (tmp_path / "out").mkdir()
    targets = [tmp_path / "out" / f"out{suffix}" for suffix in (".wav", ".flac", ".m4a")]
    said = in_another_process(FULL, tmp_path / "in.wav", *targets).splitlines()
    named = [target for target in targets for _ in range(2)]
    assert len(said) == 6
    for line, target in zip(said, named, strict=True):
        assert line.startswith(f"{target} can't be written: ")
    assert list((tmp_path / "out").iterdir()) == []


MEASURE = """
import sys
from pathlib import Path
from test_process import Level, Smooth
from limelight.audio.process import process
for source in sys.argv[2:]:
    process(Path(source), Path(sys.argv[1]), [Smooth(), Level()], bits=16)
    told = Path("/proc/self/status").read_text()
    print(told.split("VmHWM:")[1].split()[0])  # getrusage counts the parent's peak, too
"""


def test_memory_does_not_grow_with_length(tmp_path):
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell a process's own peak of memory")
    minute = (noise(60.0, 1)[0] * 32767).astype("<i2").tobytes()
    for name, minutes in [("short.wav", 1), ("long.wav", 20)]:  # 20 are 38 MB as float32
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            for _ in range(minutes):
                file.writeframes(minute)
    files = [tmp_path / name for name in ("out.wav", "short.wav", "long.wav")]
    peaks = [int(line) * 1024 / 1e6 for line in in_another_process(MEASURE, *files).split()]
    assert peaks[1] < 400
    assert peaks[1] - peaks[0] < 15
    with open_sound(tmp_path / "out.wav") as sound:
        assert sound.seconds == 20 * 60
