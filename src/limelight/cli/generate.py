"""limelight image generate: train small models that make pictures, and make pictures by models."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limelight.cli.media import Files, OverwriteOption, finished
from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError, LimelightWarning
from limelight.extras import require
from limelight.media.inputs import PICTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.image.generate.collection import Collection
    from limelight.image.generate.maker import Maker
    from limelight.image.generate.marks import Made
    from limelight.image.generate.model import Sampling
    from limelight.media.outputs import Job
    from limelight.progress import Progress

CIFAR10 = "cifar10"
LOSSLESS = (".png", ".tif", ".tiff", ".bmp", ".tga")

app = typer.Typer(
    no_args_is_help=True,
    help="Train a small model on your pictures; make pictures by it, or by a diffusers folder.",
)

ModelOption = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER", help="A model trained here, or a diffusers pipeline.", show_default=False
    ),
]
PromptOption = Annotated[
    str, typer.Option(metavar="TEXT", help="A class or words. Default: whatever comes.")
]
SeedOption = Annotated[
    int, typer.Option(metavar="N", help="The same seed gives the same picture again.")
]
StepsOption = Annotated[
    int, typer.Option(metavar="N", help="Steps from noise to picture: more are finer and slower.")
]
GuidanceOption = Annotated[
    float, typer.Option(metavar="NUMBER", help="How closely to follow the prompt; 1 is as learned.")
]
SolverOption = Annotated[
    str, typer.Option(metavar="NAME", help="heun, midpoint or euler; for models trained here.")
]
DeviceOption = Annotated[str, typer.Option(metavar="NAME", help="cpu, cuda, cuda:1, mps.")]
SizeOption = Annotated[int, typer.Option(metavar="PIXELS", help="The side of its pictures.")]
GeneratedOutOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="OUT", show_default=False, help="A file, or a folder."),
]


@dataclass(frozen=True)
class Drawing:
    """The options of a command by which a model makes pictures."""

    model: ModelOption
    prompt: PromptOption = ""
    seed: SeedOption = 0
    steps: StepsOption = 24
    guidance: GuidanceOption = 4.0
    device: DeviceOption = "cpu"

    def sampling(self, solver: str) -> Sampling:
        """Say how to get from noise to a picture."""
        require("torch", "image", "Generating pictures")
        from limelight.image.generate.model import sampling_of

        return sampling_of(self.steps, solver, self.guidance, self.seed)

    def maker(self) -> Maker:
        """Open the model."""
        from limelight.image.generate.maker import open_maker

        return open_maker(self.model, _device(self.device))

    def made(self, how: str, number: int = 0, strength: float | None = None) -> Made:
        """Say how the picture of a number was made."""
        from limelight.image.generate.marks import Made

        name, seed = self.model.resolve().name, self.seed + number
        return Made(how, name, self.prompt, seed, self.steps, self.guidance, strength)


@dataclass(frozen=True)
class Filling(Drawing):
    """The same where a part is filled, which takes more steps."""

    steps: StepsOption = 50


@command(app, "train")
def train(
    session: Session,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A folder of pictures, or cifar10.", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="Where the model goes.", show_default=False
        ),
    ],
    size: SizeOption = 32,
    steps: Annotated[int, typer.Option(metavar="N", help="How long to train.")] = 10_000,
    batch: Annotated[int, typer.Option(metavar="N", help="Pictures a step.")] = 64,
    width: Annotated[
        int, typer.Option(metavar="N", help="Channels: twice as many take four times as long.")
    ] = 48,
    rate: Annotated[float, typer.Option(metavar="NUMBER", help="The learning rate.")] = 1e-3,
    flips: Annotated[
        bool, typer.Option("--flips/--no-flips", help="Show half of the pictures mirrored.")
    ] = True,
    seed: Annotated[int, typer.Option(metavar="N", help="Of all that is random.")] = 0,
    device: DeviceOption = "cpu",
) -> Answer:
    """Train a small model on pictures of your own.

    Folders in the folder are classes. With captions.csv (columns file, caption) in it, or text
    files of the pictures' names beside them, the model learns words instead. Pictures are cut
    square. After a kill, the same command goes on where it was. Sample sheets and curves appear in
    the model's folder while it trains.

    \b
    Examples:
      limelight image generate train posters -o poster-model --steps 20000
      limelight image generate train cifar10 -o small-things
    """
    require("torch", "image", "Training")
    from limelight.image.generate.network import shape_of
    from limelight.image.generate.training import Training, plan_of

    plan = plan_of(steps, batch, rate, flips, seed)
    shape = shape_of(size, width)
    with session.progress() as progress:
        collection = _collection(session, source, size, progress)
        training = Training(collection, shape, plan, out, _device(device))
        model = training.run(progress)
    data = {"model": str(out), **{k: model.card[k] for k in ("steps", "pictures", "seconds")}}
    curve = training.state.curve
    if curve:
        data |= {"loss": curve[-1][1], "unseen_loss": curve[-1][2]}
    asked = f" --prompt {collection.asked[0]!r}" if collection.asked[0] else ""
    text = (
        f"{out}: trained on {data['pictures']:,} pictures in {data['steps']:,} steps\n"
        f"see {out / 'samples'}; make some: "
        f"limelight image generate sample --model {out}{asked} -o new.png"
    )
    return Answer(data, text)


@command(app, "sample")
def sample(
    session: Session,
    drawing: Drawing,
    out: GeneratedOutOption,
    count: Annotated[int, typer.Option("-n", metavar="N", help="How many.")] = 1,
    solver: SolverOption = "heun",
    overwrite: OverwriteOption = False,
) -> Answer:
    """Make new pictures; several go to a folder, each named by its seed.

    Pipelines of diffusers are mostly made for a guidance of 7.

    \b
    Examples:
      limelight image generate sample --model small-things --prompt ship -n 16 -o ships
      limelight image generate sample --model stable-diffusion --prompt "a lighthouse" \
