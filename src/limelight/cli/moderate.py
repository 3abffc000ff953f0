"""limelight image moderate: explicit pictures found, and decided on by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import InputsArgument, examined
from limelight.cli.seeing import OverwriteOption, PageOption, PixelsOption, check_page
from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError
from limelight.media.inputs import PICTURES

if TYPE_CHECKING:
    from limelight.image.moderate.ledger import Verdict
    from limelight.progress import Progress

SHOWN_DIGITS = 12

app = typer.Typer(
    no_args_is_help=True,
    help="Find explicit pictures, show them to people (blurred), and keep what they decide.",
)

PicturesArgument = Annotated[
    list[str], typer.Argument(metavar="PICTURE", help="Files, or ids that `queue` shows.")
]
WhyOption = Annotated[str, typer.Option(metavar="TEXT", help="The reason, which is kept.")]
WhoOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who decides. Default: who is logged in here.")
]


@command(app, "scan")
def scan(
    session: Session,
    inputs: InputsArgument,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CLASS=N",
            help="Show people what scores so much (0.2 to 1, or off); repeatable.",
        ),
    ] = None,
    pixels: PixelsOption = None,
) -> Answer:
    """Score pictures by what of people they show; what reaches a threshold waits for a decision.

    A decision is on a file's content: the same picture is not asked again, a changed one is.

    \b
    Examples:
      limelight image moderate scan uploads
      limelight image moderate scan uploads --threshold buttocks-exposed=0.5
      limelight image moderate scan uploads --threshold belly-exposed=0.6
    """
    from limelight.image.moderate import Scored, content_of, open_ledger, scored, thresholds_of
    from limelight.image.reading import LIMIT

    thresholds = thresholds_of(threshold or [])
    with open_ledger(session.home.make().moderation) as ledger:

        def work(path: Path, progress: Progress) -> Mapping[str, Any]:
            content = content_of(path)
            known = ledger.scores(content)
            found = (
                scored(path, progress, pixels or LIMIT) if known is None else Scored(content, known)
            )
            flagged = found.flagged(thresholds)
            status = ledger.add_scan(path, found.content, found.scores, flagged)
            return {
                "id": found.content,
                "decision": status,
                "flagged": flagged,
                "scores": dict(found.scores),
            }

        answer = examined(session, inputs, PICTURES, work, _scan_row)
        count = len(ledger.waiting())
    if count:
        session.note(
            f"{count:,} picture{' waits' if count == 1 else 's wait'} for a decision; "
            "limelight image moderate queue shows them"
        )
    return answer


def _scan_row(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "id": facts["id"][:SHOWN_DIGITS],
        "decision": facts["decision"],
        "flagged": _scores(facts["flagged"]),
    }


@command(app, "queue")
def queue(
    session: Session,
    page: PageOption = None,
    unblurred: Annotated[
        bool, typer.Option("--unblurred", help="With --page: show previews as they are.")
    ] = False,
    overwrite: OverwriteOption = False,
) -> Answer:
    """Show what waits for a decision; a page shows previews, blurred unless you ask otherwise.

    \b
    Examples:
      limelight image moderate queue
      limelight image moderate queue --page queue.html
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.image.moderate import open_ledger, write_queue

    if unblurred and page is None:
        raise BadInputError("--unblurred is for the previews of --page FILE")
    with open_ledger(session.home.make().moderation) as ledger:
        waiting = ledger.waiting()
    if page is not None:
        check_page(page, [file for one in waiting for file in one.files], overwrite)
        with session.progress() as progress:
            write_queue(page, waiting, unblurred, progress)
    rows = [
        {
            "id": one.content[:SHOWN_DIGITS],
            "flagged": _scores(one.flagged),
            "files": ", ".join(map(str, one.files)),
            "scanned": one.scanned,
        }
        for one in waiting
    ]
    data = {
        "waiting": [
            {**asdict(one), "id": one.content, "files": list(map(str, one.files))}
            for one in waiting
        ],
        "page": None if page is None else str(page),
    }
    return Answer(data, table(pl.DataFrame(rows)) if rows else "nothing waits for a decision\n")


@command(app, "approve")
def approve(
    session: Session, pictures: PicturesArgument, why: WhyOption, who: WhoOption = None
) -> Answer:
    """Decide that pictures may be shown.

    \b
    Example:
      limelight image moderate approve uploads/beach.jpg --why "swimwear, no more"
    """
    return _decided(session, pictures, "approved", who, why)


@command(app, "reject")
def reject(
    session: Session, pictures: PicturesArgument, why: WhyOption, who: WhoOption = None
) -> Answer:
    """Decide that pictures may not be shown.

    \b
    Example:
      limelight image moderate reject 3fa9c1d2e4b5 --who ann --why "against rule 4"
    """
    return _decided(session, pictures, "rejected", who, why)


@command(app, "record")
def record(session: Session) -> Answer:
    """Show all decisions, the oldest first, after checking that none was altered.

    \b
    Example:
      limelight image moderate record --json
    """
    import polars as pl

    from limelight.cli.display import table
    from limelight.image.moderate import open_ledger

    with open_ledger(session.home.make().moderation) as ledger:
        found = ledger.decisions()
    rows = [
        {
            "number": one.number,
            "id": one.content[:SHOWN_DIGITS],
            "decision": one.verdict,
            "who": one.who,
            "when": one.at,
            "why": one.why,
            "file": one.file,
        }
        for one in found
    ]
    data = {"decisions": [asdict(one) for one in found]}
    return Answer(data, table(pl.DataFrame(rows)) if rows else "nothing was decided yet\n")


def _decided(
    session: Session, pictures: list[str], verdict: Verdict, who: str | None, why: str
) -> Answer:
    import polars as pl

    from limelight.cli.display import table
    from limelight.image.moderate import content_of, open_ledger

    with open_ledger(session.home.make().moderation) as ledger:
        contents = [
            ledger.find(named, content_of(Path(named)) if Path(named).is_file() else None)
            for named in pictures
        ]
        found = [
            ledger.decide(content, verdict, _name(who), why) for content in dict.fromkeys(contents)
        ]
    rows = [
        {"number": one.number, "id": one.content[:SHOWN_DIGITS], "decision": one.verdict}
        for one in found
    ]
    return Answer({"decisions": [asdict(one) for one in found]}, table(pl.DataFrame(rows)))


def _name(who: str | None) -> str:
    """Take the name that was given, else that of the account."""
    import getpass

    if who is not None:
        return who
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise BadInputError(
            "nobody is logged in by name here; say who decides with --who"
        ) from error


def _scores(flagged: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {score:.2f}" for name, score in flagged.items())
