"""Why a payload is not taken: one exception that carries all that a reply needs."""


class ContractError(Exception):
    """A payload that does not keep the contract.

    Parameters: ``slug`` the kind of fault in kebab-case; ``zh`` and ``en`` one sentence in each
    language; ``errors`` dotted place in the payload -> messages; ``event_id``, ``seq`` and
    ``subject`` as far as they could be read, so that a refusal can be addressed to the event it
    refuses and say how its order stands.
    """

    def __init__(
        self,
        slug: str,
        zh: str,
        en: str,
        *,
        errors: dict[str, list[str]] | None = None,
        event_id: str | None = None,
        seq: int | None = None,
        subject: str | None = None,
    ) -> None:
        super().__init__(f"{slug}: {en}")
        self.slug = slug
        self.zh = zh
        self.en = en
        self.errors = errors or {}
        self.event_id = event_id
        self.seq = seq
        self.subject = subject

    @property
    def detail(self) -> str:
        """Both languages, Chinese first."""
        return f"{self.zh} {self.en}"
