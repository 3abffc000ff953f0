import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import numpy as np
import polars as pl
import pytest

from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError
from limelight.operate.card import CARD_FILE, describe_data, read_card
from limelight.operate.registry import Registry
from limelight.recommend.evaluate import evaluate
from limelight.recommend.interactions import Interactions
from limelight.recommend.models import EASE, Popularity
from limelight.recommend.splits import leave_one_out

EVENTS = Interactions.from_frame(
    pl.DataFrame(
        {
            "user_id": ["ada", "ada", "ada", "bob", "bob", "bob", "eve"],
            "item_id": ["Jaws", "灵魂摆渡", "Alien", "Jaws", "Alien", "Heat", "Jaws"],
            "time": [1, 2, 3, 4, 5, 6, 7],
        }
    )
)


def popularity(times=1):
    model = Popularity().fit(EVENTS)
    model.counts = model.counts * times
    return model


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


def publish(registry, times=1, **more):
    return registry.publish(popularity(times), EVENTS.item_ids, **more)


def test_what_is_published_comes_back(registry):
    split = leave_one_out(EVENTS)
    model = EASE().fit(split.train)
    metrics = evaluate(model, split, metrics=["ndcg", "gini"]).to_dict()
    data = describe_data(EVENTS)
    version = registry.publish(model, EVENTS.item_ids, name="films", data=data, metrics=metrics)
    loaded, item_ids, card = registry.load("films")
    assert version == 1
    assert type(loaded) is EASE
    np.testing.assert_array_equal(loaded.score(EVENTS.histories), model.score(EVENTS.histories))
    assert item_ids.to_list() == EVENTS.item_ids.to_list()
    assert (card.model, card.config, card.n_items) == ("ease", model.config(), 4)
    assert (card.data, card.metrics) == (data, metrics)
    assert card.versions["numpy"] == np.__version__
    assert card.published.endswith("+00:00")
    assert card == registry.card("films") == registry.card("films", 1)
    json.dumps(asdict(card), allow_nan=False)


def test_a_fallback_is_published_and_held_to_the_card(registry):
    publish(registry)
    assert registry.load_fallback() is None
    publish(registry, fallback=popularity(3))
    assert registry.load_fallback().counts.max() == 3 * 3
    (registry.root / "default" / "2" / "fallback" / "model.json").unlink()
    for read in (registry.load, registry.load_fallback):
        with pytest.raises(CorruptError, match=r"fallback.*can't be read"):
            read()
    fewer = Popularity().fit(
        Interactions.from_frame(pl.DataFrame({"user_id": "a", "item_id": "b"}))
    )
    with pytest.raises(BadInputError, match="same titles"):
        publish(registry, fallback=fewer)


def test_versions_increase_and_the_newest_is_current(registry):
    assert [publish(registry, times) for times in range(1, 13)] == list(range(1, 13))
    assert registry.versions() == list(range(1, 13))
    assert registry.current() == 12
    assert registry.load()[0].counts.max() == 12 * 3
    assert registry.load(version=2)[0].counts.max() == 2 * 3


def test_names_are_apart(registry):
    publish(registry, name="b")
    publish(registry, name="a")
    publish(registry, name="a")
    assert registry.names() == ["a", "b"]
    assert registry.versions("b") == [1]


def test_rolling_back_and_forward(registry):
    for times in (1, 2, 3):
        publish(registry, times)
    assert registry.roll_back() == registry.current() == 2
    assert registry.load()[0].counts.max() == 2 * 3
    assert registry.roll_back() == registry.current() == 1
    with pytest.raises(NotFoundError, match="before the current"):
        registry.roll_back()
    assert registry.roll_back(to=3) == registry.current() == 3
    assert registry.roll_back(to=1) == registry.current() == 1
    # What is published next is current again, and going back from it goes one version back.
    assert publish(registry, 4) == registry.current() == 4
    assert registry.roll_back() == registry.current() == 3
    assert registry.versions() == [1, 2, 3, 4]
    with pytest.raises(NotFoundError, match="no version 9 of 'default'; there are 1, 2, 3, 4"):
        registry.roll_back(to=9)


def test_what_there_is_not_is_said_with_what_there_is(registry):
    assert registry.names() == []
    with pytest.raises(NotFoundError, match=r"no model 'default'.*none is published"):
        registry.load()
    publish(registry, name="films")
    with pytest.raises(NotFoundError, match=r"no model 'default'.*there are films"):
        registry.current()
    with pytest.raises(NotFoundError, match="no version 2 of 'films'; there are 1"):
        registry.load("films", 2)


@pytest.mark.parametrize(
    "name",
    ["", "..", "a/b", "a\\b", ".hidden", "Films", "con", "com1", "a" * 65, "名", "a\n", "a."],
)
def test_names_that_are_no_folder_everywhere_are_refused(registry, name):
    with pytest.raises(BadInputError, match="can't name a model"):
        publish(registry, name=name)
    assert not registry.root.exists()


