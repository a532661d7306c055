"""An organization's currency is one of its own; and the table of the cache that all processes share."""

from django.db import migrations

OWN_CURRENCY = """
alter table core_organization add constraint organization_currency_exists foreign key (id, currency)
  references core_currency (organization_id, code) deferrable initially deferred
"""

# In the shape that Django's database cache expects.
CACHE = """
create table core_cache (
  cache_key varchar(255) not null primary key,
  value text not null,
  expires timestamptz not null
);
create index core_cache_expires on core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_tables")]
    operations = [
        migrations.RunSQL(
            OWN_CURRENCY, "alter table core_organization drop constraint organization_currency_exists"
        ),
        migrations.RunSQL(CACHE, "drop table core_cache"),
    ]
