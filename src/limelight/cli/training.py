"""What the commands that train networks share: where the model goes, and where it is trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from limelight.errors import BadInputError

DeviceOption = Annotated[
    str, typer.Option(metavar="DEVICE", help="Where to train: cpu, cuda, cuda:1, mps.")
]


@dataclass(frozen=True)
class NewModel:
    """The options of a training that say which folder its model goes into."""

    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where to.", show_default=False)
    ]
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the model.")] = False

    def check(self, noun: str, card: str, report: Path | None) -> None:
        """Refuse before the training what could not be written after it.

        Only a ``noun`` is replaced, which is known by the file ``card`` in its folder.
        """
        from limelight.media.outputs import check_writable

        if self.out.exists() and not ((self.out / card).is_file() and self.overwrite):
            raise BadInputError(f"{self.out} is there already; --overwrite replaces a {noun}")
        check_writable(self.out.parent)
        if report:
            check_writable(report.parent)
