"""A description as a whole: of files, in one pass, the same in any blocks, fit for a catalogue."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.audio import write
from limelight.audio.describe import Description, Tagger, describe, describe_file
from limelight.audio.describe.key import Key
from limelight.audio.describe.music import Music
from limelight.audio.describe.pitch import Pitch
from limelight.audio.describe.silence import Silence
from limelight.audio.describe.speech import Speech
from limelight.audio.describe.tags import LABELS
from limelight.audio.describe.tempo import Tempo
from limelight.audio.loudness import Loudness
from limelight.audio.operation import Sound
from limelight.errors import BadInputError, NotFoundError

RATE = 44_100
SPEECH = Path(__file__).parents[2] / "../shared/data/speech"


class LoudBands(Tagger):
    """Says which mel bands are loud: a stand-in that needs no weights."""

    def __init__(self) -> None:
        pass

    def __call__(self, patch: Sound) -> tuple[Sound, Sound]:
        bands = patch.mean(axis=0)
        likely = np.zeros(len(LABELS), np.float32)
        likely[int(bands.argmax()) % len(LABELS)] = 0.9
        return likely, np.pad(bands, (0, 104))


def stereo(seconds: float = 4.0) -> Sound:
    """A tone of 220 Hz, silent for the second second."""
    t = np.arange(int(seconds * RATE)) / RATE
    tone = 0.2 * np.sin(2 * np.pi * 220 * t) + 0.1 * np.sin(2 * np.pi * 440 * t)
    tone[RATE : 2 * RATE] = 0
    return np.stack([tone, 0.5 * tone]).astype(np.float32)


def test_a_tone_with_a_pause() -> None:
    found = describe([stereo()], RATE, LoudBands())
    assert found.seconds == 4
    assert found.silence == Silence(0.25, 1.0, 0.0, 0.0)
    assert found.pitch is not None
    assert found.pitch.median == pytest.approx(220, rel=0.01)
    assert found.pitch.voiced == pytest.approx(0.75, abs=0.05)
    assert found.speech.share < 0.1
    assert -20 < found.loudness.integrated < -10
    assert found.loudness.true_peak == pytest.approx(-11.6, abs=0.5)
    assert found.music is not None


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=6))
def test_it_does_not_depend_on_the_blocks(lengths: list[int]) -> None:
    sound = stereo(3.5)
    edges = np.minimum(np.cumsum(lengths), sound.shape[1])
    blocks = np.split(sound, edges, axis=1)
    cut, whole = (describe(one, RATE, LoudBands()) for one in (blocks, [sound]))
    assert cut.silence == whole.silence
    assert cut.speech == whole.speech
    assert cut.key == whole.key
    assert cut.pitch is not None
    assert whole.pitch is not None
    assert cut.pitch.median == whole.pitch.median
    assert cut.music is not None
    assert whole.music is not None
    assert np.allclose(cut.music.embedding, whole.music.embedding, atol=1e-3)


def test_nothing_is_refused_and_silence_is_described() -> None:
    with pytest.raises(BadInputError, match="no sound in it"):
        describe([], RATE)
    with pytest.raises(BadInputError, match="no sound in it"):
        describe([np.zeros((2, 0), np.float32)], RATE)
    silent = describe([np.zeros((12, 8000), np.float32)], 8000, LoudBands())
    assert silent.silence == Silence(1, 1, 1, 1)
    assert (silent.pitch, silent.tempo, silent.key, silent.music) == (None, None, None, None)
    assert silent.attributes() == {
        "sound_measures": {
            "seconds": 1.0,
            "loudness_range": 0.0,
            "speech_share": 0.0,
            "silence_share": 1.0,
        }
    }
    json.dumps(silent.facts(), allow_nan=False)
    moment = describe([np.full((1, 10), 0.5, np.float32)], 8000, LoudBands())
    assert moment.seconds == 10 / 8000


def test_a_file(tmp_path: Path) -> None:
    write(tmp_path / "tone.flac", stereo(), RATE)
    told: list[tuple[float, float | None]] = []
    found = describe_file(
        tmp_path / "tone.flac", progress=lambda done, total, message: told.append((done, total))
    )
    assert found.seconds == 4
    assert found.music is None
    assert told[-1] == (4.0, 4.0)
    (tmp_path / "notes.wav").write_text("not sound", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"notes\.wav"):
        describe_file(tmp_path / "notes.wav")
    with pytest.raises(NotFoundError, match=r"none\.wav"):
        describe_file(tmp_path / "none.wav")


def description(**changes: object) -> Description:
    parts: dict[str, object] = {
        "seconds": 12.3456,
        "loudness": Loudness(-14.23456, 5.0, -1.0),
        "silence": Silence(0.0, 0.0, 0.0, 0.0),
        "speech": Speech(0.5, ((1.0, 7.0),)),
        "pitch": Pitch(201.5, 100.0, 400.0, 0.3),
        "tempo": Tempo(119.98, 0.8),
        "key": Key("A", "minor", 0.4),
        "music": Music({"rock": 0.6, "guitar": 0.3, "harp": 0.01}, np.float32([0.123456, 2.0])),
    }
    return Description(**parts | changes)  # type: ignore[arg-type]


def test_attributes_are_what_titles_are_compared_by() -> None:
    assert description().attributes() == {
        "sound": [0.1235, 2.0],
        "sound_tags": ["rock", "guitar"],
        "musical_key": "A minor",
        "sound_measures": {
            "seconds": 12.35,
            "loudness": -14.23,
            "loudness_range": 5.0,
            "true_peak": -1.0,
            "speech_share": 0.5,
            "silence_share": 0.0,
            "tempo": 120.0,
            "pitch": 201.5,
            "voiced_share": 0.3,
        },
    }
    spoken = description(speech=Speech(0.6, ((0.0, 7.0),)))
    assert spoken.attributes()["sound_tags"] == spoken.words() == ["speech"]
    unsure = description(tempo=Tempo(120, 0.1), key=Key("C", "major", 0.01), music=None)
    assert unsure.attributes().keys() == {"sound_measures"}
    assert "tempo" not in unsure.attributes()["sound_measures"]


def test_facts_are_json_and_say_all() -> None:
    facts = json.loads(json.dumps(description().facts(), allow_nan=False))
    assert facts["speech"] == {"share": 0.5, "segments": [[1.0, 7.0]]}
    assert facts["key"] == {"tonic": "A", "mode": "minor", "confidence": 0.4}
    assert facts["music"]["tags"] == {"rock": 0.6, "guitar": 0.3, "harp": 0.01}
    assert facts["music"]["words"] == ["rock", "guitar"]


def test_somebody_speaks_in_recordings_of_speech() -> None:
    recordings = sorted(SPEECH.glob("clean/*.wav"))
    if not recordings:
        pytest.skip("../shared/data/speech is not here: real speech is not heard")
    for path in recordings:
        found = describe_file(path)
        assert found.speech.share > 0.5
        begin, _ = found.speech.segments[0]
        assert 0 <= begin < 1.5
        assert found.pitch is not None
        assert 70 < found.pitch.median < 350


MOST_MEGABYTES = 400


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nothing tells the peak here")
def test_describing_with_all_networks_stays_small(tmp_path: Path, music_weights: Path) -> None:
    times = np.arange(30 * 44_100) / 44_100
    chord = sum(np.sin(2 * np.pi * hertz * times) for hertz in (220, 277, 330)) / 8
    write(tmp_path / "chord.wav", np.stack([chord, chord]).astype(np.float32), 44_100)
    program = """
import re, sys
from pathlib import Path
from limelight.audio.describe import Tagger, describe_file
description = describe_file(Path(sys.argv[1]), Tagger(Path(sys.argv[2])))
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
print(description.music is not None, int(peak[1]) // 1024, "torch" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "chord.wav", music_weights],
        check=True,
        timeout=120,
        capture_output=True,
        text=True,
    )
    heard, megabytes, torch = done.stdout.split()
    assert (heard, torch) == ("True", "False")
    assert int(megabytes) < MOST_MEGABYTES
