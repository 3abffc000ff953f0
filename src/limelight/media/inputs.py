"""Which files are meant by names, folders and globs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from limelight.errors import BadInputError, UnavailableError

HEARD = """
    .aac .ac3 .aif .aiff .amr .ape .au .caf .dts .eac3 .flac .gsm .m4a .m4b .mka .mp2 .mp3 .mpc .oga
    .ogg .opus .ra .spx .tta .voc .w64 .wav .wave .wma .wv"""
SEEN = """
    .3g2 .3gp .asf .avi .dv .f4v .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf .ogv .ts .vob
    .webm .wmv .y4m"""
LOOKED_AT = """
    .apng .avif .avifs .bmp .dds .dib .gif .ico .j2k .jfif .jp2 .jpe .jpeg .jpg .jpx .mpo .pbm .pcx
    .pgm .png .pnm .ppm .psd .qoi .sgi .tga .tif .tiff .webp .xbm .xpm"""
SOUND = frozenset(HEARD.split())
VIDEO = frozenset(SEEN.split())
PICTURES = frozenset(LOOKED_AT.split())
WILD = frozenset("*?[")


@dataclass(frozen=True)
class Input:
    """A file, and its ``place`` below the folder or the glob's fixed part that it was found by."""

    path: Path
    place: Path


def find(
    sources: Iterable[str | Path], suffixes: frozenset[str], leave_out: Path | None = None
) -> list[Input]:
    """Find the files that ``sources`` mean, each once: as they are named, folders in name order.

    A file that is named is taken whatever its suffix. Folders are searched with all that is in
    them for ``suffixes``, and so are the folders that a glob matches; hidden files and the folder
    ``leave_out`` (where outputs go) are passed over. A glob is expanded here too, for shells that
    do not and for users who quote. Raises BadInputError where nothing is found.
    """
    given = list(sources)
    if not given:
        raise BadInputError("no files are named; name files, folders or globs")
    apart = None if leave_out is None else leave_out.resolve()
    found: dict[Path, Input] = {}
    for one in given:
        for item in _found(one, suffixes, apart):
            found.setdefault(item.path.resolve(), item)
    return list(found.values())


def _found(one: str | Path, suffixes: frozenset[str], apart: Path | None) -> list[Input]:
    if not str(one):
        raise BadInputError("a file's name is empty; name files, folders or globs")
    path = Path(one)
    try:
        if not path.exists():
            path = path.expanduser()  # what the shell did not, within quotes
        if path.is_file():
            return [Input(path, Path(path.name))]
        if path.is_dir():
            files = [Input(file, file.relative_to(path)) for file in _within(path, suffixes, apart)]
        elif path.exists():
            raise BadInputError(f"{path} is no file; what runs without end can't be read here")
        else:
            return _matches(path, suffixes, apart)
    except (OSError, RuntimeError) as error:
        raise BadInputError(f"{path} can't be read: {error}") from error
    if not files:
        raise BadInputError(
            f"no file in the folder {path} is of a kind that is looked for here; "
            f"it would end in {', '.join(sorted(suffixes))}"
        )
    return files


def _matches(path: Path, suffixes: frozenset[str], apart: Path | None) -> list[Input]:
    parts = path.parts
    fixed = next((at for at, part in enumerate(parts) if set(part) & WILD), None)
    if fixed is None:
        raise BadInputError(f"there is no file {path}")
    root = Path(*parts[:fixed])
    files = []
    for match in sorted(root.glob("/".join(parts[fixed:]))):
        if any(part.startswith(".") for part in match.relative_to(root).parts):
            continue
        if match.is_dir():
            files += [
                Input(file, file.relative_to(root)) for file in _within(match, suffixes, apart)
            ]
        elif apart is None or apart not in match.resolve().parents:
            files.append(Input(match, match.relative_to(root)))
    if not files:
        raise BadInputError(f"no file matches {path}")
    return files


def _within(folder: Path, suffixes: frozenset[str], apart: Path | None) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UnavailableError(f"the folder {error.filename} can't be read: {error.strerror}")

    for place, folders, names in os.walk(folder, onerror=refuse):
        here = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and (apart is None or (here / name).resolve() != apart)
        )
        for name in sorted(names):
            file = here / name
            if file.suffix.lower() in suffixes and not name.startswith(".") and file.is_file():
                yield file
