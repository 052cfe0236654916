"""What the desk sees and can do while the store of photos is away."""

import io

from server.evidence.s3 import S3Store
from server.evidence.storage import STORE
from server.settings import Settings
from tests.cast import YANG_FAN
from tests.factories import pictures
from tests.factories.complaints import judged, recorded, verified

NOBODY_ANSWERS = Settings(
    photo_store="s3",
    s3_endpoint="http://127.0.0.1:9",
    s3_bucket="photos",
    s3_key_id="key",
    s3_secret="secret",
)
AWAY = "照片库暂时不可用"


def test_a_signature_that_cannot_be_kept_changes_nothing_and_the_complaint_still_opens(
    today, at_desk, web
):
    row = verified(today, judged(today, recorded(today)))
    path, desk = f"/complaints/{row.number}", at_desk(YANG_FAN)
    said = {"method": "on_site", "comment": "都好了", "signer_name": "徐静", "satisfied": "1"}

    def visited():
        sheet = (io.BytesIO(pictures.photo(9, size=(320, 240))), "sheet.jpg")
        return desk.send(path, f"{path}/visits", **said, signature=sheet)

    here, away = web.extensions[STORE], S3Store(NOBODY_ANSWERS)
    web.extensions[STORE] = away
    refused = visited()
    assert refused.status_code == 503
    assert AWAY in refused.text
    assert "都好了" in refused.text, "what was typed stays"
    web.extensions[STORE] = here
    page = desk.follow(visited())
    signed = page.split("/signatures/")[1][:64]
    web.extensions[STORE] = away
    assert "看签名" in desk.page(path)
    picture = desk.get(f"{path}/signatures/{signed}")
    assert (picture.status_code, AWAY in picture.text) == (503, True)
