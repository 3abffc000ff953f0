"""Telling what pictures show: networks that learn it from labelled pictures, judged and kept."""

from limelight.extras import require

require("torch", "image", "Classifying pictures")
