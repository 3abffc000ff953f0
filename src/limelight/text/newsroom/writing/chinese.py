"""Chinese sentences said in other words: moved, shortened, quoted, and never invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from limelight.extras import require
from limelight.text.newsroom.checking.copying import common_run
from limelight.text.newsroom.facts.quotations import MARKS
from limelight.text.words import words

OPENERS = re.compile(
    r"^(?:据悉|据了解|此外|同时|另外|与此同时|不过|然而|但是|但|而且|而|其中|因此|所以|总之"
    r"|事实上|值得一提的是|值得注意的是"
    r"|另一方面|对此|随后|最后|当然|例如|比如|日前|目前)[，,]?"
)
SAYING = r"(?:表示|指出|认为|介绍说?|透露|强调|坦言|称|说|告诉记者|写道)"
WHO = r"(?P<who>[^，。：“”]{2,30}?)"
SPOKEN = re.compile(rf"^{WHO}(?P<verb>{SAYING})[：:，]?“(?P<q>[^“”]+)”$")
SPOKEN_AFTER = re.compile(rf"^“(?P<q>[^“”]+)”[，,]?{WHO}(?P<verb>{SAYING})$")
REPORTED = re.compile(rf"^{WHO}(?P<verb>表示|指出|认为|介绍说?|透露|称|说|强调)，(?P<said>[^“”]+)$")
ACCORDING = re.compile(
    r"^(?:根据|据)(?P<who>[^，。]{2,24}?)(?P<how>介绍|透露|统计|消息|报道|显示|数据)，(?P<said>.+)$"
)
TIME = (
    r"(?:(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:上午|下午|晚间?|凌晨)?|\d{4}年(?:\d{1,2}月)?"
    r"|(?:今|昨|明)[天日晚]|(?:上|本|下)?周[一二三四五六日末]"
    r"|近日|日前|今年|去年|明年|截至\d{1,2}月\d{1,2}日|(?:今年|去年)\d{1,2}月)"
)
TIME_FIRST = re.compile(rf"^(?P<time>{TIME})，(?P<main>.+)$")
TIME_INSIDE = re.compile(
    rf"^(?P<head>[^，]{{2,20}}?)(?:于|在)?(?P<time>{TIME})(?P<rest>(?:在|正式|举行|上映"
    rf"|公布|宣布|开幕|发布|开播|推出).+)$"
)
DIRECTED = re.compile(
    r"^(?:电影|影片|剧集"
    r"|电视剧)?(?P<work>《[^》]+》)由(?P<d>[^，。、]{2,12})执导，(?:由)?(?P<a>[^，。]{2,40}"
    r"?)(?:领衔)?主演(?P<rest>.*)$"
)
SAME = {
    "截至目前": "到现在", "目前": "现在", "此次": "这次", "共计": "一共", "总计": "一共",
    "合计": "一共", "以及": "和", "因此": "所以", "但是": "不过", "并且": "而且", "由于": "因为",
    "如果": "要是", "例如": "比如", "仅": "只", "尚未": "还没有", "尚": "还", "均": "都",
    "亦": "也", "曾经": "曾", "已经": "已", "正在": "正", "即将": "将要", "逐渐": "渐渐",
    "立即": "马上", "十分": "非常", "非常": "十分", "大约": "约", "拥有": "有", "获得": "得到",
    "取得": "得到", "进行了": "做了", "使用": "用", "购买": "买", "观众们": "观众", "能够": "能",
    "可以": "能", "需要": "要", "应当": "应该", "必须": "一定要", "为了": "为", "关于": "就",
    "导演表示": "导演说", "首次": "第一次", "第一次": "首次", "每年": "年年", "许多": "很多",
    "众多": "很多", "诸多": "很多", "部分": "一部分", "影片": "电影", "该片": "这部电影",
    "本片": "这部电影", "剧集": "剧", "举行了": "举办了", "举行": "举办", "举办": "举行",
    "公布": "发布", "发布": "公布", "推出": "带来", "宣布": "公布", "开始": "开始",
    "上映": "公映", "位于": "在", "并未": "没有", "未能": "没能", "当中": "中", "期间": "时",
    "之后": "以后", "之前": "以前", "以来": "至今", "不仅": "不但", "同比": "比上年同期",
    "环比": "比上期", "预计": "估计", "突破": "超过", "创下": "创造", "位居": "排在",
}  # fmt: skip
INNER = frozenset(
    {
        "部分",
        "开始",
        "推出",
        "宣布",
        "期间",
        "以来",
        "用",
        "尚",
        "仅",
        "均",
        "亦",
        "上映",
        "为了",
        "必须",
        "可以",
        "关于",
        "获得",
        "取得",
    }
)
PENDING = re.compile(
    r"^(?:虽然|如果|尽管|由于|为了|随着|当|因为|一旦|无论|不管|除了|作为|自|从|在)"
)
HANGING = re.compile(
    r"^(?:其中|同时|并|此外|这|也|而|且|以及|此前|随后|成为|为|较|比|包括|不过|但)"
)
VERB = re.compile(r"^v")
DENIED = re.compile(r"不|没|未|无|非|别|仅|只|否")
TELLING = re.compile(
    r"(?:宣布|表示|认为|称|说|指出|显示|透露|介绍|强调|坦言|提醒|告诉记者|公布数据|发布数据|发现|相信|希望|预计|报道)$"
)
POINTING = re.compile(r"^(?:这|那|此|该|其|他|她|它|上述|前者|后者|对于这|两人|双方|二人)")


def tellings(text: str, allowed: int, name: str) -> list[tuple[str, str]]:
    """Give ways to say a sentence, each "said" or "quoted", those that keep most of it first."""
    bare = bare_of(text)
    if bare is None:
        return []
    found: list[tuple[str, str]] = []
    if MARKS.search(bare):
        found += [("quoted", one) for one in _quotations(bare)]
        if not found and all(len(m.group()) < 22 for m in MARKS.finditer(bare)):
            found += [("said", reworded(one, bare, allowed)) for one in (*_moved(bare), bare)]
    else:
        for base in shorter(bare):
            found += [("said", reworded(one, bare, allowed)) for one in (*_moved(base), base)]
        if len(bare) <= 60 and not re.search(SAYING, bare):
            found.append(("excerpt", f"{name}写道：“{bare}。”"))
    return [(way, ended(one)) for way, one in dict.fromkeys(found) if len(one) >= 6]


def bare_of(text: str) -> str | None:
    """Give a sentence without stop and opener; None for what is none that can be said anew."""
    bare = (
        re.sub(r"\s+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])\s+", "", text.strip()).replace(
            ",", "，"
        )
        if not re.search(r"\d,\d", text)
        else text.strip()
    )
    if not bare or bare.endswith(("？", "?", "！", "!", "：", "…")):
        return None
    bare = re.sub(r"。(”?)$", r"\1", bare)
    bare = OPENERS.sub("", bare)
    if len(bare) < 8 or bare.count("“") != bare.count("”") or POINTING.match(bare):
        return None
    return bare


def shorter(bare: str) -> Iterator[str]:
    """Leave out ever more: brackets, then clauses from the end that hang on what is before."""
    yield bare
    one = re.sub(r"[（(][^（）()]*[）)]", "", bare)
    if one != bare:
        yield one
    pieces = re.split(r"(?<=[，；])", one)
    while len(pieces) > 1:
        pieces.pop()
        rest = "".join(pieces).rstrip("，；")
        if DENIED.search(rest):
            return
        if len(rest) >= 10 and is_clause(rest) and not PENDING.match(pieces[-1]):
            yield rest


def _quotations(bare: str) -> Iterator[str]:
    if match := SPOKEN.match(bare):
        verb = "表示" if match["verb"] in ("说", "称") else "说"
        yield f"{match['who'].rstrip('，')}{verb}：“{match['q'].rstrip('。')}。”"
    elif match := SPOKEN_AFTER.match(bare):
        yield f"{match['who']}{match['verb']}：“{match['q'].rstrip('，。')}。”"


def _moved(bare: str) -> Iterator[str]:
    """Move who said it, when it was, or who made it."""
    if match := REPORTED.match(bare):
        if not re.search(r"我|咱", match["said"]) and not re.match(r"[他她它]", match["who"]):
            yield (
                f"据{match['who']}介绍，{match['said']}"
                if match["verb"] in ("介绍", "介绍说", "透露", "说", "表示")
                else f"在{match['who']}看来，{match['said']}"
            )
        return
    if match := ACCORDING.match(bare):
        if match["how"] in ("介绍", "透露"):
            yield f"{match['who']}{match['how']}，{match['said']}"
        elif match["how"] in ("统计", "数据", "显示"):
            yield (
                f"{match['said']}，这是{match['who']}的"
                f"{'数据' if match['how'] != '统计' else '统计'}"
                if "，" not in match["said"]
                else f"{match['who']}的数据显示，{match['said']}"
            )
        return
    if match := DIRECTED.match(bare):
        rest = match["rest"].lstrip("，")
        if rest:
            yield f"{match['d']}执导、{match['a']}主演的{match['work']}{rest}"
        else:
            yield f"{match['work']}的导演是{match['d']}，主演是{match['a']}"
    if match := TIME_FIRST.match(bare):
        at = _predicate(match["main"])
        if at:
            yield match["main"][:at] + match["time"] + match["main"][at:]
    elif match := TIME_INSIDE.match(bare):
        yield f"{match['time']}，{match['head']}{match['rest']}"


def _predicate(main: str) -> int:
    """Give where the first verb or preposition begins, after a subject; 0 where there is none."""
    at = 0
    for n, (word, tag) in enumerate(_tagged(main)):
        before = main[:at]
        if (
            n
            and (tag in ("p", "d") or VERB.match(tag))
            and before.count("《") == before.count("》")
        ):
            return 0 if "，" in before else at
        at += len(word)
    return 0


def is_clause(text: str) -> bool:
    """Say whether a stretch can stand alone: it has a verb, and does not wait for what follows."""
    if PENDING.match(text) and "，" not in text:
        return False
    last = re.split(r"[，；]", text)[-1]
    return (
        any(VERB.match(tag) for _, tag in _tagged(text))
        and not re.search(r"(?:虽然|如果|尽管|由于|因为|不仅|不但|只有|即使)[^，]*$", text)
        and not PENDING.match(last)
        and not TELLING.search(text)
    )


def reworded(text: str, source: str, allowed: int) -> str:
    """Change words where more than ``allowed`` in a row are from the source."""
    other = words(source)
    for _ in range(5):
        said = words(text)
        start, end = common_run(said, other)
        if end - start <= allowed:
            return text
        run = said[start:end]
        middle = len(run) / 2
        options = [
            i
            for i, word in enumerate(run)
            if word in SAME and word not in INNER and SAME[word] != word
        ]
        if not options:
            return text
        word = run[min(options, key=lambda i: abs(i - middle))]
        quoted = [m.span() for m in MARKS.finditer(text)] + [
            m.span() for m in re.finditer(r"《[^》]*》", text)
        ]
        at = next(
            (
                m.start()
                for m in re.finditer(re.escape(word), text)
                if not any(s <= m.start() < e for s, e in quoted)
            ),
            -1,
        )
        if at < 0:
            return text
        text = text[:at] + SAME[word] + text[at + len(word) :]
    return text


def ended(text: str) -> str:
    """End a sentence with its stop."""
    text = text.strip().rstrip("，；、")
    return text if text.endswith(("。", "！", "？", "。”", "！”", "？”")) else text + "。"


def faults(text: str) -> Iterator[str]:
    """Say what is wrong with a sentence: marks, doubled words, spaces, its ends."""
    free = MARKS.sub("“”", text)
    if re.search(r"(?<=[\u3400-\u9fff])[,;:?!](?=[\u3400-\u9fff]|$)|(?<=[\u3400-\u9fff])\.$", free):
        yield "a mark has half the width of the characters"
    if match := re.search(r"的的|了了|在在|是是|和和|，，|。。|，。|、、|把把|被被", free):
        yield f"{match.group()!r} comes twice"
    if re.search(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", free):
        yield "a space stands between characters"
    if re.match(r"[，。、；：？！）》”]", text):
        yield "it begins with a mark"
    if not re.search(r"[。！？][”』」]?$", text):
        yield "it does not end"
    if any(text.count(a) != text.count(b) for a, b in ("“”", "《》", "（）")):
        yield "a mark is opened and not closed"
    if re.search(r"[０-９]", text):
        yield "digits have full width"
    if re.search(r"(?:的|和|与|或|在|从|把|被|对|向|为了|由于|因为|如果|虽然)。$", free):
        yield "it breaks off"


@cache
def _tagged(text: str) -> tuple[tuple[str, str], ...]:
    rjieba: Any = require("rjieba", "text", "Cutting Chinese into words")
    return tuple(rjieba.tag(text))
