"""A tagger: trained, used, saved and loaded, whatever it reads with."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from limelight.errors import BadInputError, CorruptError, LimelightWarning, NotFoundError
from limelight.media.whole import filling
from limelight.progress import Progress, silent
from limelight.text.tag.encoders import ENCODERS
from limelight.text.tag.examples import Examples, Truth
from limelight.text.tag.judging import Judgement, judge
from limelight.text.tag.logistic import Logistic
from limelight.text.tag.network import TagNetwork
from limelight.text.tag.reading import WordList
from limelight.text.tag.thresholds import each, shared
from limelight.text.tag.training import Plan, Training

CARD, WEIGHTS, WORDS = "tagger.json", "tagger.safetensors", "words.json"
LOGISTIC = "logistic"
READERS = (LOGISTIC, *ENCODERS)
THRESHOLDS = ("label", "one")
HEADS_WIDTH = 12  # what the widths of all encoders can be divided by


class KnownWords(Protocol):
    """Pretrained vectors: rows of ``matrix``, float32 (n_words, d), by word."""

    vocabulary: dict[str, int]
    matrix: NDArray[np.float32]


@dataclass(frozen=True)
class Settings:
    """What a tagger reads with, how large it is, and how it is trained.

    ``encoder`` is "logistic", logistic regression on TF-IDF, which heeds none of the others but
    ``least`` and ``thresholds``; or a network's: "bag", "recurrent", "recursive", "convolutional",
    "attention". Of that, ``words`` numbers stand for a word (with known vectors, as many as those
    have) and ``width`` for a text; the ``vocabulary`` most frequent words are known. Training ends
    after ``epochs``, or when F1 did not rise in ``patience``. Labels of fewer than ``least`` texts
    are not learned. ``thresholds`` are one for every "label", or "one" for all.
    """

    encoder: str = LOGISTIC
    width: int = 96
    words: int = 64
    dropout: float = 0.3
    vocabulary: int = 20_000
    epochs: int = 12
    patience: int = 4
    batch: int = 32
    learning_rate: float = 2e-3
    least: int = 5
    thresholds: str = "label"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no tagger."""
        if self.encoder not in READERS:
            raise BadInputError(f"encoder is one of {', '.join(READERS)}, not {self.encoder!r}")
        if self.thresholds not in THRESHOLDS:
            raise BadInputError(f"thresholds is label or one, not {self.thresholds!r}")
        if self.width < HEADS_WIDTH or self.width % HEADS_WIDTH:
            raise BadInputError(f"width is a multiple of {HEADS_WIDTH}, not {self.width}")
        numbers = (self.words, self.vocabulary, self.epochs, self.patience, self.batch, self.least)
        if min(numbers) < 1 or self.seed < 0:
            raise BadInputError(
                "words, vocabulary, epochs, patience, batch and least are 1 or more, seed 0 or more"
            )
        if not 0 <= self.dropout < 1 or not 0 < self.learning_rate < 1:
            raise BadInputError("dropout is from 0 to below 1, learning_rate between 0 and 1")


USUAL = Settings()


