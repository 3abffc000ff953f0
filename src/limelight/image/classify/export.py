"""Classifiers as ONNX, for programs without Python or PyTorch."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from limelight.errors import BadInputError, LimelightError
from limelight.extras import require
from limelight.image.classify.classifier import Classifier
from limelight.media.whole import replacing

INPUT, OUTPUT = "pictures", "probabilities"
OPSET = 18
NEAR = 1e-4  # of the probabilities of both


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what PyTorch says of its own ways, and of packages that are not needed, from users."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)


class _Answering(nn.Module):
    """All that `Classifier.probabilities` does, from 0 to 1 as (n, 3, size, size)."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.network, self.temperature = classifier.network, classifier.temperature

    def forward(self, pictures: Tensor) -> Tensor:
        logits = (self.network(pictures) + self.network(pictures.flip(-1))) / 2
        return functional.softmax(logits / self.temperature, dim=1)


def export_onnx(classifier: Classifier, path: str | Path) -> Path:
    """Write a classifier as ONNX, whole or not at all, after asking both and comparing.

    It takes "pictures", float32 (n, 3, size, size), red, green, blue from 0 to 1, and gives
    "probabilities", float32 (n, n_classes); its metadata hold the classes' names and the size.
    Raises MissingExtraError without the image extra, LimelightError where the two disagree.
    """
    path = Path(path)
    if path.suffix.lower() != ".onnx":
        raise BadInputError(f"{path} should end in .onnx")
    onnx = require("onnx", "image", "ONNX")
    require("onnxscript", "image", "ONNX")
    runtime = require("onnxruntime", "image", "ONNX")
    size = classifier.size
    example = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    answering = _Answering(classifier).eval()
    with _quiet(), torch.no_grad():
        program = torch.onnx.export(
            answering,
            (example,),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("n")},),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
        expected = answering(example).numpy()
    if program is None:
        raise LimelightError("PyTorch made no ONNX of this network")
    model = program.model_proto
    told = {"classes": json.dumps(classifier.classes), "size": str(size)}
    onnx.helper.set_model_props(model, told)
    written = model.SerializeToString()
    session = runtime.InferenceSession(written, providers=["CPUExecutionProvider"])
    (found,) = session.run([OUTPUT], {INPUT: example.numpy()})
    if not np.allclose(found, expected, atol=NEAR):
        raise LimelightError("the ONNX file would not give the same answers; nothing was written")
    with replacing(path) as draft:
        draft.write_bytes(written)
    return path
