"""What can be found wrong with a screen by looking at it: too wide, too small, unreadable, untranslated."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.acceptance import axe
from tests.acceptance.phone import SCREEN, Phone

SMALLEST_TARGET_PX = 44
CJK = re.compile(r"[一-鿿]")
#: four words in a row, none of them a unit or a code
SENTENCE = re.compile(r"\b[a-z]{2,}(?: [a-z]{2,}){3,}", re.IGNORECASE)

#: Where pictures of every screen go, for people to look at; without it none is taken.
PICTURES = os.environ.get("PAIGONG_PICTURES")
_WIDTH = "() => document.documentElement.scrollWidth"
_SMALL = """(smallest) => {
  const found = [];
  for (const one of document.querySelectorAll("button, a.button, summary, [role=button], select")) {
    const box = one.getBoundingClientRect();
    const isSeen = one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!isSeen || box.width <= 1 || box.height === 0) continue;
    if (box.height < smallest - 0.5) found.push(`${one.innerText || one.ariaLabel} ${box.height}px`);
  }
  return found;
}"""
_CUT = """() => {
  const found = [];
  for (const one of document.querySelectorAll("main *")) {
    if (!one.checkVisibility() || one.closest(".quiet, [hidden]") || one.tagName === "CANVAS") continue;
    const box = one.getBoundingClientRect();
    if (box.width <= 1) continue;
    let inside = one.parentElement;
    while (inside && getComputedStyle(inside).overflowX === "visible") inside = inside.parentElement;
    if (inside !== document.documentElement && inside !== document.body && inside !== null) continue;
    if (box.right > innerWidth + 1 || box.left < -1) found.push(`${one.tagName} ${one.className}`);
  }
  return found;
}"""
_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const holder = walk.currentNode.parentElement;
    if (holder.checkVisibility()) found.push(walk.currentNode.data);
  }
  for (const one of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
      if (one.hasAttribute(name)) found.push(one.getAttribute(name));
    }
  }
  return found;
}"""


@dataclass
class Looking:
    """Looks at one screen after the other, and keeps what is wrong with it."""

    phone: Phone
    #: what people and the server wrote: shown as it is, in whatever language
    data: tuple[str, ...]
    findings: list[str] = field(default_factory=list)
    seen: int = 0

    def at(self, name: str, language: str) -> None:
        """Judge what is on the screen now."""
        self.seen += 1
        page = self.phone.page
        if PICTURES:
            self._picture(Path(PICTURES) / f"{language}-{self.seen:03}-{name}.png")
        # Roles, names and contrast are the same in every language; length and words are not.
        roles = axe.serious(page) if language == "zh" else []
        for found in [*roles, *self._form(), *self._language(language)]:
            self.findings.append(f"{language} {name}: {found}")

    def _picture(self, file: Path) -> None:
        page = self.phone.page
        page.screenshot(path=file, animations="disabled")
        if page.evaluate("() => document.documentElement.scrollHeight > innerHeight + 40"):
            page.screenshot(path=file.with_suffix(".full.png"), full_page=True)

    def _form(self) -> list[str]:
        page = self.phone.page
        width = page.evaluate(_WIDTH)
        too_wide = [f"{width} px wide"] if width > SCREEN["width"] else []
        small = [f"too small: {one}" for one in page.evaluate(_SMALL, SMALLEST_TARGET_PX)]
        return too_wide + small + [f"beyond the edge: {one}" for one in page.evaluate(_CUT)]

    def _language(self, language: str) -> list[str]:
        wrong = CJK if language == "en" else SENTENCE
        found = []
        for text in self.phone.page.evaluate(_TEXTS):
            own = text
            for given in self.data:
                own = own.replace(given, "")
            if wrong.search(own):
                found.append(f"not translated: {text}")
        return found
