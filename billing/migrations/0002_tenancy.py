"""Bills keep to their organization; a locked bill and the lines of any revision never change.

But for the personal data of its account, which can be erased from a locked bill.
"""

from django.db import migrations

from m3console.core.tenancy import key_within_organization, within_organization

# Statement level: a row trigger would stay silent about a statement that meets no row. Personal data can be
# erased from a locked bill: beside the three copies, only what every save stamps may differ.
LOCKED = """
create function refuse_locked_bill() returns trigger language plpgsql as $$
begin
  if exists (select from before_rows where locked_at is not null) then
    raise exception 'A locked bill never changes.' using errcode = 'restrict_violation', constraint = 'bill_locked';
  end if;
  return null;
end $$;
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
create trigger bill_locked_stays after update on billing_bill
  referencing old table as before_rows new table as after_rows
  for each statement execute function refuse_changing_locked_bill();
create trigger bill_locked_stays_there after delete on billing_bill
  referencing old table as before_rows for each statement execute function refuse_locked_bill();

create function refuse_changing_lines() returns trigger language plpgsql as $$
begin
  raise exception 'Lines of a bill are never changed.' using errcode = 'restrict_violation', constraint = 'line_stays';
end $$;
create trigger line_stays before update on billing_billline
  for each statement execute function refuse_changing_lines();
"""
BACK = """
drop trigger line_stays on billing_billline;
drop function refuse_changing_lines();
drop trigger bill_locked_stays_there on billing_bill;
drop trigger bill_locked_stays on billing_bill;
drop function refuse_locked_bill();
drop function refuse_changing_locked_bill();
"""

# Checked at commit, once per revision written: the lines of a revision sum to its total.
SUMS = """
create function revision_adds_up() returns trigger language plpgsql as $$
declare found numeric;
begin
  select coalesce(sum(converted_subtotal), 0) into found from billing_billline where revision_id = new.id;
  if found <> new.total then
    raise exception 'The lines sum to %, the bill says %.', found, new.total
      using errcode = 'check_violation', constraint = 'revision_adds_up';
  end if;
  return null;
end $$;
create constraint trigger revision_adds_up after insert or update on billing_billrevision
  deferrable initially deferred for each row execute function revision_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_tables"), ("accounts", "0002_hierarchy"), ("core", "0002_tenancy")]
    operations = [
        key_within_organization("billing_bill"),
        within_organization("billing_bill", "account_id", "accounts_account"),
        within_organization("billing_bill", "currency", "core_currency", key="code"),
        within_organization("billing_billrevision", "bill_id", "billing_bill"),
        migrations.RunSQL(LOCKED, BACK),
        migrations.RunSQL(
            SUMS, "drop trigger revision_adds_up on billing_billrevision; drop function revision_adds_up()"
        ),
    ]
