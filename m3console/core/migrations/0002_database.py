"""Types and functions of the database that constraints and indexes of later migrations use."""

from django.db import migrations

RANGES = """
create type uuid_range as range (subtype = uuid);
create type text_range as range (subtype = text, collation = "C");
"""

SEARCH = """
create function search_grams(doc text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct substr(doc, i, 3)), '{}') from generate_series(1, length(doc) - 2) i
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(RANGES, "drop type uuid_range; drop type text_range;"),
        migrations.RunSQL(SEARCH, "drop function search_grams(text);"),
    ]
