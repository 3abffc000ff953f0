"""How far pictures are apart: PSNR, SSIM, errors of mattes, and a page with a slider."""

from limelight.image.compare.comparison import Comparison, compare
from limelight.image.compare.matte import MatteErrors, matte_errors
from limelight.image.compare.measures import psnr, ssim
from limelight.image.compare.report import write_comparison

__all__ = [
    "Comparison",
    "MatteErrors",
    "compare",
    "matte_errors",
    "psnr",
    "ssim",
    "write_comparison",
]
