"""A file taken apart into a folder of files, a stem each."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from limelight.audio.formats import FORMATS
from limelight.audio.operation import Sound
from limelight.audio.reading import SoundFile, open_sound
from limelight.audio.separate.separator import Separator
from limelight.audio.writing import create_sound
from limelight.media.provenance import recorded
from limelight.media.whole import filling
from limelight.progress import Progress, silent

FEWEST_BITS = 24  # for sums of stems that differ from what came in by less than anybody hears


def separate_file(
    source: Path,
    folder: Path,
    separator: Separator,
    suffix: str | None = None,
    progress: Progress = silent,
) -> dict[str, Path]:
    """Write ``folder/STEM.SUFFIX`` for every stem, in bounded memory; gives the files by stem.

    ``suffix`` (".flac") is by default the source's where that loses nothing, else ".wav", so that
    stems add up. The files appear when all are whole, and take the place of older ones. Raises what
    reading and writing sound raise, UnavailableError where ``folder`` can't be made.
    """
    source, folder = Path(source), Path(folder)
    with open_sound(source) as sound:
        suffix = suffix or _lossless(source.suffix)
        names = {stem: f"{stem}{suffix}" for stem in separator.stems}
        with filling(folder) as draft, _renaming(draft, folder):
            _write(sound, [draft / name for name in names.values()], separator, progress)
    return {stem: folder / name for stem, name in names.items()}


@contextmanager
def _renaming(draft: Path, folder: Path) -> Iterator[None]:
    """Let warnings of files in ``draft`` name them as they will be called."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield
    for one in told:
        text = str(one.message).replace(str(draft), str(folder))
        warnings.warn(text, one.category, stacklevel=4)


def _lossless(suffix: str) -> str:
    form = FORMATS.get(suffix.lower())
    return suffix if form is not None and not form.bit_rate else ".wav"


def _write(sound: SoundFile, targets: list[Path], separator: Separator, progress: Progress) -> None:
    tags = recorded(sound.labels.tags, [separator], sound.path)
    labels = replace(sound.labels, tags=tags)
    done = 0

    def heard() -> Iterator[Sound]:
        nonlocal done
        for block in sound.blocks():
            yield block
            done += block.shape[-1]

    with ExitStack() as opened:
        outputs = [
            opened.enter_context(
                create_sound(
                    target,
                    sound.rate,
                    sound.channels,
                    layout=sound.layout,
                    bits=max(sound.bits, FEWEST_BITS),
                    labels=labels,
                )
            )
            for target in targets
        ]
        for blocks in separator.stream(heard(), sound.rate):
            for put, block in zip(outputs, blocks, strict=True):
                put(block)
            progress(done / sound.rate, sound.seconds, f"separating {separator.name}")
