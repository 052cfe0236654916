"""Which addresses are called: those of listed push services, and nothing that looks like them."""

import pytest

from server.push.addresses import MOST_CHARACTERS, allowed
from server.settings import BadSettings, Settings

PUBLIC = Settings().push_host_names


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/dX9:APA91b",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD%2f%2b",
        "https://web.push.apple.com:443/QGuQyavXutnMH",
    ],
)
def test_the_public_push_services_are_called(endpoint):
    assert allowed(endpoint, PUBLIC)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/1",
        "https://fcm.googleapis.com.evil.example/1",
        "https://evilfcm.googleapis.com/1",
        "https://googleapis.com/1",
        "https://evil.example/fcm.googleapis.com/1",
        "https://fcm.googleapis.com@evil.example/1",
        "https://evil.example\\@fcm.googleapis.com/1",
        "https://evil.example#@fcm.googleapis.com/1",
        "https://evil.example?.fcm.googleapis.com/1",
        "https://fcm.googleapis.com:8443/1",
        "https://fcm.googleapis.com:/1",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com./1",
        "https://FCM.googleapis.com/1",
        "https://fcm.googleapis.com/1\r\nHost: evil.example",
        "https://fcm.googleapis.com/ 1",
        "https://fcm.googleapis.com/推",
        "https://fcm.googleapis.com/" + "1" * MOST_CHARACTERS,
        "https://127.0.0.1/1",
        "http://localhost/1",
        "https://[::1]/1",
        "https://2130706433/1",
        "https://169.254.169.254/latest",
        "ftp://fcm.googleapis.com/1",
        "//fcm.googleapis.com/1",
        "",
    ],
)
def test_everything_else_is_refused(endpoint):
    assert not allowed(endpoint, PUBLIC)


def test_this_machine_is_called_only_where_it_is_listed_itself():
    assert allowed("http://127.0.0.1:9999/push", {"127.0.0.1"})
    assert allowed("http://localhost:9999/push", {"localhost"})
    assert not allowed("http://127.0.0.2:9999/push", {"127.0.0.1"})
    assert not allowed("http://push.localhost:9999/push", {"localhost"})
    assert not allowed("https://1.127.0.0.1/push", {"127.0.0.1"})


def test_a_service_of_the_estates_own_needs_https_like_any_other():
    assert allowed("https://push.luneng.example/1", {"push.luneng.example"})
    assert not allowed("http://push.luneng.example/1", {"push.luneng.example"})
    assert not allowed("http://10.0.0.5/1", {"10.0.0.5"})
    assert allowed("https://10.0.0.5/1", {"10.0.0.5"})


def test_ringing_can_be_turned_off():
    off = Settings.from_environment({"PAIGONG_PUSH_HOSTS": "none"})
    assert not allowed("https://fcm.googleapis.com/fcm/send/1", off.push_host_names)


def test_a_list_may_have_spaces_and_capitals():
    read = Settings.from_environment({"PAIGONG_PUSH_HOSTS": "FCM.googleapis.com, push.example"})
    assert read.push_host_names == {"fcm.googleapis.com", "push.example"}


@pytest.mark.parametrize("hosts", ["https://push.example", "push.example,", "*.example", "a b"])
def test_a_list_that_is_none_is_named_at_the_start(hosts):
    with pytest.raises(BadSettings, match="PAIGONG_PUSH_HOSTS"):
        Settings.from_environment({"PAIGONG_PUSH_HOSTS": hosts})


def test_whom_a_push_service_turns_to():
    assert Settings().push_contact_uri == "mailto:admin@localhost"
    assert Settings(public_url="https://wx.example").push_contact_uri == "https://wx.example"
    told = Settings.from_environment({"PAIGONG_PUSH_CONTACT": "mailto:it@wx.example"})
    assert told.push_contact_uri == "mailto:it@wx.example"
    with pytest.raises(BadSettings, match="PAIGONG_PUSH_CONTACT"):
        Settings.from_environment({"PAIGONG_PUSH_CONTACT": "it@wx.example"})
