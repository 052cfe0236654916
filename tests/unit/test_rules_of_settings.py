"""Which figures of the trade an installation may change, and in which direction (P-01)."""

import pytest

from server.settings import BadSettings, Settings


@pytest.mark.parametrize("minutes", ["16", "0", "-1"])
def test_the_time_to_reply_may_only_be_lowered(minutes):
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment(
            {"PAIGONG_REPLY_MINUTES": minutes, "PAIGONG_REPLY_WARNING_MINUTES": "0"}
        )
    assert "PAIGONG_REPLY_MINUTES" in str(refused.value)


def test_a_shorter_time_to_reply_is_a_choice():
    settings = Settings.from_environment(
        {"PAIGONG_REPLY_MINUTES": "12", "PAIGONG_REPLY_WARNING_MINUTES": "8"}
    )
    assert (settings.reply_minutes, settings.reply_warning_minutes) == (12, 8)
