"""What the describing commands share: into which titles of the catalogue it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import examined
from limelight.cli.session import Answer, Session
from limelight.errors import BadInputError

if TYPE_CHECKING:
    from limelight.media.titles import Described
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


def described(
    session: Session,
    inputs: Sequence[str],
    suffixes: frozenset[str],
    look: Callable[[Path, Progress], Described],
    row: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    titles: bool,
    title: str | None,
    listed: Path | None,
) -> Answer:
    """Look at every file, and tell each one's title as soon as it was looked at, if so wished."""

    def examine(look: Callable[[Path, Progress], Described]) -> Answer:
        return examined(session, inputs, suffixes, lambda *one: look(*one).facts(), row)

    if not titles and title is None and listed is None:
        return examine(look)
    from limelight.catalog import open_store
    from limelight.media.inputs import find
    from limelight.media.titles import telling, titles_of

    paths = [item.path for item in find(inputs, suffixes)]
    if title is not None and (len(paths) > 1 or titles or listed is not None):
        raise BadInputError("--title is for one file; for several there are --titles and --map")
    pairs = titles_of(paths, listed) if title is None else [(paths[0], title)]
    with open_store(session.store_url) as store:
        answer = examine(telling(store, pairs, look))
    done = answer.data["done"]
    session.note(f"the catalogue now tells it of {done:,} title{'' if done == 1 else 's'}")
    return answer
