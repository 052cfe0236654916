"""Documents handed over with an asset, over the API: kept once, in revisions, fetched as files."""

import dataclasses
import hashlib
from urllib.parse import quote

import pytest

from server.assets.models import Asset
from server.evidence.storage import FileStore
from server.history import history_of
from tests.cast import CHEN_JING, LIU_QIANG, PASSWORD, QIAN_JIN, ZHOU_JIANGUO
from tests.factories import handed_over
from tests.factories.assets import appliance

PDF = "application/pdf"


class Door:
    """Somebody who hands over the documents of one asset over the API."""

    def __init__(self, web, asset, staff):
        self.client, self.path = web.test_client(), f"/api/v1/assets/{asset.id}"
        told = {"username": staff.username, "password": PASSWORD}
        token = self.client.post("/api/v1/tokens", json=told).get_json()["token"]
        self.head = {"Authorization": f"Bearer {token}"}

    def upload(self, content, name="接线图", status=201, **head):
        address = f"{self.path}/documents/file?name={quote(name)}"
        head = {key.replace("_", "-"): value for key, value in head.items()}
        answer = self.client.post(
            address, data=content, headers={**self.head, **head}, content_type=PDF
        )
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def listed(self):
        return self.client.get(self.path, headers=self.head).get_json()["documents"]

    def fetch(self, address, **head):
        with self.client.get(address, headers={**self.head, **head}) as answer:
            answer.get_data()
        return answer


@pytest.fixture
def asset(world):
    return appliance(world)


@pytest.fixture
def door(web, asset):
    """The desk's."""
    return Door(web, asset, CHEN_JING)


@pytest.fixture
def kept(world):
    """The files that lie with the evidence."""
    folder = world.settings.home / "photos"
    return lambda: sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_document_is_fetched_as_it_was_handed_over_under_its_chinese_name(door, world):
    content = handed_over.pdf()
    [one] = door.upload(content)["documents"]
    assert (one["revision"], one["size_bytes"], one["media_type"]) == (1, len(content), PDF)
    assert one["sha256"] == hashlib.sha256(content).hexdigest()
    answer = door.fetch(one["url"])
    assert (answer.data, answer.content_length) == (content, len(content))
    assert answer.content_type == PDF
    saved_as = answer.headers["Content-Disposition"]
    assert saved_as.startswith("attachment")
    assert f"filename*=UTF-8''{quote('接线图 v1.pdf')}" in saved_as
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {"private", "immutable"} <= set(answer.headers["Cache-Control"].split(", "))
    again = door.fetch(one["url"], **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with FileStore(world.settings.home / "photos").open(one["sha256"]) as file:
        assert file.read() == content


def test_a_changed_drawing_is_the_next_revision_and_the_same_one_is_listed_once(door, kept):
    first, second = handed_over.pdf("first"), handed_over.pdf("second")
    door.upload(first)
    assert len(door.upload(first)["documents"]) == 1
    door.upload(second)
    door.upload(first, name="说明书")
    told = [(one["name"], one["revision"], one["url"][-2:]) for one in door.listed()]
    assert told == [("接线图", 1, "/1"), ("接线图", 2, "/2"), ("说明书", 1, "/3")]
    assert len(kept()) == 2, "the same bytes are kept once"
    assert [door.fetch(one["url"]).data for one in door.listed()] == [first, second, first]


def test_an_upload_that_comes_again_late_does_not_bring_back_an_old_revision(door):
    first, second = handed_over.pdf("first"), handed_over.pdf("second")
    answered = door.upload(first, Idempotency_Key="a")
    door.upload(second, Idempotency_Key="b")
    assert door.upload(first, Idempotency_Key="a") == answered
    assert [one["revision"] for one in door.listed()] == [1, 2]
    door.upload(first, name="说明书", status=409, Idempotency_Key="a")


def test_what_is_listed_by_its_hash_says_that_it_is_not_here_until_its_file_comes(
    door, asset, world
):
    content = handed_over.pdf()
    told = {"name": "接线图", "sha256": hashlib.sha256(content).hexdigest()}
    listed = door.client.post(f"{door.path}/documents", json=told, headers=door.head)
    assert listed.status_code == 201
    [one] = door.listed()
    assert (one["size_bytes"], one["media_type"], one["url"]) == (None, None, None)
    answer = door.fetch(f"{door.path}/documents/1")
    assert (answer.status_code, answer.get_json()["type"][-17:]) == (404, "document-not-here")
    assert door.fetch(f"{door.path}/documents/2").status_code == 404
    door.upload(content)
    [one] = door.listed()
    assert (one["revision"], one["size_bytes"]) == (1, len(content))
    assert door.fetch(one["url"]).data == content
    kinds = [row.kind for row in history_of(world.session, "asset", str(asset.id))]
    assert kinds[-2:] == ["asset.document_added", "asset.document_arrived"]


def test_a_hash_that_somebody_lists_opens_no_file_of_others(door, web, world):
    """What lies in the store is not his who knows its hash: only who brings the bytes gets them."""
    [one] = Door(web, appliance(world, label="B-1"), CHEN_JING).upload(handed_over.pdf())[
        "documents"
    ]
    told = {"name": "别人的", "sha256": one["sha256"]}
    door.client.post(f"{door.path}/documents", json=told, headers=door.head)
    assert door.fetch(f"{door.path}/documents/1").status_code == 404


def test_whoever_reads_assets_fetches_and_only_whoever_manages_them_hands_over(web, asset, door):
    [one] = door.upload(handed_over.pdf())["documents"]
    manager = Door(web, asset, ZHOU_JIANGUO)
    assert manager.fetch(one["url"]).status_code == 200
    manager.upload(handed_over.pdf("other"), status=403)
    for staff in (LIU_QIANG, QIAN_JIN):
        assert Door(web, asset, staff).fetch(one["url"]).status_code == 403


def test_what_cannot_be_taken_changes_nothing(web, door, asset, kept, world):
    most = 4000
    chosen = dataclasses.replace(world.settings, document_max_bytes=most)
    web.extensions["paigong.settings"] = chosen
    assert door.upload(b"MZ", status=422)["type"].endswith("document-not-taken")
    for size in (most + 1, most + 200_000):
        refused = door.upload(handed_over.pdf("x" * size), status=413)
        assert refused["limit_bytes"] == most
    assert door.upload(handed_over.pdf(), name=" ", status=422)["errors"].keys() == {"name"}
    world.session.expire_all()
    before = world.session.get(Asset, asset.id)
    assert (before.documents, before.version) == ([], 1)
    retire = {"reason": "拆除"}
    door.client.post(f"{door.path}/retirement", json=retire, headers=door.head)
    left = kept()
    door.upload(handed_over.pdf("late"), status=409)
    assert kept() == left


def test_a_file_that_was_lost_is_said_to_be_missing(door, world):
    [one] = door.upload(handed_over.pdf())["documents"]
    FileStore(world.settings.home / "photos").delete(one["sha256"])
    assert door.fetch(one["url"]).status_code == 404
