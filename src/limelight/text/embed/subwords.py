"""SentencePiece's unigram models, read as their file has them and run by `tokenizers`."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from limelight.extras import require

PIECE, NORMALISER = 1, 3
TEXT, SCORE, CHARACTERS = 1, 2, 2
"""Numbers of fields in SentencePiece's ModelProto (sentencepiece_model.proto)."""


def subwords(model: bytes) -> Any:
    """Give a tokenizer of ``tokenizers`` that cuts as the model does, without marks around.

    Raises ValueError for what is no model.
    """
    module = require("tokenizers", "text", "Cutting text into subwords")
    pieces: list[tuple[str, float]] = []
    characters = b""
    for field, value in _fields(model):
        if field == PIECE:
            told = dict(_fields(value))
            score = struct.unpack("<f", told[SCORE])[0] if SCORE in told else 0.0
            pieces.append((told[TEXT].decode("utf-8"), score))
        elif field == NORMALISER:
            characters = dict(_fields(value)).get(CHARACTERS, b"")
    if not pieces or not characters:
        raise ValueError("this is no SentencePiece model")
    tokenizer = module.Tokenizer(module.models.Unigram(pieces, unk_id=0, byte_fallback=False))
    normalisers = module.normalizers
    tokenizer.normalizer = normalisers.Sequence(
        [
            normalisers.Precompiled(characters),
            normalisers.Replace(module.Regex(" {2,}"), " "),
            normalisers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = module.pre_tokenizers.Metaspace(
        replacement="▁", prepend_scheme="always", split=False
    )
    return tokenizer


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the fields of a protocol buffer's message that are bytes; numbers are passed over."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        kind = key & 7
        if kind == 0:
            _, at = _number(message, at)
            continue
        if kind == 2:
            length, at = _number(message, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError("this is no SentencePiece model")
        if at + length > len(message):
            raise ValueError("this SentencePiece model is cut off")
        yield key >> 3, message[at : at + length]
        at += length


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message):
            raise ValueError("this SentencePiece model is cut off")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
