"""GloVe beside gensim's word2vec: words a second, and likeness at equal time.

    python benchmarks/glove.py NEWS FILMS [--seconds 20]

NEWS is bbc-summaries.jsonl.gz, FILMS the folder of tmdb_5000_movies.csv. Both train on the same
words, cut beforehand, with 100 dimensions, a window of 10 and words that are there five times or
more, word2vec as skip-gram with five negative samples. Each gets as many epochs as fit into the
same seconds of the processor. With NUMBA_NUM_THREADS=1 both have one thread. What is measured, by
the plain mean of a text's words and on the halves on which nothing was chosen:

- is an article's nearest other article of the same of five topics? (of all articles too)
- how much do the genres of a film and of the three whose overviews are nearest overlap? (Jaccard)
- rank correlation of cosines with what people said of pairs of words (WordSim-353, known words)
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
from documents import machine, put, table
from gensim.models import Word2Vec
from gensim.test.utils import datapath
from scipy.stats import spearmanr
from search import read

from limelight.text.embed import Glove
from limelight.text.embed.embedder import Matrix
from limelight.text.words import words

SIZE, WINDOW, FEWEST = 100, 10, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path)
    parser.add_argument("films", type=Path)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    with gzip.open(arguments.news, "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    news = [words(article["article"]) for article in articles]
    films = read(arguments.films)
    overviews = [words(film["overview"]) for film in films]
    texts = [*news, *overviews]
    topics = np.array([article["category"] for article in articles])
    genres = [{genre["name"] for genre in json.loads(film["genres"])} for film in films]
    total = sum(map(len, texts))
    cores = numba.get_num_threads()
    Glove(dimensions=SIZE, epochs=1, fewest=1).fit_words(texts[:20])  # compiled before it is timed

    def glove(epochs: int) -> tuple[dict[str, int], Matrix]:
        model = Glove(dimensions=SIZE, window=WINDOW, epochs=epochs, fewest=FEWEST).fit_words(texts)
        return model.vocabulary, model.matrix

    def word2vec(epochs: int) -> tuple[dict[str, int], Matrix]:
        model = Word2Vec(
            texts,
            vector_size=SIZE,
            window=WINDOW,
            min_count=FEWEST,
            sg=1,
            negative=5,
            workers=cores,
            epochs=epochs,
            seed=1,
        )
        return model.wv.key_to_index, model.wv.vectors

    rows = []
    for name, train in (("limelight's GloVe", glove), ("gensim's word2vec", word2vec)):
        one = timed(train, 1)[0]
        three = timed(train, 3)[0]
        epoch = max((three - one) / 2, 1e-3)
        epochs = max(int((arguments.seconds - one) / epoch) + 1, 1)
        seconds, (vocabulary, matrix) = timed(train, epochs)
        rows.append(
            {
                "": name,
                "epochs": epochs,
                "seconds": round(seconds, 1),
                "words a second, all epochs": round(total * epochs / seconds),
                "words a second, an epoch": round(total / epoch),
                "same topic": same_topic(news, topics, vocabulary, matrix, held(len(news), 123)),
                "of all": same_topic(news, topics, vocabulary, matrix, np.arange(len(news))),
                "genres shared": shared(overviews, genres, vocabulary, matrix),
                "WordSim-353": agreement(vocabulary, matrix),
            }
        )
        print(rows[-1])
    told = (
        f"{total:,} words of news and overviews; seconds are the processor's, by {cores} "
        f"thread{'s' * (cores > 1)} each. {machine('limelight', 'gensim', 'numba')}."
    )
    put("glove", f"{told}\n\n{table(rows)}")


def timed(
    train: Callable[[int], tuple[dict[str, int], Matrix]], epochs: int
) -> tuple[float, tuple[dict[str, int], Matrix]]:
    began = time.process_time()
    found = train(epochs)
    return time.process_time() - began, found


def held(n: int, seed: int) -> np.ndarray:
    """Give the half on which nothing was chosen."""
    return np.random.default_rng(seed).permutation(n)[n // 2 :]


def nearest(
    texts: list[list[str]], vocabulary: dict[str, int], matrix: Matrix, which: np.ndarray, n: int
) -> np.ndarray:
    """Give the n nearest others of some texts among themselves, by the plain mean of words."""
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    means = np.zeros((len(which), matrix.shape[1]), np.float32)
    for at, text in enumerate(which):
        rows = [vocabulary[word] for word in texts[text] if word in vocabulary]
        if rows:
            means[at] = unit[rows].mean(axis=0)
    means -= means.mean(axis=0)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    cosines = means @ means.T
    np.fill_diagonal(cosines, -1)
    return which[np.argsort(-cosines, axis=1, kind="stable")[:, :n]]


def same_topic(
    texts: list[list[str]],
    topics: np.ndarray,
    vocabulary: dict[str, int],
    matrix: Matrix,
    which: np.ndarray,
) -> float:
    others = nearest(texts, vocabulary, matrix, which, 1)[:, 0]
    return float((topics[others] == topics[which]).mean())


def shared(
    texts: list[list[str]], genres: list[set[str]], vocabulary: dict[str, int], matrix: Matrix
) -> float:
    which = held(len(texts), 124)
    return float(
        np.mean(
            [
                len(genres[one] & genres[other]) / max(len(genres[one] | genres[other]), 1)
                for one, others in zip(
                    which, nearest(texts, vocabulary, matrix, which, 3), strict=True
                )
                for other in others
            ]
        )
    )


def agreement(vocabulary: dict[str, int], matrix: Matrix) -> float:
    lines = Path(datapath("wordsim353.tsv")).read_text(encoding="utf-8").splitlines()
    pairs = [line.lower().split("\t") for line in lines if not line.startswith("#")]
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    ours, theirs = [], []
    for at in held(len(pairs), 125):
        one, other, likeness = pairs[at][:3]
        if one in vocabulary and other in vocabulary:
            ours.append(float(unit[vocabulary[one]] @ unit[vocabulary[other]]))
            theirs.append(float(likeness))
    return float(spearmanr(ours, theirs).statistic)


if __name__ == "__main__":
    main()
