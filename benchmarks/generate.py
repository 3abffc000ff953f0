"""Pictures made after CIFAR-10: how far they are from real ones, by our own network's features.

    python benchmarks/generate.py --results FOLDER [--classifier FOLDER] [--threads N] [--steps N]

Trains the model in FOLDER/cifar10-model (cut off, it goes on there), makes pictures of every
guidance, and measures. Pictures and figures are kept in FOLDER, so that a run that was cut goes on
where it was. ``--classifier`` is a model of `limelight image classify train cifar10`, whose
features are compared; the section is written when all is measured. FOLDER/looks has sheets to
look at. The data set is fetched into FOLDER/datasets unless it is there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from documents import machine, put, table

SECTION = "pictures generated"
STEPS = 9_000
WIDTH, BATCH = 48, 64
MADE = 5_000  # pictures a guidance, as many of each class
GUIDANCES = (1.0, 2.5, 4.0)
SAMPLING_STEPS = 16
AT_ONCE = 250


def trained(results: Path, data: Any, steps: int) -> Any:
    from limelight.datasets.cifar10 import CLASSES
    from limelight.image.generate.collection import labelled
    from limelight.image.generate.network import shape_of
    from limelight.image.generate.training import Plan, Training

    pictures, labels = data.training()
    collection = labelled(pictures, [CLASSES[label] for label in labels], 32)
    plan = Plan(steps=steps, batch=BATCH)
    training = Training(collection, shape_of(32, WIDTH), plan, results / "cifar10-model")
    heard = [0.0]

    def tell(done: float, total: float | None, message: str) -> None:
        if time.monotonic() - heard[0] > 30:
            heard[0] = time.monotonic()
            print(f"  {done:.0f} of {total:.0f} steps, {message}", file=sys.stderr, flush=True)

    return training.run(tell)


def made(results: Path, model: Any, guidance: float) -> tuple[Any, float]:
    """Make pictures of every class, in parts that are kept; gives them and the seconds it took."""
    from limelight.datasets.cifar10 import CLASSES
    from limelight.image.generate.model import Sampling

    trained_for = model.card["steps"]
    parts, seconds = [], 0.0
    for begin in range(0, MADE, AT_ONCE):
        file = results / "made" / f"{trained_for}-{guidance:g}-{begin:05}.npz"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            sampling = Sampling(SAMPLING_STEPS, "heun", guidance, seed=begin)
            asked = [CLASSES[number % 10] for number in range(begin, begin + AT_ONCE)]
            clock = time.process_time()
            pictures = model.sample(asked, sampling)
            took = time.process_time() - clock
            draft = file.with_suffix(".draft.npz")
            np.savez(draft, pictures=pictures, seconds=took)
            draft.replace(file)
        with np.load(file) as kept:
            parts.append(kept["pictures"])
            seconds += float(kept["seconds"])
    return np.concatenate(parts), seconds


def looked(results: Path, name: str, pictures: Any) -> None:
    from PIL import Image

    from limelight.image.generate.sheet import sheet_of

    (results / "looks").mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet_of(pictures[:100], 10)).save(results / "looks" / f"{name}.png")


def measured(results: Path, data: Any, model: Any, classifier: Any) -> list[dict[str, Any]]:
    from limelight.image.generate.distance import frechet_distance

    real, _ = data.training()
    test, labels = data.test()
    reference = classifier.features(real)

    def row(
        name: str, pictures: Any, of: Any = None, seconds: float | None = None
    ) -> dict[str, Any]:
        right = None
        if of is not None:
            right = float((classifier.probabilities(pictures).argmax(1) == of).mean())
        distance = frechet_distance(reference, classifier.features(pictures))
        print(f"  {name}: {distance:.4g}, recognised {right}", file=sys.stderr, flush=True)
        return {
            "pictures": name,
            "FID on Limelight's CIFAR features": f"{distance:,.1f}",
            "recognised as asked for": None if right is None else f"{right:.3f}",
            "processor seconds": None if seconds is None else round(seconds),
        }

    order = np.random.default_rng(0).permutation(len(test))[:MADE]
    noise = np.random.default_rng(0).integers(0, 256, (MADE, 32, 32, 3), np.uint8)
    mean = np.broadcast_to(real.mean(0).round().astype(np.uint8), (MADE, 32, 32, 3))
    rows = [row("real ones, of the test part", test[order], labels[order])]
    for guidance in GUIDANCES:
        pictures, seconds = made(results, model, guidance)
        looked(results, f"guidance-{guidance:g}", pictures)
        asked = np.arange(MADE) % 10
        rows.append(
            row(f"**limelight image generate**, guidance {guidance:g}", pictures, asked, seconds)
        )
    rows.append(row("the average picture, again and again", np.array(mean)))
    rows.append(row("noise", noise))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--classifier", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    from limelight.datasets import fetch_cifar10

    data = fetch_cifar10(chosen.results / "datasets")
    model = trained(chosen.results, data, chosen.steps)
    if chosen.classifier is None:
        print("the model is trained; give --classifier to measure", file=sys.stderr)
        return
    from limelight.datasets.cifar10 import CLASSES
    from limelight.image.classify.classifier import Classifier
    from limelight.image.classify.evaluation import evaluate
    from limelight.image.classify.labelled import Labelled

    classifier = Classifier.load(chosen.classifier)
    accuracy = evaluate(classifier, Labelled(*data.test(), CLASSES)).accuracy
    rows = measured(chosen.results, data, model, classifier)
    weights = sum(one.numel() for one in model.network.parameters())
    (chosen.results / "figures.json").write_text(json.dumps(rows, indent=2), encoding="utf-8")
    text = (
        f"{weights:,} weights, {chosen.steps:,} steps of {BATCH} pictures "
        f"({chosen.steps * BATCH / 50_000:.1f} times all of them). {MADE:,} pictures a row against "
        f"the 50,000 to train on, {SAMPLING_STEPS} steps, by Heun to the last. The network that "
        f"looks is right about {accuracy:.1%} of the test part.\n\n{table(rows)}\n\n"
        f"{machine('torch', 'numpy')}"
    )
    put(SECTION, text)


if __name__ == "__main__":
    main()
