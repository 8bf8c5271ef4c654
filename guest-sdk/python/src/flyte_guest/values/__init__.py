"""How values of Python's types cross between sandboxes: their JSON text and their JSON Schema."""

from .codec import Codec
from .problem import Problem
from .resolve import Unfit, codec_of

__all__ = ["Codec", "Problem", "Unfit", "codec_of"]
