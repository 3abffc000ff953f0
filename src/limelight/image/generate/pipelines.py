"""Diffusers pipelines from a folder on this disk: pictures from text, from pictures, into holes.

Nothing is downloaded, and nothing in the folder is run: weights are safetensors, and parts are
classes of diffusers and transformers alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from limelight.errors import BadInputError, CorruptError
from limelight.extras import require
from limelight.image.generate.collection import Samples, over_white, resized
from limelight.image.generate.maker import PIPELINE, put_into, refuse_hole
from limelight.image.generate.model import Sampling
from limelight.image.masks import Mask
from limelight.image.picture import Picture
from limelight.progress import Progress, silent

LIBRARIES = frozenset({"diffusers", "transformers"})
UNSAFE = frozenset({".bin", ".ckpt", ".msgpack", ".pickle", ".pkl", ".pt", ".pth", ".py"})


class PipelineMaker:
    """A pipeline for text to pictures, and what of its kind takes a picture or a mask besides."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        """Read all parts. Raises as `open_maker` does."""
        self.folder = Path(folder)
        refuse_unsafe(self.folder)
        self._diffusers = require("diffusers", "generate", "A diffusers pipeline")
        self._diffusers.utils.logging.disable_progress_bar()
        self._first = self._opened(device)
        self._first.set_progress_bar_config(disable=True)
        grain = int(getattr(self._first, "vae_scale_factor", 8))
        self.grain = grain

    def sample(
        self, asked: Sequence[str], sampling: Sampling, progress: Progress = silent
    ) -> Samples:
        """Make a picture of each prompt in the pipeline's own size."""
        pipeline = self._kind("Text2Image")
        return self._each(pipeline, asked, sampling, progress, {})

    def vary(
        self,
        picture: Picture,
        asked: Sequence[str],
        strength: float,
        sampling: Sampling,
        progress: Progress = silent,
    ) -> Samples:
        """Make variations as large as the picture."""
        if not 0 < strength <= 1:
            raise BadInputError(f"strength is over 0 and at most 1, not {strength:g}")
        known = over_white(picture)
        given = {"image": self._image(known), "strength": strength}
        made = self._each(self._kind("Image2Image"), asked, sampling, progress, given)
        return np.stack([resized(one, known.shape[:2]) for one in made])

    def fill(
        self,
        picture: Picture,
        hole: Mask,
        asked: str,
        sampling: Sampling,
        progress: Progress = silent,
    ) -> Picture:
        """Fill a hole; every other pixel stays as it is to the bit."""
        refuse_hole(picture, hole)
        known = over_white(picture)
        image = self._image(known)
        mask = Image.fromarray(np.uint8(255) * hole).resize(image.size, Image.Resampling.NEAREST)
        given = {"image": image, "mask_image": mask, "width": image.width, "height": image.height}
        made = self._each(self._kind("Inpainting"), [asked], sampling, progress, given)[0]
        filled = picture.copy()
        put_into(filled, resized(made, known.shape[:2]), hole)
        return filled

    def _each(
        self,
        pipeline: Any,
        asked: Sequence[str],
        sampling: Sampling,
        progress: Progress,
        given: dict[str, Any],
    ) -> Samples:
        """Ask for one picture after another: a batch of large ones needs a batch's memory."""
        made, whole = [], float(len(asked) * sampling.steps)
        for number, prompt in enumerate(asked):
            result = pipeline(
                prompt=prompt,
                num_inference_steps=sampling.steps,
                guidance_scale=sampling.guidance,
                generator=torch.Generator("cpu").manual_seed(sampling.seed + number),
                callback_on_step_end=_telling(progress, number * sampling.steps, whole),
                output_type="np",
                **given,
            )
            values = np.asarray(result.images[0], np.float32)
            made.append(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))
        return np.stack(made)

    def _image(self, known: Samples) -> Image.Image:
        """Give a picture in a size that the pipeline takes."""
        grain = self.grain
        sides = [max(grain, round(side / grain) * grain) for side in known.shape[:2]]
        return Image.fromarray(resized(known, (sides[0], sides[1])))

    def _kind(self, kind: str) -> Any:
        """Give the pipeline of the same parts that does this."""
        try:
            made = getattr(self._diffusers, f"AutoPipelineFor{kind}").from_pipe(self._first)
        except (ValueError, OSError) as error:
            words = {"Text2Image": "text", "Image2Image": "another picture"}.get(kind, "a mask")
            raise BadInputError(
                f"the pipeline in {self.folder} ({type(self._first).__name__}) "
                f"makes no pictures from {words}"
            ) from error
        made.set_progress_bar_config(disable=True)
        return made

    def _opened(self, device: str) -> Any:
        try:
            pipeline = self._diffusers.DiffusionPipeline.from_pretrained(
                str(self.folder),
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
            )
            return pipeline.to(device, torch.float32 if device == "cpu" else torch.bfloat16)
        except Exception as error:  # whatever stranger's files make the libraries raise
            raise CorruptError(f"the pipeline in {self.folder} can't be read: {error}") from error


def refuse_unsafe(folder: Path) -> None:
    """Refuse a folder with parts of its own making, or with files that could run something.

    Raises BadInputError, or CorruptError where its list of parts can't be read.
    """
    try:
        parts = json.loads((folder / PIPELINE).read_text(encoding="utf-8"))
        named = dict(parts)
    except (OSError, ValueError, TypeError) as error:
        raise CorruptError(f"{folder / PIPELINE} can't be read: {error}") from error
    whole = named.get("_class_name")
    strange = [] if isinstance(whole, str) else [str(whole)]
    for name, part in named.items():
        if not name.startswith("_") and isinstance(part, list):
            library = part[0] if part else None
            if library is not None and library not in LIBRARIES:
                strange.append(f"{library}.{part[-1]}")
    if strange:
        raise BadInputError(
            f"{folder} asks for code of its own ({', '.join(strange)}), which is never run; only "
            "pipelines made of parts of diffusers and transformers are opened"
        )
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in UNSAFE)
    if files:
        raise BadInputError(
            f"{folder} has {files[0].relative_to(folder)}, which could run code when it is read; "
            "get the model as safetensors, and remove such files"
        )


def _telling(progress: Progress, before: float, whole: float) -> Callable[..., dict[str, Any]]:
    def tell(pipeline: Any, step: int, time: Any, given: dict[str, Any]) -> dict[str, Any]:
        progress(before + step + 1, whole, "generating")
        return given

    return tell
