"""A file taken apart into a folder of files, a stem each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

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

    ``suffix`` (".flac") is by default the source's. The files appear when all are whole, and take
    the place of older ones. Raises what reading and writing sound raise, UnavailableError where
    ``folder`` can't be made.
    """
    source, folder = Path(source), Path(folder)
    with open_sound(source) as sound, filling(folder) as draft:
        names = _write(sound, draft, separator, suffix or source.suffix, progress)
    return {stem: folder / name for stem, name in names.items()}


def _write(
    sound: SoundFile, draft: Path, separator: Separator, suffix: str, progress: Progress
) -> dict[str, str]:
    stems = separator.stems
    names = {stem: f"{stem}{suffix}" for stem in stems}
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
                    draft / name,
                    sound.rate,
                    sound.channels,
                    layout=sound.layout,
                    bits=max(sound.bits, FEWEST_BITS),
                    labels=labels,
                )
            )
            for name in names.values()
        ]
        for blocks in separator.stream(heard(), sound.rate):
            for put, block in zip(outputs, blocks, strict=True):
                put(block)
            progress(done / sound.rate, sound.seconds, f"separating {separator.name}")
    return names