@pytest.mark.parametrize(
    ("item_ids", "complaint"),
    [
        (["a", "b"], "4 titles, 2 ids"),
        (["a", "b", "c", "c"], "differ"),
        (["a", "b", "c", None], "must be there"),
    ],
)
def test_ids_that_do_not_fit_are_refused(registry, item_ids, complaint):
    with pytest.raises(BadInputError, match=complaint):
        registry.publish(popularity(), item_ids)
    assert registry.names() == []


def test_a_model_that_was_not_fitted_is_refused(registry):
    with pytest.raises(BadInputError, match="not fitted"):
        registry.publish(Popularity(), EVENTS.item_ids)


@pytest.mark.parametrize("metrics", [{"ndcg": float("nan")}, {"ndcg": np.float32(1)}, {"a": {1j}}])
def test_a_card_that_is_no_json_is_refused_and_leaves_nothing(registry, metrics):
    with pytest.raises(BadInputError, match="JSON"):
        publish(registry, metrics=metrics)
    assert list((registry.root / "default").iterdir()) == []


def test_a_card_of_numbered_keys_and_tuples_reads_as_json_does(registry):
    publish(registry, metrics={10: (1, 2), 9: "ä"})
    assert registry.card().metrics == {"10": [1, 2], "9": "ä"}


def spoil(path, how):
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "truncated":
        path.write_bytes(content[:-1])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "bit flipped":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    else:
        path.write_bytes(content + b"\n")


@pytest.mark.parametrize("how", ["missing", "truncated", "empty", "bit flipped", "longer"])
@pytest.mark.parametrize("file", ["model.safetensors", "model.json", "item_ids.parquet"])
def test_a_spoiled_file_is_refused_by_name_and_the_version_before_still_loads(registry, file, how):
    publish(registry)
    publish(registry)
    spoil(registry.root / "default" / "2" / file, how)
    with pytest.raises(CorruptError, match=file):
        registry.load()
    assert registry.roll_back() == 1
    registry.load()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda card: card["metrics"].update(ndcg=0.9), "was changed"),
        (lambda card: card["files"].clear(), "was changed"),
        (lambda card: card.update(format=2), "another version of Limelight"),
        (lambda card: card.pop("format"), "no readable model card"),
        (lambda card: card.pop("data"), "was changed"),
    ],
)
def test_a_changed_card_is_refused(registry, change, complaint):
    publish(registry, metrics={"ndcg": 0.1})
    path = registry.root / "default" / "1" / CARD_FILE
    card = json.loads(path.read_text(encoding="utf-8"))
    change(card)
    path.write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(CorruptError, match=complaint):
        registry.load()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", b'"card"'])
def test_a_card_that_is_none_is_refused(registry, content):
    publish(registry)
    (registry.root / "default" / "1" / CARD_FILE).write_bytes(content)
    with pytest.raises(CorruptError, match="no readable model card"):
        registry.load()


def test_foreign_folders_and_files_are_refused_or_passed_over(registry):
    publish(registry)
    default = registry.root / "default"
    (default / "notes").mkdir()
    (default / "07").mkdir()
    (default / ".DS_Store").write_bytes(b"x")
    (registry.root / "README.txt").write_bytes(b"x")
    (registry.root / "Holiday pictures").mkdir()
    assert registry.names() == ["default"]
    assert registry.versions() == [1]
    (default / "2").mkdir()
    with pytest.raises(CorruptError, match="no published model: it has no card"):
        registry.load()
    (default / "3").write_bytes(b"a file")
    with pytest.raises(CorruptError):
        registry.load()
    assert publish(registry) == 4
    registry.load()


def test_a_model_of_another_folder_is_refused(registry):
    publish(registry)
    registry.publish(EASE().fit(EVENTS), EVENTS.item_ids)
    default = registry.root / "default"
    shutil.copy(default / "1" / "model.safetensors", default / "2" / "model.safetensors")
    with pytest.raises(CorruptError, match=r"model\.safetensors"):
        registry.load()


def test_a_spoiled_pointer_says_how_to_mend_it(registry):
    publish(registry)
    publish(registry)
    registry.roll_back()
    (registry.root / "default" / "rolled_back.json").write_bytes(b"{")
    with pytest.raises(CorruptError, match="delete it to serve the newest"):
        registry.load()
    assert registry.load(version=1)[2].model == "popularity"


def test_no_pickle_anywhere(registry, monkeypatch):
    for name in ("dump", "dumps", "load", "loads", "Pickler", "Unpickler"):
        monkeypatch.delattr(pickle, name)
    publish(registry)
    registry.load()


