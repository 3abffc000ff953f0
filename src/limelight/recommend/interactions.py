"""Who met which title, in what order: ids to dense indices, histories, and a sparse matrix."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from warnings import warn

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from limelight.catalog.vocabulary import KIND_WEIGHTS
from limelight.errors import (
    BadInputError,
    CorruptError,
    LimelightWarning,
    NotFoundError,
    UnavailableError,
)
from limelight.recommend.features import Features
from limelight.recommend.ordering import order_events

FORMAT = 1
DESCRIPTION_FILE = "interactions.json"


@dataclass(frozen=True, eq=False)
class Histories:
    """Ragged rows of events, oldest first: history h is ``items[offsets[h] : offsets[h + 1]]``.

    offsets  int64 (n_histories + 1,)
    items    int32 (n_events,), dense item indices below ``n_items``
    weights  float32 (n_events,), what each event says: positive for liking, negative for rejecting
    times    int64 (n_events,) microseconds since 1970 UTC, or None where the source has no times
    """

    offsets: NDArray[np.int64]
    items: NDArray[np.int32]
    weights: NDArray[np.float32]
    n_items: int
    times: NDArray[np.int64] | None = None

    @classmethod
    def from_lists(cls, lists: Sequence[Sequence[int]], n_items: int) -> Histories:
        """Make histories of item indices, each event with weight 1."""
        offsets = np.zeros(len(lists) + 1, np.int64)
        np.cumsum([len(row) for row in lists], out=offsets[1:])
        items = np.fromiter((i for row in lists for i in row), np.int32, int(offsets[-1]))
        if len(items) and (items.min() < 0 or items.max() >= n_items):
            raise BadInputError(f"item indices must lie between 0 and {n_items - 1}")
        return cls(offsets, items, np.ones(len(items), np.float32), n_items)

    def __len__(self) -> int:
        """Count the histories."""
        return len(self.offsets) - 1

    def __getitem__(self, rows: slice | NDArray[np.integer]) -> Histories:
        """Take some histories: a slice, or an array of row numbers."""
        if isinstance(rows, slice) and rows.step in (None, 1):
            start, stop, _ = rows.indices(len(self))
            offsets = self.offsets[start : max(start, stop) + 1]
            events = slice(int(offsets[0]), int(offsets[-1]))
            return self._with(offsets - offsets[0], events)
        chosen = np.arange(len(self))[rows] if isinstance(rows, slice) else np.asarray(rows)
        lengths = self.lengths[chosen]
        offsets = np.zeros(len(chosen) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        starts = np.repeat(self.offsets[chosen] - offsets[:-1], lengths)
        return self._with(offsets, starts + np.arange(offsets[-1]))

    def _with(self, offsets: NDArray[np.int64], events: slice | NDArray[np.integer]) -> Histories:
        times = None if self.times is None else self.times[events]
        return Histories(offsets, self.items[events], self.weights[events], self.n_items, times)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Events per history, int64 (n_histories,)."""
        return np.diff(self.offsets)

    @cached_property
    def owners(self) -> NDArray[np.int32]:
        """The history that each event belongs to, int32 (n_events,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.lengths)

    def where(self, keep: NDArray[np.bool_]) -> Histories:
        """Keep only the events where ``keep`` (n_events,) is true; no history disappears."""
        offsets = np.concatenate([[0], np.cumsum(keep)])[self.offsets]
        return self._with(offsets, np.flatnonzero(keep))

    def positive(self) -> Histories:
        """Keep only the events that speak for a title."""
        return (
            self
            if not len(self.weights) or self.weights.min() > 0
            else self.where(self.weights > 0)
        )

    def last(self, n: int) -> Histories:
        """Keep only the newest ``n`` events of each history."""
        place = np.arange(len(self.items)) - self.offsets[self.owners]
        return self.where(place >= self.lengths[self.owners] - n)

    def matrix(self, *, binary: bool = False) -> csr_matrix:
        """Sum the weights into a float32 CSR matrix (n_histories, n_items).

        ``binary`` counts each title once, whatever its weight.
        """
        shape = (len(self), self.n_items)
        matrix = csr_matrix((self.weights, self.items, self.offsets), shape=shape, copy=True)
        matrix.sum_duplicates()
        if binary:
            matrix.data[:] = 1
        return matrix


@dataclass(frozen=True, eq=False)
class Interactions:
    """The histories of known users.

    Row u belongs to ``user_ids[u]``, item index i means ``item_ids[i]``. Ids are strings. Items
    without an event may be present, so that a catalogue's new titles have an index too.
    ``features`` say what the titles are like, where that is known; they are not saved.
    """

    user_ids: pl.Series
    item_ids: pl.Series
    histories: Histories
    features: Features | None = None

    @classmethod
    def from_frame(
        cls,
        events: pl.DataFrame | pl.LazyFrame,
        *,
        item_ids: Iterable[str] = (),
        kind_weights: dict[str, float] | None = None,
    ) -> Interactions:
        """Build from a table of events, one a row.

        ``events`` has ``user_id`` and ``item_id`` (text or integers) and may have ``kind`` (text,
        its weight looked up in ``kind_weights``, else in KIND_WEIGHTS, else 1) and ``time``
        (datetime or microseconds since 1970). Rows without times keep their order. ``item_ids``
        adds titles that nobody met yet. Raises BadInputError when a column is missing or of
        another type, or an id is null.
        """
        frame = events.lazy()
        columns = frame.collect_schema()
        for name in ("user_id", "item_id"):
            if name not in columns:
                raise BadInputError(f"the events have no column {name!r}, only {columns.names()}")
        wanted = [name for name in ("user_id", "item_id", "kind", "time") if name in columns]
        table = frame.select(wanted).collect()
        types = [str(dtype) for dtype in table.dtypes]
        if table.height == 0:
            raise BadInputError("there are no events to learn from")
        try:
            users, user_ids = _index(table["user_id"], ())
            items, all_item_ids = _index(table["item_id"], item_ids)
            weights = _weights(table["kind"], kind_weights) if "kind" in wanted else None
            times = _microseconds(table["time"]) if "time" in wanted else None
        except pl.exceptions.PolarsError as error:
            raise BadInputError(
                "ids must be text or integers, kinds text, and times datetimes or microseconds "
                f"since 1970, not {dict(zip(wanted, types, strict=True))}"
            ) from error
        del table
        order, offsets = order_events(users, len(user_ids), times)
        histories = Histories(
            offsets,
            items[order],
            np.ones(len(order), np.float32) if weights is None else weights[order],
            len(all_item_ids),
            None if times is None else times[order],
        )
        return cls(user_ids, all_item_ids, histories)

    @property
    def n_users(self) -> int:
        """Count the users."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Count the titles, those without an event too."""
        return len(self.item_ids)

    @cached_property
    def user_index(self) -> dict[str, int]:
        """Row of each user id."""
        return {user: row for row, user in enumerate(self.user_ids)}

    def history(self, user_id: str) -> Histories:
        """Give the history of one user. Raises NotFoundError for a stranger."""
        row = self.user_index.get(user_id)
        if row is None:
            raise NotFoundError(f"there is no user {user_id!r} among {self.n_users:,} users")
        return self.histories[row : row + 1]

    def save(self, folder: Path) -> None:
        """Write arrays that ``load`` maps into memory; the folder appears whole or not at all.

        Earlier interactions in ``folder`` are replaced. Raises BadInputError where it holds
        anything else, UnavailableError where it can't be written.
        """
        folder = Path(folder)
        ours = (folder / DESCRIPTION_FILE).exists()
        if folder.is_dir() and not ours and any(folder.iterdir()):
            raise BadInputError(f"{folder} holds something else; name a folder that does not exist")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._write(folder)
        except OSError as error:
            raise UnavailableError(f"{folder} can't be written: {error.strerror}") from error

    def _write(self, folder: Path) -> None:
        draft = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name in ("offsets", "items", "weights", "times"):
                array = getattr(self.histories, name)
                if array is not None:
                    np.save(draft / f"{name}.npy", array)
            for name in ("user_ids", "item_ids"):
                pl.DataFrame({name: getattr(self, name)}).write_ipc(draft / f"{name}.arrow")
            described = json.dumps({"format": FORMAT})
            (draft / DESCRIPTION_FILE).write_text(described, encoding="utf-8")
            if folder.exists():
                shutil.rmtree(folder)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path) -> Interactions:
        """Map a saved folder into memory. Raises NotFoundError or CorruptError."""
        folder = Path(folder)
        description = folder / DESCRIPTION_FILE
        if not description.exists():
            raise NotFoundError(f"{folder} holds no saved interactions")
        try:
            if json.loads(description.read_text(encoding="utf-8"))["format"] != FORMAT:
                raise CorruptError(
                    f"{folder} was written by another version of Limelight; build it again"
                )
            arrays = {
                name: np.load(folder / f"{name}.npy", mmap_mode="r")
                for name in ("offsets", "items", "weights", "times")
                if (folder / f"{name}.npy").exists()
            }
            user_ids, item_ids = (
                pl.read_ipc(folder / f"{name}.arrow").to_series()
                for name in ("user_ids", "item_ids")
            )
            histories = Histories(**arrays, n_items=len(item_ids))
            sound = (
                len(user_ids) == len(histories) and len(histories.items) == histories.offsets[-1]
            )
        except (OSError, ValueError, TypeError, KeyError, pl.exceptions.PolarsError) as error:
            raise CorruptError(f"{folder} can't be read ({error}); build it again") from error
        if not sound:
            raise CorruptError(f"{folder} is incomplete; build it again")
        return cls(user_ids, item_ids, histories)


