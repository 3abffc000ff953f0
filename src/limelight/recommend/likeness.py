"""How alike titles are by their features, learned from how alike people use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError
from scipy.sparse import csr_matrix, hstack

from limelight.progress import Progress, silent

Matrix = NDArray[np.float32]
Rows = NDArray[np.integer]

WIDTH = 0.5
FLOOR = 0.1
STEPS = (3.0, 3.0, 1.7)
WHOLE = 2**26
"""Entries of a system and of its answers up to which all known titles explain every sought one."""
AT_ONCE = 2**24


@dataclass(frozen=True)
class Likeness:
    """A kernel over titles and what it leaves unexplained.

    With b the mean of the groups' cosines by their ``weights``, two titles are alike by

        (1 - nearness) * b + nearness * exp(-(b_ii + b_jj - 2 b_ij) / WIDTH) + FLOOR

    of which the first part adds up what groups say, and the second sees that several agree.
    ``ridge`` is the variance of what no feature tells.
    """

    weights: dict[str, float]
    nearness: float = 0.5
    ridge: float = 0.5

    def describe(self, groups: Mapping[str, csr_matrix]) -> csr_matrix:
        """Give vectors (n_items, n) whose products are b."""
        parts = [groups[name] * np.float32(weight**0.5) for name, weight in self.weights.items()]
        return hstack(parts, format="csr", dtype=np.float32)

    def kernel(self, rows: csr_matrix, columns: csr_matrix) -> Matrix:
        """Compare described titles: dense float32 (n_rows, n_columns)."""
        own = [np.asarray(one.multiply(one).sum(axis=1)).ravel() for one in (rows, columns)]
        return self._of_cosines((rows @ columns.T).toarray(), *own)

    def _of_cosines(self, b: Matrix, of_rows: Matrix, of_columns: Matrix) -> Matrix:
        apart = np.maximum(of_rows[:, None] + of_columns - 2 * b, 0)
        near = np.exp(apart / np.float32(-WIDTH))
        kernel: Matrix = np.float32(1 - self.nearness) * b + np.float32(self.nearness) * near
        return kernel + np.float32(FLOOR)

    def interpolate(
        self, described: csr_matrix, known: Rows, sought: Rows, neighbours: int
    ) -> csr_matrix:
        """Express every sought title by known ones: sparse float32 (n_items, n_items).

        Row s holds the weights with which values of known titles add up to the best guess of the
        value of title s: kernel ridge regression, or the mean of a Gaussian process (Rasmussen and
        Williams 2006, 2.2). Where the system or its answers would take more than WHOLE entries,
        each sought title has one of its own, of its ``neighbours`` nearest known ones (Vecchia
        1988).
        """
        n_items = described.shape[0]
        if len(known) * max(len(known), len(sought)) <= WHOLE:
            weights = self._solve(described[known], described[sought])
            columns = np.broadcast_to(known, weights.T.shape)
            counts = np.full(len(sought), len(known))
            return _rows_of(sought, counts, columns.ravel(), weights.T.ravel(), n_items)
        nearest, values = [], []
        for place, near in _nearest(described, known, sought, neighbours):
            nearest.append(near)
            values.append(self._solve(described[near], described[[place]])[:, 0])
        counts = np.array([len(near) for near in nearest])
        return _rows_of(sought, counts, np.concatenate(nearest), np.concatenate(values), n_items)

    def _solve(self, known: csr_matrix, sought: csr_matrix) -> Matrix:
        system = self.kernel(known, known).astype(np.float64)
        system[np.diag_indices_from(system)] += self.ridge
        solved = np.linalg.solve(system, self.kernel(known, sought).astype(np.float64))
        return solved.astype(np.float32)


def most_alike(described: csr_matrix, known: Rows, sought: Rows, n: int) -> csr_matrix:
    """Find the ``n`` known titles most like each sought one: sparse float32 (n_items, n_items)."""
    found = list(_nearest(described, known, sought, n))
    nearest = [near for _, near in found]
    cosines = [(described[[place]] @ described[near].T).toarray()[0] for place, near in found]
    counts = np.array([len(near) for near in nearest], np.int64)
    columns = np.concatenate([*nearest, np.empty(0, np.int64)])
    values = np.concatenate([*cosines, np.empty(0, np.float32)])
    return _rows_of(sought, counts, columns, values, described.shape[0])


def learn_likeness(
    groups: Mapping[str, csr_matrix],
    titles: Rows,
    values: Matrix,
    progress: Progress = silent,
) -> Likeness:
    """Learn the weights of groups, the nearness and the ridge with which titles explain each other.

    ``values``, float32 (n_titles, n), is what is to be told of each title of ``titles`` from the
    others. The sum of squared errors when each title in turn is taken for unknown has a closed form
    (PRESS; Allen 1974); it is lowered parameter by parameter.
    """
    names = sorted(groups)
    cosines = [(groups[name][titles] @ groups[name][titles].T).toarray() for name in names]

    def parse(x: NDArray[np.float64]) -> Likeness:
        weights = np.exp(x[:-2]) / np.exp(x[:-2]).sum()
        named = dict(zip(names, weights.tolist(), strict=True))
        return Likeness(named, float(1 / (1 + np.exp(-x[-2]))), float(np.exp(x[-1])))

    def error(x: NDArray[np.float64]) -> float:
        likeness = parse(x)
        b = sum(
            np.float32(likeness.weights[name]) * one
            for name, one in zip(names, cosines, strict=True)
        )
        own = np.diagonal(b)
        system = likeness._of_cosines(b, own, own)
        system[np.diag_indices_from(system)] += np.float32(likeness.ridge)
        try:
            inverse = np.linalg.inv(system)
        except LinAlgError:
            return np.inf
        left = (inverse @ values) / np.diagonal(inverse)[:, None]
        return float((left**2).sum(dtype=np.float64))

    x = np.zeros(len(names) + 2)
    x[-1] = np.log(Likeness({}).ridge)
    best, done, total = error(x), 0, len(STEPS) * len(x)
    for step in np.log(STEPS):
        for place in range(len(x)):
            progress(done, total, "learning what makes titles alike")
            done += 1
            for change in (step, -step):
                tried = x.copy()
                tried[place] += change
                found = error(tried)
                if found < best:
                    x, best = tried, found
                    break
    progress(total, total, "learning what makes titles alike")
    return parse(x)


def _nearest(
    described: csr_matrix, known: Rows, sought: Rows, n: int
) -> Iterable[tuple[int, NDArray[np.int64]]]:
    """Give each sought title and its n nearest known ones, nearest first."""
    of_known, n = described[known].T.tocsr(), min(n, len(known))
    step = max(1, AT_ONCE // max(1, len(known)))
    for start in range(0, len(sought), step):
        batch = sought[start : start + step]
        cosines = (described[batch] @ of_known).toarray()
        places = np.argpartition(-cosines, n - 1, axis=1)[:, :n]
        order = np.argsort(-np.take_along_axis(cosines, places, 1), axis=1, kind="stable")
        nearest = known[np.take_along_axis(places, order, 1)]
        yield from zip(batch.tolist(), nearest, strict=True)


def _rows_of(rows: Rows, counts: Rows, columns: Rows, values: Matrix, n_items: int) -> csr_matrix:
    """Put together a sparse (n_items, n_items) matrix of some rows, given in rising order."""
    lengths = np.zeros(n_items + 1, np.int64)
    lengths[rows + 1] = counts
    content = (values.astype(np.float32), columns.astype(np.int32), np.cumsum(lengths))
    return csr_matrix(content, shape=(n_items, n_items))
