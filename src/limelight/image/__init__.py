"""Pictures as arrays: faces found, and what stands before a coloured screen cut out."""

from limelight.extras import require

require("cv2", "video", "Work on pictures")
