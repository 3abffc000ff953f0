"""Titles that nobody played are recommended by how they sound, and the reason says so."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from limelight.audio import write
from limelight.audio.describe import Description, Tagger
from limelight.audio.describe.key import TONICS, Key
from limelight.audio.describe.music import Music
from limelight.audio.describe.silence import Silence
from limelight.audio.describe.speech import Speech
from limelight.audio.describe.tempo import Tempo
from limelight.audio.loudness import Loudness
from limelight.audio.operation import Sound
from limelight.catalog import Store, describe_items, import_frame, open_store
from limelight.errors import BadInputError, NotFoundError, UnavailableError
from limelight.media.titles import titles_of
from limelight.operate.hearing import describe_into
from limelight.recommend.evaluate import evaluate
from limelight.recommend.explain import describe as words_of
from limelight.recommend.features import Features
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import NewTitles
from limelight.recommend.recommender import Recommender
from limelight.recommend.splits import new_titles

RATE = 16_000
KINDS = 4
N_KNOWN, N_NEW, N_USERS = 72, 12, 100


@pytest.fixture
def store(tmp_path: Path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def add_titles(store: Store, n: int) -> None:
    ids = [f"t{number:03}" for number in range(n)]
    import_frame(
        store, "items", pl.DataFrame({"item_id": ids, "title": [f"Track {i}" for i in ids]})
    )


def add_events(store: Store, n_known: int, n_users: int) -> None:
    """Let everybody keep to one kind of sound, title i being of kind i % 4, but for a stray one."""
    random = np.random.default_rng(3)
    rows = []
    for user in range(n_users):
        liked = random.permutation(np.arange(user % KINDS, n_known, KINDS))[:8]
        for time, item in enumerate([*liked, random.integers(n_known)]):
            rows.append((f"u{user:03}", f"t{item:03}", 1_700_000_000 + 3600 * time))
    frame = pl.DataFrame(rows, schema=["user_id", "item_id", "time"], orient="row")
    import_frame(store, "events", frame.unique(["user_id", "item_id"], maintain_order=True))


def interactions_of(store: Store) -> Interactions:
    items = store.items()
    events = Interactions.from_frame(store.events(), item_ids=items["item_id"])
    return replace(events, features=Features.from_items(items, events.item_ids))


def description(random: np.random.Generator, centre: np.ndarray, kind: int) -> Description:
    """Describe a title whose embedding lies near its kind's, and whose other measures are any."""
    return Description(
        seconds=float(random.uniform(120, 300)),
        loudness=Loudness(float(random.uniform(-20, -8)), 5.0, -1.0),
        silence=Silence(0.0, 0.0, 0.0, 0.0),
        speech=Speech(0.0, ()),
        pitch=None,
        tempo=Tempo(float(random.uniform(80, 160)), 0.5),
        key=Key(TONICS[random.integers(12)], "major", 0.3),
        music=Music(
            {str(tag): 0.4 for tag in random.permutation(["drums", "slow", "loud", "piano"])[:2]},
            (centre[kind] + 0.8 * random.standard_normal(200)).astype(np.float32),
        ),
    )


def test_new_titles_are_found_by_their_sound(store: Store) -> None:
    random = np.random.default_rng(0)
    centre = random.standard_normal((KINDS, 200))
    add_titles(store, N_KNOWN + N_NEW)
    add_events(store, N_KNOWN, N_USERS)
    heard = {
        f"t{number:03}": description(random, centre, number % KINDS).attributes()
        for number in range(N_KNOWN + N_NEW)
    }
    for item_id, told in heard.items():
        others = {name: value for name, value in told.items() if name != "sound"}
        describe_items(store, {item_id: others})
    deaf = interactions_of(store)
    assert deaf.features.groups.keys() == {"sound_tags", "musical_key"}
    describe_items(store, heard)
    interactions = interactions_of(store)
    assert interactions.features.groups.keys() == {"sound", "sound_tags", "musical_key"}

    split = new_titles(interactions)
    without = new_titles(deaf)
    ndcg = evaluate(NewTitles("ease").fit(split.train), split, 3, metrics=["ndcg"])["ndcg@3"]
    blind = evaluate(NewTitles("ease").fit(without.train), without, 3, metrics=["ndcg"])["ndcg@3"]
    assert ndcg > 0.8
    assert ndcg > 2 * blind

    model = NewTitles("ease").fit(interactions)
    assert model.group_weights["sound"] == max(model.group_weights.values())
    recommender = Recommender(
        model, interactions.item_ids, items=store.items(), interactions=interactions
    )
    for kind in range(KINDS):
        found = recommender.recommend(f"u{kind:03}", n=30)
        never_played = found.filter(pl.col("item_id") >= f"t{N_KNOWN:03}")
        first = never_played.row(0, named=True)
        assert int(first["item_id"][1:]) % KINDS == kind
        reason = first["reasons"][0]
        assert (reason["kind"], reason["group"]) == ("like", "sound")
        assert int(reason["item_id"][1:]) % KINDS == kind
        assert words_of([reason]) == f"new, and like {reason['title']} in its sound"


