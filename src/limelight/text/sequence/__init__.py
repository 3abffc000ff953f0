"""Text to text and facts to text: an encoder and a decoder with attention, which may copy."""

from limelight.extras import require

require("torch", "text", "Sequence to sequence")
