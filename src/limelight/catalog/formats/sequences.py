"""Lines of ``user item item …`` in order of time, as sequence models' papers share their data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import polars as pl

from limelight.catalog.formats.batch import Batch
from limelight.catalog.formats.lines import Block


class SequenceReader:
    """A user and their titles on every line, between blanks; one title a line is a case of it."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        """Read from the first line on."""
        self.columns = ["user_id", "item_id"]
        self._blocks = blocks

    def batches(self, wanted: Sequence[str], *, rest: bool) -> Iterator[Batch]:
        """Read on; there is no ``rest``."""
        for block in self._blocks:
            texts = block.data.decode("utf-8").split("\n")[:-1]
            table = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
                words=pl.col("text").str.extract_all(r"\S+"),
                line=pl.int_range(pl.len()) + block.first_line,
            )
            alone = table.filter(pl.col("words").list.len() == 1)["line"]
            rows = (
                table.filter(pl.col("words").list.len() > 1)
                .select(
                    "line",
                    user_id=pl.col("words").list.first(),
                    item_id=pl.col("words").list.slice(1),
                )
                .explode("item_id")
            )
            bad = [
                (line, "a user without a title", texts[line - block.first_line]) for line in alone
            ]
            yield Batch(
                rows.select(wanted),
                rows["line"].to_numpy(),
                partial(_text, texts, rows["line"] - block.first_line),
                [{}] * rows.height if rest else None,
                block.bad + bad,
            )


def _text(texts: list[str], places: pl.Series, row: int) -> str:
    return texts[int(places[row])]
