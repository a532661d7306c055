"""Writing the rows of an import: changed accounts and new ones at the top in bulk, children one by one."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection

from accounts.hierarchy import hold
from accounts.importing.columns import COLUMNS, KEYS, read_cell
from accounts.importing.custom_cells import Own, OwnValues, is_custom
from accounts.models import Account, AccountImport, AccountImportRow, RowKind
from accounts.services import CURRENCY_EXISTS, check_first_bill_date, create_account
from m3console.core import clock
from m3console.core.audit import current_actor
from m3console.core.errors import RuleViolation, refusing
from m3console.core.locks import hold_custom_field_types

CHUNK: Final = 1_000
CUSTOM: Final = "custom_fields"
NAMED: Final = 3
WRITTEN: Final = tuple(name for name in COLUMNS if name not in KEYS)
UPDATE: Final = """
update accounts_account a set {assignments}, version = a.version + 1, updated_at = %s, updated_by_id = %s
from unnest({arrays}) as n ({names}) where a.id = n.id and a.version = n.version and a.deleted_at is null
"""
TAKEN: Final = "A code of the file was taken meanwhile."


class Changed(RuleViolation):
    """Accounts are no longer as the preview saw them, so nothing was written."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} Nothing was imported. This is a new preview, of the file beside what is now."
        )


def write_rows(made: AccountImport) -> None:
    """All rows of an import, in the caller's transaction. Raises Changed."""
    parents = Account.objects.filter(organization=made.organization_id, code__in=_parent_codes(made))
    dated = made.rows.filter(kind=RowKind.CHANGE, fields__contains=[COLUMNS["bill_epoch"]])
    hold(*parents.values_list("pk", flat=True), *dated.values_list("account_id", flat=True))
    own = _own_values(made)
    sentences = {"account_code_once": Changed(TAKEN), CURRENCY_EXISTS: Changed("A currency was taken away.")}
    try:
        with refusing(sentences, deferred=[CURRENCY_EXISTS]):
            for chunk in _chunks(made, RowKind.CHANGE, "account_id"):
                _change(chunk, made.columns, own)
            # In the order of their codes, so that two loads hardly ever wait for each other in a circle.
            for chunk in _chunks(made, RowKind.CREATE, "code"):
                _create(made, [row for row in chunk if not _parent(row)], own)
            for chunk in _chunks(made, RowKind.CREATE, "code"):
                _create_children(made, [row for row in chunk if _parent(row)], own)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "40P01":  # a deadlock, of which we were the one to end
            raise Changed("Somebody else was creating the same accounts.") from None
        raise


def _own_values(made: AccountImport) -> OwnValues:
    """The types of custom fields, which stay until all is written: the last lock, after all accounts'."""
    if any(map(is_custom, made.columns)):
        changed = made.rows.filter(kind=RowKind.CHANGE).values("account")
        list(Account.objects.filter(pk__in=changed).order_by("pk").select_for_update().values_list("pk"))
        hold_custom_field_types(made.organization_id)
    return OwnValues(made.organization_id)