--guidance 7 -o lighthouse.png
    """
    from limelight.image.generate.marks import places_of

    if count < 1:
        raise BadInputError(f"-n is 1 or more, not {count}")
    sampling, maker = drawing.sampling(solver), drawing.maker()
    names = [f"seed-{drawing.seed + number}.png" for number in range(count)]
    targets = places_of(out, names, overwrite)
    with session.progress() as progress:
        pictures = maker.sample([drawing.prompt] * count, sampling, progress)
        mades = [drawing.made("sample", number) for number in range(count)]
        return _written(targets, pictures, mades, drawing.model)


@command(app, "vary")
def vary(
    session: Session,
    files: Files,
    drawing: Drawing,
    strength: Annotated[
        float, typer.Option(metavar="0-1", help="How much of the picture becomes noise first.")
    ] = 0.5,
    solver: SolverOption = "heun",
) -> Answer:
    """Make a variation of each picture; another seed makes another.

    A model trained here looks at the middle square, and gives pictures of its own size.

    \b
    Example:
      limelight image generate vary still.png --model poster-model --strength 0.6 -o varied.png
    """
    sampling, jobs = drawing.sampling(solver), files.jobs(PICTURES)
    maker = drawing.maker()

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        from limelight.image.generate.marks import write_generated
        from limelight.image.reading import read

        made = drawing.made("vary", strength=strength)
        varied = maker.vary(read(job.source), [drawing.prompt], strength, sampling, progress)
        write_generated(job.target, varied[0], made, job.source)
        return {"seed": drawing.seed}

    return finished(session, jobs, work)


@command(app, "interpolate")
def interpolate(
    session: Session,
    first: Annotated[str, typer.Argument(metavar="A", help="A picture, or a seed.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    model: ModelOption,
    out: GeneratedOutOption,
    count: Annotated[int, typer.Option("-n", metavar="N", help="Pictures, both ends too.")] = 9,
    prompt: PromptOption = "",
    to_prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What B is. Default: as --prompt.")
    ] = None,
    steps: StepsOption = 24,
    guidance: Annotated[
        float, typer.Option(metavar="NUMBER", help="How closely to follow the prompts.")
    ] = 1.0,
    solver: SolverOption = "heun",
    device: DeviceOption = "cpu",
    overwrite: OverwriteOption = False,
) -> Answer:
    """Go from one picture, or one seed's, to another by a model trained here, into a folder.

    \b
    Examples:
      limelight image generate interpolate 1 2 --model small-things --prompt horse -o way
      limelight image generate interpolate a.png b.png --model poster-model -o way
    """
    from limelight.image.generate.maker import SmallMaker
    from limelight.image.generate.marks import places_of

    asked = (prompt, prompt if to_prompt is None else to_prompt)
    drawing = Drawing(model, " to ".join(dict.fromkeys(asked)), 0, steps, guidance, device)
    sampling, maker = drawing.sampling(solver), drawing.maker()
    if not isinstance(maker, SmallMaker):
        raise BadInputError(f"{model} is a diffusers pipeline; models trained here interpolate")
    begin, end = (_end(one, maker) for one in (first, second))
    if out.suffix:
        raise BadInputError(f"{out} names a file, and {count} pictures need a folder to go to")
    names = [f"{number:03}.png" for number in range(count)]
    targets = places_of(out, names, overwrite, folder=True)
    with session.progress() as progress:
        pictures = maker.generator.interpolate(begin, end, count, asked, sampling, progress)
        made = drawing.made(f"interpolate {Path(first).name} to {Path(second).name}")
        return _written(targets, pictures, [made] * count, model)


@command(app, "inpaint")
def inpaint(
    session: Session,
    files: Files,
    drawing: Filling,
    mask: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="White where to fill; as large as the pictures."),
    ] = None,
    rectangle: Annotated[
        str, typer.Option(metavar="NUMBERS", help='Left, top, width, height: "40 20 200 30".')
    ] = "",
    polygon: Annotated[
        str, typer.Option(metavar="NUMBERS", help='Corners, x and y in turn: "9 9 90 20 50 80".')
    ] = "",
    grow: Annotated[
        int, typer.Option(metavar="PIXELS", help="Fill so much more around all of it.")
    ] = 0,
) -> Answer:
    """Fill a part with something that was never there; all else stays to the bit.

    A mask, rectangles and polygons say which part, as for `limelight image inpaint`, which fills
    scratches and holes from the picture itself.

    \b
    Example:
      limelight image generate inpaint ship.png --mask hole.png --model small-things -o filled.png
    """
    sampling, jobs = drawing.sampling("euler"), files.jobs(PICTURES)
    maker = drawing.maker()
    from limelight.image.generate.marks import write_composite
    from limelight.image.masks import Masking
    from limelight.image.reading import open_picture

    masking = Masking(mask, rectangle, polygon, grow)

    def work(job: Job, progress: Progress) -> Mapping[str, Any]:
        with open_picture(job.source) as file:
            frame = next(file.frames())
        hole = masking.meant(*frame.picture.shape[:2])
        filled = maker.fill(frame.picture, hole, drawing.prompt, sampling, progress)
        made = drawing.made("inpaint")
        if job.target.suffix.lower() not in LOSSLESS:
            told = (
                f"{job.target.suffix} changes all pixels a little; .png and .tiff keep known ones"
            )
            warnings.warn(told, LimelightWarning, stacklevel=2)
        write_composite(job.target, filled, made, job.source, frame)
        return {"seed": drawing.seed}

    return finished(session, jobs, work)


def _collection(session: Session, source: str, size: int, progress: Progress) -> Collection:
    from limelight.image.generate.collection import labelled, read_collection

    if source != CIFAR10 or Path(source).exists():
        return read_collection(Path(source), size, progress=progress)
    from limelight.datasets import fetch_cifar10
    from limelight.datasets.cifar10 import CLASSES

    pictures, labels = fetch_cifar10(session.home.make().datasets, progress).training()
    return labelled(pictures, [CLASSES[label] for label in labels], size)


def _device(name: str) -> str:
    import torch

    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise BadInputError(f"there is no device {name!r} here; cpu is always there") from error
    return name


def _end(named: str, maker: Any) -> Any:
    from limelight.image.generate.collection import squared
    from limelight.image.reading import read

    if named.isdecimal() and not Path(named).exists():
        return int(named)
    return squared(read(Path(named)), maker.size)


def _written(targets: Sequence[Path], pictures: Any, mades: Sequence[Made], model: Path) -> Answer:
    from limelight.image.generate.marks import write_generated

    files = []
    for target, picture, made in zip(targets, pictures, mades, strict=True):
        write_generated(target, picture, made, model)
        files.append({"file": str(target), "seed": made.seed})
    height, width = pictures[0].shape[:2]
    where = (
        str(targets[0]) if len(targets) == 1 else f"{len(targets)} pictures in {targets[0].parent}"
    )
    return Answer(
        {"files": files, "width": width, "height": height}, f"{where}, {width} x {height}"
    )
