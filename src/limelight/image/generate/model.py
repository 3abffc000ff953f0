"""A trained model: pictures from noise, variations, what lies between two, and filled holes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.image.generate.collection import Samples
from limelight.image.generate.conditions import Captions, Classes, Conditions
from limelight.image.generate.flow import LAST, Solver, arrived, between, followed, guided
from limelight.image.generate.network import Shape, UNet
from limelight.image.generate.tensors import low_precision, noise_of, pictures_of, tensors_of
from limelight.media.whole import filling
from limelight.progress import Progress, silent

CONFIG = "limelight-generator.json"
WEIGHTS = "model.safetensors"
BATCH = 64
SOLVERS: dict[str, Solver] = {"heun": "heun", "midpoint": "midpoint", "euler": "euler"}
SURE = 0.6  # from how early a filled hole is drawn anew by chance, so that it fits its surroundings


@dataclass(frozen=True)
class Sampling:
    """How noise becomes a picture. Picture ``n`` of many has the seed ``seed + n``."""

    steps: int = 24
    solver: Solver = "heun"
    guidance: float = 4.0
    seed: int = 0


def sampling_of(steps: int, solver: str, guidance: float, seed: int) -> Sampling:
    """Make a Sampling of what a user gave. Raises BadInputError for what leads nowhere."""
    if not 1 <= steps <= 10_000:
        raise BadInputError(f"steps are 1 to 10,000, not {steps}")
    if solver not in SOLVERS:
        raise BadInputError(f"there is no solver {solver!r}; there are {', '.join(SOLVERS)}")
    if not 0 <= guidance <= 100:
        raise BadInputError(f"guidance is 0 to 100, not {guidance:g}")
    if not 0 <= seed < 1 << 62:
        raise BadInputError(f"a seed is a whole number from 0 on, not {seed}")
    return Sampling(steps, SOLVERS[solver], guidance, seed)


DEFAULT = Sampling()


@dataclass
class Generator:
    """A network with what it can be asked for. Pictures are uint8 (n, size, size, 3).

    ``card`` says how it was trained.
    """

    network: UNet
    shape: Shape
    conditions: Conditions
    card: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> Generator:
        """Read a model's folder.

        Raises NotFoundError where there is none, CorruptError where it can't be read.
        """
        card = read_card(folder)
        if not card:
            raise NotFoundError(f"{folder} has no model of `limelight image generate train`")
        try:
            shape = Shape(**card["shape"])
            names = card["classes"]
            conditions = Captions() if shape.reads else Classes(tuple(names))
            network = UNet(shape)
            network.load_state_dict(load_file(Path(folder) / WEIGHTS))
        except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
            raise CorruptError(f"the model in {folder} can't be read: {error}") from error
        network.to(torch.device(device)).eval()
        return cls(network.requires_grad_(False), shape, conditions, card)

    def save(self, folder: Path) -> None:
        """Write weights as safetensors and all else as JSON, both whole."""
        names = self.conditions.names if isinstance(self.conditions, Classes) else ()
        card = {**self.card, "shape": asdict(self.shape), "classes": names}
        weights = {k: v.cpu().contiguous() for k, v in self.network.state_dict().items()}
        with filling(folder) as draft:
            save_file(weights, draft / WEIGHTS)
            text = json.dumps(card, indent=2, ensure_ascii=False)
            (draft / CONFIG).write_text(text + "\n", encoding="utf-8")

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(self.network.parameters()).device

    def sample(
        self, asked: Sequence[str], sampling: Sampling = DEFAULT, progress: Progress = silent
    ) -> Samples:
        """Make a picture of each of ``asked``: classes, captions, or "" for whatever comes."""
        return self._followed(self._noises(len(asked), sampling), asked, 0.0, sampling, progress)

    def vary(
        self,
        picture: Samples,
        asked: Sequence[str],
        strength: float,
        sampling: Sampling = DEFAULT,
        progress: Progress = silent,
    ) -> Samples:
        """Make variations of (size, size, 3), one of each of ``asked``.

        The picture is mixed with noise, ``strength`` of it, and taken back from there (SDEdit, Meng
        et al., 2022): 0 leaves it as it is, 1 leaves nothing of it.
        """
        if not 0 < strength <= 1:
            raise BadInputError(f"strength is over 0 and at most 1, not {strength:g}")
        noises = self._noises(len(asked), sampling)
        known = tensors_of(picture[None]).to(self.device)
        begun = (1 - strength) * known + strength * noises
        return self._followed(begun, asked, 1 - strength, sampling, progress)

    def interpolate(
        self,
        first: Samples | int,
        second: Samples | int,
        count: int,
        asked: tuple[str, str] = ("", ""),
        sampling: Sampling = DEFAULT,
        progress: Progress = silent,
    ) -> Samples:
        """Go from one picture to another in ``count`` pictures, both ends among them.

        A picture is (size, size, 3), followed backwards to the noise that it comes from, or a seed.
        ``asked`` is what the ends are; between them each picture follows both, by its share.
        """
        if count < 2:
            raise BadInputError(f"between two pictures there are 2 or more with them, not {count}")
        begin, end = (
            self._latent(one, name, sampling, progress)
            for one, name in zip((first, second), asked, strict=True)
        )
        shares = torch.linspace(0, 1, count, device=self.device)
        noises = torch.stack([between(begin, end, float(share)) for share in shares])
        ways = [
            guided(self.network, self._rows([name] * count), sampling.guidance) for name in asked
        ]

        def velocity(x: Tensor, time: float) -> Tensor:
            if asked[0] == asked[1]:
                return ways[0](x, time)
            return torch.lerp(ways[0](x, time), ways[1](x, time), shares[:, None, None, None])

        progress(0, None, "generating")
        with torch.inference_mode(), low_precision(self.device):
            noises = noises.contiguous(memory_format=torch.channels_last)
            return pictures_of(arrived(velocity, noises, 0.0, sampling.steps, sampling.solver))

    def inpaint(
        self,
        picture: Samples,
        hole: Tensor,
        asked: str,
        sampling: Sampling = DEFAULT,
        progress: Progress = silent,
    ) -> Samples:
        """Fill ``hole``, bool (size, size), of (size, size, 3); the other pixels stay to the bit.

        After every step the picture that it leads to gets its known pixels back, and is mixed with
        noise again, some of it fresh (RePaint, Lugmayr et al., 2022; for flows, Martin et al.,
        2025).
        """
        known = tensors_of(picture[None]).to(self.device)
        hole = hole.to(self.device)
        velocity = guided(self.network, self._rows([asked]), sampling.guidance)
        random = torch.Generator().manual_seed(sampling.seed)
        x = self._noises(1, sampling)
        last = max(1, sampling.steps - 1)
        with torch.inference_mode(), low_precision(self.device):
            for step in range(sampling.steps):
                progress(step, sampling.steps, "filling")
                time, later = LAST * step / last, LAST * min(1.0, (step + 1) / last)
                slope = velocity(x, time)
                led = torch.where(hole, x + (1 - time) * slope, known)
                noise = torch.where(hole, x - time * slope, 0)
                fresh = torch.randn(x.shape, generator=random).to(self.device)
                kept = 0.0 if later < SURE else 1.0
                noise = torch.where(hole, kept * noise + (1 - kept) * fresh, fresh)
                x = later * led + (1 - later) * noise
        filled: Samples = pictures_of(led)[0]
        filled[~hole.cpu().numpy()] = picture[~hole.cpu().numpy()]
        return filled

    def _latent(
        self, end: Samples | int, asked: str, sampling: Sampling, progress: Progress
    ) -> Tensor:
        """Give the noise of a seed, or that from which a picture comes without guidance."""
        if isinstance(end, int):
            return noise_of(end, self.shape.size).to(self.device)
        known = tensors_of(end[None]).to(self.device)
        velocity = guided(self.network, self._rows([asked]), 1.0)
        progress(0, None, "generating")
        with torch.inference_mode(), low_precision(self.device):
            return followed(velocity, known, 1.0, 0.0, sampling.steps, sampling.solver)[0]

    def _noises(self, n: int, sampling: Sampling) -> Tensor:
        drawn = [noise_of(sampling.seed + number, self.shape.size) for number in range(n)]
        return torch.stack(drawn).to(self.device)

    def _rows(self, asked: Sequence[str]) -> Tensor:
        return self.conditions.rows(asked).to(self.device)

    def _followed(
        self,
        begun: Tensor,
        asked: Sequence[str],
        begin: float,
        sampling: Sampling,
        progress: Progress,
    ) -> Samples:
        rows, ended = self._rows(asked), []
        for first in range(0, len(begun), BATCH):
            progress(first, len(begun), "generating")
            some = slice(first, first + BATCH)
            velocity = guided(self.network, rows[some], sampling.guidance)
            with torch.inference_mode(), low_precision(self.device):
                x = begun[some].contiguous(memory_format=torch.channels_last)
                ended.append(arrived(velocity, x, begin, sampling.steps, sampling.solver))
        return pictures_of(torch.cat(ended))


def read_card(folder: Path) -> dict[str, Any]:
    """Read how the model in a folder was trained; {} where there is none.

    Raises CorruptError where what is there is no JSON object.
    """
    file = Path(folder) / CONFIG
    if not file.is_file():
        return {}
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptError(f"{file} can't be read: {error}") from error
    if not isinstance(card, dict):
        raise CorruptError(f"{file} is no card of a model")
    return card
