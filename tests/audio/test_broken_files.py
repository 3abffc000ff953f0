"""Files as strangers send them: broken, cut off, empty, of another kind. Nothing is made up."""

import shutil
import subprocess
import sys
import warnings
import wave
from fractions import Fraction

import av
import numpy as np
import pytest

from limelight.audio import open_sound, read, write
from limelight.errors import BadInputError, LimelightWarning, NotFoundError

RATE = 48_000
SECONDS = 3


def melody(channels=1, rate=RATE, seconds=SECONDS):
    """A tone that rises in steps, so that a place tells its time."""
    time = np.arange(rate * seconds) / rate
    tone = 0.3 * np.sin(2 * np.pi * (300 + 100 * np.floor(time * 10)) * time)
    return np.tile(tone, (channels, 1)).astype(np.float32)


def spoilt(path, at, count=3000):
    """Overwrite ``count`` bytes at the share ``at`` of a file with nonsense."""
    data = bytearray(path.read_bytes())
    start = int(len(data) * at)
    data[start : start + count] = np.random.default_rng(3).bytes(count)
    path.write_bytes(data)


def cut(path, at):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * at)])


@pytest.mark.parametrize(
    ("suffix", "slack"), [(".flac", 0), (".opus", 0), (".m4a", 0), (".mp3", 1152)]
)
def test_what_is_broken_in_the_middle_becomes_silence_and_the_rest_keeps_its_time(
    tmp_path, suffix, slack
):
    given = melody()
    path = tmp_path / f"broken{suffix}"
    write(path, given, RATE)
    sound, _ = read(path)
    spoilt(path, 0.4)
    with pytest.warns(
        LimelightWarning, match=r"damaged or missing, in 1 place, the first [01]\.\d\d s in"
    ):
        found, _ = read(path)
    assert abs(found.shape[1] - sound.shape[1]) <= slack
    same = sound[0, -RATE // 2 :]
    shifts = range(-slack, slack + 1, 8) if slack else [0]
    end = found.shape[1]
    worst = (
        min(
            np.abs(found[0, end - RATE // 2 - abs(s) : end - abs(s)] - np.roll(same, -s)).max()
            for s in shifts
        )
        if slack
        else np.abs(found[0, -RATE // 2 :] - same).max()
    )
    assert worst < 0.05
    lost = np.convolve(found[0] == 0, np.ones(480), "valid") == 480
    assert 0 < lost.sum() < 1.5 * RATE


def test_the_warning_comes_once_however_often_the_file_is_read(tmp_path):
    write(tmp_path / "a.flac", melody(), RATE)
    spoilt(tmp_path / "a.flac", 0.5)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with open_sound(tmp_path / "a.flac") as sound:
            lengths = [sum(block.shape[1] for block in sound.blocks()) for _ in range(3)]
    assert lengths == [RATE * SECONDS] * 3
    assert len(told) == 1


@pytest.mark.parametrize("suffix", [".flac", ".wav", ".mp3", ".opus"])
def test_what_is_left_of_a_file_that_was_cut_off_is_read(tmp_path, suffix):
    path = tmp_path / f"cut{suffix}"
    write(path, melody(), RATE)
    whole, _ = read(path)
    cut(path, 0.51)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found, _ = read(path)
    assert 0.9 * RATE < found.shape[1] < 1.8 * RATE
    n = found.shape[1] - RATE // 10
    assert np.abs(found[0, :n] - whole[0, :n]).max() < 1e-3
    if suffix != ".opus":  # whole pages in a file that does not say how many: nothing to see
        assert len(told) == 1
        assert "breaks off after" in str(told[0].message) or "cut off" in str(told[0].message)


def test_what_holds_no_sound_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "empty.wav").touch()
    (tmp_path / "letter.mp3").write_text("Dear Ann, " * 500, encoding="utf-8")
    (tmp_path / "noise.flac").write_bytes(np.random.default_rng(0).bytes(40_000))
    write(tmp_path / "cut.m4a", melody(), RATE)
    cut(tmp_path / "cut.m4a", 0.01)
    with wave.open(str(tmp_path / "header.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
    (tmp_path / "list.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:3,\n{tmp_path / 'song.mp3'}\n#EXT-X-ENDLIST\n",
        encoding="utf-8",
    )
    write(tmp_path / "song.mp3", melody(), RATE)
    for name, message in {
        "empty.wav": "0 bytes",
        "letter.mp3": "no sound or video",
        "noise.flac": "no sound",
        "cut.m4a": "no sound",
        "header.wav": "no sound that can be decoded",
        "list.m3u8": "playlist",
        ".": "is a folder",
    }.items():
        with pytest.raises(BadInputError, match=message):
            read(tmp_path / name)
    with pytest.raises(NotFoundError, match=r"no file .*there\.wav"):
        read(tmp_path / "there.wav")


def test_a_video_without_sound_is_refused_and_one_with_sound_is_heard(tmp_path):
    for name, audible in [("silent.mp4", False), ("film.mkv", True)]:
        with av.open(tmp_path / name, "w") as container:
            video = container.add_stream("mpeg4", rate=10, width=32, height=32, pix_fmt="yuv420p")
            sound = container.add_stream("aac", rate=RATE, layout="mono") if audible else None
            for _ in range(10):
                container.mux(video.encode(av.VideoFrame(32, 32, "yuv420p")))
            container.mux(video.encode(None))
            if sound is not None:
                frame = av.AudioFrame.from_ndarray(melody(seconds=1), "fltp", "mono")
                frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
                container.mux(sound.encode(frame))
                container.mux(sound.encode(None))
    with pytest.raises(BadInputError, match="no audio track"):
        read(tmp_path / "silent.mp4")
    found, rate = read(tmp_path / "film.mkv")
    assert rate == RATE
    assert abs(found.shape[1] - RATE) <= 2048


def test_a_wrong_suffix_does_not_matter_and_odd_names_neither(tmp_path):
    given = melody(seconds=1)
    write(tmp_path / "a.wav", given, RATE, bits=32)
    for name in ("a.mp3", "50% Zoë — #1?.flac", "concat:x|y.wav", "%03d.wav"):
        try:
            shutil.copy(tmp_path / "a.wav", tmp_path / name)
        except OSError:
            continue  # not a name on this system
        assert np.array_equal(read(tmp_path / name)[0], given)


def test_silence_is_sound(tmp_path):
    for suffix in (".wav", ".flac", ".opus", ".mp3", ".m4a"):
        path = tmp_path / f"silence{suffix}"
        write(path, np.zeros((2, RATE // 2), np.float32), RATE, bits=16)
        found, _ = read(path)
        assert found.shape == (2, RATE // 2)
        assert np.abs(found).max() < 1e-6


def test_samples_that_are_no_numbers_become_silence(tmp_path):
    given = melody(seconds=1)
    path = tmp_path / "wild.wav"
    write(path, given, RATE, bits=32)
    data = bytearray(path.read_bytes())
    data[-4000:] = np.array([np.nan, np.inf] * 500, "<f4").tobytes()
    path.write_bytes(data)
    with pytest.warns(LimelightWarning, match="1,000 samples .* no numbers"):
        found, _ = read(path)
    assert np.array_equal(found[:, :-1000], given[:, :-1000])
    assert not found[:, -1000:].any()


def test_clocks_that_jump_make_no_hours_of_silence(tmp_path):
    with av.open(tmp_path / "jump.mkv", "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for number in range(20):
            start = number * 4800 + (RATE * 36_000 if number >= 10 else 0)
            frame = av.AudioFrame.from_ndarray(np.full((1, 4800), 99, np.int16), "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimelightWarning)
        assert read(tmp_path / "jump.mkv")[0].shape == (1, 20 * 4800)


def test_channels_in_an_order_of_their_own_do_not_break_the_process(tmp_path):
    make = (
        "import av, numpy as np, sys\n"
        "with av.open(sys.argv[1], 'w') as c:\n"
        "    s = c.add_stream('pcm_s16be', rate=48000, layout='7.1')\n"
        "    f = av.AudioFrame.from_ndarray(np.arange(80, dtype=np.int16)[None], 's16', '7.1')\n"
        "    f.sample_rate = 48000\n"
        "    c.mux(s.encode(f)); c.mux(s.encode(None))\n"
    )
    path = tmp_path / "own.aiff"
    subprocess.run([sys.executable, "-c", make, path], check=True, timeout=60)
    look = (
        "import sys; from limelight.audio import read\n"
        "samples, _ = read(sys.argv[1])\n"
        "numbers = (samples.T.ravel() * 32768).round().astype(int).tolist()\n"
        "print(samples.shape, numbers == list(range(80)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look, path], check=True, timeout=60, capture_output=True, text=True
    )
    assert done.stdout.strip() == "(8, 10) True"
