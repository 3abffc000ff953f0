"""limelight image compare, describe and duplicates: what is in pictures, and which are alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import InputsArgument
from limelight.cli.session import Answer, Session, command
from limelight.cli.titles import Titles
from limelight.errors import BadInputError
from limelight.media.inputs import PICTURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.image.picture import Picture
    from limelight.image.understand import Description
    from limelight.progress import Progress

app = typer.Typer()

PageOption = Annotated[
    Path | None,
    typer.Option("--page", metavar="FILE", help="Write an HTML page that needs nothing else."),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace a page that is there already.")
]
PixelsOption = Annotated[
    int | None,
    typer.Option(metavar="N", help="Read pictures of up to so many pixels. Default: 268,435,456."),
]


@command(app, "compare")
def compare(
    session: Session,
    reference: Annotated[
        Path, typer.Argument(metavar="REFERENCE", help="What it should look like.")
    ],
    estimate: Annotated[Path, typer.Argument(metavar="ESTIMATE", help="What became of it.")],
    page: PageOption = None,
    overwrite: OverwriteOption = False,
    pixels: PixelsOption = None,
) -> Answer:
    """Measure a picture against what it should look like: PSNR, SSIM, and the errors of its matte.

    \b
    Examples:
      limelight image compare original.png restored.png
      limelight image compare original.png restored.png --page both.html
    """
    from dataclasses import asdict

    import polars as pl

    from limelight.cli.display import table
    from limelight.image.compare import compare as measured
    from limelight.image.compare import write_comparison

    given = [reference, estimate]
    check_page(page, given, overwrite)
    pictures = [_read(session, path, pixels) for path in given]
    with session.progress() as progress:
        progress(0, None, "measuring")
        found = measured(pictures[0], pictures[1])
        noted = _noted(session, given, pictures)
        if page is not None:
            names = [path.name for path in given]
            if names[0] == names[1]:
                names = [str(path) for path in given]
            if names[0] == names[1]:
                names[1] += " (again)"
            progress(0, None, "writing the page")
            write_comparison(page, dict(zip(names, pictures, strict=True)), found, noted)
    matte = None if found.matte is None else asdict(found.matte)
    equal = found.psnr == float("inf")
    data = {
        "equal": equal,
        "psnr": None if equal else found.psnr,
        "ssim": found.ssim,
        "matte": matte,
        "worst": {"left": found.worst[1], "top": found.worst[0]},
        "page": None if page is None else str(page),
    }
    rows: dict[str, Any] = {"PSNR dB": "equal" if equal else f"{found.psnr:.2f}"}
    rows |= {"SSIM": f"{found.ssim:.4f}"}
    rows |= {f"matte {name}": f"{value:.5f}" for name, value in (matte or {}).items()}
    return Answer(data, table(pl.DataFrame({"measure": list(rows), "value": list(rows.values())})))


@command(app, "describe")
def describe(
    session: Session,
    inputs: InputsArgument,
    into: Titles,
    pixels: PixelsOption = None,
) -> Answer:
    """Say what pictures look like: tags, colours, light, sharpness, faces, text, fingerprints.

    What they show is told after `limelight weights fetch efficientnet-lite0`, text after
    `limelight weights fetch ppocr-text`.

    \b
    Examples:
      limelight image describe poster.jpg
      limelight image describe posters --titles
      limelight image describe key-art.png --title s17
    """
    from limelight.image.reading import LIMIT
    from limelight.image.understand import Describer

    describer = Describer(session.home.weights)
    for missing in describer.missing:
        session.note(missing)

    def look(path: Path, progress: Progress) -> Description:
        return describer.file(path, progress, pixels or LIMIT)

    return into.described(session, inputs, PICTURES, look, _words)


def _words(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pixels": f"{facts['width']:,} x {facts['height']:,}",
        "tags": ", ".join(facts["tags"]),
        "colours": ", ".join(dict.fromkeys(colour["name"] for colour in facts["colours"][:4])),
        "sharpness": facts["sharpness"],
        "faces": len(facts["faces"]),
        "text": None if facts["text"] is None else facts["text"]["share"],
    }


@command(app, "duplicates")
def duplicates(
    session: Session,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT]...", help="Files, folders (with all in them), globs."),
    ] = None,
    titles: Annotated[
        bool,
        typer.Option("--titles", help="Compare the titles' pictures, as `describe` saw them."),
    ] = False,
    page: PageOption = None,
    overwrite: OverwriteOption = False,
    pixels: PixelsOption = None,
) -> Answer:
    """Find pictures that are nearly the same: scaled, compressed, brightened, slightly cropped.

    \b
    Examples:
      limelight image duplicates posters
      limelight image duplicates posters --page alike.html
      limelight image duplicates --titles
    """
    from limelight.cli.alike import of_files, of_titles

    if titles == bool(inputs):
        raise BadInputError("name pictures, or give --titles for those of the catalogue")
    if titles:
        if page is not None:
            raise BadInputError("the catalogue keeps no pictures to show; name files for --page")
        return of_titles(session)
    return of_files(session, inputs or [], page, overwrite, pixels)


def check_page(page: Path | None, inputs: list[Path], overwrite: bool) -> None:
    """Refuse a page that is there already or would be written over an input, before any work."""
    if page is None or not page.exists():
        return
    if page.is_dir():
        raise BadInputError(f"{page} is a folder; name a file such as {page / 'page.html'}")
    if any(path.exists() and page.samefile(path) for path in inputs):
        raise BadInputError(f"{page} is an input; originals are never written over")
    if not overwrite:
        raise BadInputError(f"{page} exists already; --overwrite replaces it")


def _read(session: Session, path: Path, pixels: int | None) -> Picture:
    from limelight.image.reading import LIMIT, open_picture

    with open_picture(path, pixels or LIMIT) as file:
        if file.form.count > 1:
            session.note(f"{path} has {file.form.count:,} pictures, of which the first is compared")
        return next(file.frames()).picture


def _noted(session: Session, paths: list[Path], pictures: list[Picture]) -> str:
    notes = []
    with_alpha = [path for path, p in zip(paths, pictures, strict=True) if p.shape[2] == 4]
    if len(with_alpha) == 1:
        notes.append(f"Only {with_alpha[0].name} has alpha: no matte is compared.")
    if with_alpha:
        notes.append("Colours are compared as over black.")
    for note in notes:
        session.note(note.rstrip("."))
    return " ".join(notes)
