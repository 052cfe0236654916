"""Price list PL-2025-01 and the warehouse of the demo: every figure is invented."""

from __future__ import annotations

from dataclasses import dataclass

LIST_VERSION = "PL-2025-01"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the list; codes beginning with L are labour, with M material."""

    code: str
    zh: str
    en: str
    category: str
    unit: str
    price_fen: int


def _item(code: str, zh: str, en: str, category: str, yuan: int, unit: str = "次") -> Item:
    return Item(code=code, zh=zh, en=en, category=category, unit=unit, price_fen=yuan * 100)


ITEMS: tuple[Item, ...] = (
    _item("L-LAMP", "日光灯维修人工", "Lamp repair, labour", "lamp", 15),
    _item("M-TUBE36", "36 W 灯管", "36 W tube", "lamp", 12, "只"),
    _item("M-STARTER", "启辉器", "Starter", "lamp", 3, "只"),
    _item("L-SW", "开关维修人工", "Switch repair, labour", "switch", 15),
    _item("M-SW10A", "10 A 开关", "10 A switch", "switch", 18, "只"),
    _item("L-TAP", "龙头维修人工", "Tap repair, labour", "tap_valve", 20),
    _item("M-TAP15", "DN15 龙头", "DN15 tap", "tap_valve", 45, "只"),
    _item("L-GWH", "热水器维修人工", "Water heater repair, labour", "gas_water_heater", 40),
    _item("L-STOVE", "煤气灶维修人工", "Gas stove repair, labour", "gas_stove", 35),
    _item("L-WC", "水箱维修人工", "Toilet tank repair, labour", "toilet_tank", 25),
    _item("M-WCSET", "水箱配件", "Tank fitting", "toilet_tank", 48, "套"),
    _item("M-WCPLUG", "胶塞", "Outlet plug", "toilet_tank", 8, "只"),
    _item("L-ACCHK", "空调检修", "Air-conditioner inspection", "air_conditioner", 50),
    _item("L-ACLEAK", "查漏补漏", "Leak search and repair", "air_conditioner", 80),
    _item("M-R22", "R22 制冷剂", "R22 refrigerant", "air_conditioner", 20, "100g"),
    _item("L-PIPE", "给水管安装", "Water pipe installation", "water_pipe_install", 25, "米"),
)

#: (code, name, kind, unit, in stock, minimum)
STOCK: tuple[tuple[str, str, str, str, int, int], ...] = (
    ("M-TUBE36", "36 W 灯管", "material", "只", 200, 20),
    ("M-STARTER", "启辉器", "material", "只", 300, 30),
    ("M-SW10A", "10 A 开关", "material", "只", 120, 20),
    ("M-TAP15", "DN15 龙头", "material", "只", 80, 10),
    ("M-WCSET", "水箱配件", "material", "套", 60, 10),
    ("M-WCPLUG", "胶塞", "material", "只", 150, 20),
    ("M-R22", "R22 制冷剂 100 g", "material", "100g", 400, 50),
    ("T-LADDER", "人字梯", "tool", "个", 6, 1),
    ("T-GAUGE", "复合压力表", "tool", "个", 4, 1),
    ("T-MEGGER", "500 V 摇表", "tool", "个", 3, 1),
    ("T-CLAMP", "钳形表", "tool", "个", 4, 1),
    ("T-WELDER", "热熔器", "tool", "个", 3, 1),
)
