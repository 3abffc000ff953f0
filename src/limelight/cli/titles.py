"""What the describing commands share: into which titles of the catalogue it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import examined
from limelight.cli.session import Answer, Session
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from limelight.media.titles import Described, Pairs
    from limelight.progress import Progress

TitlesOption = Annotated[
    bool,
    typer.Option(
        "--titles",
        help="Write what is found into the catalogue: a file's name is its title's id.",
    ),
]
TitleOption = Annotated[
    str | None,
    typer.Option(metavar="ITEM_ID", help="Write what is found in the one file into this title."),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="FILE",
        help="Write what is found into the titles that FILE names, a CSV of file,item_id.",
    ),
]


@dataclass(frozen=True)
class Titles:
    """The options that say into which titles of the catalogue goes what is found in files."""

    titles: TitlesOption = False
    title: TitleOption = None
    listed: MapOption = None

    def described(
        self,
        session: Session,
        inputs: Sequence[str],
        suffixes: frozenset[str],
        look: Callable[[Path, Progress], Described],
        row: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> Answer:
        """Look at every file, and tell each one's title as soon as it was, if so wished."""

        def examine(look: Callable[[Path, Progress], Described]) -> Answer:
            return examined(session, inputs, suffixes, lambda *one: look(*one).facts(), row)

        if not self.titles and self.title is None and self.listed is None:
            return examine(look)
        from limelight.catalog import open_store
        from limelight.media.titles import telling

        pairs = self._pairs(inputs, suffixes)
        with open_store(session.store_url) as store:
            answer = examine(telling(store, pairs, look))
        done = answer.data["done"]
        session.note(f"the catalogue now tells it of {done:,} title{'' if done == 1 else 's'}")
        return answer

    def _pairs(self, inputs: Sequence[str], suffixes: frozenset[str]) -> Pairs:
        """Say which file is of which title."""
        from limelight.media.inputs import find
        from limelight.media.titles import titles_of

        paths = [item.path for item in find(inputs, suffixes)]
        if self.title is None:
            return titles_of(paths, self.listed)
        if len(paths) > 1 or self.titles or self.listed is not None:
            raise BadInputError("--title is for one file; for several there are --titles and --map")
        return [(paths[0], self.title)]
