"""PDFs as documents: the text that can be seen, without what every page repeats."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.text.reading.cleaning import cleaned, paragraphs_of
from limelight.text.reading.document import Document, LeftOut, day_in, finished

REPEATED = 3
"""Pages on which a line stands that is a header or a footer."""
WHITE = {b"g": 1, b"rg": 3, b"k": 4, b"sc": 0, b"scn": 0}
TINIEST = 2.0
"""Size in points below which text is not there to be read."""


def parse_pdf(data: bytes, name: str) -> Document:
    """Read a PDF. Raises BadInputError where it is damaged, locked, or a scan without text."""
    pypdf = require("pypdf", "text", "Reading PDF")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInputError(f"{name} is locked with a password; save it without one")
        pages, left_out = [], []
        for page in reader.pages:
            seen, unseen = _page(page)
            pages.append(seen)
            left_out += [LeftOut("drawn so that nobody sees it", unseen)] if unseen else []
        about = reader.metadata or {}
    except BadInputError:
        raise
    except Exception as error:
        raise BadInputError(f"{name} can't be read as PDF: {error}") from error
    if not any(re.search(r"\w", page) for page in pages):
        held = "one page holds" if len(pages) == 1 else f"{len(pages)} pages hold"
        raise BadInputError(
            f"{name} is a scan: its {held} pictures and no text; run it through text recognition "
            "(OCR) first"
        )
    text, found = cleaned(_flowing(pages))
    title = str(about.get("/Title") or "").strip() or None
    day = day_in(
        re.sub(r"D:(\d{4})(\d\d)(\d\d).*", r"\1-\2-\3", str(about.get("/CreationDate") or ""))
    )
    return finished(
        Document(name, paragraphs_of(text), "pdf", title, None, day, left_out=(*left_out, *found))
    )


def _page(page: Any) -> tuple[str, str]:
    """Part a page's text into what is drawn visibly and what is white or too small to see."""
    inks: list[bool] = [False]
    unseen: list[str] = []

    def operand(operator: bytes, operands: Any, *matrices: Any) -> None:
        if operator == b"q":
            inks.append(inks[-1])
        elif operator == b"Q" and len(inks) > 1:
            inks.pop()
        elif operator in WHITE:
            values = [float(v) for v in operands if isinstance(v, int | float)]
            lightest = 0.0 if operator == b"k" else 0.98
            inks[-1] = bool(values) and all(
                (v <= 0.02 if operator == b"k" else v >= lightest) for v in values
            )
        elif operator in (b"Tj", b"TJ", b"'", b'"') and inks[-1]:
            said = operands[0] if operands else ""
            parts = said if isinstance(said, list) else [said]
            unseen.append("".join(map(_drawn, parts)))

    tiny: list[str] = []

    def chunk(text: str, matrix: Any, text_matrix: Any, font: Any, size: float) -> None:
        scale = abs(text_matrix[3] or text_matrix[0] or 1) * abs(matrix[3] or matrix[0] or 1)
        if text.strip() and 0 < abs(size) * scale < TINIEST:
            tiny.append(text.strip())

    text = page.extract_text(visitor_operand_before=operand, visitor_text=chunk)
    hidden = [piece for piece in [*unseen, *tiny] if piece.strip()]
    for piece in hidden:
        text = text.replace(piece, "", 1)
    return text, " ".join(hidden)


def _drawn(piece: Any) -> str:
    """Give a piece of drawn text; numbers between pieces are gaps."""
    if isinstance(piece, bytes):
        return piece.decode("latin-1")
    return "" if isinstance(piece, int | float) else str(piece)


def _flowing(pages: list[str]) -> str:
    """Join lines into paragraphs; drop what pages repeat, and their numbers."""
    lines_of = [[line.strip() for line in page.split("\n")] for page in pages]
    count = Counter(line for lines in lines_of for line in set(lines) if line)
    text = ""
    for lines in lines_of:
        kept = [
            line
            for line in lines
            if not (
                count[line] >= REPEATED
                or re.fullmatch(r"(?:page )?\d{1,4}(?: of \d+)?", line, re.I)
            )
        ]
        longest = max(map(len, kept), default=0)
        for line in kept:
            text += line + "\n"
            if (
                line.endswith((".", "!", "?", '"', "”", "。", "！", "？"))
                and len(line) < longest * 0.8
            ):
                text += "\n"
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)
