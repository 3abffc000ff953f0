"""Texts as vectors: counted words, word vectors, sentence vectors, behind one interface."""

from limelight.text.embed.choosing import EMBEDDERS, choose, load
from limelight.text.embed.counting import BagOfWords, TfIdf
from limelight.text.embed.embedder import Embedder
from limelight.text.embed.glove import Glove
from limelight.text.embed.sentence_vectors import SentenceVectors
from limelight.text.embed.word_vectors import Glove6B, WordVectors

__all__ = [
    "EMBEDDERS",
    "BagOfWords",
    "Embedder",
    "Glove",
    "Glove6B",
    "SentenceVectors",
    "TfIdf",
    "WordVectors",
    "choose",
    "load",
]
