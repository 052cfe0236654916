"""Whom a note calls."""

from server.notes.mentions import called

PEOPLE = {"chen.jing": "陈静", "wang.li": "王丽", "wang.lihua": "王丽华", "sun.qian": "孙倩"}


def test_people_are_called_by_name_or_user_name():
    assert called("@陈静 请看,另抄 @sun.qian", PEOPLE) == ["chen.jing", "sun.qian"]
    assert called("＠孙倩:好的", PEOPLE) == ["sun.qian"]
    assert called("写信给 sun.qian 或 孙倩", PEOPLE) == []


def test_the_longer_name_is_meant():
    assert called("@王丽华", PEOPLE) == ["wang.lihua"]
    assert called("@王丽", PEOPLE) == ["wang.li"]
    assert called("@wang.lihua", PEOPLE) == ["wang.lihua"]
    assert called("@wang.li, bitte", PEOPLE) == ["wang.li"]
    assert called("@wang.lihuan", PEOPLE) == []


def test_namesakes_are_called_both_and_each_once():
    people = {"li.a": "李军", "li.b": "李军"}
    assert called("@李军 @李军", people) == ["li.a", "li.b"]


def test_an_address_at_the_end_calls_nobody():
    assert called("@", PEOPLE) == []
    assert called("邮件 a@b.cn", PEOPLE) == []
