"""A binary tree over a text's words, by punctuation and function words.

No parser is at hand for every language, and this is none: it is a bracketing by rules that need
nothing but the text. Sentences, the clauses within them that punctuation parts, and the chunks
within those that begin with function words ("on the moon", "is dispatched": the chunks of Abney
1991, told by their edges alone) are mostly real constituents. A chunk's words branch to the right,
function words over what they govern; chunks, clauses and sentences are joined in balance, and so
are the words of a chunk of more than `LONG`, so that a long text makes no deep tree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limelight.text.sentences import sentences
from limelight.text.words import words

CLAUSE_END = re.compile(r"[,;:](?=\s)|[，；：、()\[\]{}（）【】“”\"«»]|\s[-–—]\s|--+|—|…|\n")
LONG = 8
CLOSED_CLASSES = """
    a about above across after against all along although among an and another any are around as at
    be because been before behind being below beneath beside between beyond both but by can could
    despite did do does down during each either every few for from had has have having he her his
    how i if in inside into is it its it's may me might must my near neither no nor not of off on
    onto or our out outside over per shall she should since so some than that the their them then
    there these they this those though through throughout to toward towards under unless until up
    upon us was we were what when where whether which while who whom whose why will with within
    without would yet you your
    的 地 得 了 着 过 在 是 有 和 与 及 或 但 而 把 被 让 给 对 从 向 到 往 于 以 为 因 因为 所以
    如果 虽然 但是 然而 并 并且 而且 不 没 没有 也 都 就 才 又 再 还
    很 这 那 这个 那个 一个 一 他 她 它 他们 她们 我 我们 你 你们 其 之 由 将 会 能 要 可以 当
    时 后 前 中 里 上 下
"""
FUNCTION_WORDS = frozenset(CLOSED_CLASSES.split())


@dataclass(frozen=True)
class Tree:
    """Node i of a text of n words joins ``left[i]`` and ``right[i]``, int64 (n - 1,) each.

    Numbers below n are words, n + j is node j, and children come before what joins them, so that
    the last node is the text. ``level`` (n - 1,) is 1 where both children are words, else one more
    than that of the deeper child.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    level: NDArray[np.int64]


def clauses(text: str) -> list[list[list[str]]]:
    """Give the words of the clauses of the sentences of a text."""
    found = []
    for span in sentences(text):
        parts = [words(part) for part in CLAUSE_END.split(span.of(text))]
        if kept := [part for part in parts if part]:
            found.append(kept)
    return found


def bracketed(parts: Sequence[Sequence[Sequence[str]]], longest: int) -> tuple[Tree, list[str]]:
    """Give the tree of what `clauses` gave, of its first ``longest`` words, and those in order."""
    order: list[str] = []
    grown: list[_Bracket] = []
    for sentence in parts:
        clauses_grown = []
        for clause in sentence:
            room = longest - len(order)
            chunks_grown = []
            for chunk in chunks(clause[:room]):
                numbers = range(len(order), len(order) + len(chunk))
                order += chunk
                chunks_grown.append(_to_the_right([*numbers]))
            if chunks_grown:
                clauses_grown.append(_balanced(chunks_grown))
        if clauses_grown:
            grown.append(_balanced(clauses_grown))
    return _numbered(_balanced(grown) if grown else 0, max(len(order), 1)), order


def chunks(clause: Sequence[str]) -> list[list[str]]:
    """Cut before every function word that follows another word."""
    found: list[list[str]] = []
    content = True
    for word in clause:
        function = word in FUNCTION_WORDS
        if not found or (function and content):
            found.append([])
        found[-1].append(word)
        content = not function
    return found


_Bracket = int | tuple["_Bracket", "_Bracket"]


def _to_the_right(parts: list[_Bracket]) -> _Bracket:
    if len(parts) > LONG:
        return _balanced(parts)
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = (part, found)
    return found


def _balanced(parts: Sequence[_Bracket]) -> _Bracket:
    row = list(parts)
    while len(row) > 1:
        joined: list[_Bracket] = [(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = joined + row[len(row) - len(row) % 2 :]
    return row[0]


def _numbered(whole: _Bracket, n_words: int) -> Tree:
    left: list[int] = []
    right: list[int] = []
    levels: list[int] = []
    todo: list[tuple[_Bracket, bool]] = [(whole, False)]
    done: list[tuple[int, int]] = []  # number and level
    while todo:
        bracket, seen = todo.pop()
        if isinstance(bracket, int):
            done.append((bracket, 0))
        elif not seen:
            todo += [(bracket, True), (bracket[1], False), (bracket[0], False)]
        else:
            (second, deep), (first, deeper) = done.pop(), done.pop()
            left.append(first)
            right.append(second)
            levels.append(1 + max(deep, deeper))
            done.append((n_words + len(left) - 1, levels[-1]))
    return Tree(*(np.array(one, np.int64) for one in (left, right, levels)))
