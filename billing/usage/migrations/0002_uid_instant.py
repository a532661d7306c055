"""A uid knows when its measurement happened, so that the measurement is found among the months."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0001_initial")]

    operations = [
        migrations.AddField("usageuid", "ts", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "update usage_uid u set ts = m.ts from usage_measurement m"
            " where m.account_id = u.account_id and m.id = u.measurement_id",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("usageuid", "ts", models.DateTimeField()),
    ]
