"""How titles sound, heard in their files and written into the catalogue."""

from __future__ import annotations

from pathlib import Path

from limelight.audio.describe import Description, Tagger, describe_file
from limelight.catalog import Store
from limelight.media.batch import Outcome, run
from limelight.media.outputs import Job
from limelight.media.titles import Pairs, telling
from limelight.progress import Progress, silent


def describe_into(
    store: Store, pairs: Pairs, tagger: Tagger | None = None, progress: Progress = silent
) -> list[Outcome]:
    """Hear the files of titles and add what is heard to their attributes, a title at a time.

    A file that can't be heard keeps its title as it was, and the others go on; the outcomes say
    which, and hold ``Description.facts`` of the others. Raises NotFoundError for a title that the
    catalogue lacks and BadInputError for a title with two files, before anything is heard.
    """

    def hear(path: Path, told: Progress) -> Description:
        return describe_file(path, tagger, told)

    tell = telling(store, pairs, hear)
    jobs = [Job(path, path) for path, _ in pairs]
    return run(jobs, lambda job, told: tell(job.source, told).facts(), progress)
