from pathlib import Path

import av
import pytest

from limelight.errors import BadInputError, LimelightWarning, NotFoundError
from limelight.media.provenance import history
from limelight.video.cues import read_cues
from limelight.video.languages import TWO_LETTERS, three_letters
from limelight.video.subtitles import Subtitle
from tests.video.clips import packets_of, times_of, write

CAPTIONS = """1
00:00:00,040 --> 00:00:00,200
Tom & <i>Zoë</i>

2
00:00:00,120 --> 00:00:00,320
<font color="red">x < y</font>
second <b><u>line</u></b>
"""


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    folder = tmp_path / "secret"
    folder.mkdir()
    path = folder / "film.srt"
    path.write_text(CAPTIONS, encoding="utf-8")
    return path


def shown(path: Path, number: int = 0) -> list[tuple[float, float, str]]:
    """Give the captions as FFmpeg decodes them: from, to, and ASS."""
    found = []
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[number]
        for packet in container.demux(stream):
            for one in packet.decode() if packet.size > 2 else ():
                begin = float(packet.pts * packet.time_base)
                end = begin + float(packet.duration * packet.time_base)
                found.append((round(begin, 3), round(end, 3), one.dialogue.decode()))
    return found


@pytest.mark.parametrize(("suffix", "codec"), [(".mkv", "subrip"), (".webm", "webvtt")])
def test_captions_are_a_track_of_matroska(
    tmp_path: Path, captions: Path, suffix: str, codec: str
) -> None:
    codecs = {".mkv": ("libx264", "aac"), ".webm": ("libvpx-vp9", "libopus")}
    source = write(
        tmp_path / f"film{suffix}", codec=codecs[suffix][0], sound=[codecs[suffix][1]], frames=12
    )
    target = tmp_path / f"new{suffix}"
    assert Subtitle(captions, "en").write(source, target) == 2
    for kind in ("video", "audio"):
        assert packets_of(target, kind) == packets_of(source, kind)
    assert times_of(target) == times_of(source)
    with av.open(str(target)) as container:
        (stream,) = container.streams.subtitles
        assert stream.codec_context.codec.canonical_name == codec
        assert stream.metadata["language"] == "eng"
    assert shown(target) == [
        (0.04, 0.2, r"Tom & {\i1}Zoë{\i0}"),
        (0.12, 0.32, "x < y\nsecond " + r"{\b1}{\u1}line{\u0}{\b0}"),
    ]


@pytest.mark.parametrize(("suffix", "language"), [(".mp4", "deu"), (".mov", "ger")])
def test_captions_of_an_mp4_take_turns(
    tmp_path: Path, captions: Path, suffix: str, language: str
) -> None:
    source = write(tmp_path / f"film{suffix}", sound=["aac"])
    target = tmp_path / f"new{suffix}"
    Subtitle(captions, "de-AT").write(source, target)
    for kind in ("video", "audio"):
        assert packets_of(target, kind) == packets_of(source, kind)
    assert times_of(target) == times_of(source)
    with av.open(str(target)) as container:
        (stream,) = container.streams.subtitles
        assert stream.codec_context.name == "mov_text"
        assert stream.metadata["language"] == language
        assert b"Arial" in stream.codec_context.extradata
    first, second = r"Tom & {\i1}Zoë", "x < y\nsecond {\\b1}{\\u1}line"
    assert shown(target) == [
        (0.04, 0.12, first),
        (0.12, 0.2, first + "{\\r}\n" + second),
        (0.2, 0.32, second),
    ]


def test_captions_count_from_the_first_picture_and_join_those_that_there_are(
    tmp_path: Path, captions: Path
) -> None:
    source = write(tmp_path / "film.mkv", ticks=[5120 + 512 * i for i in range(12)], subtitles=True)
    target = tmp_path / "new.mkv"
    Subtitle(captions).write(source, target)
    assert packets_of(target, "subtitle") == packets_of(source, "subtitle")
    assert [start for start, _, _ in shown(target, 1)] == [0.44, 0.52]


def test_a_file_says_that_it_was_captioned_and_not_from_which_folder(
    tmp_path: Path, captions: Path
) -> None:
    source = write(tmp_path / "film.mp4", tags={"title": "A film"})
    Subtitle(captions, "en").write(source, tmp_path / "new.mp4")
    assert b"secret" not in (tmp_path / "new.mp4").read_bytes()
    with av.open(str(tmp_path / "new.mp4")) as container:
        (done,) = history(container.metadata)
        assert container.metadata["title"] == "A film"
    assert done.steps() == ["subtitle:file=film.srt,language=en"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"Dear Sir,\n\nno captions.\n", "holds no captions"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not in UTF-8"),
        ("1\n00:00:01,000 --> 00:00:02,000\nZoë\n".encode("latin-1"), "not in UTF-8"),
        (b"1\n00:00:02,000 --> 00:00:01,000\nHi\n", r"line 2: .* ends no later than it begins"),
        (b"\n\n1\n-00:00:01,000 --> 00:00:02,000\nHi\n", "line 4: .* is no time"),
        (b"1\n00:00:01 --> 00:00:02\nHi\n", "line 2: .* is no time"),
        (b"1\n00:00:01,000 --> 00:00:02,000\n" + b"a" * 20_000, "letters is none"),
    ],
)
def test_bad_captions_are_refused_and_leave_nothing(
    tmp_path: Path, content: bytes, message: str
) -> None:
    source = write(tmp_path / "film.mp4", frames=2)
    (tmp_path / "bad.srt").write_bytes(content)
    with pytest.raises(BadInputError, match=message):
        Subtitle(tmp_path / "bad.srt").write(source, tmp_path / "new.mp4")
    assert {path.name for path in tmp_path.iterdir()} == {"film.mp4", "bad.srt"}


def test_what_else_can_be_wrong_is_said(tmp_path: Path, captions: Path) -> None:
    source = write(tmp_path / "film.mp4", frames=2)
    with pytest.raises(NotFoundError, match=r"no captions .*absent\.srt"):
        Subtitle(tmp_path / "absent.srt").write(source, tmp_path / "new.mp4")
    with pytest.raises(BadInputError, match="no language's code"):
        Subtitle(captions, "klingon")
    with pytest.raises(BadInputError, match=r"can't hold captions .*\.webm"):
        Subtitle(captions).write(source, tmp_path / "new.ts")
    with pytest.raises(BadInputError, match="never written over"):
        Subtitle(captions).write(source, source)
    with pytest.warns(LimelightWarning, match="1 of 2 captions .* begin after the end"):
        Subtitle(captions).write(source, tmp_path / "new.mp4")


def test_utf_16_and_old_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(CAPTIONS.replace("\n", "\r\n").encode("utf-16"))
    assert [cue.text for cue in read_cues(path)] == ["Tom & Zoë", "x < y\nsecond line"]


def test_languages_have_three_letters() -> None:
    assert len(TWO_LETTERS) == 183
    assert [three_letters(code) for code in ("en", "EN_gb", "fra", "")] == [
        *("eng", "eng", "fra", "und")
    ]
