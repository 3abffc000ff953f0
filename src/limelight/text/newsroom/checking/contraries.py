"""Words that turn a statement round when one takes the other's place."""

from __future__ import annotations

from limelight.text.newsroom.tokens import stem

PAIRS = """
    rise fall; rose fell; risen fallen; increase decrease; increased decreased; up down;
    gain lose; gained lost; win lose; won lost; winner loser; victory defeat; beat lost;
    high low; higher lower; highest lowest; more less; most least; above below; over under;
    before after; first last; best worst; better worse; accept reject; accepted rejected;
    approve reject; approved rejected; confirm deny; confirmed denied; support oppose;
    supported opposed; open close; opened closed; begin end; began ended; start finish;
    started finished; buy sell; bought sold; arrive leave; enter leave; join leave; joined left;
    succeed fail; succeeded failed; success failure; guilty innocent; acquit convict;
    acquitted convicted; legal illegal; lawful unlawful; likely unlikely; possible impossible;
    true false; strong weak; stronger weaker; early late; earlier later; old young;
    older younger; oldest youngest; large small; larger smaller; big small; major minor;
    male female; man woman; men women; father mother; son daughter; brother sister; husband wife;
    positive negative; profit loss; profits losses; import export; imports exports;
    include exclude; agree disagree; agreed disagreed; allow ban; allowed banned;
    praise criticise; praised criticised; improve worsen; improved worsened; expand shrink;
    grow shrink; grew shrank; strengthen weaken; strengthened weakened; optimistic pessimistic;
    always never; many few; with without; alive dead; private public; north south; east west;
    ahead behind; advance retreat; surplus deficit; upgrade downgrade; upgraded downgraded;
    home away; majority minority; maximum minimum; same different; hire fire; hired fired;
    add remove; added removed; gaining losing; rising falling; growing shrinking;
    record ordinary
"""  # fmt: skip
HAN_PAIRS = """
    上涨 下跌; 增长 下降; 增加 减少; 上升 下降; 赢得 输掉; 战胜 负于; 胜 负; 高于 低于;
    超过 不足; 最高 最低; 最多 最少; 开始 结束; 支持 反对; 同意 拒绝; 批准 否决; 承认 否认;
    成功 失败; 盈利 亏损; 买入 卖出; 开幕 闭幕; 首次 末次; 提高 降低; 扩大 缩小; 进口 出口;
    加入 退出; 男 女; 早于 晚于; 之前 之后; 提前 推迟; 好评 差评; 领先 落后; 合法 非法;
    有效 无效; 公开 秘密; 增 减; 涨 跌; 上涨 下降; 上升 下跌; 增长 下跌;
    提高 下降; 提升 下降; 上涨 下滑; 增长 下滑; 增长 减少
"""


def _read() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in (PAIRS + ";" + HAN_PAIRS).split(";"):
        words = pair.split()
        if len(words) == 2:
            one, other = (stem(word) for word in words)
            if one != other:
                found.setdefault(one, set()).add(other)
                found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


CONTRARIES = _read()
