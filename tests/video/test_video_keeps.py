"""What is not worked on stays: times, colours, tracks, tags, and all else that a file holds."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from limelight.errors import BadInputError, LimelightWarning
from limelight.media.provenance import history
from limelight.video.pictures import picture_of
from limelight.video.pipeline import process
from tests.video.clips import frames_of, packets_of, times_of, write
from tests.video.operations import Faded, Halved, Inverted, Mirrored, Unchanged

VARIABLE = [0, 512, 530, 2000, 2030, 9000, 9512, 14000, 15000, 30000, 30512, 31000]


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("offset", [0, 6400])
def test_times_stay_what_they_were(tmp_path: Path, suffix: str, offset: int) -> None:
    ticks = [offset + tick for tick in VARIABLE]
    source = write(tmp_path / f"a.{suffix}", ticks=ticks, options={"bf": "2"})
    process(source, tmp_path / f"b.{suffix}", [Mirrored()])
    assert times_of(tmp_path / f"b.{suffix}") == times_of(source)
    assert times_of(source)[0] == Fraction(offset, 12800)


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [("h264", "mp4"), ("hevc", "mp4"), ("vp9", "mp4"), ("av1", "mp4"), ("prores", "mov"),
     ("ffv1", "mkv")],
)  # fmt: skip
def test_every_codec_keeps_times_colours_and_shape(tmp_path: Path, codec: str, suffix: str) -> None:
    colours = (9, 1, 9, 14)
    source = write(tmp_path / "a.mkv", 5, colours=colours, aspect=Fraction(4, 3), size=(80, 64))
    target = tmp_path / f"b.{suffix}"
    assert process(source, target, [Mirrored()], codec=codec).codec == codec
    assert times_of(target) == times_of(source)
    with av.open(str(target)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.codec.canonical_name == codec
        frame = next(container.decode(stream))
        if codec != "ffv1":  # says it in its frames, where PyAV doesn't look
            assert stream.sample_aspect_ratio == Fraction(4, 3)
        found = (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc)
        assert tuple(map(int, found)) == colours


def test_a_shape_of_samples_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4", 3, aspect=Fraction(4, 3))
    with pytest.raises(BadInputError, match="shape 4/3"):
        process(source, tmp_path / "b.webm", [Mirrored()])
    source = write(tmp_path / "c.mp4", 3, codec="libvpx-vp9", aspect=Fraction(4, 3), sound=["aac"])
    with pytest.warns(LimelightWarning, match="4/3"):
        process(source, tmp_path / "d.mkv", sound=[Halved()])


def test_cover_art_stays(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 3)
    with_cover = tmp_path / "c.mkv"
    art = np.full((8, 8, 3), 99, np.uint8)
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 8, 8, "rgb24"
    encoder.time_base = Fraction(1, 25)
    png = bytes(encoder.encode(av.VideoFrame.from_ndarray(art, format="rgb24"))[0])
    with av.open(str(source)) as reader, av.open(str(with_cover), "w") as writer:
        stream = writer.add_stream_from_template(reader.streams.video[0], opaque=True)
        writer.add_attachment("cover.png", "image/png", png)
        for packet in reader.demux(reader.streams.video[0]):
            if packet.size:
                packet.stream = stream
                writer.mux(packet)
    process(with_cover, tmp_path / "b.mkv", [Mirrored()])
    assert packets_of(tmp_path / "b.mkv", "video", 1) == [png]
    process(with_cover, tmp_path / "b.mp4", [Mirrored()])
    assert packets_of(tmp_path / "b.mp4", "video", 1) == [png]


def test_time_codes_and_opaque_alpha_do_not_stop_it(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mov", 5, stream_tags={"timecode": "01:00:00:00"})
    with av.open(str(source)) as container:
        assert container.streams.data
    process(source, tmp_path / "b.mov", [Mirrored()])
    with av.open(str(tmp_path / "b.mov")) as container:
        assert container.streams.video[0].metadata["timecode"] == "01:00:00:00"
        assert len(container.streams.data) == 1
    source = write(tmp_path / "c.mkv", 3, codec="ffv1", pixel_format="bgra")
    assert process(source, tmp_path / "d.mp4", [Unchanged()], codec="h264").frames == 3


def test_alpha_goes_where_it_can_be_held(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 3)
    process(source, tmp_path / "b.mkv", [Faded()])
    process(source, tmp_path / "b.mov", [Faded()])
    for name, expected in (("b.mkv", "yuva420p"), ("b.mov", "yuva444p")):
        frame = frames_of(tmp_path / name)[0]
        assert frame.format.name.startswith(expected)
        assert picture_of(frame)[..., 3].max() > picture_of(frame)[..., 3].min()
    with pytest.raises(BadInputError, match="transparen"):
        process(source, tmp_path / "b.mp4", [Faded()])
    with pytest.raises(BadInputError, match="transparen"):
        process(source, tmp_path / "c.mkv", [Faded()], codec="h264")


def test_all_that_is_not_touched_comes_along(tmp_path: Path) -> None:
    source = write(
        tmp_path / "a.mkv", 30, sound=["flac", "libopus"], subtitles=True, attachment=True,
        chapters=True, tags={"title": "A film", "comment": "mine"},
    )  # fmt: skip
    target = tmp_path / "b.mkv"
    process(source, target, [Mirrored()])
    with av.open(str(source)) as before, av.open(str(target)) as after:
        assert [s.type for s in after.streams] == [s.type for s in before.streams]
        assert [s.language for s in after.streams.audio] == ["eng", "fra"]
        assert after.streams.subtitles[0].language == "eng"
        assert after.streams.attachments[0].data == before.streams.attachments[0].data
        assert after.streams.attachments[0].name == "font.ttf"
        parts = [(c["start"] * c["time_base"], c["metadata"]["title"]) for c in after.chapters()]
        assert parts == [(0, "Part 0"), (Fraction(1, 5), "Part 1")]
        tags = {key.lower(): value for key, value in after.metadata.items()}
        assert tags["title"] == "A film"
        assert tags["comment"].startswith("mine\n")
        assert history(after.metadata)[0].steps() == ["mirrored"]
        assert history(after.metadata)[0].source == "a.mkv"
    for kind, number in (("audio", 0), ("audio", 1), ("subtitle", 0)):
        assert packets_of(target, kind, number) == packets_of(source, kind, number)


def test_what_a_container_cannot_hold_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mkv", 5, subtitles=True, attachment=True)
    with pytest.warns(LimelightWarning, match="mp4 file can't hold"):
        process(source, tmp_path / "b.mp4", [Mirrored()])
    assert len(frames_of(tmp_path / "b.mp4")) == 5


def test_hdr_is_refused_or_kept(tmp_path: Path) -> None:
    display = (
        "log-level=none:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)"
        "L(10000000,50):max-cll=1000,400"
    )
    source = write(
        tmp_path / "a.mkv", 3, codec="libx265", pixel_format="yuv420p10le", colours=(9, 1, 9, 16),
        options={"x265-params": display},
    )  # fmt: skip
    with pytest.raises(BadInputError, match="HDR, and inverted would spoil"):
        process(source, tmp_path / "b.mkv", [Inverted()])
    with pytest.raises(BadInputError, match="too few for HDR"):
        process(source, tmp_path / "b.webm", [Unchanged()], codec="vp9")
    process(source, tmp_path / "b.mkv", [Unchanged()])
    before, after = frames_of(source)[0], frames_of(tmp_path / "b.mkv")[0]
    assert after.format.name == "yuv420p10le"
    assert (after.color_trc, after.color_primaries, after.colorspace) == (16, 9, 9)
    for kind in ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"):
        assert bytes(after.side_data[kind]) == bytes(before.side_data[kind])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mkv", "b.mkv"]


def test_ten_bits_stay_ten(tmp_path: Path) -> None:
    source = write(
        tmp_path / "a.mkv", 2, codec="ffv1", pixel_format="yuv420p10le", colours=(1, 1, 1, 1)
    )
    process(source, tmp_path / "b.mkv", [Unchanged()])
    assert packets_of(tmp_path / "b.mkv", "video") == packets_of(source, "video")
