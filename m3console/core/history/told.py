"""What the history of one thing says in its own way, and what it need not say again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from m3console.core.history.changes import FieldChange, RowChange, Transaction
from m3console.core.history.things import Thing

Names = Mapping[tuple[type, Any], str]


@dataclass(frozen=True, slots=True)
class Told:
    """The history of a thing, or of everything (None): `sentences` of each of its sources, by rank."""

    of: Thing | None
    sentences: Sequence[Mapping[tuple[str, str], str]]

    def sentence(self, transaction: Transaction, names: Names) -> str:
        """The act as its source puts it; empty where it is told as everywhere."""
        pattern = self._pattern(transaction)
        if not pattern:
            return ""
        row = transaction.changes[0]
        return pattern.format_map(
            {
                one.model_field.name: names.get((one.model_field.related_model, one.new), "")
                for one in self.named(transaction, row)
            }
        )

    def named(self, transaction: Transaction, row: RowChange) -> list[FieldChange]:
        """What the sentence names: fields of the row that point to something."""
        pattern = self._pattern(transaction)
        fields = [name for _, name, _, _ in Formatter().parse(pattern) if name]
        model = row.event.pgh_tracked_model
        found = [model._meta.get_field(name) for name in fields]
        return [FieldChange(one, new=getattr(row.event, one.attname)) for one in found]

    def says_already(self, transaction: Transaction, row: RowChange, change: FieldChange) -> bool:
        """Whether a change of a related row is told: by the page, which is the thing's, by the sentence, or
        by a change of the thing itself."""
        if self.of is None or not row.rank:
            return False
        if not change.model_field.is_relation:
            return bool(change.model_field.primary_key and self._pattern(transaction))
        points_to = (change.model_field.related_model, change.new)
        own = [each for one in transaction.changes if not one.rank for each in one.fields]
        said = [*own, *self.named(transaction, row)]
        return points_to == self.of or any(
            one.model_field.is_relation and (one.model_field.related_model, one.new) == points_to
            for one in said
        )

    def _pattern(self, transaction: Transaction) -> str:
        """An act that changed one related row, and nothing of the thing itself, may have its own words."""
        if self.of is None or len(transaction.changes) != 1 or not transaction.changes[0].rank:
            return ""
        row = transaction.changes[0]
        by_act = self.sentences[row.rank] if row.rank < len(self.sentences) else {}
        return by_act.get((str(transaction.context.get("action", "")), row.kind), "")


NOBODYS: Final = Told(None, ())
