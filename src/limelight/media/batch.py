"""Many files by one work: on past a bad one, which is named at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from limelight.errors import LimelightError
from limelight.media.outputs import Job
from limelight.progress import Progress, silent

Work = Callable[[Job, Progress], Mapping[str, Any]]


class DefectError(LimelightError):
    """An error that nobody foresaw, kept from stopping the other files; ``__cause__`` has it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: ``facts`` are what the work told of it."""

    job: Job
    status: Literal["done", "skipped", "failed"]
    seconds: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: LimelightError | None = None


def run(
    jobs: Sequence[Job],
    work: Work,
    progress: Progress = silent,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Do ``work`` to every file that is not done yet, and go on past those that fail.

    Progress is over all files together, each by its size, so that the time left is of the whole.
    ``tell`` hears of every file as it ends. An exception other than a LimelightError is a defect
    of ours; it too fails its own file alone.
    """
    sizes = [0 if job.done else max(_size(job), 1) for job in jobs]
    total, before = float(sum(sizes)), 0.0
    outcomes = []
    for number, (job, size) in enumerate(zip(jobs, sizes, strict=True), 1):
        if job.done:
            outcome = Outcome(job, "skipped")
        else:
            label = job.source.name + (f" ({number} of {len(jobs)})" if len(jobs) > 1 else "")
            outcome = _one(job, work, _part(progress, before, size, total, label))
        before += size
        outcomes.append(outcome)
        tell(outcome)
    return outcomes


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Give the exit code that all failures have in common, else 1; 0 where none failed."""
    codes = {outcome.error.exit_code for outcome in outcomes if outcome.error is not None}
    return codes.pop() if len(codes) == 1 else int(bool(codes))


def _one(job: Job, work: Work, progress: Progress) -> Outcome:
    started = time.perf_counter()
    error: LimelightError
    try:
        facts = work(job, progress)
    except LimelightError as known:
        error = known
    except MemoryError as full:
        error = LimelightError(f"{job.source} needs more memory than there is")
        error.__cause__ = full
    except Exception as defect:
        error = DefectError(f"{job.source}: unexpected {type(defect).__name__}: {defect}")
        error.__cause__ = defect
    else:
        return Outcome(job, "done", time.perf_counter() - started, facts)
    return Outcome(job, "failed", time.perf_counter() - started, error=error)


def _part(progress: Progress, before: float, size: float, whole: float, label: str) -> Progress:
    """Let a file's own progress move the whole; a second look at the file moves nothing back."""
    furthest = 0.0

    def tell(done: float, total: float | None, message: str) -> None:
        nonlocal furthest
        if total:
            furthest = max(furthest, min(done / total, 1.0))
        progress(before + furthest * size, whole, f"{label}: {message}")

    return tell


def _size(job: Job) -> int:
    try:
        return job.source.stat().st_size
    except OSError:
        return 0
