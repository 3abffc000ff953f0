"""Evaluations kept on disk by everything that they depend on, so that nothing is judged twice."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import polars as pl

import limelight.recommend
from limelight.errors import UnavailableError
from limelight.recommend.evaluate import Evaluation
from limelight.recommend.models import Model


class Evaluations:
    """A folder of evaluations. A file that can't be read is as good as none."""

    def __init__(self, folder: Path) -> None:
        """Keep them in ``folder``, which the first one makes."""
        self.folder = folder

    def find(self, key: str) -> Evaluation | None:
        """Give what was kept under a key, None where nothing sound was."""
        try:
            kept = json.loads(self._path(key).read_text(encoding="utf-8"))
            return Evaluation(
                kept["model"], kept["split"], pl.DataFrame(kept["per_user"]), kept["overall"]
            )
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
            return None

    def keep(self, key: str, evaluation: Evaluation) -> None:
        """Write an evaluation, whole or not at all. Raises UnavailableError where it can't."""
        content = {
            "model": evaluation.model,
            "split": evaluation.split,
            "overall": evaluation.overall,
            "per_user": evaluation.per_user.to_dict(as_series=False),
        }
        path = self._path(key)
        draft = path.with_suffix(".draft")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(content), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise UnavailableError(f"{path} can't be written ({error.strerror})") from error

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def evaluation_key(model: Model, data_sha256: str, protocol: str) -> str:
    """Name an evaluation by what it depends on: the data, the protocol, the model's settings and
    the code that trains and judges it, as 64 hexadecimal digits."""
    depends_on = [data_sha256, protocol, model.name, model.config(), _code()]
    return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()


@cache
def _code() -> str:
    room = Path(limelight.recommend.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(room.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
