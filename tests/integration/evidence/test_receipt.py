"""What the receipt of an order vouches for: photos and signatures alike, by size and hash."""

import hashlib

from tests.factories import pictures

ORDER = "FW-202503-0001"


def receipt(cast, order=ORDER, *, device="hh-01"):
    return cast.client().get(f"/field/v1/orders/{order}/receipt", headers=cast.headers(device))


def test_photos_and_signatures_stand_in_the_receipt(cast):
    photo, signature = pictures.photo(1), pictures.signature(1)
    cast.upload(photo)
    cast.upload(signature, tag="signature", step="", filetype="image/png")

    told = receipt(cast).get_json()
    assert (told["number"], told["version"]) == (ORDER, 1)
    assert sorted(told["photos"], key=lambda one: one["tag"]) == [
        {
            "sha256": hashlib.sha256(photo).hexdigest(),
            "size": len(photo),
            "step": "LAMP-05",
            "tag": "isolation",
        },
        {
            "sha256": hashlib.sha256(signature).hexdigest(),
            "size": len(signature),
            "step": "",
            "tag": "signature",
        },
    ]
    assert len(told["chain_head"]) == 64


def test_what_has_not_arrived_whole_is_not_vouched_for(cast):
    signature = pictures.signature(1)
    url = cast.create(signature, tag="signature", step="", filetype="image/png").headers["Location"]
    cast.patch(url, 0, signature[:-1])
    assert receipt(cast).get_json()["photos"] == []


def test_the_receipt_of_somebody_elses_order_is_none_of_ours(cast):
    assert receipt(cast, "FW-202503-0002").status_code == 404
    assert receipt(cast, "FW-202503-0002", device="hh-03").status_code == 200
