"""musicnn without TensorFlow: its checkpoint is read, its network says what TensorFlow's did."""

import struct
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from limelight.audio.describe.music import LIKELY, Music, MusicListener, Tagger
from limelight.audio.describe.musicnn import MusicNN
from limelight.audio.describe.tags import LABELS
from limelight.audio.describe.tensorflow_checkpoint import MAGIC, read_checkpoint
from limelight.errors import CorruptError

Arrays = Mapping[str, NDArray[np.float32]]


def varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def text(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Write a LevelDB block: every key shares what it can with the one before it."""
    written, last = b"", b""
    for key, value in entries:
        shared = 0
        while shared < min(len(key), len(last)) and key[shared] == last[shared]:
            shared += 1
        written += varint(shared) + varint(len(key) - shared) + varint(len(value))
        written += key[shared:] + value
        last = key
    return written + struct.pack("<II", 0, 1)


def checkpoint(arrays: Arrays) -> tuple[bytes, bytes]:
    """Write a checkpoint as TensorFlow does: index and data."""
    data, entries = b"", [(b"", number(1, 1))]
    for name in sorted(arrays):
        array = arrays[name]
        shape = b"".join(text(2, number(1, size)) for size in array.shape)
        entry = number(1, 1) + text(2, shape) + number(4, len(data)) + number(5, array.nbytes)
        entries.append((name.encode(), entry + varint(6 << 3 | 5) + b"\0\0\0\0"))
        data += array.astype("<f4").tobytes()
    unpacked = b"\0" + b"\0\0\0\0"
    rows = block(entries)
    handles = block([(b"\xff", varint(0) + varint(len(rows)))])
    index = rows + unpacked + handles + unpacked
    places = varint(0) + varint(0) + varint(len(rows) + len(unpacked)) + varint(len(handles))
    return index + places.ljust(40, b"\0") + MAGIC, data


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=8),
        arrays(
            np.float32,
            st.lists(st.integers(1, 5), max_size=3).map(tuple),
            elements=st.floats(-1, 1, width=32),
        ),
        max_size=6,
    )
)
def test_a_checkpoint_is_read_as_it_was_written(variables: Arrays) -> None:
    found = read_checkpoint(*checkpoint(variables))
    assert found.keys() == variables.keys()
    assert all(np.array_equal(found[name], variables[name]) for name in variables)


def test_a_broken_checkpoint_is_refused() -> None:
    index, data = checkpoint({"a": np.ones((2, 3), np.float32)})
    for broken in (b"", index[:-8], index[40:], b"\xff" * 60 + MAGIC):
        with pytest.raises(CorruptError, match="checkpoint can't be read"):
            read_checkpoint(broken, data)
    with pytest.raises(CorruptError, match="checkpoint can't be read"):
        read_checkpoint(index, data[:-4])
    with pytest.raises(CorruptError, match="not musicnn's"):
        MusicNN({"a": np.ones(2, np.float32)})


def patches() -> NDArray[np.float32]:
    """Two log-mel patches that anybody can make again."""
    t, f = np.arange(187)[:, None], np.arange(96)[None]
    waves = 1.5 + np.sin(0.3 * t) * np.cos(0.1 * f) + 0.5 * np.sin(0.05 * t * f)
    beats = 3 * np.exp(-f / 30.0) * (0.5 + 0.5 * np.cos(2 * np.pi * t / 31.25))
    return np.stack([waves, beats]).astype(np.float32)


def test_it_says_what_the_authors_program_says(tagger: Tagger) -> None:
    """The expected numbers are of musicnn 0.1.0 run by TensorFlow 2.15.1 on the same patches."""
    (of_waves, waves), (of_beats, beats) = map(tagger, patches())
    told = {"techno": 0.339584, "electronic": 0.214635, "fast": 0.116016, "opera": 0.000637}
    assert {tag: of_waves[LABELS.index(tag)] for tag in told} == pytest.approx(told, abs=5e-6)
    told = {"classical": 0.414497, "techno": 0.214675, "strings": 0.167239, "violin": 0.149872}
    assert {tag: of_beats[LABELS.index(tag)] for tag in told} == pytest.approx(told, abs=5e-6)
    first = [0.444644, 0.989348, -0.092263, 0.784104, -0.078703]
    assert waves[:5] == pytest.approx(first, abs=5e-5)
    norms = [np.linalg.norm(one) for one in (waves, beats)]
    assert norms == pytest.approx([9.65679, 7.50999], abs=1e-4)


class Counting(Tagger):
    """Says of every patch how many came before it."""

    def __init__(self) -> None:
        self.heard: list[NDArray[np.float32]] = []

    def __call__(self, patch: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        self.heard.append(patch)
        likely = np.zeros(50, np.float32)
        likely[[LABELS.index("female"), LABELS.index("harp")]] = 0.5, len(self.heard) / 10
        return likely, np.full(200, len(self.heard), np.float32)


def test_patches_follow_each_other_and_silence_says_nothing() -> None:
    tagger = Counting()
    listener = MusicListener(tagger)
    mels = np.ones((187 * 3 + 100, 96), np.float32)
    mels[187 : 2 * 187] = 0
    for start in range(0, len(mels), 50):
        listener.hear(mels[start : start + 50])
    music = listener.finish()
    assert len(tagger.heard) == 2
    assert music is not None
    assert (music.embedding == 1.5).all()
    assert list(music.tags)[:2] == ["female voice", "harp"]
    assert music.words() == ["female voice", "harp"]
    assert len(music.tags) == 36
    assert "female" not in music.tags


def test_what_is_short_is_repeated_and_what_is_silent_has_no_music() -> None:
    tagger = Counting()
    listener = MusicListener(tagger)
    ramp = np.linspace(0, 2, 50, dtype=np.float32)[:, None].repeat(96, axis=1)
    listener.hear(ramp)
    assert listener.finish() is not None
    [patch] = tagger.heard
    assert np.array_equal(patch, np.tile(ramp, (4, 1))[:187])
    silent = MusicListener(tagger)
    silent.hear(np.zeros((400, 96), np.float32))
    assert silent.finish() is None
    assert MusicListener(tagger).finish() is None


def test_words_are_likely_and_few() -> None:
    embedding = np.zeros(200, np.float32)
    tags = {name: 0.9 - 0.1 * place for place, name in enumerate("abcdefghi")}
    assert Music(tags, embedding).words() == list("abcde")
    assert Music({"a": 0.5, "b": LIKELY - 0.01}, embedding).words() == ["a"]
