"""Pictures as arrays: faces found, and what stands before a coloured screen."""

from limelight.extras import require

require("cv2", "video", "Work on pictures")
