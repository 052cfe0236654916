"""The main menu: every page has a key of its own."""

from server.accounts.permissions import MATRIX
from server.console.navigation import MENU


def test_no_two_pages_share_a_key_or_an_address():
    for name in ("key", "endpoint", "title"):
        told = [getattr(one, name) for one in MENU]
        assert len(set(told)) == len(told), name


def test_every_entry_names_an_action_of_the_matrix():
    assert {one.permission for one in MENU} <= set(MATRIX)
