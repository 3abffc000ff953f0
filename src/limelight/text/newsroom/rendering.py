"""A draft as Markdown, as a page that needs nothing else, and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from limelight.extras import require
from limelight.text.newsroom.draft import Draft
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.sources import Place
from limelight.text.newsroom.writing.statement import Statement

TEMPLATES = Path(__file__).parent / "templates"
EN = """
    variants=Headlines to choose from; tags=Tags; facts=Fact sheet; dropped=Left out;
    conflicts=Where the sources contradict each other; hidden=Not taken from the sources;
    origins=Sources; notes=Notes;
    number=number; date=date; name=name; contrary=statement; fact=fact; where=in; kind=kind;
    repeats=the same text as; footnotes=Footnotes; apparatus=For the editor;
    model=Sentences marked † were worded by a language model and passed the same checks.
"""
ZH = """
    variants=备选标题; tags=标签; facts=事实清单; dropped=未采用的句子; origins=来源;
    conflicts=来源相互矛盾之处; hidden=来源中未采用的内容; notes=说明;
    number=数字; date=日期; name=名称; contrary=说法; fact=事实; where=出处; kind=类别;
    repeats=内容相同：; footnotes=脚注; apparatus=供编辑参考;
    model=标有†的句子由语言模型改写，并通过了同样的核查。
"""


def _labels(text: str) -> dict[str, str]:
    pairs = (entry.strip().partition("=") for entry in text.split(";"))
    return {name: said for name, _, said in pairs}


WORDS = {"en": _labels(EN), "zh": _labels(ZH)}
SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
LONGEST = 280


def pages(draft: Draft, evidence: Evidence) -> dict[str, str]:
    """Give the draft's files by name; all text in them is escaped."""
    notes = _Footnotes(draft, evidence)
    return {
        "draft.md": _markdown(draft, notes),
        "draft.html": _html(draft, notes),
        "draft.json": _json(draft),
    }


class _Footnotes:
    """Numbers the places that sentences rest on, in the order in which they come."""

    def __init__(self, draft: Draft, evidence: Evidence) -> None:
        self.numbers: dict[Place, int] = {}
        self.evidence = evidence
        for statement in draft.statements():
            for place in statement.places:
                self.numbers.setdefault(place, len(self.numbers) + 1)

    def of(self, statement: Statement) -> list[int]:
        return list(dict.fromkeys(self.numbers[place] for place in statement.places))

    def texts(self) -> list[tuple[int, str, str, str]]:
        """Give number, source, place and the source's own words of every footnote."""
        found = []
        for place, number in self.numbers.items():
            source = self.evidence.sources.get(place.source)
            table = self.evidence.tables.get(place.source)
            label = source.label if source else table.name if table else ""
            where = str(place) if source or place.paragraph else "all rows"
            lines = self.evidence.at([place])
            several = lines[:1] if place.paragraph or source else lines
            said = "; ".join(self.evidence.lines[at].text for at in several)
            said = said if len(said) <= LONGEST else said[:LONGEST].rsplit(" ", 1)[0] + " …"
            found.append((number, label, where, said))
        return found


def _markdown(draft: Draft, notes: _Footnotes) -> str:
    words = WORDS[draft.language]
    joint = "" if draft.language == "zh" else " "

    def sentence(statement: Statement) -> str:
        marks = "".join(f"[^{n}]" for n in notes.of(statement))
        return escaped(statement.text) + ("†" if statement.way == "model" else "") + marks

    lines = (
        [f"# {escaped(draft.headline.text)}" + "".join(f"[^{n}]" for n in notes.of(draft.headline))]
        if draft.headline
        else []
    )
    if draft.standfirst:
        lines.append(
            f"**{escaped(draft.standfirst.text)}**"
            + "".join(f"[^{n}]" for n in notes.of(draft.standfirst))
        )
    lines += [joint.join(map(sentence, paragraph)) for paragraph in draft.paragraphs]
    if draft.variants:
        lines += [
            f"## {words['variants']}",
            "\n".join(f"- {sentence(one)}" for one in draft.variants),
        ]
    lines.append(f"---\n\n## {words['apparatus']}")
    if draft.tags:
        lines.append(f"**{words['tags']}**: {', '.join(map(escaped, draft.tags))}")
    if draft.conflicts:
        lines.append(f"### {words['conflicts']}")
        for conflict in draft.conflicts:
            sides = "; ".join(
                f"{escaped(said)} ({_label(draft, place)} {place}: “{escaped(line)}”)"
                for said, place, line in conflict.sides
            )
            lines.append(f"- {words[conflict.about]}: {sides}")
    if draft.facts:
        rows = [
            f"| {words[f.kind]} | {escaped(f.text)} | "
            f"{', '.join(f'{_label(draft, p)} {p}' for p in f.places)} |"
            for f in draft.facts
        ]
        lines += [
            f"### {words['facts']}",
            "\n".join(
                [
                    f"| {words['kind']} | {words['fact']} | {words['where']} |",
                    "|---|---|---|",
                    *rows,
                ]
            ),
        ]
    for title, dropped in ((words["dropped"], draft.dropped), (words["hidden"], draft.hidden)):
        if dropped:
            lines += [
                f"### {title}",
                "\n".join(
                    f"- {escaped(d.text)} ({escaped(d.place)}): *{escaped(d.reason)}*"
                    for d in dropped
                ),
            ]
    lines += [
        f"### {words['origins']}",
        "\n".join(_origin(draft, n, words) for n in range(len(draft.origins))),
    ]
    if draft.notes:
        lines += [f"### {words['notes']}", "\n".join(f"- {escaped(note)}" for note in draft.notes)]
    if any(s.way == "model" for s in draft.statements()):
        lines.append(words["model"])
    lines.append(
        "\n".join(
            f"[^{n}]: {escaped(label)}, {where}: “{escaped(said)}”"
            for n, label, where, said in notes.texts()
        )
    )
    return "\n\n".join(lines) + "\n"


def _origin(draft: Draft, n: int, words: dict[str, str]) -> str:
    origin = draft.origins[n]
    said = f"{origin.number}. {escaped(origin.label)} ({escaped(origin.name)}, {origin.kind}"
    said += f", {origin.published})" if origin.published else ")"
    return said + (
        f"; {words['repeats']} {', '.join(map(escaped, origin.repeats))}" if origin.repeats else ""
    )


def _label(draft: Draft, place: Place) -> str:
    return next((escaped(o.label) for o in draft.origins if o.number == place.source), "")


def escaped(text: str) -> str:
    """Keep Markdown from reading a source's characters as marks."""
    text = re.sub(r"\s+", " ", text)
    text = SPECIAL.sub(r"\\\1", text).replace("&", "&amp;")
    return re.sub(r"^(\d+)([.)])(?= )", r"\1\\\2", re.sub(r"^([-+])(?= )", r"\\\1", text))


def _html(draft: Draft, notes: _Footnotes) -> str:
    jinja2 = require("jinja2", "text", "The newsroom's page")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    labels = {origin.number: origin.label for origin in draft.origins}
    page: str = environment.get_template("draft.html").render(
        draft=draft,
        words=WORDS[draft.language],
        notes=notes,
        labels=labels,
        style=(TEMPLATES / "draft.css").read_text(encoding="utf-8"),
        model=any(s.way == "model" for s in draft.statements()),
    )
    return page


def _json(draft: Draft) -> str:
    return json.dumps(as_data(draft), ensure_ascii=False, indent=1) + "\n"


def as_data(draft: Draft) -> dict[str, Any]:
    """Give a draft as plain values, for programs."""
    return asdict(draft)
