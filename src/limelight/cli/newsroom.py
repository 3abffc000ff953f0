"""limelight newsroom: from sources and data to checked copy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.session import Answer, Session, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.text.newsroom import Archive, Assignment, Draft, Material

app = typer.Typer(
    help="Write news, notes and headlines from sources and data, every sentence checked.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SourcesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE]...",
        help="Text, HTML, PDF, saved feeds; folders and globs; 'Name=FILE' names who reports.",
        show_default=False,
    ),
]
DataOption = Annotated[
    list[str] | None,
    typer.Option("--data", metavar="FILE", help="A table, as CSV or JSON; repeatable."),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FOLDER", help="Where draft.md, .html and .json go."),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace a draft that is in the folder already.")
]
FormOption = Annotated[
    str, typer.Option(metavar="NAME", help="One that `limelight newsroom forms` shows.")
]
LanguageOption = Annotated[
    str, typer.Option(metavar="en|zh", help="Default: the language of most of the sources.")
]
CopyOption = Annotated[
    int, typer.Option("--copy", metavar="N", help="Words in a row that may be a source's own.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL|FILE.gguf",
        help="Let a language model word sentences anew, checked as all others. Key: "
        "LIMELIGHT_MODEL_KEY.",
    ),
]
ModelNameOption = Annotated[
    str, typer.Option("--model-name", metavar="NAME", help="Which model of an address.")
]
DraftArgument = Annotated[
    str, typer.Argument(metavar="DRAFT", help="A draft's name, or its beginning.")
]


@command(app, "draft")
def draft(
    session: Session,
    sources: SourcesArgument = None,
    data: DataOption = None,
    form: FormOption = "brief",
    language: LanguageOption = "",
    out: OutOption = None,
    overwrite: OverwriteOption = False,
    allowed: CopyOption = 12,
    model: ModelOption = None,
    model_name: ModelNameOption = "default",
) -> Answer:
    """Write a draft: headline, copy with footnotes, facts, conflicts, and what was left out.

    \b
    Examples:
      limelight newsroom draft report.html agency.txt -o draft
      limelight newsroom draft 'Variety=a.html' 'BBC=b.txt' --form article
      limelight newsroom draft --data boxoffice.csv --form brief --language zh
    """
    from limelight.text.newsroom import Assignment

    material, refused = _material(session, sources or (), data or ())
    assignment = Assignment(tuple(material), form, language, allowed, refused=tuple(refused))
    return _made(session, assignment, out, overwrite, model, model_name)


@command(app, "revise")
def revise(
    session: Session,
    name: DraftArgument,
    sources: SourcesArgument = None,
    data: DataOption = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A source's file name to withdraw; repeatable."),
    ] = None,
    out: OutOption = None,
    overwrite: OverwriteOption = False,
    model: ModelOption = None,
    model_name: ModelNameOption = "default",
) -> Answer:
    """Write a draft anew with further sources, and say what is new, changed and withdrawn.

    A file of a name that the draft has already takes its place.

    \b
    Example:
      limelight newsroom revise 3f2a update.txt -o draft2
    """
    from limelight.errors import BadInputError

    archive = _archive(session)
    full = archive.full(name)
    before = archive.assignment(full)
    more, refused = _material(session, sources or (), data or ())
    gone = set(without or ())
    if missing := gone - {m.name for m in before.material}:
        raise BadInputError(
            f"the draft has no source {min(missing)!r}; it has "
            f"{', '.join(m.name for m in before.material)}"
        )
    if not more and not gone:
        raise BadInputError(
            "nothing is new; name sources, --data, or a source to leave out by --without"
        )
    replaced = {m.name for m in more} | gone
    kept = [m for m in before.material if m.name not in replaced]
    assignment = replace(
        before, material=(*kept, *more), rewrites=(), before=full, refused=tuple(refused)
    )
    return _made(session, assignment, out, overwrite, model, model_name)


@command(app, "show")
def show(
    session: Session,
    name: Annotated[
        str | None, typer.Argument(metavar="[DRAFT]", help="A draft's name. Default: list all.")
    ] = None,
    out: OutOption = None,
    overwrite: OverwriteOption = False,
    again: Annotated[
        bool, typer.Option("--again", help="Write it again from its stored sources, and compare.")
    ] = False,
) -> Answer:
    """List the drafts, or show one, or write it again from its stored sources.

    \b
    Examples:
      limelight newsroom show
      limelight newsroom show 3f2a -o draft
      limelight newsroom show 3f2a --again
    """
    import json

    archive = _archive(session)
    if name is None:
        return _listed(archive)
    full = archive.full(name)
    stored = archive.stored(full)
    if again:
        made, version = archive.again(full)
        same = made == stored
        text = (
            "the same, byte for byte"
            if same
            else f"not the same: it was written by version {version}"
        )
        return Answer({"draft": full, "same": same, "version": version}, text, 0 if same else 1)
    if out is not None:
        _write(out, stored, overwrite)
    return Answer({"draft": full, **json.loads(stored["draft.json"])}, stored["draft.md"].decode())


@command(app, "forms")
def forms(session: Session) -> Answer:
    """Show the forms that a draft may have.

    \b
    Example:
      limelight newsroom forms
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.text.newsroom import FORMS

    rows = [
        {"form": f.name, "is": f.about, "words": f.length or None, "characters (zh)": f.han or None}
        for f in FORMS.values()
    ]
    return Answer({"forms": rows}, table(pl.DataFrame(rows)))


