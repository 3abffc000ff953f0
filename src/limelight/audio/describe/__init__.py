"""What is heard in a recording: loudness, tempo, key, pitch, speech, silence, and its music."""

from limelight.audio.describe.description import Description, describe, describe_file
from limelight.audio.describe.music import Tagger

__all__ = ["Description", "Tagger", "describe", "describe_file"]
