"""How much a sentence is worth to a summary: a few measures, weighed as summaries taught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from limelight.text.summary.centrality import Vectors, lexrank, tfidf
from limelight.text.summary.source import Sentence, Source, stems_of

MEASURES = ("centrality", "topic", "title", "length", "names", "figures", "opens", "ends")
"""Of each sentence: its LexRank in proportion to the mean; the sum of the logarithms of how often
its longer words occur in the text, and its number of words, both in proportion to the mean; the
share of the title's words that it has; the shares of its words with capitals and with digits;
whether it opens its paragraph; whether it is the last."""
LONG = 4
"""Letters from which a word of an alphabet is likely to be more than grammar."""

Weights = NDArray[np.float64]

LEARNED = np.array([5.518, 3.036, 1.499, -3.280, 1.295, 1.720, 0.168, -0.439])
"""Learned by logistic regression on one half of 1,112 BBC articles, with benchmarks/summaries.py:
which sentences are in the reference summary."""


def worth(source: Source, vectors: Vectors | None = None) -> NDArray[np.float64]:
    """Give the worth (n,) of a text's sentences, from 0 to 1 and half on average.

    ``vectors`` are of its sentences, TF-IDF where none are given.
    """
    return squashed(measures(source, tfidf(source.sentences) if vectors is None else vectors))


def squashed(table: NDArray[np.float64], weights: Weights = LEARNED) -> NDArray[np.float64]:
    """Weigh the measures (n, measures) and bring the sums into 0 to 1, the mean at a half."""
    raw = table @ weights
    return np.asarray(1 / (1 + np.exp(-(raw - raw.mean()))))


def measures(source: Source, vectors: Vectors) -> NDArray[np.float64]:
    """Measure the sentences of a text: (n, measures), in the order of `MEASURES`."""
    sentences = source.sentences
    n = len(sentences)
    times = Counter(stem for one in sentences for stem in one.stems)
    title = set(stems_of(source.document.title or "", source.document.language))
    lengths = np.array([len(one.words) for one in sentences], np.float64)
    topic = np.array([_topic(one, times) for one in sentences])
    return np.column_stack(
        [
            lexrank(vectors) * n,
            topic / max(topic.mean(), 1e-9),
            [len(title & set(one.stems)) / max(len(title), 1) for one in sentences],
            lengths / lengths.mean(),
            [_share(one.text.split()[1:], _capital) for one in sentences],
            [_share(one.text.split(), _figure) for one in sentences],
            [one.place == 1 for one in sentences],
            [one.number == n for one in sentences],
        ]
    )


def _topic(sentence: Sentence, times: Counter[str]) -> float:
    said = (stem for stem in set(sentence.stems) if len(stem) >= LONG or not stem.isascii())
    return float(sum(np.log(times[stem]) for stem in said))


def _share(words: list[str], told: Callable[[str], bool]) -> float:
    return sum(map(told, words)) / max(len(words), 1)


def _capital(word: str) -> bool:
    return word[:1].isupper()


def _figure(word: str) -> bool:
    return any(map(str.isdigit, word))
