"""What is in a video: shots, the pictures and stretches that show it best, how it looks."""

from limelight.video.understand.description import Description, describe
from limelight.video.understand.highlight import Highlight
from limelight.video.understand.looking import Look, Shot, look, shots
from limelight.video.understand.sheet import contact_sheet
from limelight.video.understand.thumbnails import Thumbnail, thumbnails

__all__ = [
    "Description",
    "Highlight",
    "Look",
    "Shot",
    "Thumbnail",
    "contact_sheet",
    "describe",
    "look",
    "shots",
    "thumbnails",
]
