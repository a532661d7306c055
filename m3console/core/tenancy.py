"""Keys that keep an organization's rows among themselves, for migrations.

A plain foreign key may point into another organization; these may not. The referenced table gets a
unique (organization_id, id), the referring one a composite foreign key in place of the plain one.
"""

from django.db import migrations


def within_organization(table: str, column: str, referenced: str, *, key: str = "id") -> migrations.RunSQL:
    """`table.column` points to a row of `referenced` of the same organization, checked at commit."""
    name = f"{table}_{column}_same_organization"
    return migrations.RunSQL(
        f'alter table "{table}" add constraint "{name}" foreign key (organization_id, "{column}")'
        f' references "{referenced}" (organization_id, "{key}") deferrable initially deferred',
        f'alter table "{table}" drop constraint "{name}"',
    )


def key_within_organization(table: str) -> migrations.RunSQL:
    """Make (organization_id, id) of a table a key that composite foreign keys can point to."""
    name = f"{table}_within_organization"
    return migrations.RunSQL(
        f'alter table "{table}" add constraint "{name}" unique (organization_id, id)',
        f'alter table "{table}" drop constraint "{name}"',
    )
