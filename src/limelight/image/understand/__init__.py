"""What is in a picture: tags, colours, light, faces, text, an embedding; and near-duplicates."""

from limelight.image.understand.colours import Colour, dominant
from limelight.image.understand.description import Describer, Description
from limelight.image.understand.duplicates import near_duplicates
from limelight.image.understand.fingerprint import Fingerprint, dhash, fingerprint, phash

__all__ = [
    "Colour",
    "Describer",
    "Description",
    "Fingerprint",
    "dhash",
    "dominant",
    "fingerprint",
    "near_duplicates",
    "phash",
]
