"""An organization's currency is one of its own."""

from django.db import migrations

OWN_CURRENCY = """
alter table core_organization add constraint organization_currency_exists foreign key (id, currency)
  references core_currency (organization_id, code) deferrable initially deferred
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_database")]
    operations = [
        migrations.RunSQL(OWN_CURRENCY, "alter table core_organization drop constraint organization_currency_exists"),
    ]
