"""Logistic regression on TF-IDF: a linear score of words and pairs of words for every label."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from limelight.errors import BadInputError
from limelight.extras import require
from limelight.progress import Progress, silent
from limelight.text.tag.examples import Truth
from limelight.text.tag.thresholds import shared
from limelight.text.words import words

STRENGTHS = (1.0, 3.0, 10.0, 30.0)
"""How freely weights may grow (scikit-learn's C), tried on the validation's texts."""
TWICE = 2
PURPOSE = "Logistic regression"


class Logistic:
    """Weights (n_terms, n_labels) and biases (n_labels,) on sublinear TF-IDF of length 1."""

    def __init__(
        self,
        terms: dict[str, int],
        idf: NDArray[np.float32],
        weights: NDArray[np.float32],
        biases: NDArray[np.float32],
    ) -> None:
        """Take what was learned. Raises ValueError where the shapes disagree."""
        if not len(terms) == len(idf) == len(weights) or weights.shape[1:] != biases.shape:
            raise ValueError("there are not as many weights as terms and labels")
        self.weights, self.biases = weights, biases
        self._tfidf = _tfidf(vocabulary=terms)
        self._tfidf.idf_ = idf.astype(np.float64)

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        truth: Truth,
        validation: tuple[Sequence[str], Truth],
        progress: Progress = silent,
    ) -> tuple[Logistic, list[tuple[float, float]]]:
        """Learn with every strength, and keep what says the validation's labels best.

        Returns it and the micro F1 of every strength. A term must stand in two texts, unless there
        is none that does. Raises BadInputError where there is no word at all.
        """
        tfidf = _tfidf(min_df=TWICE)
        try:
            matrix = tfidf.fit_transform(texts)
        except ValueError:  # no term stands in two texts
            tfidf = _tfidf(min_df=1)
            try:
                matrix = tfidf.fit_transform(texts)
            except ValueError as error:
                raise BadInputError("the texts to learn from have no words in them") from error
        terms = {term: int(column) for term, column in tfidf.vocabulary_.items()}
        idf = tfidf.idf_.astype(np.float32)
        found, reached = [], []
        for number, strength in enumerate(STRENGTHS):
            progress(number, len(STRENGTHS), "training logistic regression")
            found.append(cls(terms, idf, *_fitted(matrix, truth, strength)))
            _, f1 = shared(found[-1].scores(validation[0]), validation[1])
            reached.append((strength, f1))
        progress(len(STRENGTHS), len(STRENGTHS), "training logistic regression")
        return found[int(np.argmax([f1 for _, f1 in reached]))], reached

    def scores(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        """Give probabilities, float32 (n, n_labels)."""
        progress(0, 1, "tagging")
        matrix: csr_matrix = self._tfidf.transform(texts)
        found: NDArray[np.float32] = expit(matrix @ self.weights + self.biases).astype(np.float32)
        return found

    def reasons(self, text: str, label: int, n: int) -> list[tuple[str, float]]:
        """Give the words of a text that speak most for a label, and what each adds to its logit."""
        row = self._tfidf.transform([text])
        parts = row.data * self.weights[row.indices, label]
        names = self._tfidf.get_feature_names_out()[row.indices]
        best = np.argsort(-parts, kind="stable")[:n]
        return [(str(names[place]), float(parts[place])) for place in best if parts[place] > 0]

    def stored(self) -> tuple[str, dict[str, NDArray[np.float32]]]:
        """Give terms as text, and arrays."""
        terms = json.dumps(self._tfidf.vocabulary, ensure_ascii=False)
        idf = self._tfidf.idf_.astype(np.float32)
        return terms, {"idf": idf, "weights": self.weights, "biases": self.biases}

    @classmethod
    def read(cls, terms: str, arrays: dict[str, NDArray[np.float32]]) -> Logistic:
        """Read what `stored` gave."""
        return cls(json.loads(terms), arrays["idf"], arrays["weights"], arrays["biases"])


def terms_of(text: str) -> list[str]:
    """Give the words of a text, and the pairs of neighbours."""
    found = words(text)
    return found + [f"{one} {other}" for one, other in pairwise(found)]


def _tfidf(**settings: Any) -> Any:
    made = require("sklearn.feature_extraction.text", "text", PURPOSE)
    return made.TfidfVectorizer(analyzer=terms_of, sublinear_tf=True, dtype=np.float32, **settings)


def _fitted(
    matrix: csr_matrix, truth: Truth, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    linear = require("sklearn.linear_model", "text", PURPOSE)
    weights = np.zeros((matrix.shape[1], truth.shape[1]), np.float32)
    biases = np.zeros(truth.shape[1], np.float32)
    for label in range(truth.shape[1]):
        if truth[:, label].all():
            biases[label] = np.log(2 * len(truth) + 1)
        else:
            model = linear.LogisticRegression(C=strength, solver="liblinear", random_state=0)
            model.fit(matrix, truth[:, label])
            weights[:, label], biases[label] = model.coef_[0], model.intercept_[0]
    return weights, biases
