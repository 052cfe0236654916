"""What is sent can be read by the handheld alone: held to the example of RFC 8291."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from server.push.encryption import RECORD_BYTES, Recipient, encrypt
from tests.factories.push_service import Browser, Call, PushService, decoded, encoded

# RFC 8291, section 5 and appendix A.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard():
    sender = ec.derive_private_key(int.from_bytes(decoded(SENDER), "big"), ec.SECP256R1())
    made = encrypt(PLAINTEXT, Recipient.of(P256DH, AUTH), sender=sender, salt=decoded(SALT))
    assert encoded(made) == MESSAGE


def test_padding_in_the_keys_does_not_matter():
    bare, padded = Recipient.of(P256DH, AUTH), Recipient.of(f"{P256DH}=", f"{AUTH}==")
    assert (bare.auth, bare.key.public_numbers()) == (padded.auth, padded.key.public_numbers())


def sent(content, browser):
    body = encrypt(content, Recipient.of(**browser.keys()))
    return Call(path=browser.path, headers={"content-encoding": "aes128gcm"}, body=body)


def test_only_the_subscription_that_it_is_for_can_read_it():
    mine, anothers = Browser(PushService()), Browser(PushService())
    call = sent(b'{"number":"FW-202503-0001"}', mine)
    assert mine.read(call) == {"number": "FW-202503-0001"}
    with pytest.raises(InvalidTag):
        anothers.read(call)


def test_no_two_messages_are_alike():
    browser = Browser(PushService())
    assert sent(b"{}", browser).body != sent(b"{}", browser).body


def test_what_does_not_fit_is_refused():
    recipient = Recipient.of(P256DH, AUTH)
    longest = RECORD_BYTES - 17
    assert len(encrypt(b"x" * longest, recipient)) == RECORD_BYTES + 86
    with pytest.raises(ValueError, match=str(longest)):
        encrypt(b"x" * (longest + 1), recipient)
