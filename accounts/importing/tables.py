"""The lists of imports and of the rows of one, with what each does in words."""

from collections.abc import Iterator
from typing import Final

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.importing.columns import heading
from accounts.models import AccountImport, AccountImportRow, RowKind
from accounts.tables import detail_url
from m3console.core.links import reverse
from m3console.core.lists.columns import Table
from m3console.core.lists.filters import ListFilter
from m3console.core.templatetags.console import instant, quantity, status

ROOM: Final = {"td": {"class": "hide-md"}, "th": {"class": "hide-md"}}
NUMBER: Final = {"td": {"class": "num hide-md"}, "th": {"class": "num hide-md"}}
CODE: Final = {"td": {"class": "mono breaks hide-md"}, "th": {"class": "hide-md"}}
PILLS: Final = {
    RowKind.CREATE: ("ACTIVE", "New", "Created"),
    RowKind.CHANGE: ("PENDING", "Change", "Changed"),
    RowKind.SAME: ("INACTIVE", "No change", "Unchanged"),
    RowKind.REFUSED: ("REFUSED", "Refused", "Refused"),
}
"""The pill of each kind, before and after the import."""
STATES: Final = {"PREVIEW": "PENDING", "APPLIED": "COMPLETE", "DISCARDED": "CANCELLED"}


class ImportTable(Table):
    """Imports, newest first."""

    name = tables.Column("File", accessor="file_name", linkify=lambda record: import_url(record))
    created_at = tables.Column("Uploaded", attrs=ROOM)
    state = tables.Column("State")
    created = tables.Column("New", attrs=NUMBER)
    changed = tables.Column("Changes", attrs=NUMBER)
    refused = tables.Column("Refused", attrs=NUMBER)

    def render_created_at(self, record: AccountImport) -> str:
        who = record.created_by or "command line"
        return format_html('{} <span class="hint">{}</span>', who, instant(record.created_at))

    def value_created_at(self, record: AccountImport) -> str:
        return record.created_at.isoformat(timespec="seconds")

    def render_state(self, record: AccountImport) -> str:
        return status(STATES[record.state], record.get_state_display())

    def value_state(self, record: AccountImport) -> str:
        return str(record.get_state_display())

    def render_created(self, value: int) -> str:
        return quantity(value)

    def render_changed(self, value: int) -> str:
        return quantity(value)

    def render_refused(self, value: int) -> str:
        return quantity(value)


class RowTable(Table):
    """The rows of an import in the order of the file: what each does, and what is wrong or doubtful."""

    name = tables.Column("Line", accessor="line", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    kind = tables.Column("Result")
    code = tables.Column(
        "Account", attrs={"td": {"class": "mono breaks hide-md"}, "th": {"class": "hide-md"}}
    )
    what = tables.Column("What", empty_values=(), accessor="pk", attrs={"td": {"class": "breaks"}})

    over = False

    def render_kind(self, value: str, record: AccountImportRow) -> str:
        """On phones the account stands below."""
        pill = status(PILLS[RowKind(record.kind)][0], self.value_kind(record))
        return format_html('{}<span class="cell-sub breaks">{}</span>', pill, record.code)

    def value_kind(self, record: AccountImportRow) -> str:
        return PILLS[RowKind(record.kind)][2 if self.over else 1]

    def render_code(self, value: str, record: AccountImportRow) -> str:
        account = record.account
        if account is None or account.deleted_at:
            return value
        return format_html('<a href="{}">{}</a>', detail_url(account), value)

    def value_code(self, value: str) -> str:
        return value

    def render_what(self, record: AccountImportRow) -> str:
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in self._shown(record)))

    def value_what(self, record: AccountImportRow) -> str:
        told = [_sentence(*problem) for problem in record.problems]
        told += [_doubt(*warning) for warning in record.warnings]
        told += [f"{heading(name)}: {old or 'none'} → {new or 'none'}" for name, old, new in record.changes]
        return "; ".join(told or record.fields)

    def _shown(self, record: AccountImportRow) -> Iterator[str]:
        for problem in record.problems:
            yield format_html('<span class="tone-fail">{}</span>', _sentence(*problem))
        for warning in record.warnings:
            yield format_html('<span class="tone-warn">{}</span>', _doubt(*warning))
        for name, old, new in record.changes:
            label = format_html('<span class="hint">{}</span>', heading(name))
            if old:
                yield format_html("{} <s>{}</s> → {}", label, old, new or "none")
            else:
                yield format_html("{} {}", label, new)
        if not record.changes and record.fields:
            yield ", ".join(record.fields)


class ImportedRowTable(RowTable):
    """The same once the import is over."""

    over = True

    class Meta(Table.Meta):
        pass


class RowFilter(ListFilter):
    kind = filters.ChoiceFilter(
        label="Result", choices=[(kind, PILLS[kind][1]) for kind in RowKind], empty_label="Any"
    )
    warned = filters.ChoiceFilter(
        label="Looks personal", choices=[("yes", "Yes"), ("no", "No")], empty_label="Any", method="by_warning"
    )

    class Meta:
        model = AccountImportRow
        fields: list[str] = []

    def by_warning(
        self, rows: QuerySet[AccountImportRow], name: str, value: str
    ) -> QuerySet[AccountImportRow]:
        return rows.exclude(warnings=[]) if value == "yes" else rows.filter(warnings=[])


def import_url(record: AccountImport) -> str:
    return reverse("accounts:import_detail", pk=record.pk)


def _sentence(column: str, problem: str) -> str:
    return problem if not column or problem.startswith(column) else f"{column}: {problem}"


def _doubt(column: str, looks: str) -> str:
    return f"{column} looks like {looks}."
