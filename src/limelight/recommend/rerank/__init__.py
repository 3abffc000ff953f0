"""Lists that people want: re-rankers that compose, each with one knob."""

from limelight.recommend.rerank.base import Candidates, Reranker
from limelight.recommend.rerank.boosts import Boost, Bury
from limelight.recommend.rerank.building import Plan, rerank
from limelight.recommend.rerank.calibration import Calibration
from limelight.recommend.rerank.caps import Cap
from limelight.recommend.rerank.diversity import Diversity
from limelight.recommend.rerank.freshness import Freshness, first_met
from limelight.recommend.rerank.permissions import AgeLimit, Available
from limelight.recommend.rerank.pins import Pin
from limelight.recommend.rerank.popularity import LessPopular
from limelight.recommend.rerank.rules import read_rules

__all__ = [
    "AgeLimit",
    "Available",
    "Boost",
    "Bury",
    "Calibration",
    "Candidates",
    "Cap",
    "Diversity",
    "Freshness",
    "LessPopular",
    "Pin",
    "Plan",
    "Reranker",
    "first_met",
    "read_rules",
    "rerank",
]
