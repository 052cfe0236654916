"""A resident with a phone: no account, no cookie, only what hangs at the door or was sent."""

import io
import re

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from server.console.resident_report import key
from server.db import session, transaction
from server.residents import addresses, operations
from tests.cast import CHEN_JING

NAME, PHONE = "孙大圣", "13711112222"
FORM = re.compile(r'name="form" value="([^"]+)"')


class Phone:
    """One browser before the pages for residents; it must never be given a cookie."""

    def __init__(self, app, language="zh-CN"):
        self.client = app.test_client(use_cookies=False)
        self.language = language
        self.seen = b""

    def get(self, path):
        return self._kept(self.client.get(path, headers={"Accept-Language": self.language}))

    def post(self, path, data, **more):
        boundary, body = encode_multipart(data)
        headers = {
            "Accept-Language": self.language,
            "Content-Type": f'multipart/form-data; boundary="{boundary}"',
        }
        return self._kept(self.client.post(path, data=body, headers=headers, **more))

    def _kept(self, answer):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        self.seen += answer.data
        return answer

    def page(self, path):
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def form(self, door, **told):
        """What the form at a door is sent with."""
        [form] = FORM.findall(self.page(door))
        return {"form": form, "category": "lamp", "name": NAME, "phone": PHONE, **told}

    def report(self, door, *, photos=(), **told):
        """Scan, fill in, send."""
        return self.post(door, with_photos(self.form(door, **told), photos))


def with_photos(form, photos):
    """The form with pictures, as a browser sends them."""
    named = [
        FileStorage(io.BytesIO(content), filename=f"{place}.jpg", content_type="image/jpeg")
        for place, content in enumerate(photos)
    ]
    return {**form, "photos": named} if named else form


def hang(web, world, *, units=(), places=()):
    """The addresses that the codes at these doors and places say."""
    with transaction() as current:
        codes = operations.codes_for(
            current, unit_codes=list(units), places=list(places), by=world.by(CHEN_JING)
        )
        found = [(code.id, code.generation) for code in codes]
    with web.app_context():
        return [f"/r/{addresses.door_token(key(), *one)}" for one in found]


def link_to(web, request_id):
    """The address by which a customer follows a request."""
    with web.app_context():
        return f"/f/{addresses.follow_token(key(), request_id)}"


def rows(model):
    """All rows of a table, as others have left them."""
    session().rollback()
    session().expire_all()
    return list(session().query(model))
