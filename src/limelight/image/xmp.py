"""XMP packets (ISO 16684-1): what was done, and that a picture was generated."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any
from xml.etree import ElementTree

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's word for media made by a model that was trained on samples."""

SPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
}
BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
END = b'\n<?xpacket end="w"?>'


def _named(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{SPACES[prefix]}}}{local}"


def parameters(packet: bytes) -> list[str]:
    """Read with what parameters the picture was worked on, the oldest first."""
    root = _parsed(packet)
    if root is None:
        return []
    wanted = _named("stEvt:parameters")
    return [
        text
        for event in root.iter(_named("rdf:li"))
        if (text := event.get(wanted) or event.findtext(wanted))
    ]


def source_type(packet: bytes) -> str:
    """Read IPTC's digital source type; "" where none is given."""
    root = _parsed(packet)
    wanted = _named("Iptc4xmpExt:DigitalSourceType")
    for node in () if root is None else root.iter():
        if found := node.get(wanted) or (node.text if node.tag == wanted else ""):
            return found.strip()
    return ""


def is_history(packet: bytes) -> bool:
    """Say whether a packet tells what was done to a picture, and nothing else."""
    root = _parsed(packet)
    told = [] if root is None else root.findall(f".//{_named('rdf:Description')}")
    said = [child.tag for one in told for child in one]
    return said == [_named("xmpMM:History")] and all(len(one.attrib) < 2 for one in told)


def edited(packet: bytes, line: str, generated: bool = False) -> bytes:
    """Add a line to the history, and what the picture is; a packet that is no XMP is replaced."""
    root = _parsed(packet)
    description = None if root is None else root.find(f".//{_named('rdf:Description')}")
    if root is None or description is None:
        root = ElementTree.Element(_named("x:xmpmeta"))
        frame = ElementTree.SubElement(root, _named("rdf:RDF"))
        about = {_named("rdf:about"): ""}
        description = ElementTree.SubElement(frame, _named("rdf:Description"), about)
    events = description.find(f"{_named('xmpMM:History')}/{_named('rdf:Seq')}")
    if events is None:
        held = ElementTree.SubElement(description, _named("xmpMM:History"))
        events = ElementTree.SubElement(held, _named("rdf:Seq"))
    event = ElementTree.SubElement(events, _named("rdf:li"), {_named("rdf:parseType"): "Resource"})
    agent = f"Limelight {version('limelight')}"
    for name, text in ("action", "created" if generated else "edited"), ("softwareAgent", agent):
        ElementTree.SubElement(event, _named(f"stEvt:{name}")).text = text
    ElementTree.SubElement(event, _named("stEvt:parameters")).text = line
    if generated:
        description.set(_named("Iptc4xmpExt:DigitalSourceType"), GENERATED)
    return _written(root)


def upright(packet: bytes) -> bytes:
    """Let a packet no longer say that the picture is turned."""
    root = _parsed(packet) if b"Orientation" in packet else None
    if root is None:
        return packet
    wanted = _named("tiff:Orientation")
    for node in root.iter():
        if wanted in node.attrib:
            node.set(wanted, "1")
        elif node.tag == wanted:
            node.text = "1"
    return _written(root)


def _parsed(packet: bytes) -> ElementTree.Element | None:
    """Parse a packet, keeping its prefixes; None where it is no XML, or more than plain XML."""
    try:
        text = packet.strip(b"\0 \r\n\t").decode()
    except UnicodeDecodeError:
        return None
    if not text or "<!" in text:  # entities grow without bounds
        return None
    for prefix, space in SPACES.items():
        ElementTree.register_namespace(prefix, space)
    parser: Any = ElementTree.XMLPullParser(("start-ns", "start"))
    root: ElementTree.Element | None = None
    try:
        parser.feed(text)
        parser.close()
        for event, found in parser.read_events():
            if event == "start-ns":
                _keep_prefix(*found)
            elif root is None:
                root = found
    except (ElementTree.ParseError, ValueError):
        return None
    return root


def _written(root: ElementTree.Element) -> bytes:
    text: str = ElementTree.tostring(root, encoding="unicode")
    return BEGIN + text.encode() + END


def _keep_prefix(prefix: str, space: str) -> None:
    try:
        ElementTree.register_namespace(prefix, space)
    except ValueError:  # a name such as ns0, which ElementTree gives itself
        return
