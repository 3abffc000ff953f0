"""Lists of words, written as text."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Give the words of a list that is parted by spaces."""
    return frozenset(words.split())
