"""Imports of accounts: a file's rows as they were checked, kept until they are applied or discarded."""

from django.db import models
from django.db.models import Q

from accounts.models.accounts import Account
from m3console.core import clock
from m3console.core.ids import uuid7


class AccountImport(models.Model):
    """A CSV file of accounts: checked and shown first, then applied as a whole, or discarded.

    `revision` grows when it is checked again, so that what is applied is what was looked at. `columns` are
    the account's fields that the file has, in its order; `ignored` names its other columns.
    """

    class State(models.TextChoices):
        PREVIEW = "PREVIEW", "Preview"
        APPLIED = "APPLIED", "Imported"
        DISCARDED = "DISCARDED", "Discarded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+", db_index=False)
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREVIEW)
    revision = models.PositiveIntegerField(default=1)
    columns = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_finished_when_over", condition=Q(state="PREVIEW") | Q(finished_at__isnull=False)
            ),
            models.CheckConstraint(
                name="import_applied_without_refusals", condition=~Q(state="APPLIED") | Q(refused=0)
            ),
        ]
        indexes = [models.Index("organization", "created_at", "id", name="account_import_by_time")]

    def __str__(self) -> str:
        return self.file_name


class RowKind(models.TextChoices):
    """What a row does, or did."""

    CREATE = "CREATE", "Created"
    CHANGE = "CHANGE", "Changed"
    SAME = "SAME", "Unchanged"
    REFUSED = "REFUSED", "Refused"


class AccountImportRow(models.Model):
    """One row of an import, by the number of its first line in the file.

    `values` are its cells as text by field, `changes` [field, old, new] of what differs from the account as
    it was in `account_version`, `problems` [column, sentence] and `warnings` [column, what it looks like].
    Personal as they may be, values and changes go when the import is over; `fields` keeps what was written.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_import = models.ForeignKey(
        AccountImport, models.CASCADE, related_name="rows", db_index=False, editable=False
    )
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=RowKind.choices)
    code = models.CharField(max_length=200, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    account_version = models.PositiveIntegerField(null=True)
    fields = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(name="import_line_once", fields=["account_import", "line"])]

    def __str__(self) -> str:
        return f"Line {self.line}"
