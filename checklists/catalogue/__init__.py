"""The nine checklists that Paigong ships with, loaded once and checked against each other."""

from functools import cache
from pathlib import Path

from checklists.authoring import AuthoringError, AuthoringErrors, load_template
from checklists.template import Template


@cache
def load_catalogue() -> dict[str, Template]:
    """Load every template of the catalogue, by code. Raises AuthoringErrors."""
    errors: list[AuthoringError] = []
    templates: dict[str, Template] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        try:
            template = load_template(path)
        except AuthoringErrors as found:
            errors += found.errors
        else:
            templates[template.code] = template
    if errors := errors or across(templates):
        raise AuthoringErrors(errors)
    return templates


def across(templates: dict[str, Template]) -> list[AuthoringError]:
    """Find what is wrong between templates: ids used in two of them, children that do not exist."""
    errors = []
    owner_of: dict[str, str] = {}
    for template in templates.values():
        for step in template.steps:
            first = owner_of.setdefault(step.id, template.code)
            if first != template.code:
                errors.append(
                    AuthoringError(
                        file=template.code,
                        step=step.id,
                        what=f"the id is used in {first} as well",
                        remedy="ids are unique over the catalogue; choose another",
                    )
                )
        errors += [
            AuthoringError(
                file=template.code,
                step=None,
                what=f"there is no checklist {code}",
                remedy="name one of the catalogue, or write it",
            )
            for code in template.child_codes
            if code not in templates
        ]
    return errors


def for_category(category: str) -> str | None:
    """Give the code of the checklist that an order of this category carries (R-045), if any."""
    for template in load_catalogue().values():
        if template.category == category:
            return template.code
    return None


def children_of(template: Template) -> dict[str, Template]:
    """Give the templates that a run of this one may open, by code."""
    return {code: load_catalogue()[code] for code in template.child_codes}
