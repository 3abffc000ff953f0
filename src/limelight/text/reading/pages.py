"""HTML as documents: the article without its frame, and without what is hidden in it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.text.reading.cleaning import cleaned
from limelight.text.reading.document import Document, LeftOut, day_in, finished

UNTOLD = frozenset({"script", "style", "template", "svg", "noscript", "iframe", "object"})
HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[0-2](?:\.\d+)?(?:px"
    r"|pt)?\s*(?:;|$)"
    r"|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|$)|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}"
    r"|(?<![-\w])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)"
    r"|(?<![-\w])color\s*:\s*(?:transparent|rgba\([^)]*,\s*0\s*\))",
    re.IGNORECASE,
)
COLOUR = re.compile(r"(?<![-\w])(background(?:-color)?|color)\s*:\s*([^;]+)", re.IGNORECASE)
WHITES = frozenset({"white", "#fff", "#ffffff", "rgb(255,255,255)", "#fefefe"})
RULE = re.compile(r"\.([\w-]+)\s*\{([^}]*)\}")
TEXTUAL = "p|h1|h2|h3|h4|li|blockquote|td|pre"
FEWEST = 12
"""Words below which nothing is left of a page."""


def parse_page(text: str, name: str) -> Document:
    """Read a page's article. Raises BadInputError where there is none but menus and links."""
    html = require("lxml.html", "text", "Reading HTML")
    try:
        tree = html.fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    except Exception as error:
        raise BadInputError(f"{name} can't be read as HTML: {error}") from error
    left_out = _strip(tree)
    whole = _words(tree.text_content())
    meta = _meta(tree)
    linked = {" ".join(link.text_content().split()) for link in tree.iter("a")}
    found = _article(html.tostring(tree, encoding="unicode")) or _blocks(tree)
    paragraphs = [text for text in found if text.lstrip("-• ") not in linked]
    if sum(map(_words, paragraphs)) < FEWEST:
        raise BadInputError(
            f"{name} has no article: of its {whole:,} words, hardly any stand in "
            f"paragraphs and most "
            "in menus and links; save the page of one article"
        )
    return finished(Document(name, tuple(paragraphs), "html", left_out=tuple(left_out), **meta))


def fragment(text: str) -> tuple[list[str], list[LeftOut]]:
    """Give the paragraphs of a piece of HTML, as feeds hold them, and what is hidden in it."""
    html = require("lxml.html", "text", "Reading HTML")
    if not text.strip():
        return [], []
    tree = html.fragment_fromstring(text, create_parent="div")
    left_out = _strip(tree)
    blocks = _blocks(tree)
    return blocks or [" ".join(tree.text_content().split())], left_out


def _strip(tree: Any) -> list[LeftOut]:
    """Take out comments, scripts and what a reader does not see; tell what it says."""
    etree = require("lxml.etree", "text", "Reading HTML")
    told: list[LeftOut] = []
    hidden_classes = {
        name
        for sheet in tree.iter("style")
        for name, rules in RULE.findall(sheet.text_content())
        if HIDING.search(rules)
    }
    for element in list(tree.iter()):
        if element.getparent() is None and element is not tree:
            continue  # went with its parent
        if isinstance(element, etree._Comment | etree._ProcessingInstruction):
            reason = "an HTML comment"
        elif not isinstance(element.tag, str):
            continue
        elif element.tag in UNTOLD:
            reason = ""
        elif _hidden(element, hidden_classes):
            reason = "hidden on the page"
        else:
            continue
        said = " ".join(
            (element.text_content() if reason[:2] != "an" else element.text or "").split()
        )
        if reason and re.search(r"\w{2,}.*\W.*\w", said) and not said.startswith("[if "):
            told.append(LeftOut(reason, said))
        if element.getparent() is not None:
            element.drop_tree()
    return told


def _hidden(element: Any, classes: set[str]) -> bool:
    style = element.get("style") or ""
    colours = {
        what.lower(): value.strip().lower().replace(" ", "")
        for what, value in COLOUR.findall(style)
    }
    ink = colours.get("color") or (element.get("color") or "").lower()
    ground = colours.get("background-color") or colours.get("background") or "white"
    return (
        element.get("hidden") is not None
        or (element.get("aria-hidden") or "").lower() == "true"
        or bool(HIDING.search(style))
        or bool(ink and (ink == ground or (ink in WHITES and ground in WHITES)))
        or bool(classes & set((element.get("class") or "").split()))
    )


def _meta(tree: Any) -> dict[str, Any]:
    def of(*names: str) -> str | None:
        for name in names:
            for attribute in ("property", "name", "itemprop"):
                for found in tree.xpath(f"//meta[@{attribute}=$name]/@content", name=name):
                    if text := cleaned(found)[0].strip():
                        return text
        return None

    published: date | None = day_in(
        of("article:published_time", "datePublished", "date", "pubdate", "dc.date") or ""
    ) or next((day for value in tree.xpath("//time/@datetime") if (day := day_in(value))), None)
    heading = next((" ".join(h.text_content().split()) for h in tree.iter("h1")), None)
    title = heading or of("og:title") or next((t.text_content() for t in tree.iter("title")), None)
    return {
        "title": cleaned(title)[0].strip() or None if title else None,
        "publisher": of("og:site_name", "publisher", "application-name"),
        "published": published,
    }


def _article(page: str) -> list[str]:
    trafilatura = require("trafilatura", "text", "Reading HTML")
    found = trafilatura.extract(
        page, include_comments=False, include_tables=False, output_format="txt"
    )
    return [line.strip() for line in (found or "").split("\n") if line.strip()]


def _blocks(tree: Any) -> list[str]:
    """Give the blocks that are more text than links."""
    blocks = []
    for element in tree.xpath("|".join(f".//{tag}" for tag in TEXTUAL.split("|"))):
        if element.xpath("ancestor::nav|ancestor::footer|ancestor::header|ancestor::aside"):
            continue
        text = " ".join(element.text_content().split())
        linked = sum(len(link.text_content()) for link in element.iter("a"))
        if text and linked * 2 < len(text) and not element.xpath(".//p|.//li|.//blockquote"):
            blocks.append(text)
    return blocks


def _words(text: str) -> int:
    return len(re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", text))
