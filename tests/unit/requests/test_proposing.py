"""What a caller's words say of category and urgency."""

import pytest

from server.requests.proposing import category_of, propose_categories, propose_urgency


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("客厅日光灯不亮,启辉器也换过", "lamp"),
        ("厨房水龙头关不紧", "tap_valve"),
        ("水龙头开关坏了", "tap_valve"),
        ("卫生间插座没电", "switch"),
        ("总开关一推就跳闸", "switch"),
        ("热水器打不着火", "gas_water_heater"),
        ("燃气热水器漏水", "gas_water_heater"),
        ("煤气灶一点就熄", "gas_stove"),
        ("马桶水箱一直流水", "toilet_tank"),
        ("浮球阀坏了", "toilet_tank"),
        ("空调外机响,不制冷", "air_conditioner"),
        ("楼道灯不亮", "public_area"),
        ("电梯停在五楼不动", "public_area"),
        ("想装一段给水管", "water_pipe_install"),
        ("门锁打不开", "household_other"),
        ("想出租车位", "business_other"),
        ("The fluorescent lamp in the hall flickers", "lamp"),
        ("tap in the kitchen drips", "tap_valve"),
        ("Toilet keeps running", "toilet_tank"),
        ("no hot water since morning", "gas_water_heater"),
        ("air conditioner not cooling", "air_conditioner"),
        ("想搬钢琴", None),
        ("tapestry", None),
        ("", None),
    ],
)
def test_the_words_of_a_fault_point_to_its_category(said: str, category: str | None) -> None:
    assert category_of(said) == category


def test_a_proposal_names_the_words_that_led_to_it_and_the_next_likely_one() -> None:
    first, second = propose_categories("空调不制冷,顺便看看灯")
    assert (first.value, first.because) == ("air_conditioner", ("空调", "不制冷"))
    assert (second.value, second.because) == ("lamp", ("灯",))


@pytest.mark.parametrize(
    ("said", "urgency"),
    [
        ("厨房有煤气味", "emergency"),
        ("插座冒火花", "emergency"),
        ("水管爆管,客厅水漫了", "emergency"),
        ("有人被困电梯", "emergency"),
        ("I smell gas in the kitchen", "emergency"),
        ("sparks from the socket", "emergency"),
        ("天花板漏水", "urgent"),
        ("家里停电了", "urgent"),
        ("老人在家,灯不亮", "urgent"),
        ("热水器打不着火,没有煤气味", None),
        ("点不着,没闻到煤气味", None),
        ("stove out, no smell of gas", None),
        ("sparkling new lamp wanted", None),
        ("日光灯不亮", None),
    ],
)
def test_words_of_danger_and_of_haste_are_heard_and_denials_too(
    said: str, urgency: str | None
) -> None:
    found = propose_urgency(said)
    assert (found.value if found else None) == urgency


def test_what_is_denied_here_and_told_there_is_danger() -> None:
    found = propose_urgency("客厅没有煤气味,厨房有煤气味")
    assert found is not None
    assert found.because == ("煤气味",)
