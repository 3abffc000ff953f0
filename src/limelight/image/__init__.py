"""Operations on pictures, their one reader and writer, and what is found in them."""

from limelight.extras import require

require("cv2", "image", "Work on pictures")
