"""Characters that nobody sees, taken out of texts and told of."""

from __future__ import annotations

import re

from limelight.text.reading.document import LeftOut

UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
TAGS = re.compile("[\U000e0000-\U000e007f]+")
"""Letters that no font shows, with which text can be written beside text."""
SPACE = re.compile(r"[^\S\n]+")
PARTED = re.compile(r"\n[ \t]*\n\s*")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def cleaned(text: str) -> tuple[str, list[LeftOut]]:
    """Take unseen characters out and make runs of space one; say what was taken out."""
    left_out = []
    if spelled := TAGS.findall(text):
        said = "".join(chr(ord(c) - 0xE0000) for run in spelled for c in run)
        left_out.append(
            LeftOut("written in characters that no font shows", said.strip("\x00\x01\x7f"))
        )
        text = TAGS.sub("", text)
    if unseen := UNSEEN.findall(text):
        codes = ", ".join(sorted({f"U+{ord(c):04X}" for c in unseen}))
        left_out.append(LeftOut(f"{len(unseen):,} characters that can't be seen", codes))
        text = UNSEEN.sub("", text)
    return SPACE.sub(" ", CONTROLS.sub("", text)), left_out


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Part text at blank lines, or at every line where there are none."""
    blocks = PARTED.split(text.strip())
    if len(blocks) == 1:
        lines = [line.strip() for line in text.strip().split("\n")]
        ends = sum(line.endswith(tuple(".!?。！？”\"'’」：:")) for line in lines)
        if ends * 3 >= len(lines) * 2:
            blocks = lines
    return tuple(joined for block in blocks if (joined := _joined(block)))


def _joined(block: str) -> str:
    """Make one line of several; between Chinese characters there is no space."""
    lines = [line.strip() for line in block.split("\n")]
    text = " ".join(filter(None, lines))
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", text)