def align(interactions: Interactions, item_ids: pl.Series) -> Interactions:
    """Express interactions in the indices of ``item_ids``, without copying where they agree.

    Events with other titles are left out, with a LimelightWarning.
    """
    if interactions.item_ids.equals(item_ids):
        return interactions
    known = pl.DataFrame({"item_id": item_ids}).with_row_index("place")
    place = (
        pl.DataFrame({"item_id": interactions.item_ids})
        .join(known, on="item_id", how="left", maintain_order="left")["place"]
        .cast(pl.Int32)
        .fill_null(-1)
        .to_numpy()
    )
    items = place[interactions.histories.items]
    if left_out := int((items < 0).sum()):
        warn(
            f"{left_out:,} events are left out: the model does not know their titles; "
            "train again to use them",
            LimelightWarning,
            3,
        )
    old = interactions.histories.where(items >= 0)
    histories = Histories(old.offsets, place[old.items], old.weights, len(item_ids), old.times)
    features = interactions.features
    if features is not None:
        rows = np.full(len(item_ids), -1)
        rows[place[place >= 0]] = np.flatnonzero(place >= 0)
        features = features.take(rows)
    return Interactions(interactions.user_ids, item_ids, histories, features)


def _index(ids: pl.Series, more: Iterable[str]) -> tuple[NDArray[np.int32], pl.Series]:
    """Replace ids by their place in the sorted distinct ids (numbers by size, text by letters)."""
    if ids.null_count():
        raise BadInputError(f"{ids.null_count():,} events have no {ids.name}")
    distinct = ids.unique()
    if ids.dtype.is_integer():
        distinct = distinct.sort()
        codes = distinct.to_numpy().searchsorted(ids.to_numpy())
        distinct = distinct.cast(pl.String)
    elif ids.dtype == pl.Categorical:
        distinct = distinct.gather(distinct.cast(pl.String).arg_sort())
        known = distinct.to_physical().to_numpy()
        places = np.empty(known.max(initial=0) + 1, np.int64)
        places[known] = np.arange(len(known))
        codes = places[ids.to_physical().to_numpy()]
        distinct = distinct.cast(pl.String)
    else:
        distinct = distinct.cast(pl.String).sort()
        codes = ids.cast(pl.Enum(distinct)).to_physical().to_numpy()
    extra = pl.Series(sorted(set(more) - set(distinct)), dtype=pl.String)
    return codes.astype(np.int32), pl.concat([distinct, extra.alias(ids.name)])


def _weights(kinds: pl.Series, kind_weights: dict[str, float] | None) -> NDArray[np.float32]:
    known = KIND_WEIGHTS | (kind_weights or {})
    if kinds.dtype.is_numeric():
        raise pl.exceptions.SchemaError("kinds are numbers")
    distinct = kinds.unique()
    weights = distinct.cast(pl.String).replace_strict(known, default=1.0, return_dtype=pl.Float32)
    return kinds.replace_strict(distinct, weights).to_numpy()


def _microseconds(times: pl.Series) -> NDArray[np.int64] | None:
    """Give microseconds since 1970, zero where one is missing; None where all are."""
    if times.null_count() == len(times):
        return None
    if times.dtype.is_temporal():
        times = times.cast(pl.Datetime("us")).cast(pl.Int64)
    return times.cast(pl.Int64).fill_null(0).to_numpy()
