"""Networks that read a text, by name."""

from collections.abc import Callable

from limelight.text.tag.encoders.attention import SelfAttention
from limelight.text.tag.encoders.bag import BagOfWords
from limelight.text.tag.encoders.convolutional import Convolutional
from limelight.text.tag.encoders.encoder import Encoder
from limelight.text.tag.encoders.recurrent import Recurrent
from limelight.text.tag.encoders.recursive import Recursive

ENCODERS: dict[str, Callable[[int, int, float], Encoder]] = {
    "bag": BagOfWords,
    "recurrent": Recurrent,
    "recursive": Recursive,
    "convolutional": Convolutional,
    "attention": SelfAttention,
}
"""Each made of the words' dimensions, the width of a text's vector and the share dropped."""

__all__ = ["ENCODERS", "Encoder"]
