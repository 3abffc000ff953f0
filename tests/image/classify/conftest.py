from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from striped import stripes

from limelight.image.classify.classifier import Classifier
from limelight.image.classify.labelled import Labelled
from limelight.image.classify.plans import PLANS, Plan
from limelight.image.classify.training import train


@pytest.fixture(scope="session")
def small() -> Plan:
    return replace(PLANS["quick"], epochs=5, batch=24, widths=(16, 24, 32))


@pytest.fixture(scope="session")
def learned(small) -> Classifier:
    return train(stripes(240, 0), small, watched=stripes(60, 1))


@pytest.fixture
def folder(tmp_path) -> Callable[..., Path]:
    """Write labelled pictures as FOLDER/class/number.png."""

    def write(labelled: Labelled, name: str = "labelled") -> Path:
        for number, (picture, label) in enumerate(
            zip(labelled.pictures, labelled.labels, strict=True)
        ):
            place = tmp_path / name / labelled.classes[label]
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(place / f"{number:03}.png")
        return tmp_path / name

    return write
