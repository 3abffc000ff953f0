"""What several tests of sound need."""

from pathlib import Path

import pytest

from limelight import weights
from limelight.audio.describe import Tagger
from limelight.errors import UnavailableError
from limelight.home import Home


@pytest.fixture(scope="session")
def music_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with musicnn as published: the home's where it was fetched, else by pip."""
    folder = Home.find().weights
    try:
        weights.path("musicnn", folder)
    except UnavailableError:
        folder = tmp_path_factory.mktemp("weights")
    else:
        return folder
    try:
        weights.fetch("musicnn", folder)
    except UnavailableError as error:
        pytest.skip(f"musicnn's weights can't be fetched here: {error}")
    return folder


@pytest.fixture(scope="session")
def tagger(music_weights: Path) -> Tagger:
    """musicnn as published."""
    return Tagger(music_weights)
