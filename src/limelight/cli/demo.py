"""limelight demo: the main job on real data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from limelight.cli.session import Answer, Session, command

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from limelight.operate.report import ReportData

app = typer.Typer()


@command(app, "demo")
def demo(session: Session) -> Answer:
    """Fetch MovieLens-100k, train, evaluate, recommend, and write a report.

    \b
    Examples:
      limelight demo
      limelight demo --home films --json
    """
    from limelight.operate.demo import make_demo
    from limelight.operate.report import write_report

    home = session.home
    with session.progress() as progress:
        found = make_demo(home, progress, store_url=session.store)
    report = write_report(home.folder / "report.html", found)
    data = {
        "report": report,
        "quality": found.quality,
        "person": found.person,
        "watched": found.watched,
        "recommended": found.recommended,
        "similar": found.similar,
    }
    return Answer(data, _pages(found, report))


def _pages(found: ReportData, report: Path) -> RenderableType:
    import polars as pl
    from rich.console import Group
    from rich.text import Text

    from limelight.cli.display import table, with_reasons

    headline = found.quality.filter(pl.col("metric") == "ndcg@10").sort("value", descending=True)
    recommended = with_reasons(found.recommended.select("title", "score", "reasons"))
    return Group(
        Text(f"{found.title}\n{found.summary}"),
        table(headline.select("model", "value", "low", "high"), "NDCG@10, 95 % interval"),
        Text(found.person),
        table(found.watched, "Watched, newest first"),
        table(recommended, "Recommended"),
        *(
            table(similar.select("title", "score"), f"Similar to {title}")
            for title, similar in found.similar.items()
        ),
        Text(f"The report is in {report}"),
    )
