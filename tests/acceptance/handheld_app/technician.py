"""A technician's hands on the app: each thing is done on its screen, as a person does it."""

import hashlib
import itertools
import secrets
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NotThere

from tests.acceptance.phone import Phone
from tests.acceptance.stack import wait_for
from tests.factories import pictures

_seeds = itertools.count(secrets.randbelow(10**9))
PICTURE = (640, 480)


class Technician:
    """Carries one order through the app. What was done is known to be kept when a method ends."""

    def __init__(self, phone: Phone, number: str) -> None:
        self.phone = phone
        self.number = number
        #: what was typed or taken, to be compared with what arrived
        self.typed: list[tuple[str, dict[str, Any]]] = []
        #: sha256 of every picture's bytes as they lay on the phone before anything was sent
        self.pictures: dict[str, str] = {}
        #: called in the middle of a form, when something was typed and nothing recorded
        self.half_way: Callable[[], None] = lambda: None
        #: the end of the address that is looked at
        self._at = ""

    @property
    def page(self) -> Page:
        """The tab in hand; another one after a tab was killed."""
        return self.phone.page

    def looks(self, *screen: str) -> None:
        """Open the order, or one of its screens."""
        self._at = "/".join(["", self.number, *screen])
        self.phone.goes_to("order", self.number, *screen)

    def presses_main(self, words: str, act: str) -> None:
        """The big button of the order, which records at once."""
        self.looks()
        before = self._count(act)
        try:
            self.page.get_by_role("button", name=words).click()
        except NotThere as error:
            raise AssertionError(f"{error}; {self._shown()}") from error
        self._kept(act, before, {})

    def acknowledges(self) -> None:
        """接单."""
        self.presses_main("接单", "order.acknowledged")

    def arrives(self) -> None:
        """到场."""
        self.presses_main("到场", "order.arrived")

    def inspects(self, note: str, *, photos: int = 1) -> None:
        """A note and pictures from before (R-054)."""
        self.looks("inspect")
        before = self._count("order.inspected")
        for _ in range(photos):
            self.takes("before")
        self._writes("textarea[name=note]", note)
        self.page.get_by_role("button", name="记录勘查").click()
        self._kept("order.inspected", before, {"note": note})

    def quotes(self, *codes: str, **quantities: str) -> None:
        """Pick items from the price list that are not chosen yet; `M_R22="3"` changes how many."""
        self.looks("quote")
        before = self._count("order.quoted")
        search = self.page.get_by_role("searchbox")
        for code in codes:
            if self.page.locator(f"[data-item='{code}']").count() == 0:
                search.fill(code)
                self.page.locator(f"[data-offer='{code}']").click()
        search.fill("")
        for code, quantity in quantities.items():
            self.page.locator(f"[data-item='{code.replace('_', '-')}'] input").fill(quantity)
        self.page.locator(".bar button.primary").click()
        self._kept("order.quoted", before, {"lines": [{"item": code} for code in codes]})

    def price_agreed(self, signer: str) -> None:
        """The customer signs the quote on the screen (R-056)."""
        self.looks("confirm")
        before = self._count("quote.confirmed")
        self._signer(signer)
        self.signs()
        self.page.locator("form button[type=submit]").click()
        self._kept("quote.confirmed", before, {"signer": {"name": signer, "relation": "owner"}})
        self._signed("quote.confirmed")

    def records(
        self, step: str, answer: dict[str, Any], *tags: str, reason: str = "", text: str = ""
    ) -> None:
        """One step: its photos first, then the answer."""
        self.looks("step", step)
        before = self._recorded(step)
        screen = self.page.locator(f"[data-step='{step}']")
        form, again = screen.locator("form.step-form"), screen.locator("button.step-again")
        form.or_(again).first.wait_for()  # not before what was typed earlier has been read
        if again.is_visible():
            again.click()
        form.wait_for()
        for tag in tags:
            self.takes(tag)
        if text:
            screen.locator("details.note > summary").click()
            screen.locator("details.note textarea").fill(text)
        self._answers(screen, answer, reason)
        wait_for(lambda: self._recorded(step) > before, f"{step} to be kept")
        # Said in the moment in which the app turns to what comes next, or stays.
        said_so = self.page.locator(".toast-done", has_text=f"{step} ")
        self._goes_on(lambda: said_so.count() > 0)
        words = {"reason": reason, "text": text}
        said = {name: value for name, value in words.items() if value}
        self.typed.append(("step.recorded", {"step": step, "answer": answer, **said}))

    def is_not_let(self, step: str) -> Locator:
        """Open a step that cannot be recorded now; what the app says of it."""
        self.looks("step", step)
        obstacles = self.page.locator(f"[data-step='{step}'] .obstacles")
        expect(obstacles).to_be_visible()
        return obstacles

    def takes(self, tag: str, picture: bytes | None = None) -> bytes:
        """A picture by the phone's own camera; its bytes as they came from the lens."""
        taken = picture or pictures.photo(next(_seeds), size=PICTURE)
        known = {photo["id"] for photo in self.phone.photos(self.number)}
        need = self.page.locator(f".photo-need[data-tag='{tag}']")
        need.locator("input[capture]").first.set_input_files(
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": taken}
        )
        for photo in wait_for(lambda: self._photos_but(known), f"the photo {tag} to be kept"):
            self._remembers(photo["sha256"])
        return taken

    def _photos_but(self, known: set[int]) -> list[dict[str, Any]]:
        return [one for one in self.phone.photos(self.number) if one["id"] not in known]

    def _remembers(self, sha256: str) -> None:
        content = self.phone.picture(sha256)
        assert content is not None, f"{sha256} is named and not kept"
        self.pictures[sha256] = hashlib.sha256(content).hexdigest()

    def _signed(self, act: str) -> None:
        made = [one for one in self.phone.acts(self.number) if one["type"] == act]
        self._remembers(made[-1]["data"]["signature"])

    def is_ready(self) -> None:
        """完工: the customer may try it."""
        self.presses_main("完工", "order.ready")

    def is_accepted(self, signer: str) -> None:
        """The customer is satisfied and signs (R-060)."""
        self.looks("trial", "satisfied")
        before = self._count("order.accepted")
        self._signer(signer)
        self.signs()
        self.page.locator("form button[type=submit]").click()
        self._kept("order.accepted", before, {"signer": {"name": signer, "relation": "owner"}})
        self._signed("order.accepted")

    def suspends(self, note: str) -> None:
        """暂停, for want of material."""
        self.looks("suspend")
        before = self._count("order.suspended")
        self.page.locator("input[type=radio][value='wait_material']").check()
        self.page.locator("input[type=radio][value='tomorrow']").check()
        self._writes("textarea", note)
        self.page.locator("form button[type=submit]").click()
        self._kept("order.suspended", before, {"reason": "wait_material", "note": note})

    def returns(self, reason: str) -> None:
        """退单, in his own words."""
        self.looks("return")
        before = self._count("order.returned")
        self.page.locator("input[type=radio][value='other']").check()
        self._writes("textarea", reason)
        self.page.locator("form button[type=submit]").click()
        self._kept("order.returned", before, {"reason": reason})

    def customer_cancels(self, reason: str) -> None:
        """取消, in the customer's own words."""
        self.looks("cancel")
        before = self._count("order.cancel_requested")
        self.page.locator("input[type=radio][value='other']").check()
        self._writes("textarea[name=own]", reason)
        self.page.locator("form button[type=submit]").click()
        self._kept("order.cancel_requested", before, {"reason": reason})

    def _writes(self, field: str, words: str) -> None:
        """Words into a form. They are kept as they are typed, whatever happens then."""
        address = self.page.evaluate("location.hash.slice(2)")
        self.page.locator(field).fill(words)
        wait_for(lambda: self._is_draft(words), "the words to be kept")
        self.half_way()
        self.phone.goes_to(*address.split("/"))
        expect(self.page.locator(field)).to_have_value(words)

    def _is_draft(self, words: str) -> bool:
        values = [draft["value"] for draft in self.phone.stored("drafts")]
        return any(
            words in (value.values() if isinstance(value, dict) else [value]) for value in values
        )

    def _signer(self, name: str, relation: str = "owner") -> None:
        self.page.locator("input[name=signer]").fill(name)
        self.page.locator(f"input[type=radio][value='{relation}']").check()

    def is_rejected(self) -> None:
        """The customer is not satisfied; the technician apologises (R-061)."""
        self.looks("trial", "dissatisfied")
        self.page.locator("input[name=apology]").check()
        self.page.locator("form input[type=radio]").first.check()
        self._sends("order.rejected")

    def is_not_signed(self, witness: str) -> None:
        """The customer says it works but will not sign (A-15)."""
        self.looks("trial", "unsigned")
        self.page.locator("input[type=radio][value=refused]").check()
        self.page.locator("input[name=witness]").fill(witness)
        self.takes("after")
        self._sends("signature.refused")

    def is_cancelled(self, by: str) -> None:
        """The customer calls it off (R-057)."""
        self.looks("cancel")
        self.page.locator("input[name=by]").fill(by)
        self.page.locator("form input[type=radio]").first.check()
        self._sends("order.cancel_requested")

    def _sends(self, act: str) -> None:
        before = self._count(act)
        self.page.locator("form button[type=submit]").click()
        self._kept(act, before, {})

    def signs(self) -> None:
        """Draw a name on the pad."""
        canvas = self.page.locator(".signature canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        mouse = self.page.mouse
        left, top = box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.3
        for stroke in range(3):
            bend = next(_seeds) % 17
            mouse.move(left + stroke * 50, top + bend)
            mouse.down()
            mouse.move(left + stroke * 50 + 20, top + 40 - bend, steps=4)
            mouse.move(left + stroke * 50 + 35, top + 5 + bend, steps=4)
            mouse.up()

    def state(self) -> str:
        """The state that the order's screen shows."""
        self.looks()
        badge = self.page.locator(".order .state")
        badge.wait_for()
        return badge.get_attribute("class").split("s-")[-1]  # type: ignore[union-attr]

    def _answers(self, screen: Locator, answer: dict[str, Any], reason: str) -> None:
        for key, name in (("old_spec", "旧件规格"), ("new_spec", "新件规格")):
            if key in answer:
                screen.get_by_label(name).fill(answer[key])
        for choice in answer.get("choices", ()):
            screen.locator(f".choices input[value='{choice}']").check()
        for name, value in answer.get("fields", {}).items():
            option = screen.locator(f"[data-option='{value}']")
            if option.count():
                option.first.click()
            else:
                self._types(screen, name, value)
        if "value" in answer and screen.locator("input[name=value]").count():
            self._types(screen, "value", answer["value"])
        if reason:
            screen.get_by_label("或用自己的话").fill(reason)
        yes = [answer[key] for key in ("ok", "done", "confirmed") if key in answer]
        if yes:
            screen.locator(".yes-no .yes" if yes[0] else ".yes-no .no").click()
            if screen.locator("button[type=submit]").is_visible():
                screen.locator("button[type=submit]").click()
        else:
            screen.locator("button[type=submit]").click()

    def _types(self, screen: Locator, name: str, value: str) -> None:
        field = screen.locator(f"input[name='{name}']")
        if not field.is_visible():
            screen.locator("details:has(input) > summary").first.click()
        field.fill(value)

    def _recorded(self, step: str) -> int:
        return sum(
            act["type"] == "step.recorded" and act["data"]["step"] == step
            for act in self.phone.acts(self.number)
        )

    def _count(self, act: str) -> int:
        return sum(one["type"] == act for one in self.phone.acts(self.number))

    def _kept(self, act: str, before: int, typed: dict[str, Any]) -> None:
        try:
            wait_for(lambda: self._count(act) > before, f"{act} to be kept")
        except AssertionError as error:
            raise AssertionError(f"{error}; {self._shown()}") from error
        if self._at != f"/{self.number}":
            self._goes_on()
        self.typed.append((act, typed))

    def _shown(self) -> str:
        return f"{self.page.url} shows {self.page.locator('body').inner_text()}"

    def _goes_on(self, or_stays: Callable[[], bool] = lambda: False) -> None:
        """The app leaves a form by itself; who turns the page at the same moment is turned back."""
        wait_for(
            lambda: not self.page.url.endswith(self._at) or or_stays(),
            f"the app to go on from {self._at}",
        )
