"""How the closed-form next-item model got there: its settings one by one, on the validation item.

python benchmarks/next_item_steps.py
"""

from __future__ import annotations

import sys
from typing import Any

from contenders import Ours
from documents import machine, put, table
from next_item import quality
from sequences import read

from limelight.recommend.models import NextItem
from limelight.recommend.splits import leave_one_out

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "linear: set and half-lives 1, 4, 16, weak ridge",
        {"half_lives": (1, 4, 16), "regularization": 0.35, "transition_weight": 0.0},
    ),
    (
        "linear: stronger ridge",
        {"half_lives": (1, 4, 16), "regularization": 1.5, "transition_weight": 0.0},
    ),
    (
        "linear: twice that",
        {"half_lives": (1, 4, 16), "regularization": 3.0, "transition_weight": 0.0},
    ),
    ("linear: half-lives 1, 8", {"half_lives": (1, 8), "transition_weight": 0.0}),
    ("linear: set alone", {"half_lives": (), "transition_weight": 0.0}),
    ("times near successors: half-lives 1, 4, 16", {"half_lives": (1, 4, 16)}),
    ("times near successors: half-lives 1, 8 (the default)", {}),
    ("times near successors: half-lives 2, 16", {"half_lives": (2, 16)}),
    ("times near successors: half-life 4", {"half_lives": (4,)}),
    ("times near successors: set alone", {"half_lives": ()}),
    ("default, transition weight .06", {"transition_weight": 0.06}),
    ("default, transition weight .24", {"transition_weight": 0.24}),
    ("default, twice the ridge", {"regularization": 3.0}),
)


def main() -> None:
    split = leave_one_out(read("MovieLens-1M"), "validation")
    rows = []
    for step, setting in STEPS:
        model = Ours(NextItem(**setting))
        model.fit(split.train)
        reached = quality(model, split)[0]
        rows.append({"step": step, "validation HR@10": reached["hr"], "NDCG@10": reached["ndcg"]})
        print(rows[-1], file=sys.stderr)
    put("next item steps", f"{table(rows)}\n\nMeasured on {machine('numpy', 'scipy', 'numba')}.")


if __name__ == "__main__":
    main()
