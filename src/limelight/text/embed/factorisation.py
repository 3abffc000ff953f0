"""Vectors whose products are the logarithms of counts, by AdaGrad on the cells that are not 0."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numba import njit
from numpy.typing import NDArray

from limelight.progress import Progress, silent
from limelight.text.embed.cooccurrence import Pairs

GROUPS = 32
"""Words are dealt into so many groups; work on two groups touches no others, so that up to half as
many cores work at once, without locks and in an order that the number of cores does not change."""
EXPONENT = 0.75


def factorise(
    pairs: Pairs,
    n_words: int,
    dimensions: int,
    epochs: int,
    x_max: float,
    learning_rate: float,
    seed: int,
    progress: Progress = silent,
) -> NDArray[np.float32]:
    """Give word vectors plus context vectors, float32 (n_words, dimensions).

    Equation 8 of Pennington, Socher and Manning 2014, with f(x) = min(1, (x / x_max) ** 0.75), by
    AdaGrad (Duchi et al. 2011). A cell counts for both directions of its pair.
    """
    random = np.random.default_rng(seed)
    tasks = _task(pairs.first % GROUPS, pairs.second % GROUPS)
    order = random.permutation(len(pairs.counts))
    order = order[np.argsort(tasks[order], kind="stable")]
    edges = np.searchsorted(tasks[order], np.arange(GROUPS * GROUPS + 1))
    first, second = pairs.first[order], pairs.second[order]
    targets = np.log(pairs.counts[order])
    weights = np.minimum(1, (pairs.counts[order] / np.float32(x_max)) ** np.float32(EXPONENT))
    # The last column is the bias.
    spread = random.random((2, n_words, dimensions + 1), np.float32)
    vectors = (spread - np.float32(0.5)) / np.float32(dimensions)
    squares = np.ones_like(vectors)
    rate = np.float32(learning_rate)

    def work(task: int) -> float:
        begin, end = edges[task], edges[task + 1]
        cells = slice(begin, end)
        if begin == end:
            return 0.0
        return float(
            _descend(
                first[cells], second[cells], targets[cells], weights[cells], vectors, squares, rate
            )
        )

    rounds = _rounds()
    said = ""
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        for epoch in range(epochs):
            lost = 0.0
            for at, together in enumerate(rounds):
                progress(epoch + at / len(rounds), epochs, f"training GloVe{said}")
                lost += sum(pool.map(work, together))
            said = f", loss {lost / (2 * len(first)):.4f}"
    progress(epochs, epochs, f"training GloVe{said}")
    return np.ascontiguousarray((vectors[0] + vectors[1])[:, :-1])


def _task(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.maximum(one, other) * GROUPS + np.minimum(one, other)


def _rounds() -> list[list[int]]:
    """Let every group meet itself and every other, none being in two places at once.

    The circle method of round-robin tournaments.
    """
    rounds = [[group * GROUPS + group for group in range(GROUPS)]]
    turning = list(range(1, GROUPS))
    for _ in range(GROUPS - 1):
        circle = [0, *turning]
        half = GROUPS // 2
        meetings = zip(circle[:half], reversed(circle[half:]), strict=True)
        rounds.append([max(pair) * GROUPS + min(pair) for pair in meetings])
        turning = [turning[-1], *turning[:-1]]
    return rounds


@njit(nogil=True, fastmath=True, cache=True)
def _descend(
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    targets: NDArray[np.float32],
    weights: NDArray[np.float32],
    vectors: NDArray[np.float32],
    squares: NDArray[np.float32],
    rate: np.float32,
) -> float:
    """Go over cells once, and give the sum of their losses."""
    lost = 0.0
    for cell in range(len(first)):
        one, other = first[cell], second[cell]
        lost += _step(one, other, targets[cell], weights[cell], vectors, squares, rate)
        if one != other:
            lost += _step(other, one, targets[cell], weights[cell], vectors, squares, rate)
    return lost


@njit(nogil=True, fastmath=True, cache=True)
def _step(
    one: int,
    other: int,
    target: np.float32,
    weight: np.float32,
    vectors: NDArray[np.float32],
    squares: NDArray[np.float32],
    rate: np.float32,
) -> float:
    word, context = vectors[0, one], vectors[1, other]
    word_squares, context_squares = squares[0, one], squares[1, other]
    last = len(word) - 1
    excess = word[last] + context[last] - target
    for k in range(last):
        excess += word[k] * context[k]
    slope = weight * excess * rate
    for k in range(last):
        for_word, for_context = slope * context[k], slope * word[k]
        word[k] -= for_word / np.sqrt(word_squares[k])
        context[k] -= for_context / np.sqrt(context_squares[k])
        word_squares[k] += for_word * for_word
        context_squares[k] += for_context * for_context
    word[last] -= slope / np.sqrt(word_squares[last])
    context[last] -= slope / np.sqrt(context_squares[last])
    word_squares[last] += slope * slope
    context_squares[last] += slope * slope
    return float(0.5 * weight * excess * excess)
