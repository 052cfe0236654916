"""How no is said."""

from server.requests.declining import CHINESE, ENGLISH, told
from server.requests.wording import sends_elsewhere, suspect_phrases


def test_the_good_wording_has_all_four_parts_and_no_hard_word() -> None:
    for wording in (CHINESE, ENGLISH):
        parts = [wording.sorry, wording.tried, wording.notice, wording.passed]
        text = told(parts)
        assert all(part in text for part in parts)
        assert suspect_phrases(text) == []
        assert not sends_elsewhere(text)


def test_parts_that_say_nothing_leave_no_gap_and_each_ends_like_a_sentence() -> None:
    assert told(["非常抱歉", "  ", "我们会公告。"]) == "非常抱歉。我们会公告。"
    assert told([]) == ""
