"""Video: frames and sound through operations, and what is in them."""

from limelight.extras import require

require("av", "video", "Video")