def synthesised(kind: int, seed: int) -> Sound:
    """Three seconds of drums, of plucked chords, of a buzz that glides, or of rough noise."""
    random = np.random.default_rng(seed)
    t = np.arange(int(3.2 * RATE)) / RATE
    sound = np.zeros_like(t)
    if kind == 0:
        beat = random.uniform(0.4, 0.6)
        since = t % beat
        sound += np.sin(2 * np.pi * 60 * since) * np.exp(-25 * since)
        since = t % (beat / 2)
        sound += 0.5 * random.standard_normal(len(t)) * np.exp(-80 * since)
    elif kind == 1:
        for start in np.arange(0, 3, 0.5):
            since = np.maximum(t - start, 0)
            for step in (0, 4, 7):
                hertz = 262 * 2 ** ((random.integers(5) + step) / 12)
                tone = sum(np.sin(2 * np.pi * hertz * k * since) / k**2 for k in range(1, 5))
                sound += 0.2 * tone * np.exp(-4 * since) * (t >= start)
    elif kind == 2:
        hertz = random.uniform(400, 800) * 2 ** (0.5 * np.sin(2 * np.pi * 0.7 * t))
        sound += np.sign(np.sin(2 * np.pi * np.cumsum(hertz) / RATE)) * 0.3
    else:
        sound += random.standard_normal(len(t)) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.5 * t))
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)[None]


def test_from_files_to_a_recommendation(store: Store, tmp_path: Path, tagger: Tagger) -> None:
    n_known, n_new = 20, 4
    add_titles(store, n_known + n_new)
    add_events(store, n_known, 40)
    for number in range(n_known + n_new):
        write(tmp_path / f"t{number:03}.flac", synthesised(number % KINDS, number), RATE)
    told: list[float] = []
    pairs = titles_of(sorted(tmp_path.glob("*.flac")))
    outcome = describe_into(store, pairs, tagger, lambda done, total, message: told.append(done))
    assert [one.error for one in outcome] == [None] * len(pairs)
    assert told == sorted(told)
    drums = list(outcome[0].facts["music"]["tags"])
    assert {"beat", "drums", "techno"} & set(drums[:6])

    interactions = interactions_of(store)
    model = NewTitles("ease:regularization=5").fit(interactions)
    recommender = Recommender(
        model, interactions.item_ids, items=store.items(), interactions=interactions
    )
    for kind in range(KINDS):
        found = recommender.recommend(f"u{kind:03}", n=24)
        new = found.filter(pl.col("item_id") >= f"t{n_known:03}").row(0, named=True)
        assert int(new["item_id"][1:]) % KINDS == kind
        reason = new["reasons"][0]
        assert reason["kind"] == "like"
        assert int(reason["item_id"][1:]) % KINDS == kind


def attributes_of(store: Store) -> list[str | None]:
    return store.items()["attributes"].to_list()


def test_a_bad_file_leaves_its_title_as_it_was(store: Store, tmp_path: Path) -> None:
    add_titles(store, 2)
    describe_items(store, {"t000": {"label": "ours", "sound_measures": {"seconds": 1.0}}})
    write(tmp_path / "t000.wav", synthesised(3, 0), RATE)
    (tmp_path / "t001.wav").write_bytes(b"RIFF no more")
    good, bad = describe_into(store, titles_of(sorted(tmp_path.glob("*.wav"))))
    assert (good.status, bad.status) == ("done", "failed")
    assert isinstance(bad.error, BadInputError)
    first, second = attributes_of(store)
    assert first is not None
    assert '"label":"ours"' in first
    assert '"seconds":3.2' in first
    assert second is None


def test_unknown_titles_and_two_files_of_one_are_refused_first(
    store: Store, tmp_path: Path
) -> None:
    add_titles(store, 1)
    write(tmp_path / "t000.wav", synthesised(3, 0), RATE)
    paths = [tmp_path / "t000.wav", tmp_path / "other.wav"]
    with pytest.raises(NotFoundError, match="no title 'other'; import it first"):
        describe_into(store, titles_of(paths))
    with pytest.raises(BadInputError, match="'t000' has more than one file"):
        describe_into(store, [(path, "t000") for path in paths])
    assert attributes_of(store) == [None]


@pytest.fixture
def listed(tmp_path: Path) -> Callable[[str], Path]:
    def make(text: str) -> Path:
        (tmp_path / "map.csv").write_text(text, encoding="utf-8")
        return tmp_path / "map.csv"

    return make


def test_a_list_says_which_title_a_file_is_of(listed: Callable[[str], Path]) -> None:
    paths = [Path("a/one.mp3"), Path("b/two.mp3")]
    found = titles_of(paths, listed("item_id,file\nx,one.mp3\ny,b/two.mp3\n"))
    assert [item_id for _, item_id in found] == ["x", "y"]
    with pytest.raises(BadInputError, match=r"names no title for b.two\.mp3"):
        titles_of(paths, listed("item_id,file\nx,one.mp3\n"))
    with pytest.raises(BadInputError, match="has no column item_id"):
        titles_of(paths, listed("file,title\n"))
    with pytest.raises(BadInputError, match="is no CSV file"):
        titles_of(paths, listed("file,item_id\n" + "x" * 200_000))
    with pytest.raises(UnavailableError, match="can't be read"):
        titles_of(paths, Path("nowhere/map.csv"))
