"""Vectors whose products are the logarithms of counts, by alternating least squares."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba
import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from limelight.progress import Progress, silent
from limelight.text.embed.cooccurrence import Pairs

BLOCKS = 64
"""Words are dealt into so many blocks, however many cores there are: sums come out the same."""
EXPONENT = 0.75
UNSEEN = np.float32(0.1)
"""What a pair that was never seen weighs. One seen half a time weighs as much, by x_max = 10."""
RIDGE = np.float32(0.01)
STEPS = 2
NOTHING = np.float32(1e-12)
SPREAD = np.float32(0.1)

Vectors = NDArray[np.float32]


class Seen(NamedTuple):
    """What was seen of each word, in both directions, as the rows of a sparse matrix.

    Word i has the cells ``starts[i]`` to ``starts[i + 1]``: the other word, the logarithm of how
    much more often it stands there than chance would have it, and what the cell weighs.
    """

    starts: NDArray[np.int64]
    others: NDArray[np.int32]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


def factorise(
    pairs: Pairs,
    n_words: int,
    dimensions: int,
    sweeps: int,
    x_max: float,
    seed: int,
    progress: Progress = silent,
) -> Vectors:
    """Give word vectors plus context vectors, float32 (n_words, dimensions).

    Equation 8 of Pennington, Socher and Manning 2014, with f(x) = min(1, (x / x_max) ** 0.75), and
    three things done otherwise, for texts of thousands of words rather than billions:

    - the biases are the logarithms of the words' own counts, from which theirs are hardly ever far
      (Shi and Liu 2014);
    - pairs that were never seen count too, a little: their words want a product of 0, "no more
      often than by chance" (as in Swivel, Shazeer et al. 2016);
    - all words' vectors are solved for while the contexts' stand still, and the other way round, by
      a few steps of conjugate gradients, the unseen pairs through the contexts' Gram matrix (Hu,
      Koren and Volinsky 2008; Takács, Pilászy and Tikk 2011). There is no learning rate.
    """
    seen = _seen(pairs, n_words, x_max)
    random = np.random.default_rng(seed)
    vectors = SPREAD * random.standard_normal((2, n_words, dimensions), np.float32)
    said = ""
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        for sweep in range(sweeps):
            for side in (0, 1):
                own, others = vectors[side], vectors[1 - side]
                grams = pool.map(lambda block, of=others: _gram(of, block, BLOCKS), range(BLOCKS))
                gram = UNSEEN * np.sum(list(grams), axis=0)
                jobs = [pool.submit(_solve, seen, own, others, gram, b) for b in range(BLOCKS)]
                lost = float(RIDGE / UNSEEN * np.trace(gram)) / 2
                try:
                    for done, job in enumerate(jobs):
                        now = sweep + (side + done / BLOCKS) / 2
                        progress(now, sweeps, f"training GloVe{said}")
                        lost += job.result()
                except BaseException:
                    pool.shutdown(cancel_futures=True)
                    raise
                said = f", loss {lost / len(seen.others):.4f}"
    progress(sweeps, sweeps, f"training GloVe{said}")
    return np.asarray(vectors[0] + vectors[1], np.float32)


def _seen(pairs: Pairs, n_words: int, x_max: float) -> Seen:
    apart = pairs.first != pairs.second
    rows = np.concatenate([pairs.first, pairs.second[apart]])
    columns = np.concatenate([pairs.second, pairs.first[apart]])
    both = np.concatenate([pairs.counts, pairs.counts[apart]])
    cells = coo_matrix((both, (rows, columns)), (n_words, n_words)).tocsr()
    counts = cells.data
    totals = np.bincount(rows, both, n_words)
    biases = np.log(np.where(totals > 0, totals, 1)) - np.log(totals.sum()) / 2
    row = np.repeat(np.arange(n_words), np.diff(cells.indptr))
    targets = np.log(counts) - biases[row] - biases[cells.indices]
    weights = np.minimum(1, (counts / np.float32(x_max)) ** np.float32(EXPONENT))
    return Seen(
        cells.indptr.astype(np.int64),
        cells.indices.astype(np.int32),
        targets.astype(np.float32),
        weights.astype(np.float32),
    )


@njit(nogil=True, fastmath=True, cache=True)
def _gram(vectors: Vectors, block: int, blocks: int) -> Vectors:
    """Give the sum of a block's vectors' products with themselves."""
    size = vectors.shape[1]
    gram = np.zeros((size, size), np.float32)
    for row in range(block, len(vectors), blocks):
        vector = vectors[row]
        for i in range(size):
            for j in range(size):
                gram[i, j] += vector[i] * vector[j]
    return gram


def _solve(seen: Seen, own: Vectors, others: Vectors, gram: Vectors, block: int) -> float:
    return float(_descend(*seen, own, others, gram, block, BLOCKS))


@njit(nogil=True, fastmath=True, cache=True)
def _descend(
    starts: NDArray[np.int64],
    cells: NDArray[np.int32],
    targets: NDArray[np.float32],
    weights: NDArray[np.float32],
    own: Vectors,
    others: Vectors,
    gram: Vectors,
    block: int,
    blocks: int,
) -> float:
    """Bring a block of words' vectors nearer to the best, and give what they had lost before.

    The ridge of the others is not in it.
    """
    size = own.shape[1]
    room = np.zeros((3, size), np.float32)
    residual, direction, image = room[0], room[1], room[2]
    lost = 0.0
    for row in range(block, len(own), blocks):
        begin, end = starts[row], starts[row + 1]
        near, weight, vector = cells[begin:end], weights[begin:end], own[row]
        if begin == end:
            vector[:] = 0
            continue
        residual[:] = 0
        for cell in range(begin, end):
            context = others[cells[cell]]
            asked = weights[cell] * targets[cell]
            lost += 0.5 * asked * targets[cell]
            for k in range(size):
                residual[k] += asked * context[k]
        _multiply(near, weight, others, gram, vector, image)
        for k in range(size):
            lost += (0.5 * image[k] - residual[k]) * vector[k]
            residual[k] -= image[k]
        direction[:] = residual
        squared = _dot(residual, residual)
        for _ in range(STEPS):
            if squared < NOTHING:
                break
            _multiply(near, weight, others, gram, direction, image)
            step = squared / _dot(direction, image)
            for k in range(size):
                vector[k] += step * direction[k]
                residual[k] -= step * image[k]
            before, squared = squared, _dot(residual, residual)
            for k in range(size):
                direction[k] = residual[k] + squared / before * direction[k]
    return lost


@njit(nogil=True, fastmath=True, cache=True)
def _multiply(
    near: NDArray[np.int32],
    weights: NDArray[np.float32],
    others: Vectors,
    gram: Vectors,
    vector: NDArray[np.float32],
    image: NDArray[np.float32],
) -> None:
    """Write the product of a vector with the matrix of a word's normal equations."""
    size = len(vector)
    for k in range(size):
        image[k] = RIDGE * vector[k] + _dot(gram[k], vector)
    for cell in range(len(near)):
        context = others[near[cell]]
        product = np.float32(0)
        for k in range(size):
            product += context[k] * vector[k]
        product *= weights[cell] - UNSEEN
        for k in range(size):
            image[k] += product * context[k]


@njit(nogil=True, fastmath=True, cache=True)
def _dot(one: NDArray[np.float32], other: NDArray[np.float32]) -> np.float32:
    total = np.float32(0)
    for k in range(len(one)):
        total += one[k] * other[k]
    return total
