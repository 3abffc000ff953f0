"""Ids: what they may be, each distinct one of a file looked at once."""

from __future__ import annotations

import polars as pl

from limelight.catalog.cells import as_text

LONGEST_BYTES = 512
MISSING = ["", "nan", "null", "none"]
"""What programs write where they have no id."""


class IdColumn:
    """A column of ids, or of other short names that are said again and again.

    An id is text without blanks around it: any word is one, and any number, negative ones too.
    The ids of a file become Categoricals of one type, so that a distinct id costs work only once.
    """

    def __init__(self, name: str, *, lower_case: bool = False) -> None:
        """Read cells of the field ``name``."""
        self._name = name
        self._lower_case = lower_case
        self.dtype = pl.Categorical(pl.Categories.random())
        self._problems = pl.Series([], dtype=pl.String)
        self._untidy = False

    def read(self, cells: pl.Series) -> tuple[pl.Series, pl.Series | None]:
        """Give ids, null where one is missing, and each present one's problem, if any has one."""
        ids = self._encode(cells)
        self._look_at_new(ids)
        if self._untidy:
            ids = self._tidy(ids.cast(pl.String)).cast(self.dtype)
            self._look_at_new(ids)
        if not self._problems.len() or self._problems.null_count() == self._problems.len():
            return ids, None
        return ids, self._problems.gather(ids.to_physical())

    def constant(self, text: str, n_rows: int) -> pl.Series:
        """Give the same id for every row."""
        return pl.Series([text]).cast(self.dtype).new_from_index(0, n_rows)

    def _encode(self, cells: pl.Series) -> pl.Series:
        if not cells.dtype.is_numeric():
            return as_text(cells).cast(self.dtype)
        encoded = cells.to_arrow().dictionary_encode()
        distinct = as_text(pl.Series(cells.name, encoded.dictionary)).cast(self.dtype)
        return distinct.gather(pl.Series(encoded.indices))

    def _look_at_new(self, ids: pl.Series) -> None:
        codes = ids.to_physical()
        new = ids.filter(codes >= self._problems.len()).unique()
        if not new.len():
            return
        new_codes, texts = new.to_physical(), new.cast(pl.String)
        n_more = int(new_codes.cast(pl.Int64).sort()[-1]) + 1 - self._problems.len()
        self._problems = self._problems.append(pl.Series([None] * n_more, dtype=pl.String))
        self._problems = self._problems.scatter(new_codes, self._problem(texts))
        self._untidy |= not texts.equals(self._tidy(texts))

    def _tidy(self, texts: pl.Series) -> pl.Series:
        texts = texts.str.strip_chars()
        if self._lower_case:
            texts = texts.str.to_lowercase()
        return texts.set(texts.str.to_lowercase().is_in(MISSING), None)

    def _problem(self, texts: pl.Series) -> pl.Series:
        one = pl.col("text")
        problem = (
            pl.when(one.str.len_bytes() > LONGEST_BYTES)
            .then(pl.lit(f"{self._name} is longer than {LONGEST_BYTES} bytes"))
            .when(one.str.contains(r"\p{Cc}"))
            .then(pl.lit(f"{self._name} holds a control character"))
        )
        return pl.DataFrame({"text": texts}).select(problem).to_series()
