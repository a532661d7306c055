"""A row of a file, and what it comes to once it is checked."""

from dataclasses import dataclass, field

from accounts.importing.columns import heading
from accounts.importing.reading import Row
from accounts.models import Account, RowKind


@dataclass(slots=True)
class CheckedRow:
    """`changes` are field, old and new cell of what differs from the account, or of what a new one gets."""

    row: Row
    account: Account | None = None
    kind: RowKind = RowKind.SAME
    code: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def parent(self) -> str:
        """The code that the row names its account's parent by."""
        return self.row.cells.get("parent_account", "").strip()

    def refuse(self, field: str, sentence: str) -> None:
        """Say what is wrong with a cell, or with the whole row where `field` is empty."""
        self.problems.append((heading(field), sentence))

    def settle(self) -> None:
        """What the row does, now that everything about it is known."""
        if self.problems:
            self.kind = RowKind.REFUSED
        elif self.account is None:
            self.kind = RowKind.CREATE
        elif self.changes:
            self.kind = RowKind.CHANGE
