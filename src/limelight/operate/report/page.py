"""Fill the page's template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from limelight.errors import BadInputError, UnavailableError
from limelight.extras import require
from limelight.operate.report.glossary import Metric, accuracy_metrics, other_metrics
from limelight.operate.report.plots import Estimate, bars, scatter

HEADLINE = "ndcg@10"
POPULARITY = "popularity@10"
BEST: dict[str, Callable[[list[float]], float]] = {
    "highest": max,
    "lowest": min,
    "nearest to 0": lambda values: min(values, key=abs),
}


@dataclass(frozen=True)
class ReportData:
    """Everything that the page shows; all text is escaped.

    title        the page's heading, and ``summary`` the sentences below it
    dataset      what the data are, as label -> text, such as "Source" -> "https://..."
    counts       the figures that describe the data, as label -> text, such as "People" -> "943"
    protocol     how quality was judged, in a sentence or two
    quality      model, metric, value, low, high: a row a model and metric; low and high are the
                 95 % interval, null where a metric has none
    against_best model, difference, low, high, p_value: the paired test of the best model against
                 each other one in the headline metric
    person       who the example user is
    watched      title, detail: what they watched, newest first
    recommended  title, detail, score, reasons: reasons as ``Recommender.recommend`` gives them
    similar      title -> table with title and score
    made         how the page came about, as label -> text
    commands     the commands that make it again
    """

    title: str
    summary: str
    dataset: Mapping[str, str]
    counts: Mapping[str, str]
    protocol: str
    quality: pl.DataFrame
    against_best: pl.DataFrame
    person: str
    watched: pl.DataFrame
    recommended: pl.DataFrame
    similar: Mapping[str, pl.DataFrame]
    made: Mapping[str, str]
    commands: Sequence[str]


def write_report(path: Path, data: ReportData) -> Path:
    """Write the page, whole or not at all, and give its path.

    Raises MissingExtraError without jinja2, BadInputError where there is no quality to show, and
    UnavailableError where ``path`` can't be written.
    """
    page = _render(data)
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_text(page, encoding="utf-8")
            return draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UnavailableError(f"the report {path} can't be written ({error})") from error


def _render(data: ReportData) -> str:
    jinja2 = require("jinja2", "report", "The HTML report")
    packages = ("limelight.operate.report", "limelight.media.page")
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(name) for name in packages]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = estimates(data.quality)
    names = data.quality["metric"].unique(maintain_order=True)
    tables = {
        "Accuracy": _table(data.quality, accuracy_metrics(names)),
        "Beyond accuracy": _table(data.quality, other_metrics(names)),
    }
    page: str = templates.get_template("report.html").render(
        data=data,
        models=[estimate.label for estimate in shown],
        tables=tables,
        bars=bars(shown),
        scatter=scatter(shown),
        tests=data.against_best.to_dicts(),
    )
    return page


def estimates(quality: pl.DataFrame) -> list[Estimate]:
    """Give each model's headline metric and popularity, best first."""
    headline, popularity = (
        quality.filter(metric=metric).drop_nulls("value") for metric in (HEADLINE, POPULARITY)
    )
    both = headline.join(popularity.select("model", across="value"), on="model")
    if both.is_empty():
        raise BadInputError(f"a report needs evaluations with {HEADLINE} and {POPULARITY}")
    ordered = both.sort("value", descending=True).with_columns(
        pl.col("low", "high").fill_null(pl.col("value"))
    )
    columns = ordered.select("model", "value", "low", "high", "across")
    return [Estimate(*row) for row in columns.iter_rows()]


@dataclass(frozen=True)
class _Cell:
    text: str
    is_best: bool


@dataclass(frozen=True)
class _Table:
    metrics: list[Metric]
    rows: dict[str, list[_Cell]]


def _table(quality: pl.DataFrame, metrics: list[Metric]) -> _Table:
    """Make a row a model, a cell a metric, and mark the best of each column."""
    values = {(model, name): value for model, name, value, *_ in quality.iter_rows()}
    models = [estimate.label for estimate in estimates(quality)]
    rows: dict[str, list[_Cell]] = {model: [] for model in models}
    for metric in metrics:
        column = [values.get((model, metric.key)) for model in models]
        known = [value for value in column if value is not None]
        wanted = BEST[metric.best](known) if metric.best and known else None
        for model, value in zip(models, column, strict=True):
            rows[model].append(_Cell(_figure(value), value is not None and value == wanted))
    return _Table(metrics, rows)


def _figure(value: float | None) -> str:
    """Write a figure with as many digits as it is worth."""
    if value is None:
        return "–"
    return f"{value:.4f}" if abs(value) < 1 else f"{value:.2f}"
