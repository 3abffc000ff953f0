"""What several tests of sound need."""

import pytest

from limelight import weights
from limelight.audio.describe import Tagger
from limelight.errors import UnavailableError


@pytest.fixture(scope="session")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    """musicnn as published: from the home where it was fetched, else by pip."""
    try:
        return Tagger()
    except UnavailableError:
        folder = tmp_path_factory.mktemp("weights")
    try:
        weights.fetch("musicnn", folder)
    except UnavailableError as error:
        pytest.skip(f"musicnn's weights can't be fetched here: {error}")
    return Tagger(folder)
