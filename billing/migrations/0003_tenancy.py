"""Bills keep to their organization; a locked bill and the lines of any revision never change."""

from django.db import migrations

from m3console.core.tenancy import key_within_organization, within_organization

# Statement level: a row trigger would stay silent about a statement that meets no row.
LOCKED = """
create function refuse_locked_bill() returns trigger language plpgsql as $$
begin
  if exists (select from before_rows where locked_at is not null) then
    raise exception 'A locked bill never changes.' using errcode = 'restrict_violation', constraint = 'bill_locked';
  end if;
  return null;
end $$;
create trigger bill_locked_stays after update on billing_bill
  referencing old table as before_rows for each statement execute function refuse_locked_bill();
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
    dependencies = [("billing", "0002_initial"), ("accounts", "0003_hierarchy"), ("core", "0003_tenancy")]
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
