"""Frames a second and memory beside the ffmpeg program: the same filter, the same encoder.

Needs the ffmpeg program, and shared/data/video (see docs/benchmarks.md). Each work is done in a
process of its own, ours and theirs in turns, and the best of the turns counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from documents import put, table

CLIP = Path(__file__).parents[1] / "../shared/data/video/bigbuckbunny.mp4"
QUALITY = 20
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
WORKS = {  # ffmpeg's chain; our operation
    "mirror": ("hflip", "filter"),
    "sharpen": ("unsharp", "filter"),
    "denoise": ("atadenoise", "filter"),
    "negate RGB pictures": ("format=rgb24,negate,format=yuv420p", "picture"),
}
COPY = "copy the video, halve the sound"
SOUND_BITS = "576k"  # as many as ours gives six channels


@dataclass(frozen=True)
class Run:
    """What one process took: seconds on the wall, seconds of processors, MB at its peak."""

    wall: float
    cpu: float
    memory: float


def timed(command: list[str]) -> Run:
    """Run a command to its end, alone."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def ours(source: Path, target: Path, work: str) -> list[str]:
    return [sys.executable, __file__, "--work", work, str(source), str(target)]


def theirs(source: Path, target: Path, work: str) -> list[str]:
    begin = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(source)]
    if work == COPY:
        sound = ["-af", "volume=0.5", "-b:a", SOUND_BITS]
        return [*begin, "-c:v", "copy", *sound, str(target)]
    video = ["-vf", WORKS[work][0], "-c:v", "libx264", "-crf", str(QUALITY)]
    return [*begin, *video, "-c:a", "copy", str(target)]


def work_alone(work: str, source: Path, target: Path) -> None:
    """Do one work in this process."""
    import numpy as np

    from limelight.audio.operation import Operation as SoundOperation
    from limelight.audio.operation import Sound
    from limelight.image.picture import Picture
    from limelight.video.frame import Footage
    from limelight.video.operation import FilterOperation, PictureOperation
    from limelight.video.pipeline import process

    @dataclass(frozen=True)
    class Filter(FilterOperation):
        name: ClassVar[str] = "filter"
        chain: str

        def filters(self, footage: Footage) -> list[tuple[str, dict[str, object]]]:
            return [(self.chain, {})]

    @dataclass(frozen=True)
    class Negative(PictureOperation):
        name: ClassVar[str] = "negative"

        def __call__(self, picture: Picture) -> Picture:
            return ~picture

    @dataclass(frozen=True)
    class Halved(SoundOperation):
        name: ClassVar[str] = "halved"

        def __call__(self, samples: Sound, rate: int) -> Sound:
            return samples * np.float32(0.5)

    if work == COPY:
        process(source, target, sound=[Halved()])
    else:
        chain, kind = WORKS[work]
        operation = Filter(chain) if kind == "filter" else Negative()
        process(source, target, [operation], codec="h264", quality=QUALITY)


def prepared(folder: Path, size: tuple[int, int], frames: int) -> Path:
    """Cut the clip, repeated where it is too short, scaled where it isn't of that size."""
    path = folder / f"{size[1]}.mp4"
    scale = f"scale={size[0]}:{size[1]}:flags=lanczos"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-stream_loop", "-1"]
    command += ["-i", str(CLIP), "-vf", scale, "-shortest"]
    command += ["-frames:v", str(frames), "-c:v", "libx264", "-crf", "12", "-preset", "veryfast"]
    subprocess.run([*command, str(path)], check=True)
    return path


def compare(sizes: Sequence[str], frames: int, turns: int) -> list[dict[str, object]]:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label in sizes:
            source = prepared(folder, SIZES[label], frames)
            for work in [*WORKS, COPY]:
                runs: dict[str, list[Run]] = {"ours": [], "theirs": []}
                for _ in range(turns):
                    for who, command in (("ours", ours), ("theirs", theirs)):
                        target = folder / f"{who}.mp4"
                        runs[who].append(timed(command(source, target, work)))
                        target.unlink()
                best = {who: min(run.wall for run in some) for who, some in runs.items()}
                cpu = {who: min(run.cpu for run in some) for who, some in runs.items()}
                rows.append(
                    {
                        "work": work,
                        "size": label,
                        "frames/s": round(frames / best["ours"], 1),
                        "ffmpeg": round(frames / best["theirs"], 1),
                        "time beside ffmpeg's": f"{best['ours'] / best['theirs']:.2f}",
                        "processor time beside ffmpeg's": f"{cpu['ours'] / cpu['theirs']:.2f}",
                        "MB": round(max(run.memory for run in runs["ours"])),
                        "MB, ffmpeg": round(max(run.memory for run in runs["theirs"])),
                    }
                )
                print(rows[-1], flush=True)
    return rows


def start() -> float:
    """Give the seconds that Python and what is imported take before the first frame."""
    command = [sys.executable, "-c", "import limelight.video.pipeline"]
    return min(timed(command).wall for _ in range(3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--frames", type=int, default=250)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--busy", action="store_true", help="say that other work ran beside it")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work_alone(arguments.work, *arguments.paths)
        return
    if not CLIP.exists() or shutil.which("ffmpeg") is None:
        raise SystemExit(f"needs {CLIP} and the ffmpeg program")
    rows = compare(arguments.sizes, arguments.frames, arguments.turns)
    said = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True)
    program = said.stdout.split()[2]
    busy = " **Now and then other work used a part of the same cores.**"
    text = (
        f"{arguments.frames} frames of Big Buck Bunny into H.264 at crf {QUALITY}, preset medium, "
        f"whole processes; the best of {arguments.turns} in turns. Ours start with "
        f"{start():.2f} s of Python and its imports. "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"av {version('av')}, ffmpeg {program}.{busy if arguments.busy else ''}\n\n{table(rows)}"
    )
    put("video speed", text)


if __name__ == "__main__":
    main()
