"""Imports from the file to their end: prepared, checked again, applied as a whole, or discarded."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.importing.checking import Checker
from accounts.importing.columns import heading
from accounts.importing.reading import Row, read_file
from accounts.importing.rows import CheckedRow
from accounts.importing.writing import Changed, write_rows
from accounts.models import Account, AccountImport, AccountImportRow, RowKind
from m3console.core import clock
from m3console.core.audit import acting_as, action, current_actor
from m3console.core.csv_files.lines import Readable
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from m3console.core.personal import confirmation

KEPT: Final = timedelta(hours=24)
"""How long a preview waits: what it holds is personal, and goes stale."""
BATCH: Final = 1_000
OVER: Final = "This import is over. Upload the file again."


def prepare_import(*, organization: Organization, file: Readable, file_name: str) -> AccountImport:
    """Read and check a file and keep its rows; nothing of it is imported yet. Raises RuleViolation."""
    discard_old()
    found = read_file(file)
    with transaction.atomic():
        made = AccountImport.objects.create(
            organization=organization,
            file_name=file_name[:255],
            columns=found.columns,
            ignored=[name[:100] for name in found.ignored[:100]],
            created_by_id=current_actor().user_id,
        )
        _keep(made, found.rows)
    return made


def check_again(pending: AccountImport) -> None:
    """Hold the rows against the accounts as they are now; the import is one revision further then."""
    rows = [
        Row(row.line, row.values, [] if row.values else [(name, text) for name, text in row.problems])
        for row in pending.rows.order_by("line")
    ]
    with transaction.atomic():
        locked = _open(pending)
        locked.rows.all().delete()
        locked.revision += 1
        _keep(locked, rows)


def apply_import(pending: AccountImport, *, revision: int, confirmed: bool) -> AccountImport:
    """Write every row in one transaction, or none; `confirmed` says that nothing in it is personal.

    Raises RuleViolation: for an import that is over, for rows that are refused or warned of, and Changed
    for accounts that are no longer as the preview saw them.
    """
    importer = replace(current_actor(), source="import")
    with acting_as(importer), action("account.imported", reason=_reason(pending), account_import=pending.pk):
        locked = _open(pending)
        _check_appliable(locked, revision, confirmed=confirmed)
        write_rows(locked)
        _end(locked, AccountImport.State.APPLIED)
    return locked


def discard_import(pending: AccountImport) -> None:
    """Forget what the rows hold; discarding twice does no harm."""
    with transaction.atomic():
        locked = AccountImport.objects.select_for_update().get(pk=pending.pk)
        if locked.state == AccountImport.State.PREVIEW:
            _end(locked, AccountImport.State.DISCARDED)


def discard_old() -> None:
    """Previews that nobody has come back to, of whatever organization."""
    _discard(AccountImport.objects.filter(created_at__lt=clock.now() - KEPT))


def discard_naming(account: Account, values: Iterable[str]) -> None:
    """Previews that hold what is erased of an account."""
    rows = Q(account=account) | Q(code=account.code)
    for value in values:
        rows |= Q(values__name=value) | Q(values__email_address=value) | Q(changes__contains=[[value]])
    named = AccountImportRow.objects.filter(rows).values("account_import")
    _discard(AccountImport.objects.filter(organization=account.organization_id, pk__in=named))


def _discard(imports: QuerySet[AccountImport]) -> None:
    for each in imports.filter(state=AccountImport.State.PREVIEW):
        discard_import(each)


def is_open(pending: AccountImport) -> bool:
    """Whether the preview can still be applied."""
    return pending.state == AccountImport.State.PREVIEW and pending.created_at >= clock.now() - KEPT


def _open(pending: AccountImport) -> AccountImport:
    locked = AccountImport.objects.select_for_update().select_related(None).get(pk=pending.pk)
    if not is_open(locked):
        raise RuleViolation(OVER)
    return locked


def _check_appliable(locked: AccountImport, revision: int, *, confirmed: bool) -> None:
    if locked.revision != revision:
        raise RuleViolation("The file was checked again since you looked. Look at the preview as it is now.")
    if locked.refused:
        raise RuleViolation(
            "Nothing is imported until every row is right. Mend the file and upload it again."
        )
    if not locked.created and not locked.changed:
        raise RuleViolation("There is nothing to import: every account is as the file has it.")
    if locked.warned and not confirmed:
        raise RuleViolation(
            "Some values look like it. Mend the file, or confirm that none of them is.", field="confirmed"
        )


def _reason(pending: AccountImport) -> str:
    """What history keeps of a confirmation: which columns look like what, never a value."""
    looks = {tuple(one) for row in pending.rows.exclude(warnings=[]) for one in row.warnings}
    return confirmation(sorted(looks))


def _keep(made: AccountImport, rows: Sequence[Row]) -> None:
    """Check the rows and store what came of it, with the counts."""
    organization = Organization.objects.get(pk=made.organization_id)
    checked = Checker(organization, made.columns).check(rows)
    for first in range(0, len(checked), BATCH):
        AccountImportRow.objects.bulk_create(
            _stored(made.pk, each) for each in checked[first : first + BATCH]
        )
    counted = {kind: sum(each.kind == kind for each in checked) for kind in RowKind}
    made.created, made.changed = counted[RowKind.CREATE], counted[RowKind.CHANGE]
    made.unchanged, made.refused = counted[RowKind.SAME], counted[RowKind.REFUSED]
    made.warned = sum(bool(each.warnings) for each in checked)
    made.save()


def _stored(key: UUID, each: CheckedRow) -> AccountImportRow:
    return AccountImportRow(
        account_import_id=key,
        line=each.row.line,
        kind=each.kind,
        code=each.code[:200],
        account=each.account,
        account_version=each.account.version if each.account else None,
        fields=[heading(name) for name, _, _ in each.changes],
        values=dict(each.row.cells),
        changes=[list(change) for change in each.changes],
        problems=[list(problem) for problem in each.problems],
        warnings=[list(warning) for warning in each.warnings],
    )


def _end(locked: AccountImport, state: str) -> None:
    """The import is over: what it wrote stays listed, what the file said goes."""
    emptied: dict[str, Any] = {"values": {}, "changes": [], "problems": []}
    if state == AccountImport.State.DISCARDED:
        locked.rows.all().delete()
    else:
        locked.rows.update(**emptied)
    locked.state, locked.finished_at = state, clock.now()
    locked.finished_by_id = current_actor().user_id
    locked.save()


__all__ = [
    "Changed",
    "apply_import",
    "check_again",
    "discard_import",
    "discard_naming",
    "is_open",
    "prepare_import",
]
