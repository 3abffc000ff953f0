import hashlib

import pytest

from limelight import weights
from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError
from limelight.home import Home
from limelight.origins import Address
from limelight.weights import Weights, registry

CONTENT = b"numbers" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=[64, 8], ids=["whole checksum", "first digits"])
def tiny(request, tmp_path, monkeypatch):
    source = tmp_path / "site" / "tiny.th"
    source.parent.mkdir()
    source.write_bytes(CONTENT)
    entry = Weights(
        "tiny",
        "tests",
        "MIT",
        "https://example.org",
        len(CONTENT),
        Address(source.as_uri(), SHA256[: request.param]),
    )
    monkeypatch.setattr(registry, "REGISTRY", (entry,))
    return source


def test_nothing_is_downloaded_unasked(tiny, tmp_path):
    with pytest.raises(UnavailableError) as caught:
        weights.path("tiny", tmp_path / "home")
    said = str(caught.value)
    assert "`limelight weights fetch tiny` gets them from file:" in said
    assert "`limelight weights add tiny FILE`" in said
    assert not (tmp_path / "home").exists()


def test_fetched_once_and_found_after(tiny, tmp_path):
    first = weights.fetch("tiny", tmp_path / "home")
    tiny.unlink()
    assert weights.fetch("tiny", tmp_path / "home") == first
    assert weights.path("tiny", tmp_path / "home").read_bytes() == CONTENT


def test_without_a_network_nothing_is_left_and_the_way_out_is_named(tiny, tmp_path):
    tiny.unlink()
    with pytest.raises(UnavailableError, match="You may also put the file there yourself"):
        weights.fetch("tiny", tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []


def test_a_file_that_was_brought(tiny, tmp_path):
    brought = tmp_path / "downloads (1).bin"
    brought.write_bytes(CONTENT)
    added = weights.add("tiny", brought, tmp_path / "home")
    assert added == weights.path("tiny", tmp_path / "home")
    assert added.name == "tiny.th"
    assert brought.read_bytes() == CONTENT


def test_another_file_is_refused_and_the_kept_one_stays(tiny, tmp_path):
    kept = weights.fetch("tiny", tmp_path / "home")
    wrong = tmp_path / "wrong.th"
    wrong.write_bytes(CONTENT[:-1])
    with pytest.raises(CorruptError, match=r"wrong\.th is not the one expected"):
        weights.add("tiny", wrong, tmp_path / "home")
    with pytest.raises(BadInputError, match="there is no file"):
        weights.add("tiny", tmp_path / "absent", tmp_path / "home")
    assert [path.read_bytes() for path in kept.parent.iterdir()] == [CONTENT]


def test_a_file_that_was_changed_is_never_given(tiny, tmp_path):
    kept = weights.fetch("tiny", tmp_path / "home")
    kept.write_bytes(CONTENT + b"!")
    with pytest.raises(CorruptError, match="gets them anew"):
        weights.path("tiny", tmp_path / "home")
    assert weights.fetch("tiny", tmp_path / "home").read_bytes() == CONTENT


def test_the_home_is_where_they_lie(tiny, tmp_path):
    with Home(tmp_path / "one").current():
        assert weights.fetch("tiny") == tmp_path / "one" / "weights" / "tiny.th"
        with (
            Home(tmp_path / "two").current(),
            pytest.raises(UnavailableError, match="not on this disk"),
        ):
            weights.path("tiny")
        assert weights.path("tiny").is_file()


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(NotFoundError, match="no weights 'demucs'; there are htdemucs, "):
        weights.path("demucs")


def test_every_entry_says_its_terms_and_an_honest_checksum():
    names = [entry.name for entry in weights.available()]
    assert len(set(names)) == len(names)
    for entry in weights.available():
        assert entry.licence
        assert entry.source.startswith("https://")
        assert len(bytes.fromhex(entry.origin.sha256)) in (4, 32)
    assert weights.known("htdemucs").checksum.startswith("sha256 8726e21a9939")
    assert weights.known("htdemucs-6s").checksum == "sha256 begins 34c22ccb, no more is published"
