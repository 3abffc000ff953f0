"""Pictures as the network has them: float32 (n, 3, height, width) from -1 to 1."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from torch import Tensor

from limelight.image.generate.collection import Samples


def tensors_of(pictures: Samples) -> Tensor:
    """Give uint8 (n, height, width, 3) as numbers from -1 to 1."""
    laid = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2)
    return laid.float() / 127.5 - 1


def pictures_of(tensors: Tensor) -> Samples:
    """Round numbers from -1 to 1 to uint8 (n, height, width, 3); what is beyond is cut."""
    levels = ((tensors.clamp(-1, 1) + 1) * 127.5).round().byte()
    found: Samples = levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return found


def low_precision(device: torch.device) -> AbstractContextManager[object]:
    """Work in bfloat16 where the processor has instructions for it: twice as fast."""
    if device.type == "cuda":
        quick = torch.cuda.is_bf16_supported()
    else:
        quick = device.type == "cpu" and (
            torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        )
    return torch.autocast(device.type, torch.bfloat16) if quick else nullcontext()


def noise_of(seed: int, size: int) -> Tensor:
    """Draw the noise (3, size, size) that the picture of a seed begins as."""
    random = torch.Generator().manual_seed(seed)
    return torch.randn(3, size, size, generator=random)
