"""What a caller's words say of the work: category and urgency, as proposals. Pure.

A table of words, Chinese and English, from the vocabulary of the trade. Nothing here decides: the
desk sees the proposal with the words that led to it, and takes it or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.vocabulary import Category, Urgency


def _words(chinese: str, english: str) -> tuple[str, ...]:
    return (*chinese.split(), *english.split(", "))


#: category -> its words. Where two have as much behind them, the first stands first.
CATEGORY_WORDS: dict[Category, tuple[str, ...]] = {
    Category.PUBLIC_AREA: _words(
        "电梯 楼道灯 楼道 走廊 楼梯间 大堂 单元门 门禁 路灯 车库 停车场 绿化 公共",
        "elevator, lift, corridor light, corridor, stairwell, lobby, street light, car park",
    ),
    Category.LAMP: _words(
        "日光灯 日光管 光管 灯管 灯泡 灯座 管座 吸顶灯 吊灯 筒灯 灯不亮 启辉器 镇流器 灯",
        "fluorescent, lamp, bulb, tube light, light, starter, ballast, flickers, flickering",
    ),
    Category.SWITCH: _words(
        "总电源开关 总开关 空气开关 开关 插座 跳闸 短路 漏电 停电 没电 断电",
        "main switch, switch, socket, breaker, tripped, short circuit, no power, power cut",
    ),
    Category.TAP_VALVE: _words(
        "水龙头 龙头 闸阀 角阀 阀门 水阀 阀杆 花洒",
        "tap, faucet, gate valve, valve, shower head",
    ),
    Category.GAS_WATER_HEATER: _words(
        "燃气热水器 热水器 没热水 没有热水 电磁阀 爆燃",
        "gas water heater, water heater, no hot water",
    ),
    Category.GAS_STOVE: _words(
        "煤气灶 燃气灶 灶具 灶台 炉头 灶 红火 煤气 燃气",
        "gas stove, gas cooker, stove, burner head, gas smell, smell of gas, smells of gas",
    ),
    Category.TOILET_TANK: _words(
        "坐便器 马桶水箱 水箱 马桶 浮球阀 浮球 胶塞 冲水",
        "toilet, cistern, flush, float valve, outlet plug",
    ),
    Category.AIR_CONDITIONER: _words(
        "空调 不制冷 制冷 制冷剂 加氟 外机 内机 冷凝水",
        "air conditioner, air conditioning, air-conditioner, not cooling, refrigerant",
    ),
    Category.WATER_PIPE_INSTALL: _words(
        "给水管 水管 管道 活接 弯头 三通 爆管 水压",
        "water pipe, burst pipe, pipe, water pressure",
    ),
    Category.BUSINESS_OTHER: _words("租房 出租 租车位 车位 场地租", "letting, parking space, rent"),
    Category.HOUSEHOLD_OTHER: _words(
        "门锁 换锁 开锁 窗户 纱窗 门铃 墙面 地漏 下水道 堵塞 堵了 家具",
        "door lock, window, doorbell, drain, blocked",
    ),
}

#: Words of danger, and of haste (R-023: help is arranged by urgency).
URGENCY_WORDS: dict[Urgency, tuple[str, ...]] = {
    Urgency.EMERGENCY: _words(
        "煤气味 燃气味 煤气泄漏 燃气泄漏 漏煤气 漏燃气 漏气 火花 冒烟 着火 起火 烧焦 焦味 触电 "
        "爆管 爆裂 水漫 淹了 被淹 淹水 喷水 大量漏水 困人 被困 困在 关在电梯",
        "gas smell, smell of gas, smells of gas, smell gas, gas leak, spark, sparks, smoke, "
        "on fire, burning, electric shock, burst, flood, flooding, flooded, trapped, "
        "stuck in the lift",
    ),
    Urgency.URGENT: _words(
        "漏水 渗水 漏电 跳闸 停电 没电 断电 停水 没水 进不了门 打不开门 老人 孕妇 婴儿",
        "leak, leaks, leaking, tripped, no power, no water, locked out, elderly, baby",
    ),
}
#: 没有煤气味 and 打不着火 are no danger: a word that is denied just before it does not count.
_DENIED = re.compile(
    r"(?:没有?|无|不是|[打点]不)(?:闻到|看到|发现|见)?$|\b(?:no|not|without)\s+(?:any\s+|a\s+)?$"
)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One word of a list of the trade, and the words of the caller that led to it."""

    value: str
    because: tuple[str, ...]


def propose_categories(text: str, *, at_most: int = 2) -> list[Proposal]:
    """The categories that the words point to, the likeliest first; none where nothing is known.

    The likeliest has the longest words behind it: 楼道灯 says more than 灯.
    """
    folded = text.lower()
    found = {category: _longest(folded, words) for category, words in CATEGORY_WORDS.items()}
    # 热水器 speaks of the heater; that 水 or 灯 stands within a longer word says nothing.
    said = [word for words in found.values() for word in words]
    weights = {}
    for category, words in found.items():
        own = [word for word in words if not _within_longer(word, said)]
        if own:
            weights[category] = (sum(_weight(word) for word in own), own)
    best = sorted(weights, key=lambda category: -weights[category][0])
    return [
        Proposal(value=category.value, because=tuple(weights[category][1]))
        for category in best[:at_most]
    ]


def category_of(text: str) -> str | None:
    """The likeliest category of what somebody said; None where the words say nothing."""
    found = propose_categories(text, at_most=1)
    return found[0].value if found else None


def propose_urgency(text: str) -> Proposal | None:
    """More than ordinary haste, where words of danger or of haste are there and not denied."""
    folded = text.lower()
    for urgency, words in URGENCY_WORDS.items():
        found = tuple(word for word in _longest(folded, words) if _is_affirmed(folded, word))
        if found:
            return Proposal(value=urgency.value, because=found)
    return None


def _longest(folded: str, words: tuple[str, ...]) -> list[str]:
    """The words that are there, without those that are only part of another one."""
    there = [word for word in words if _places(folded, word)]
    return [word for word in there if not _within_longer(word, there)]


def _within_longer(word: str, others: list[str]) -> bool:
    return any(word != other and word in other for other in others)


def _places(folded: str, word: str) -> list[int]:
    """Where a word begins; English ones only as words of their own."""
    pattern = rf"\b{re.escape(word)}\b" if word[0].isascii() else re.escape(word)
    return [match.start() for match in re.finditer(pattern, folded)]


def _is_affirmed(folded: str, word: str) -> bool:
    return any(_DENIED.search(folded[:place]) is None for place in _places(folded, word))


def _weight(word: str) -> int:
    # A Chinese character says about as much as three letters.
    return len(word) if word[0].isascii() else 3 * len(word)
