"""The catalogue keeps to its organization."""

from django.db import migrations

from m3console.core.tenancy import key_within_organization, within_organization

REFERRED = [
    "plans_product",
    "plans_meter",
    "plans_datafield",
    "plans_aggregation",
    "plans_plantemplate",
    "plans_plan",
    "plans_accountplan",
]
REFERENCES = [
    ("plans_meter", "product_id", "plans_product"),
    ("plans_datafield", "meter_id", "plans_meter"),
    ("plans_aggregation", "product_id", "plans_product"),
    ("plans_aggregation", "meter_id", "plans_meter"),
    ("plans_aggregation", "target_field_id", "plans_datafield"),
    ("plans_plantemplate", "product_id", "plans_product"),
    ("plans_plan", "plan_template_id", "plans_plantemplate"),
    ("plans_pricing", "plan_id", "plans_plan"),
    ("plans_pricing", "plan_template_id", "plans_plantemplate"),
    ("plans_pricing", "aggregation_id", "plans_aggregation"),
    ("plans_accountplan", "account_id", "accounts_account"),
    ("plans_accountplan", "plan_id", "plans_plan"),
]

# A band list begins at 0 and rises strictly; its three arrays are of one length; no price is NaN.
BANDS = """
create function bands_valid(lower_limits numeric[], fixed_prices numeric[], unit_prices numeric[])
returns boolean language sql immutable parallel safe as $$
  select cardinality(lower_limits) > 0
    and cardinality(lower_limits) = cardinality(fixed_prices)
    and cardinality(lower_limits) = cardinality(unit_prices)
    and lower_limits[1] = 0
    and array_position(lower_limits || fixed_prices || unit_prices, null) is null
    and not lower_limits || fixed_prices || unit_prices && '{NaN,Infinity,-Infinity}'::numeric[]
    and not exists (
      select from generate_subscripts(lower_limits, 1) i where i > 1 and lower_limits[i] <= lower_limits[i - 1]
    )
$$;
alter table plans_pricing add constraint pricing_bands_valid
  check (bands_valid(lower_limits, fixed_prices, unit_prices));
alter table plans_pricing add constraint pricing_prices_not_negative
  check (not exists_negative(fixed_prices) and not exists_negative(unit_prices));
"""
NEGATIVE = """
create function exists_negative(numbers numeric[]) returns boolean language sql immutable parallel safe as $$
  select coalesce(0 > any (numbers), false)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_tables"), ("accounts", "0002_hierarchy"), ("core", "0002_tenancy")]
    operations = [
        *[key_within_organization(table) for table in REFERRED],
        *[within_organization(*reference) for reference in REFERENCES],
        within_organization("plans_plantemplate", "currency", "core_currency", key="code"),
        migrations.RunSQL(NEGATIVE, "drop function exists_negative(numeric[])"),
        migrations.RunSQL(
            BANDS,
            "alter table plans_pricing drop constraint pricing_prices_not_negative, drop constraint pricing_bands_valid;"
            "drop function bands_valid(numeric[], numeric[], numeric[])",
        ),
    ]
