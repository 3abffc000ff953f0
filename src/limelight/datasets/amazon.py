"""Read Amazon reviews as S3-Rec (Zhou et al., CIKM 2020) prepared them: "user item item ..."."""

import polars as pl

from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.datasets.dataset import Tables


class Sequences(Tables):
    """A line is a user and the items that they reviewed, oldest first; there are no times."""

    def events(self) -> pl.DataFrame:
        """Give the reviews, each user's in time order."""
        return (
            self._lines()
            .explode("item_id", keep_nulls=False, empty_as_null=False)
            .with_columns(
                pl.lit("rating").alias("kind"),
                pl.lit(None).alias("value"),
                pl.lit(None).alias("time"),
            )
            .cast(EVENTS)
        )

    def items(self) -> pl.DataFrame:
        """Give the products, of which only the number is known: the number is the title."""
        distinct = self._lines()["item_id"].explode().cast(pl.Int64).unique().sort()
        return (
            pl.DataFrame({"item_id": distinct.cast(pl.String)})
            .select(
                pl.col("item_id"),
                pl.col("item_id").alias("title"),
                pl.lit("product").alias("kind"),
                pl.lit(None).alias("released"),
                pl.lit([], dtype=pl.List(pl.String)).alias("categories"),
                pl.lit(None).alias("text"),
                pl.lit(None).alias("parent_id"),
                pl.lit("{}").alias("attributes"),
            )
            .cast(ITEMS)
        )

    def users(self) -> pl.DataFrame:
        """Give the users, of whom only the number is known."""
        return self._lines().select("user_id", pl.lit("{}").alias("attributes")).cast(USERS)

    def _lines(self) -> pl.DataFrame:
        lines = pl.Series("line", self.path.read_text(encoding="utf-8").splitlines())
        parts = lines.str.split(" ")
        return pl.DataFrame({"user_id": parts.list.first(), "item_id": parts.list.slice(1)})