@dataclass(frozen=True, eq=False)
class Tagger:
    """Gives ``labels`` to texts whose scores reach ``thresholds``, float32 (n_labels,).

    ``noun`` is what the labels are ("genres"). ``curve`` is float32 (epochs, 3) as `Training.run`
    has it; of logistic regression, (0, 3).
    """

    settings: Settings
    labels: tuple[str, ...]
    thresholds: NDArray[np.float32]
    model: Logistic | tuple[TagNetwork, WordList]
    noun: str
    curve: NDArray[np.float32]

    @classmethod
    def train(
        cls,
        learned: Examples,
        validation: Examples,
        settings: Settings = USUAL,
        known: KnownWords | None = None,
        progress: Progress = silent,
        checkpoints: Path | None = None,
    ) -> Tagger:
        """Learn from ``learned``; what says the labels of ``validation`` best is kept, and on those
        the thresholds are chosen.

        ``known`` are vectors that a network's words set out from. With a folder for
        ``checkpoints``, a training that was broken off goes on when it is asked for again alike,
        and ends as one unbroken. Raises BadInputError where there is nothing to learn, or known
        words for logistic regression, which has no use for them.
        """
        labels = _labels(learned, settings.least)
        truth, wanted = learned.truth(labels), validation.truth(labels)
        if not len(validation):
            raise BadInputError("thresholds need texts that nothing is learned from; give more")
        curve = np.zeros((0, 3), np.float32)
        model: Logistic | tuple[TagNetwork, WordList]
        if settings.encoder == LOGISTIC:
            if known is not None:
                raise BadInputError(
                    "logistic regression has no vectors of words; choose a network with "
                    "--set encoder=bag"
                )
            asked = (validation.texts, wanted)
            model, _ = Logistic.learn(learned.texts, truth, asked, progress)
            scores = model.scores(validation.texts)
        else:
            words = WordList.learn(
                learned.texts, settings.vocabulary, known.vocabulary if known else ()
            )
            network = _network(settings, words, labels, known)
            network.begin(words, _vectors(words, known), _rates(truth))
            with_tree = network.encoder.reads_trees
            read = [words.read(text, with_tree) for text in learned.texts]
            held_out = [words.read(text, with_tree) for text in validation.texts]
            name = f"tagger-{_fingerprint(learned, validation, network)}.safetensors"
            plan = Plan(
                settings.epochs,
                settings.patience,
                settings.learning_rate,
                settings.seed,
                settings.batch,
            )
            place = None
            if checkpoints:
                place = checkpoints / f"{settings.encoder}-{_settled(settings)}-{name}"
            training = Training(network, (read, truth), (held_out, wanted), plan, place)
            network, curve = training.run(progress, settings.encoder)
            model, scores = (network, words), network.scores(held_out)
        if settings.thresholds == "one":
            chosen = np.full(len(labels), shared(scores, wanted)[0], np.float32)
        else:
            chosen = each(scores, wanted)
        return cls(settings, labels, chosen, model, learned.noun, curve)

    def scores(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        """Give how likely every label is of every text, float32 (n, n_labels), from 0 to 1."""
        if not len(texts):
            return np.zeros((0, len(self.labels)), np.float32)
        if isinstance(self.model, Logistic):
            return self.model.scores(texts, progress)
        network, words = self.model
        read = [words.read(text, network.encoder.reads_trees) for text in texts]
        return network.scores(read, progress)

    def tags(self, texts: Sequence[str], progress: Progress = silent) -> list[dict[str, float]]:
        """Give every text its labels with their scores, the likeliest first.

        A text may have none. A text without a word has none.
        """
        found = []
        for text, row in zip(texts, self.scores(texts, progress), strict=True):
            has_words = any(map(str.isalnum, text))
            given = np.flatnonzero((row >= self.thresholds) & has_words)
            best = given[np.argsort(-row[given], kind="stable")]
            found.append({self.labels[label]: round(float(row[label]), 4) for label in best})
        return found

    def judge(self, examples: Examples, progress: Progress = silent) -> Judgement:
        """Compare with the labels that people gave; labels that it never learned are told of."""
        if unknown := sorted(set(examples.counts()) - set(self.labels)):
            warnings.warn(
                f"not judged, since the tagger never learned them: {', '.join(unknown[:20])}",
                LimelightWarning,
                stacklevel=2,
            )
        said: Truth = self.scores(examples.texts, progress) >= self.thresholds
        return judge(self.labels, examples.truth(self.labels), said)

    def save(self, folder: Path) -> None:
        """Write the tagger; the folder appears whole."""
        told = {
            "settings": asdict(self.settings),
            "labels": self.labels,
            "thresholds": self.thresholds.tolist(),
            "noun": self.noun,
            "curve": self.curve.tolist(),
        }
        if isinstance(self.model, Logistic):
            words, arrays = self.model.stored()
        else:
            network, known = self.model
            words = known.stored()
            arrays = {name: one.numpy() for name, one in network.state_dict().items()}
        with filling(folder) as draft:
            save_file(
                {name: np.ascontiguousarray(one) for name, one in arrays.items()}, draft / WEIGHTS
            )
            (draft / WORDS).write_text(words, encoding="utf-8")
            (draft / CARD).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Tagger:
        """Read what `save` wrote. Raises NotFoundError or CorruptError."""
        if not (folder / CARD).is_file():
            raise NotFoundError(f"{folder} holds no trained tagger; train one first")
        try:
            told: dict[str, Any] = json.loads((folder / CARD).read_text("utf-8"))
            settings, labels = Settings(**told["settings"]), tuple(told["labels"])
            arrays = load_file(folder / WEIGHTS)
            text = (folder / WORDS).read_text("utf-8")
            model: Logistic | tuple[TagNetwork, WordList]
            if settings.encoder == LOGISTIC:
                model = Logistic.read(text, arrays)
            else:
                words = WordList(tuple(json.loads(text)))
                network = _sized(settings, words, labels, arrays["embedding.weight"].shape[1])
                network.load_state_dict({n: torch.from_numpy(one) for n, one in arrays.items()})
                model = (network.eval(), words)
            thresholds = np.array(told["thresholds"], np.float32)
            if len(thresholds) != len(labels):
                raise ValueError("there are not as many thresholds as labels")
            curve = np.array(told["curve"], np.float32).reshape(-1, 3)
            return cls(settings, labels, thresholds, model, str(told["noun"]), curve)
        except (
            *(OSError, ValueError, KeyError, TypeError, RuntimeError, IndexError),
            *(SafetensorError, BadInputError),
        ) as error:
            raise CorruptError(f"{folder} is damaged: {error}; train the tagger again") from error


def _labels(learned: Examples, least: int) -> tuple[str, ...]:
    counts = learned.counts()
    labels = tuple(label for label, n in counts.items() if n >= least)
    if not labels:
        raise BadInputError(
            f"there is nothing to learn: no label has {least} texts; give more texts, "
            "or less with --set least=1"
        )
    if rare := sorted(set(counts) - set(labels)):
        more = f" and {len(rare) - 10:,} more" if len(rare) > 10 else ""
        warnings.warn(
            f"not learned, since fewer than {least} texts have them: {', '.join(rare[:10])}{more}",
            LimelightWarning,
            stacklevel=3,
        )
    return labels


def _network(
    settings: Settings, words: WordList, labels: Sequence[str], known: KnownWords | None
) -> TagNetwork:
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        size = settings.words if known is None else known.matrix.shape[1]
        return _sized(settings, words, labels, size)


def _sized(settings: Settings, words: WordList, labels: Sequence[str], size: int) -> TagNetwork:
    return TagNetwork(
        settings.encoder, len(words), len(labels), size, settings.width, settings.dropout
    )


def _vectors(words: WordList, known: KnownWords | None) -> dict[str, NDArray[np.float32]]:
    if known is None:
        return {}
    rows = known.vocabulary
    return {word: known.matrix[rows[word]] for word in words.words if word in rows}


def _rates(truth: Truth) -> torch.Tensor:
    """Give how frequent labels are, never 0 nor 1."""
    return torch.from_numpy(((truth.sum(0) + 1) / (len(truth) + 2)).astype(np.float32))


def _fingerprint(learned: Examples, validation: Examples, network: TagNetwork) -> str:
    """Tell trainings apart by all that they learn from, the weights that they set out from too."""
    digest = hashlib.sha256()
    for examples in (learned, validation):
        for pair in zip(examples.texts, examples.labels, strict=True):
            digest.update(json.dumps(pair).encode())
    for weights in network.state_dict().values():
        digest.update(weights.numpy().tobytes())
    return digest.hexdigest()[:16]


def _settled(settings: Settings) -> str:
    told = json.dumps(asdict(settings), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:8]
