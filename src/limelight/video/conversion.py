"""Luma and chroma to red, green and blue, and back, compiled.

FFmpeg's own converter (swscale) rounds coarsely, and differently from one machine to another. Here
every sample is converted as ITU-R BT.601, BT.709 and BT.2020 define it, in single precision, and
rounded once. Chroma of half the width sits on the even columns, as MPEG-2 and all after it place
it, and of half the height between two rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limelight.video.colour import Numbers, Samples


@njit(nogil=True, cache=True, fastmath=True)
def to_rgb(
    y: Samples,
    u: Samples,
    v: Samples,
    wide: int,
    high: int,
    code: Numbers,
    rgb: Samples,
    top: float,
) -> None:
    """Fill ``rgb`` (height, width, 3 or 4), up to ``top``; chroma is 1 in ``wide`` x ``high``."""
    height, width = y.shape
    rows, columns = u.shape
    red_v = 2 * (1 - code[4])
    blue_u = 2 * (1 - code[5])
    green = 1 - code[4] - code[5]
    green_u = -blue_u * code[5] / green
    green_v = -red_v * code[4] / green
    us = np.empty(columns + 1, np.float32)
    vs = np.empty(columns + 1, np.float32)
    limit = np.float32(top)
    half = np.float32(0.5)
    for i in range(height):
        near = i // high
        far = near
        near_share = np.float32(1)
        if high == 2:
            far = min(max(near + (1 if i % 2 else -1), 0), rows - 1)
            near_share = np.float32(0.75)
        far_share = np.float32(1) - near_share
        for j in range(columns):
            us[j] = (near_share * u[near, j] + far_share * u[far, j] - code[3]) * code[2]
            vs[j] = (near_share * v[near, j] + far_share * v[far, j] - code[3]) * code[2]
        us[columns], vs[columns] = us[columns - 1], vs[columns - 1]
        for j in range(width):
            luma = (y[i, j] - code[1]) * code[0]
            if wide == 2:
                k = j // 2
                odd = np.float32(j % 2) * half
                cu = us[k] + odd * (us[k + 1] - us[k])
                cv = vs[k] + odd * (vs[k + 1] - vs[k])
            else:
                cu, cv = us[j], vs[j]
            rgb[i, j, 0] = min(max((luma + red_v * cv) * limit + half, 0), limit)
            rgb[i, j, 1] = min(max((luma + green_u * cu + green_v * cv) * limit + half, 0), limit)
            rgb[i, j, 2] = min(max((luma + blue_u * cu) * limit + half, 0), limit)


@njit(nogil=True, cache=True, fastmath=True)
def from_rgb(
    rgb: Samples,
    y: Samples,
    u: Samples,
    v: Samples,
    wide: int,
    high: int,
    code: Numbers,
    top: float,
    peak: int,
) -> None:
    """Fill the planes of luma and chroma, up to ``peak``, from ``rgb`` that reaches ``top``."""
    height, width = y.shape
    rows, columns = u.shape
    one = np.float32(1) / np.float32(top)
    red, blue = code[4] * one, code[5] * one
    green = one - red - blue
    half = np.float32(0.5)
    most = np.float32(peak)
    luma_gain, luma_zero = 1 / code[0], code[1] + half
    u_gain = 1 / (2 * (1 - code[5]) * code[2])
    v_gain = 1 / (2 * (1 - code[4]) * code[2])
    zero = code[3] + half
    us = np.empty(width, np.float32)
    vs = np.empty(width, np.float32)
    for k in range(rows):
        us[:] = 0
        vs[:] = 0
        lines = min(high, height - k * high)
        share = np.float32(1) / lines
        for i in range(k * high, k * high + lines):
            for j in range(width):
                r, b = rgb[i, j, 0], rgb[i, j, 2]
                luma = red * r + green * rgb[i, j, 1] + blue * b
                y[i, j] = min(max(luma * luma_gain + luma_zero, 0), most)
                us[j] += (b * one - luma) * share
                vs[j] += (r * one - luma) * share
        for j in range(columns):
            cu, cv = us[j * wide], vs[j * wide]
            if wide == 2:
                left, right = max(j * 2 - 1, 0), min(j * 2 + 1, width - 1)
                cu = half * cu + np.float32(0.25) * (us[left] + us[right])
                cv = half * cv + np.float32(0.25) * (vs[left] + vs[right])
            u[k, j] = min(max(cu * u_gain + zero, 0), most)
            v[k, j] = min(max(cv * v_gain + zero, 0), most)


@njit(nogil=True, cache=True)
def keep(
    before: Samples,
    after: Samples,
    old: tuple[Samples, ...],
    new: tuple[Samples, ...],
    wide: int,
    high: int,
) -> None:
    """Where the picture stayed what it was, give ``new`` the samples that ``old`` has.

    So what an operation leaves alone comes through to the bit, colours that no RGB holds too. A
    sample of chroma stays where all the pixels stayed that it is made of.
    """
    height, width = after.shape[:2]
    rows, columns = new[1].shape
    same = np.empty(width, np.bool_)
    for k in range(rows):
        same[:] = True
        for i in range(k * high, min(k * high + high, height)):
            was, now, kept, made = before[i], after[i], old[0][i], new[0][i]
            for x in range(width):
                stayed = (
                    was[x, 0] == now[x, 0] and was[x, 1] == now[x, 1] and was[x, 2] == now[x, 2]
                )
                same[x] &= stayed
                if stayed:
                    made[x] = kept[x]
        for j in range(columns):
            stays = same[j * wide]
            if wide == 2:
                stays &= same[max(j * 2 - 1, 0)] & same[min(j * 2 + 1, width - 1)]
            if stays:
                new[1][k, j] = old[1][k, j]
                new[2][k, j] = old[2][k, j]
