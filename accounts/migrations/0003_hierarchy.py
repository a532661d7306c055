"""Accounts keep to their organization, and to two levels.

`parent_is_child` is false whenever there is a parent, and must equal the parent's `is_child`: so a
parent cannot itself be a child, whoever saves first.
"""

from django.db import migrations

from m3console.core.tenancy import key_within_organization, within_organization

TWO_LEVELS = """
alter table accounts_account
  add column is_child boolean generated always as (parent_account_id is not null) stored,
  add column parent_is_child boolean generated always as
    (case when parent_account_id is null then null else false end) stored;
alter table accounts_account add constraint account_with_level unique (id, is_child);
alter table accounts_account add constraint account_parent_is_top_level
  foreign key (parent_account_id, parent_is_child) references accounts_account (id, is_child);
"""
BACK = """
alter table accounts_account drop constraint account_parent_is_top_level;
alter table accounts_account drop constraint account_with_level;
alter table accounts_account drop column is_child, drop column parent_is_child;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial"), ("core", "0003_tenancy")]
    operations = [
        key_within_organization("accounts_account"),
        within_organization("accounts_account", "parent_account_id", "accounts_account"),
        within_organization("accounts_account", "currency", "core_currency", key="code"),
        migrations.RunSQL(TWO_LEVELS, BACK),
    ]
