"""Where Limelight keeps its state: one folder with the store, the models and the caches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from limelight.errors import UnavailableError

VARIABLE = "LIMELIGHT_HOME"


@dataclass(frozen=True)
class Home:
    """One folder that holds everything; remove it and nothing of Limelight is left."""

    folder: Path

    @classmethod
    def find(cls, folder: Path | None = None) -> Home:
        """Take ``folder``, else LIMELIGHT_HOME, else the user's data folder of this system."""
        if folder is not None:
            return cls(folder.expanduser().absolute())
        if named := os.environ.get(VARIABLE):
            return cls(Path(named).expanduser().absolute())
        return cls(user_data_path("limelight", appauthor=False))

    @property
    def models(self) -> Path:
        """The registry's folder."""
        return self.folder / "models"

    @property
    def checkpoints(self) -> Path:
        """The folder of trainings that were not finished."""
        return self.folder / "checkpoints"

    @property
    def datasets(self) -> Path:
        """The folder of downloaded data sets."""
        return self.folder / "datasets"

    @property
    def weights(self) -> Path:
        """The folder of pretrained weights."""
        return self.folder / "weights"

    @property
    def embedder(self) -> Path:
        """The folder of what turned the titles' texts into vectors."""
        return self.folder / "embedder"

    @property
    def search(self) -> Path:
        """The file of the titles made ready to be searched."""
        return self.folder / "search.safetensors"

    @property
    def moderation(self) -> Path:
        """The file of what was scanned and decided in moderation."""
        return self.folder / "moderation.db"

    @property
    def store_url(self) -> str:
        """The default store, an SQLite file."""
        return f"sqlite:///{self.folder / 'limelight.db'}"

    def make(self) -> Home:
        """Make the folder if there is none. Raises UnavailableError where it can't be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(
                f"the home folder {self.folder} can't be made ({error.strerror}); "
                f"choose another with --home or {VARIABLE}"
            ) from error
        return self

    @contextmanager
    def current(self) -> Iterator[Home]:
        """Let ``find`` give this home while the block runs, to the processes that it starts too."""
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = str(self.folder)
        try:
            yield self
        finally:
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before
