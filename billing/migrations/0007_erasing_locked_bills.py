"""A locked bill never changes, but for the personal data of its account, which can be erased from it."""

from django.db import migrations

# Beside the three copies, only what every save stamps may differ.
ERASING = """
create function refuse_changing_locked_bill() returns trigger language plpgsql as $$
declare stamped constant text[] := array['account_name', 'account_email', 'account_address',
  'personal_changed', 'version', 'updated_at', 'updated_by_id'];
begin
  if exists (
    select from before_rows b left join after_rows a on a.id = b.id
    where b.locked_at is not null and (
      to_jsonb(a) - stamped is distinct from to_jsonb(b) - stamped
      or a.account_name <> 'erased' or a.account_email <> 'erased'
      or a.account_address <> case b.account_address when '' then '' else 'erased' end)
  ) then
    raise exception 'A locked bill never changes.' using errcode = 'restrict_violation', constraint = 'bill_locked';
  end if;
  return null;
end $$;
drop trigger bill_locked_stays on billing_bill;
create trigger bill_locked_stays after update on billing_bill
  referencing old table as before_rows new table as after_rows
  for each statement execute function refuse_changing_locked_bill();
"""
BACK = """
drop trigger bill_locked_stays on billing_bill;
create trigger bill_locked_stays after update on billing_bill
  referencing old table as before_rows for each statement execute function refuse_locked_bill();
drop function refuse_changing_locked_bill();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_lines_by_plan")]
    operations = [migrations.RunSQL(ERASING, BACK)]