def test_a_folder_that_cannot_be_written_is_said(registry):
    registry.root.parent.mkdir(exist_ok=True)
    registry.root.write_bytes(b"a file where the folder should be")
    with pytest.raises(UnavailableError, match="can't be written"):
        publish(registry)


def test_publishers_in_threads_do_not_collide(registry):
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda times: (publish(registry, times), times), range(1, 41)))
    assert sorted(version for version, _ in versions) == list(range(1, 41))
    for version, times in versions:
        assert registry.load(version=version)[0].counts.max() == times * 3
    assert not list((registry.root / "default").glob(".draft-*"))


CHILD = """
import sys, time
from pathlib import Path
import numpy as np
from limelight.operate.registry import Registry
from limelight.recommend.models import Popularity

root, stage = Path(sys.argv[1]), sys.argv[2]
model = Popularity()
model.counts = np.ones(200_000, np.float32)
item_ids = [str(i) for i in range(200_000)]

def stop():
    print("here", flush=True)
    time.sleep(600)

def before(owner, name):
    original = getattr(owner, name)
    def stopping(*arguments, **more):
        stop()
        return original(*arguments, **more)
    setattr(owner, name, stopping)

if stage == "saving":
    before(np, "ascontiguousarray")
elif stage == "writing the card":
    import limelight.operate.registry as registry
    before(registry, "write_card")
elif stage == "renaming":
    before(Path, "rename")
elif stage == "all the time":
    print("here", flush=True)

while True:
    version = Registry(root).publish(model, item_ids)
    if stage == "racing":
        print(version, flush=True)
        if version >= 30:
            break
"""


def child(registry, stage):
    arguments = [sys.executable, "-c", CHILD, str(registry.root), stage]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("stage", ["saving", "writing the card", "renaming", "all the time"])
def test_a_killed_publisher_leaves_the_current_version_and_no_trouble(registry, stage):
    publish(registry, 7)
    publisher = child(registry, stage)
    assert publisher.stdout.readline() == "here\n"
    if stage == "all the time":
        time.sleep(0.5)
    publisher.kill()
    publisher.wait()
    publisher.stdout.close()
    versions = registry.versions()
    assert versions == list(range(1, len(versions) + 1))
    for version in versions:
        registry.load(version=version)
    if stage != "all the time":
        assert registry.current() == 1
        assert registry.load()[0].counts.max() == 7 * 3
    assert publish(registry, 8) == registry.current() == len(versions) + 1
    assert registry.load()[0].counts.max() == 8 * 3


def test_publishers_in_processes_do_not_collide_and_a_reader_never_sees_half(registry):
    publish(registry)
    publishers = [child(registry, "racing") for _ in range(2)]
    while any(publisher.poll() is None for publisher in publishers):
        registry.load()
    printed = [int(line) for publisher in publishers for line in publisher.communicate()[0].split()]
    assert sorted(printed) == list(range(2, len(printed) + 2)) == registry.versions()[1:]
    assert [publisher.returncode for publisher in publishers] == [0, 0]
    assert len(printed) >= 29


def test_only_abandoned_drafts_are_swept(registry):
    publish(registry)
    old, young = (registry.root / "default" / f".draft-{age}" for age in ("old", "young"))
    for draft in (old, young):
        draft.mkdir()
        (draft / "model.json").write_bytes(b"{")
    os.utime(old, (time.time() - 48 * 3600,) * 2)
    publish(registry)
    assert not old.exists()
    assert young.exists()
    assert registry.versions() == [1, 2]


def test_the_fingerprint_tells_data_apart():
    told = describe_data(EVENTS)
    assert (told["users"], told["items"], told["events"]) == (3, 4, 7)
    assert (told["first"], told["last"]) == (1, 7)
    histories = EVENTS.histories
    others = [
        replace(EVENTS, user_ids=pl.Series(["ada", "bob", "mia"])),
        replace(EVENTS, item_ids=EVENTS.item_ids.reverse()),
        replace(EVENTS, histories=replace(histories, items=histories.items[::-1])),
        replace(EVENTS, histories=replace(histories, weights=histories.weights * 2)),
        replace(EVENTS, histories=replace(histories, times=None)),
    ]
    prints = {describe_data(other)["sha256"] for other in others}
    assert len(prints) == 5
    assert told["sha256"] not in prints
    assert describe_data(replace(EVENTS)) == told


def test_the_fingerprint_survives_saving(tmp_path):
    EVENTS.save(tmp_path / "events")
    assert describe_data(Interactions.load(tmp_path / "events")) == describe_data(EVENTS)


def test_a_card_is_readable_text(registry):
    publish(registry, metrics={"marque": "très bien"})
    folder = registry.root / "default" / "1"
    assert "très bien" in (folder / CARD_FILE).read_text(encoding="utf-8")
    assert set(read_card(folder).files) == {"model.safetensors", "model.json", "item_ids.parquet"}
