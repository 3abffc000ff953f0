"""Writes what a benchmark measured into its section of docs/benchmarks.md, plots beside it."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numba

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "benchmarks.md"
PLOTS = DOCS / "benchmarks"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Render rows of equal keys as Markdown, numbers to the right."""
    names = list(rows[0])
    lines = [names, ["---:" if isinstance(rows[0][name], int | float) else "---" for name in names]]
    lines += [[_cell(row[name]) for name in names] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}"[1:] if 0 < value < 1 else f"{value:,.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def machine(*packages: str) -> str:
    """Say what the figures were measured on."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    count = numba.config.NUMBA_NUM_THREADS
    cores = "1 core" if count == 1 else f"{count} cores"
    return f"{cores} ({platform.machine()}), Python {platform.python_version()}, {versions}"


def plotting() -> Any:
    """Give matplotlib's pyplot, set to write the same SVG from the same figures."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "limelight"
    import matplotlib.pyplot as plt

    return plt


def save(figure: Any, name: str) -> str:
    """Write a figure beside the page, and give the path by which the page shows it."""
    figure.tight_layout()
    PLOTS.mkdir(parents=True, exist_ok=True)
    path = PLOTS / f"{name}.svg"
    figure.savefig(path, metadata={"Date": None})
    return path.relative_to(DOCS).as_posix()


def put(section: str, text: str) -> None:
    """Replace what stands between the section's two marker comments."""
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    page = PAGE.read_text(encoding="utf-8")
    if begin not in page or end not in page:
        raise SystemExit(f"{PAGE} has no section {section!r}")
    pattern = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", page), encoding="utf-8")
    print(f"wrote section {section!r} of {PAGE}")
