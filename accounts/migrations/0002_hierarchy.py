"""Accounts keep to their organization and to two levels, and a parent is that of a membership.

`parent_is_child` is false whenever there is a parent, and must equal the parent's `is_child`: so a
parent cannot itself be a child, whoever saves first.

`parent_if_open` is the parent while a membership has no end. Two keys, checked at commit, hold it and
`parent_account` to each other: neither can be written without the other, by whatever way.
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
ONE_LEVEL = """
alter table accounts_account drop constraint account_parent_is_top_level;
alter table accounts_account drop constraint account_with_level;
alter table accounts_account drop column is_child, drop column parent_is_child;
"""
TO_EACH_OTHER = """
alter table accounts_childmembership add column parent_if_open uuid generated always as
  (case when end_date is null then parent_id end) stored;
alter table accounts_childmembership add constraint membership_goes_on_once unique (child_id, parent_if_open);
alter table accounts_account add constraint account_parent_has_membership
  foreign key (id, parent_account_id) references accounts_childmembership (child_id, parent_if_open)
  deferrable initially deferred;
alter table accounts_childmembership add constraint membership_is_of_account
  foreign key (parent_if_open, child_id) references accounts_account (parent_account_id, id)
  deferrable initially deferred;
"""
APART = """
alter table accounts_childmembership drop constraint membership_is_of_account;
alter table accounts_account drop constraint account_parent_has_membership;
alter table accounts_childmembership drop constraint membership_goes_on_once;
alter table accounts_childmembership drop column parent_if_open;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_tables"), ("core", "0002_tenancy")]
    operations = [
        key_within_organization("accounts_account"),
        within_organization("accounts_account", "parent_account_id", "accounts_account"),
        within_organization("accounts_account", "currency", "core_currency", key="code"),
        within_organization("accounts_childmembership", "child_id", "accounts_account"),
        within_organization("accounts_childmembership", "parent_id", "accounts_account"),
        migrations.RunSQL(TWO_LEVELS, ONE_LEVEL),
        migrations.RunSQL(TO_EACH_OTHER, APART),
    ]
