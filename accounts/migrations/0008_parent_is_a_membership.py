"""An account's parent is that of the membership that goes on, and the other way round.

`parent_if_open` is the parent while a membership has no end. Two keys, checked at commit, hold it and
`parent_account` to each other: neither can be written without the other, by whatever way.
"""

from django.db import migrations

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
BACK = """
alter table accounts_childmembership drop constraint membership_is_of_account;
alter table accounts_account drop constraint account_parent_has_membership;
alter table accounts_childmembership drop constraint membership_goes_on_once;
alter table accounts_childmembership drop column parent_if_open;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_memberships")]
    operations = [migrations.RunSQL(TO_EACH_OTHER, BACK)]
