"""How titles sound, heard in their files and written into the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from limelight.audio.describe import Description, Tagger, describe_file
from limelight.catalog import Store, describe_items
from limelight.media.batch import Outcome, run
from limelight.media.outputs import Job
from limelight.media.titles import Pairs, check_titles
from limelight.progress import Progress, silent


def describe_into(
    store: Store, pairs: Pairs, tagger: Tagger | None = None, progress: Progress = silent
) -> list[Outcome]:
    """Hear the files of titles and add what is heard to their attributes.

    A file that can't be heard keeps its title as it was, and the others go on; the outcomes say
    which, and hold ``Description.facts`` of the others. Raises as ``hearing`` does.
    """
    hear = hearing(store, pairs, tagger)
    jobs = [Job(path, path) for path, _ in pairs]
    return run(jobs, lambda job, told: hear(job.source, told).facts(), progress)


def hearing(
    store: Store, pairs: Pairs, tagger: Tagger | None = None
) -> Callable[[Path, Progress], Description]:
    """Give what hears one of the files, writes its title at once, and says what was heard.

    What ``Description.attributes`` names is replaced, all other attributes stay. Raises
    NotFoundError for a title that the catalogue lacks and BadInputError for a title with two files,
    before anything is heard.
    """
    check_titles(store, pairs)
    item_of = dict(pairs)

    def hear(path: Path, progress: Progress) -> Description:
        found = describe_file(path, tagger, progress)
        describe_items(store, {item_of[path]: found.attributes()})
        return found

    return hear
