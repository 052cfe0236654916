"""What stands in the file to which a handheld exports its queue; how it is sealed says wire.md."""

from contracts.fields import (
    DeviceId,
    Fixed,
    KeyId,
    PublicPoint,
    UtcTime,
    WholeNumber,
    WireSchema,
)

MAGIC = b"PGQ1"
#: What the key of a file is derived under.
INFO = b"paigong queue file v1"
MAX_HEADER_BYTES = 4096
MAX_META_BYTES = 8192

EVENT = "event"
PHOTO = "photo"
END = "end"


class QueueHeader(WireSchema):
    """Whose queue it is, and for whom it was sealed."""

    device = DeviceId(required=True)
    #: which key of the server it was sealed for
    key = KeyId(required=True)
    #: the sender's own key, made for this file alone
    ephemeral = PublicPoint(required=True)
    made_at = UtcTime(required=True)


class QueueEnd(WireSchema):
    """The last record: how many came before it."""

    kind = Fixed(END, required=True)
    events = WholeNumber(required=True)
    photos = WholeNumber(required=True)
