"""GloVe beside gensim's word2vec: words a second, and likeness at equal time.

    python benchmarks/glove.py NEWS FILMS [--seconds 20]

NEWS is bbc-summaries.jsonl.gz, FILMS the folder of tmdb_5000_movies.csv. Both train on the same
words, cut beforehand, with 100 dimensions, a window of 10 and words that are there five times or
more, word2vec as skip-gram with five negative samples. Each gets as many epochs as fit into the
same seconds of the processor. Likeness: from the mean of an article's words, is the nearest other
article of the same of five topics? With NUMBA_NUM_THREADS=1 both have one thread.
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
    texts = [*news, *(words(film["overview"]) for film in read(arguments.films))]
    topics = np.array([article["category"] for article in articles])
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
                "same topic": alike(news, topics, vocabulary, matrix),
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


def alike(
    texts: list[list[str]], topics: np.ndarray, vocabulary: dict[str, int], matrix: Matrix
) -> float:
    """Share of texts whose nearest other text, by the plain mean of words, is of their topic."""
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    means = np.stack(
        [
            unit[[vocabulary[word] for word in text if word in vocabulary]].mean(axis=0)
            for text in texts
        ]
    )
    means -= means.mean(axis=0)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    cosines = means @ means.T
    np.fill_diagonal(cosines, -1)
    return float((topics[cosines.argmax(axis=1)] == topics).mean())


if __name__ == "__main__":
    main()
