"""Bytes as text, whatever encoding they are in, also several in one file."""

from __future__ import annotations

import codecs
import re

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.text.language import HAN

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
COMMON = frozenset("的一是了在不有人这中大国上为和个以年到会时要就出可也你对生能而子那得于着下自之")
"""The most frequent Chinese characters: bytes decoded by a wrong rule give rare ones."""
ENOUGH = 200_000


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Give the text and the encoding of a file.

    Tried in turn: a byte order mark, UTF-16 without one, UTF-8, what the file declares, GB18030
    where it gives Chinese, what charset-normalizer takes for likeliest, and Windows-1252. Where
    most lines are UTF-8 and some are not, these are decoded by themselves. Raises BadInputError
    for what is no text.
    """
    text, encoding = _decoded(data, name)
    head = text[:ENOUGH]
    if len(BINARY.findall(head)) > max(len(head) // 100, 1):
        raise BadInputError(f"{name} is no text; give text, HTML, PDF or a feed")
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    if wide := _wide(data[:ENOUGH]):
        return data.decode(wide, errors="replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = DECLARED.search(data[:2048])
    found = _by(data, declared[1].decode()) if declared else None
    if declared and found is not None:
        return found, declared[1].decode().lower()
    return _by_lines(data)


def _by_lines(data: bytes) -> tuple[str, str]:
    """Decode lines that are not UTF-8 by themselves where most are; else all as one."""
    lines = data.split(b"\n")
    good = [line for line in lines if _by(line, "utf-8") is not None]
    if any(byte > 127 for line in good for byte in line[:400]) and len(good) * 2 > len(lines):
        decoded = [_by(line, "utf-8") or _other(line)[0] for line in lines]
        return "\n".join(decoded), "utf-8 and others"
    return _other(data)


def _wide(data: bytes) -> str | None:
    """Tell UTF-16 without a mark by its zero bytes, or by its line ends and common characters."""
    half = len(data) // 2
    if half < 2 or (len(data) % 2 and len(data) < ENOUGH):
        return None
    low, high = data[0 : half * 2 : 2], data[1 : half * 2 : 2]
    if high.count(0) * 10 > half * 3 and low.count(0) * 20 < half:
        return "utf-16-le"
    if low.count(0) * 10 > half * 3 and high.count(0) * 20 < half:
        return "utf-16-be"
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _by(data[: half * 2], encoding)
        if text and len(HAN.findall(text)) * 2 > half and _chinese(text):
            return encoding
    return None


def _other(data: bytes) -> tuple[str, str]:
    text = _by(data, "gb18030")
    if text and _chinese(text):
        return text, "gb18030"
    best = (
        require("charset_normalizer", "text", "Finding an encoding")
        .from_bytes(data[:ENOUGH])
        .best()
    )
    if best is not None and not best.encoding.startswith(("utf", "gb")):
        found = _by(data, best.encoding)
        # Between single bytes it prefers rare code pages; Western text is told by its letters.
        if found and HAN.search(found):
            return found, str(best.encoding)
    return data.decode("cp1252", errors="replace"), "windows-1252"


def _chinese(text: str) -> bool:
    han = HAN.findall(text[:ENOUGH])
    return len(han) > 1 and sum(map(COMMON.__contains__, han)) * 12 >= len(han)


def _by(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
