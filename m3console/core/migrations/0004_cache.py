"""The table of the cache that all processes share, in the shape that Django's database cache expects."""

from django.db import migrations

CACHE = """
create table core_cache (
  cache_key varchar(255) not null primary key,
  value text not null,
  expires timestamptz not null
);
create index core_cache_expires on core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_tenancy")]
    operations = [migrations.RunSQL(CACHE, "drop table core_cache")]
