"""Tags of texts: genres, moods, topics, by networks of your own or by logistic regression."""

from limelight.text.tag.examples import Examples
from limelight.text.tag.judging import Judgement, judge
from limelight.text.tag.tagger import Settings, Tagger

__all__ = ["Examples", "Judgement", "Settings", "Tagger", "judge"]
