import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import m3console.core.clock
import m3console.core.fields
import m3console.core.ids
from django.conf import settings
from django.db import migrations, models


# Partitioned by month of the timestamp. Months are attached ahead of a load; the default partition
# takes what nobody attached. The id is unique by how it is made: the key repeats the timestamp.
MEASUREMENT = """
create table usage_measurement (
  id uuid not null,
  ts timestamptz not null,
  ets timestamptz,
  organization_id uuid not null,
  account_id uuid not null,
  meter_id uuid not null,
  batch_id uuid not null,
  uid text not null,
  dims text[] not null,
  vals numeric[] not null,
  constraint measurement_values_finite check (not vals && '{NaN,Infinity,-Infinity}'::numeric[]),
  constraint measurement_ends_after_start check (ets is null or ets >= ts)
) partition by range (ts);
create index usage_measurement_of_account on usage_measurement (account_id, meter_id, ts);
create index usage_measurement_by_time on usage_measurement using brin (ts);
create table usage_measurement_rest partition of usage_measurement default;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('plans', '0001_tables'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MEASUREMENT, "drop table usage_measurement")],
            state_operations=[
                migrations.CreateModel(
                    name='Measurement',
                    fields=[
                        ('pk', models.CompositePrimaryKey('id', 'ts', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('id', models.UUIDField()),
                        ('ts', models.DateTimeField()),
                        ('ets', models.DateTimeField(null=True)),
                        ('organization_id', models.UUIDField()),
                        ('account_id', models.UUIDField()),
                        ('meter_id', models.UUIDField()),
                        ('batch_id', models.UUIDField()),
                        ('uid', models.TextField()),
                        ('dims', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(null=True), size=None)),
                        ('vals', django.contrib.postgres.fields.ArrayField(base_field=m3console.core.fields.ExactDecimal(null=True), size=None)),
                    ],
                    options={
                        'db_table': 'usage_measurement',
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='UsageSequence',
            fields=[
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='core.organization')),
                ('last', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='UsageUid',
            fields=[
                ('pk', models.CompositePrimaryKey('organization_id', 'uid', blank=True, editable=False, primary_key=True, serialize=False)),
                ('organization_id', models.UUIDField()),
                ('uid', models.TextField()),
                ('measurement_id', models.UUIDField()),
                ('account_id', models.UUIDField()),
                ('ts', models.DateTimeField()),
                ('digest', models.BinaryField()),
            ],
            options={
                'db_table': 'usage_uid',
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('CSV', 'CSV'), ('JSON_LINES', 'JSON Lines'), ('FOCUS', 'FOCUS'), ('DIALOG', 'Submit usage')], max_length=10)),
                ('state', models.CharField(choices=[('RUNNING', 'Running'), ('COMPLETE', 'Complete'), ('FAILED', 'Failed')], default='RUNNING', max_length=8)),
                ('source', models.CharField(default='console', max_length=10)),
                ('file_name', models.CharField(blank=True, max_length=255)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('rows_read', models.PositiveBigIntegerField(default=0)),
                ('accepted', models.PositiveBigIntegerField(default=0)),
                ('duplicates', models.PositiveBigIntegerField(default=0)),
                ('rejected', models.PositiveBigIntegerField(default=0)),
                ('message', models.TextField(blank=True)),
                ('columns', models.JSONField(default=list)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.meter')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
            ],
            options={
                'indexes': [models.Index(models.F('organization'), models.F('created_at'), models.F('id'), name='upload_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'COMPLETE'), _negated=True), ('rows_read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('accepted'), '+', models.F('duplicates')), '+', models.F('rejected'))), _connector='OR'), name='upload_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='IngestEvent',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('UNKNOWN_METER', 'Unknown meter'), ('UNKNOWN_ACCOUNT', 'Unknown account'), ('UNKNOWN_FIELD', 'Unknown field'), ('INVALID_VALUE', 'Invalid value'), ('INVALID_TIMESTAMP', 'Invalid timestamp'), ('MISSING_FIELD', 'Missing field'), ('MALFORMED_ROW', 'Malformed row'), ('DUPLICATE_UID', 'Same UID, other content'), ('UNPRICED', 'Cannot be priced')], max_length=20)),
                ('reason', models.TextField()),
                ('line', models.PositiveBigIntegerField(null=True)),
                ('meter_code', models.TextField(blank=True)),
                ('account_code', models.TextField(blank=True)),
                ('payload', models.JSONField()),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now)),
                ('actioned_at', models.DateTimeField(null=True)),
                ('actioned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
                ('upload', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='usage.upload')),
            ],
            options={
                'indexes': [models.Index(models.F('organization'), models.F('created_at'), models.F('id'), name='event_by_time'), models.Index(condition=models.Q(('actioned_at', None)), fields=['organization', 'created_at', 'id'], name='event_open_by_time'), models.Index(models.F('organization'), django.db.models.functions.comparison.Collate('account_code', 'C'), name='event_by_account_code'), models.Index(models.F('organization'), django.db.models.functions.comparison.Collate('meter_code', 'C'), name='event_by_meter_code'), models.Index(models.F('upload'), models.F('line'), name='event_of_upload')],
            },
        ),
        migrations.CreateModel(
            name='IngestBatch',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
                ('received_at', models.DateTimeField(default=m3console.core.clock.now)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
                ('upload', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='usage.upload')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='batch_number_once')],
            },
        ),
    ]