def _chunks(made: AccountImport, kind: RowKind, order: str) -> Iterator[Sequence[AccountImportRow]]:
    keys = list(made.rows.filter(kind=kind).order_by(order, "line").values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        found = AccountImportRow.objects.in_bulk(keys[first : first + CHUNK])
        yield [found[key] for key in keys[first : first + CHUNK]]


def _change(rows: Sequence[AccountImportRow], columns: Sequence[str], own: OwnValues) -> None:
    """Every column of the file, where the account still has the version that the preview saw."""
    accounts = [row.account_id for row in rows if row.account_id]
    found = Account.objects.select_related("organization").filter(pk__in=accounts)
    locked = found.order_by("pk").select_for_update(of=("self",))
    seen: dict[UUID | None, Account] = {account.pk: account for account in locked}
    versions = {key: account.version for key, account in seen.items()}
    gone = [row for row in rows if versions.get(row.account_id) != row.account_version]
    if gone:
        named = ", ".join(f"“{row.code}”" for row in gone[:NAMED])
        more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        raise Changed(f"Somebody saved or deleted {named}{more} since the preview was made.")
    for row in rows:
        _check_first_bill_date(seen[row.account_id], row)
    names = [name for name in columns if name in WRITTEN]
    if any(map(is_custom, columns)):
        names.append(CUSTOM)
    values = [
        [row.account_id, row.account_version, *_written(seen[row.account_id], row, names, own)]
        for row in rows
    ]
    with connection.cursor() as cursor, connection.wrap_database_errors:
        stamps = [clock.now(), current_actor().user_id]
        cursor.execute(_statement(tuple(names)), [*stamps, *map(list, zip(*values, strict=True))])


def _check_first_bill_date(account: Account, row: AccountImportRow) -> None:
    for name, _, new in row.changes:
        if name == "bill_epoch":
            try:
                check_first_bill_date(account, read_cell(name, new))
            except RuleViolation as refused:
                raise Changed(f"Line {row.line}: {refused.message}") from None


def _written(account: Account, row: AccountImportRow, names: Sequence[str], own: OwnValues) -> Iterator[Any]:
    """What differs is read from the file, the rest is written as it is."""
    changed = {name: new for name, _, new in row.changes}
    for name in names:
        if name == CUSTOM:
            field = Account._meta.get_field(CUSTOM)
            yield field.get_db_prep_value(_custom(own, account, row), connection)
            continue
        yield read_cell(name, changed[name]) if name in changed else getattr(account, name)


def _custom(own: OwnValues, account: Account | None, row: AccountImportRow) -> Own:
    """The account's own values with those of the row; a type that was changed meanwhile may refuse one."""
    try:
        return own.changed(account, [(name, new) for name, _, new in row.changes if is_custom(name)])
    except ValidationError as problem:
        raise Changed(f"Line {row.line}: {problem.messages[0]}") from None


def _create(made: AccountImport, rows: Sequence[AccountImportRow], own: OwnValues) -> None:
    user, moment = current_actor().user_id, clock.now()
    accounts = [
        Account(
            organization_id=made.organization_id,
            created_by_id=user,
            updated_by_id=user,
            created_at=moment,
            updated_at=moment,
            **_fields(row, own),
        )
        for row in rows
    ]
    Account.objects.bulk_create(accounts)
    _link(rows, [account.pk for account in accounts])


def _create_children(made: AccountImport, rows: Sequence[AccountImportRow], own: OwnValues) -> None:
    """By the one door that knows what a parent may have; each parent is held already, or new."""
    known = Account.objects.select_related("organization").filter(organization=made.organization_id)
    parents = {account.code: account for account in known.filter(code__in={_parent(row) for row in rows})}
    made_ids = []
    for row in rows:
        parent = parents.get(_parent(row))
        if parent is None:
            raise Changed(f"The parent account “{_parent(row)}” is gone.")
        try:
            account = create_account(
                organization=parent.organization, parent_account=parent, **_fields(row, own)
            )
        except RuleViolation as refused:
            raise Changed(f"Line {row.line}: {refused.message}") from None
        made_ids.append(account.pk)
    _link(rows, made_ids)


def _fields(row: AccountImportRow, own: OwnValues) -> dict[str, Any]:
    given = {name: read_cell(name, new) for name, _, new in row.changes if name in WRITTEN}
    return given | {CUSTOM: _custom(own, None, row)}


def _link(rows: Sequence[AccountImportRow], accounts: Sequence[UUID]) -> None:
    """The rows lead to the accounts that they made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update accounts_accountimportrow r set account_id = n.account"
            " from unnest(%s::uuid[], %s::uuid[]) as n (id, account) where r.id = n.id",
            [[row.pk for row in rows], list(accounts)],
        )


def _parent(row: AccountImportRow) -> str:
    return str(row.values.get("parent_account", "")).strip()


def _parent_codes(made: AccountImport) -> set[str]:
    rows = made.rows.filter(kind=RowKind.CREATE).exclude(values__parent_account="")
    return {code.strip() for code in rows.values_list("values__parent_account", flat=True) if code}


@cache
def _statement(names: tuple[str, ...]) -> str:
    """The update of these fields, whose arrays follow the two stamps."""
    columns = ("id", "version", *names)
    types = {name: Account._meta.get_field(name).db_type(connection) for name in columns}
    return UPDATE.format(
        assignments=", ".join(f"{name} = n.{name}" for name in names),
        arrays=", ".join(f"%s::{types[name]}[]" for name in columns),
        names=", ".join(columns),
    )
