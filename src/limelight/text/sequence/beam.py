"""The likeliest texts, searched for by beams."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from limelight.text.sequence.network import Memory, Network
from limelight.text.sequence.vocabulary import END, PAD, START

UNSEEN = 0.05
"""Attention that a subword which was passed over is taken to have had."""


@dataclass(frozen=True)
class Search:
    """How to look for the likeliest text.

    ``width`` hypotheses are kept at every step. Those that ended are compared by the logarithm of
    their probability over ((5 + length) / 6) ** ``length``, plus ``coverage`` times the mean of the
    logarithms of how much each subword of the source was attended to, one at most (Wu et al. 2016,
    equation 14; the mean, and a floor, since marks need no attention). A text has ``longest``
    subwords at most.
    """

    width: int = 5
    length: float = 1.0
    coverage: float = 0.2
    longest: int = 150

    def normal(self, n_subwords: int) -> float:
        """Give what the logarithm of a text's probability is divided by."""
        found: float = ((5 + n_subwords) / 6) ** self.length
        return found


@dataclass(frozen=True)
class Found:
    """Subwords without start and end, the score, and attention (subwords and end, source)."""

    ids: list[int]
    score: float
    attention: Tensor


def search(network: Network, ids: Tensor, how: Search) -> list[list[Found]]:
    """Give the best texts for each source (n, s) of subwords, the best first, ``width`` at most."""
    with torch.inference_mode():
        k = how.width
        beams = torch.arange(k, device=ids.device)
        going = list(range(len(ids)))  # places of the sources whose texts are not found yet
        firsts = torch.arange(len(ids), device=ids.device)[:, None] * k
        memory = network.encode(ids).rows((firsts // k).expand(-1, k).flatten())
        said = torch.full((len(ids) * k, 1), START, device=ids.device)
        # At first all beams of a source are the same: only one may go on.
        scores = torch.full((len(ids), k), -torch.inf, device=ids.device)
        scores[:, 0] = 0
        attention = memory.vectors.new_zeros(len(said), 0, ids.shape[1], dtype=torch.float32)
        ended: list[list[Found]] = [[] for _ in going]
        state: dict[str, Tensor] = {}
        for step in range(how.longest):
            heard = network.decode(memory, said[:, -1:], state)
            likely = network.logarithms(memory, heard)[:, 0]
            likely[:, [PAD, START]] = -torch.inf
            if step + 1 == how.longest:
                likely[:, :END] = likely[:, END + 1 :] = -torch.inf
            n_words = likely.shape[1]
            total = (scores[..., None] + likely.view(len(going), k, -1)).flatten(1)
            # Twice as many, since as many as there are beams may end.
            best, places = total.topk(2 * k, dim=1)
            rows, words = firsts + places // n_words, places % n_words
            looked = torch.cat([attention, heard.attention], 1)
            ends = (words == END) & torch.isfinite(best)
            for place, beam in ends[:, :k].nonzero().tolist():
                row = int(rows[place, beam])
                text = _found(
                    said[row, 1:], float(best[place, beam]), looked[row], memory, row, how
                )
                ended[going[place]].append(text)
            scores, chosen = best.masked_fill(ends, -torch.inf).topk(k, dim=1)
            rows, words = rows.gather(1, chosen), words.gather(1, chosen)
            hopes = (scores[:, 0] / how.normal(step + 2)).tolist()
            on = [
                place
                for place, (source, hope) in enumerate(zip(going, hopes, strict=True))
                if not _is_done(ended[source], hope, k)
            ]
            if not on:
                break
            if len(on) < len(going):
                going = [going[place] for place in on]
                rows, words, scores = rows[on], words[on], scores[on]
                memory = memory.rows((firsts[on] + beams).flatten())
                firsts = firsts[: len(on)]
            rows = rows.flatten()
            said = torch.cat([said[rows], words.flatten()[:, None]], 1)
            attention = looked[rows]
            state = {name: part[rows] for name, part in heard.state.items()}
        return [sorted(found, key=lambda one: -one.score)[:k] for found in ended]


def _is_done(ended: list[Found], hope: float, k: int) -> bool:
    """Say whether enough texts ended that are better than ``hope``, what goes on may become."""
    return len(ended) >= k and sorted(one.score for one in ended)[-k] >= hope


def _found(
    ids: Tensor, score: float, attention: Tensor, memory: Memory, row: int, how: Search
) -> Found:
    there = memory.there[row]
    normed = score / how.normal(len(ids) + 1)
    covered = attention[:, there].sum(0).clamp(UNSEEN, 1).log().mean()
    return Found(ids.tolist(), normed + how.coverage * float(covered), attention[:, there])