@command(app, "check")
def check(
    session: Session,
    text: Annotated[
        Path, typer.Argument(metavar="TEXT", help="What anybody wrote: text, HTML, PDF.")
    ],
    sources: Annotated[
        list[str] | None,
        typer.Option("--source", "-s", metavar="SOURCE", help="What it must rest on; repeatable."),
    ] = None,
    data: DataOption = None,
) -> Answer:
    """Check a text by any author against sources, sentence by sentence.

    The exit code is 1 where a sentence is not borne out.

    \b
    Example:
      limelight newsroom check article.txt -s report.html -s agency.txt
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.errors import BadInputError
    from limelight.text.newsroom import Assignment, Evidence, check_text, opened
    from limelight.text.reading import read

    if not sources and not data:
        raise BadInputError("name what the text must rest on: --source FILE, --data FILE")
    material, refused = _material(session, sources or (), data or ())
    evidence = Evidence(*opened(Assignment(tuple(material), refused=tuple(refused))))
    names = {n: s.document.name for n, s in evidence.sources.items()} | {
        n: t.name for n, t in evidence.tables.items()
    }
    verdicts = []
    for document in read(text):
        if document.title:
            verdicts += check_text(document.title, evidence, document.language, document.published)
        verdicts += check_text(document.text, evidence, document.language, document.published)
    rows = [
        {
            "": "ok" if v.supported else "NOT BORNE OUT",
            "sentence": v.text,
            "rests on": ", ".join(f"{names[p.source]} {p}" for p in v.places[:2])
            if v.supported
            else "",
            "why not": "; ".join(map(str, v.problems)),
        }
        for v in verdicts
    ]
    wrong = sum(not v.supported for v in verdicts)
    found: dict[str, Any] = {"sentences": len(verdicts), "not_borne_out": wrong, "verdicts": rows}
    return Answer(
        found,
        table(pl.DataFrame(rows), f"{wrong} of {len(verdicts)} sentences are not borne out"),
        int(bool(wrong)),
    )


def _archive(session: Session) -> Archive:
    from limelight.text.newsroom import Archive

    return Archive(session.home.folder / "newsroom")


def _material(
    session: Session, sources: Sequence[str], data: Sequence[str]
) -> tuple[list[Material], list[str]]:
    """Read the files; one that can't be used is told of and left out, unless it is the only one."""
    from limelight.errors import BadInputError, LimelightError
    from limelight.media.inputs import find
    from limelight.text.newsroom import Material
    from limelight.text.newsroom.data import parse_table
    from limelight.text.reading import TEXTS, parse

    material: list[Material] = []
    refused: list[str] = []
    errors: list[LimelightError] = []
    for kind, given in (("source", sources), ("data", data)):
        for one in given:
            publisher, named, path = one.partition("=")
            if not named or Path(one).exists() or "/" in publisher:
                publisher, path = "", one
            try:
                for item in find(
                    [path], TEXTS if kind == "source" else frozenset({".csv", ".json", ".tsv"})
                ):
                    found = Material(
                        item.path.name, item.path.read_bytes(), kind, publisher.strip()
                    )
                    (parse if kind == "source" else parse_table)(found.data, found.name)
                    if any(m.name == found.name for m in material):
                        raise BadInputError(f"two files are named {found.name}; rename one")
                    material.append(found)
            except LimelightError as error:
                errors.append(error)
                refused.append(f"left out: {error}")
    if errors and (not material or kind_missing(material, sources)):
        raise errors[0]
    for line in refused:
        session.note(line)
    return material, refused


def kind_missing(material: Sequence[Material], sources: Sequence[str]) -> bool:
    """Say whether sources were named and not one of them can be used."""
    return bool(sources) and not any(m.kind == "source" for m in material)


def _made(
    session: Session,
    assignment: Assignment,
    out: Path | None,
    overwrite: bool,
    model: str | None,
    model_name: str,
) -> Answer:
    from limelight.text.newsroom import Evidence, changes, opened, settled, written
    from limelight.text.newsroom.archive import files
    from limelight.text.newsroom.rendering import as_data
    from limelight.text.newsroom.rewriting import model_of, rewrites

    if out is not None:
        _free(out, overwrite)
    with session.progress() as progress:
        assignment = settled(assignment)
        made = written(assignment, progress)
        if model is not None:
            evidence = Evidence(*opened(assignment))
            accepted, refused = rewrites(
                made, evidence, assignment.allowed, model_of(model, model_name), progress
            )
            assignment = replace(
                assignment, rewrites=tuple(accepted), refused=(*assignment.refused, *refused)
            )
            made = written(assignment, progress)
        archive = _archive(session)
        session.home.make()
        name = archive.add(assignment, made)
    if out is not None:
        _write(
            out, {file: text.encode() for file, text in files(assignment, made).items()}, overwrite
        )
    data: dict[str, Any] = {"draft": name, **as_data(made)}
    text = _read_out(name, made, out)
    if assignment.before:
        before = written(archive.assignment(assignment.before))
        found = changes(before, made, Evidence(*opened(assignment)))
        data["changes"] = [vars(change) for change in found]
        text += "\n" + "\n".join(
            f"{c.kind}: {c.after or c.before}"
            + (f" (before: {c.before})" if c.kind == "changed" else "")
            + (f" ({c.reason})" if c.reason else "")
            for c in found
        )
    return Answer(data, text, int(not any(made.statements())))


def _read_out(name: str, made: Draft, out: Path | None) -> str:
    lines = [made.headline.text if made.headline else ""]
    lines += [] if any(made.statements()) else list(made.notes)
    lines += [made.standfirst.text] if made.standfirst else []
    joint = "" if made.language == "zh" else " "
    lines += [joint.join(s.text for s in paragraph) for paragraph in made.paragraphs]
    lines += [f"- {one.text}" for one in made.variants]
    counts = (
        (len(made.conflicts), "conflict", "conflicts"),
        (len(made.dropped), "sentence left out", "sentences left out"),
        (len(made.hidden), "thing not taken from the sources", "things not taken from the sources"),
    )
    said = ", ".join(f"{n} {one if n == 1 else more}" for n, one, more in counts if n)
    where = f" in {out}" if out is not None else f"; limelight newsroom show {name} shows all of it"
    lines.append(f"[draft {name}{where}{'; ' + said if said else ''}]")
    return "\n\n".join(filter(None, lines))


def _listed(archive: Archive) -> Answer:
    import json

    import polars as pl

    from limelight.cli.display import table

    rows = []
    for name in archive.names():
        found = json.loads(archive.stored(name)["draft.json"])
        rows.append(
            {
                "draft": name,
                "form": found["form"],
                "language": found["language"],
                "headline": (found["headline"] or {}).get("text", ""),
                "sources": len(found["origins"]),
            }
        )
    if not rows:
        return Answer({"drafts": []}, "No draft was written yet.")
    return Answer({"drafts": rows}, table(pl.DataFrame(rows)))


def _free(out: Path, overwrite: bool) -> None:
    from limelight.errors import BadInputError

    if out.is_file():
        raise BadInputError(f"{out} is a file; name a folder for the draft")
    if not overwrite and (out / "draft.md").exists():
        raise BadInputError(f"{out} has a draft already; --overwrite replaces it")


def _write(out: Path, made: dict[str, bytes], overwrite: bool) -> None:
    from limelight.media.whole import filling

    _free(out, overwrite)
    with filling(out) as new:
        for file, content in made.items():
            (new / file).write_bytes(content)
