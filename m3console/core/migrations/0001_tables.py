import datetime
import django.contrib.postgres.fields
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import m3console.core.clock
import m3console.core.fields
import m3console.core.ids
import m3console.core.models.organization
import m3console.core.text
import pgtrigger.compiler
import re
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# Types and functions that constraints and indexes of all apps use.
RANGES = """
create type uuid_range as range (subtype = uuid);
create type text_range as range (subtype = text, collation = "C");
"""

# With their true cost, so that trigrams are looked up in an index, not made again.
SEARCH = """
create function search_grams(doc text) returns text[]
language plpgsql immutable parallel safe cost 200 as $$
declare grams text[] := '{}';
begin
  for i in 1 .. length(doc) - 2 loop grams := grams || substr(doc, i, 3); end loop;
  return grams;
end $$;
"""

CUSTOM_FIELDS = r"""
create function custom_fields_valid(fields jsonb) returns boolean language sql immutable parallel safe as $$
  select count(*) <= 50 and coalesce(bool_and(
    char_length(name) between 1 and 80
    and case when jsonb_typeof(value) <> 'object' then false
      when value - 'text' - 'number' <> '{}' or value ?& array['text', 'number'] then false
      when jsonb_typeof(value -> 'text') = 'string' then char_length(value ->> 'text') between 1 and 1000
      when jsonb_typeof(value -> 'number') = 'string'
        then value ->> 'number' ~ '^-?[0-9]{1,40}(\.[0-9]{1,40})?$'
      else false end
  ), true)
  from jsonb_each(case when jsonb_typeof(fields) = 'object' then fields else '{"": 0}' end) as each (name, value)
$$;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.RunSQL(RANGES, "drop type uuid_range; drop type text_range;"),
        migrations.RunSQL(SEARCH, "drop function search_grams(text);"),
        migrations.RunSQL(CUSTOM_FIELDS, "drop function custom_fields_valid(jsonb);"),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('date_joined', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_userevent" ("date_joined", "email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."date_joined", new_values."email", new_values."id", new_values."is_active", new_values."is_staff", new_values."is_superuser", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ee81be6d6e602b34f59b25c8845e4e8127d9db53', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_45de6', referencing='REFERENCING NEW TABLE AS new_values ', table='core_user', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_userevent" ("date_joined", "email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."date_joined", new_values."email", new_values."id", new_values."is_active", new_values."is_staff", new_values."is_superuser", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."date_joined" IS DISTINCT FROM (new_values."date_joined") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."is_staff" IS DISTINCT FROM (new_values."is_staff") OR old_values."is_superuser" IS DISTINCT FROM (new_values."is_superuser") OR old_values."name" IS DISTINCT FROM (new_values."name")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='544160dc2224cba3aa4fb80dfc55497b03975e50', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6ccff', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_user', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_userevent" ("date_joined", "email", "id", "is_active", "is_staff", "is_superuser", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."date_joined", old_values."email", old_values."id", old_values."is_active", old_values."is_staff", old_values."is_superuser", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8b27d89549b9b79b2b16350d21bceee76578db90', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1425a', referencing='REFERENCING OLD TABLE AS old_values ', table='core_user', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('slug', models.CharField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator(re.compile('^[a-z0-9][a-z0-9-]*$'), 'Use small letters, digits and hyphens, beginning with a letter or digit.')])),
                ('name', models.CharField(max_length=200)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('currency', models.CharField(default='USD', max_length=80)),
                ('timezone', models.CharField(default='UTC', max_length=60, validators=[m3console.core.models.organization.zone_valid], verbose_name='time zone')),
                ('year_epoch', models.DateField(default=datetime.date(2022, 1, 1))),
                ('month_epoch', models.DateField(default=datetime.date(2022, 1, 1))),
                ('week_epoch', models.DateField(default=datetime.date(2022, 1, 4))),
                ('day_epoch', models.DateField(default=datetime.date(2022, 1, 1))),
                ('days_before_bill_due', models.PositiveIntegerField(default=30)),
                ('external_invoice_date', models.CharField(choices=[('FIRST_DAY_OF_NEXT_PERIOD', 'First day of next period'), ('LAST_DAY_OF_ARREARS', 'Last day of arrears')], default='FIRST_DAY_OF_NEXT_PERIOD', max_length=30)),
                ('suppress_empty_bills', models.BooleanField(default=False)),
                ('allow_overlapping_plans', models.BooleanField(default=False)),
                ('auto_create_accounts', models.BooleanField(default=True, verbose_name='create accounts for unknown codes')),
                ('custom_fields', m3console.core.fields.CustomFieldsField(blank=True, db_default={}, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='custom fields')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='organization_name_given'), models.CheckConstraint(condition=models.Q(('custom_fields', {}), models.Func(models.F('custom_fields'), function='custom_fields_valid', output_field=models.BooleanField()), _connector='OR'), name='organization_custom_fields_valid')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_organizationevent" ("allow_overlapping_plans", "auto_create_accounts", "created_at", "currency", "custom_fields", "day_epoch", "days_before_bill_due", "external_invoice_date", "id", "month_epoch", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "suppress_empty_bills", "timezone", "updated_at", "updated_by_id", "version", "week_epoch", "year_epoch") SELECT new_values."allow_overlapping_plans", new_values."auto_create_accounts", new_values."created_at", new_values."currency", new_values."custom_fields", new_values."day_epoch", new_values."days_before_bill_due", new_values."external_invoice_date", new_values."id", new_values."month_epoch", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."slug", new_values."suppress_empty_bills", new_values."timezone", new_values."updated_at", new_values."updated_by_id", new_values."version", new_values."week_epoch", new_values."year_epoch" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a0c0b729cd70db226451c74bd6df80344825b3b8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3b5e5', referencing='REFERENCING NEW TABLE AS new_values ', table='core_organization', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_organizationevent" ("allow_overlapping_plans", "auto_create_accounts", "created_at", "currency", "custom_fields", "day_epoch", "days_before_bill_due", "external_invoice_date", "id", "month_epoch", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "suppress_empty_bills", "timezone", "updated_at", "updated_by_id", "version", "week_epoch", "year_epoch") SELECT new_values."allow_overlapping_plans", new_values."auto_create_accounts", new_values."created_at", new_values."currency", new_values."custom_fields", new_values."day_epoch", new_values."days_before_bill_due", new_values."external_invoice_date", new_values."id", new_values."month_epoch", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."slug", new_values."suppress_empty_bills", new_values."timezone", new_values."updated_at", new_values."updated_by_id", new_values."version", new_values."week_epoch", new_values."year_epoch" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3cbdf7a5ed82768d7f2b3e65548f90acef25dc61', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_062d3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_organization', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_organizationevent" ("allow_overlapping_plans", "auto_create_accounts", "created_at", "currency", "custom_fields", "day_epoch", "days_before_bill_due", "external_invoice_date", "id", "month_epoch", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "suppress_empty_bills", "timezone", "updated_at", "updated_by_id", "version", "week_epoch", "year_epoch") SELECT old_values."allow_overlapping_plans", old_values."auto_create_accounts", old_values."created_at", old_values."currency", old_values."custom_fields", old_values."day_epoch", old_values."days_before_bill_due", old_values."external_invoice_date", old_values."id", old_values."month_epoch", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."slug", old_values."suppress_empty_bills", old_values."timezone", old_values."updated_at", old_values."updated_by_id", old_values."version", old_values."week_epoch", old_values."year_epoch" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='18f2cef93ca5ad745fa1ae3cbe79e2e9eefa697f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f1932', referencing='REFERENCING OLD TABLE AS old_values ', table='core_organization', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='CurrencyConversion',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('from_currency', models.CharField(max_length=80, verbose_name='from')),
                ('to_currency', models.CharField(max_length=80, verbose_name='to')),
                ('multiplier', m3console.core.fields.ExactDecimal()),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='conversions', to='core.organization')),
            ],
            options={
                'ordering': ['from_currency', 'to_currency'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'from_currency', 'to_currency'), name='conversion_once'), models.CheckConstraint(condition=models.Q(('multiplier__gt', Decimal('0')), models.Q(('multiplier__isnull', True), models.Q(('multiplier__gt', Decimal('-Infinity')), ('multiplier__lt', Decimal('Infinity'))), _connector='OR')), name='conversion_multiplier_positive')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_currencyconversionevent" ("from_currency", "id", "multiplier", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_currency") SELECT new_values."from_currency", new_values."id", new_values."multiplier", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."to_currency" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cb47ca11ef6f8dbfd1d361ec1d1c07ad1034a546', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8380c', referencing='REFERENCING NEW TABLE AS new_values ', table='core_currencyconversion', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_currencyconversionevent" ("from_currency", "id", "multiplier", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_currency") SELECT new_values."from_currency", new_values."id", new_values."multiplier", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."to_currency" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b08accf1e9c7b1c09cb441678db560c0f16db51f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e58d1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_currencyconversion', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_currencyconversionevent" ("from_currency", "id", "multiplier", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "to_currency") SELECT old_values."from_currency", old_values."id", old_values."multiplier", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."to_currency" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e9396e3bd7348586dcf0f9abea0727da9895fdc3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_80789', referencing='REFERENCING OLD TABLE AS old_values ', table='core_currencyconversion', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Currency',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('code', models.CharField(max_length=80, validators=[m3console.core.text.strict_code_valid])),
                ('name', models.CharField(max_length=200)),
                ('max_decimal_places', models.PositiveSmallIntegerField(default=2)),
                ('rounding_mode', models.CharField(choices=[('UP', 'Up'), ('DOWN', 'Down'), ('CEILING', 'Ceiling'), ('FLOOR', 'Floor'), ('HALF_UP', 'Half up'), ('HALF_DOWN', 'Half down'), ('HALF_EVEN', 'Half even'), ('UNNECESSARY', 'Unnecessary')], default='HALF_UP', max_length=12)),
                ('archived', models.BooleanField(default=False)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='currencies', to='core.organization')),
            ],
            options={
                'verbose_name_plural': 'currencies',
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='currency_once'), models.CheckConstraint(condition=models.Q(('max_decimal_places__lte', 5)), name='currency_places_0_to_5'), models.CheckConstraint(condition=models.Q(('rounding_mode__in', ['UP', 'DOWN', 'CEILING', 'FLOOR', 'HALF_UP', 'HALF_DOWN', 'HALF_EVEN', 'UNNECESSARY'])), name='currency_rounding_known'), models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='currency_code_given')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_currencyevent" ("archived", "code", "created_at", "created_by_id", "id", "max_decimal_places", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rounding_mode", "updated_at", "updated_by_id", "version") SELECT new_values."archived", new_values."code", new_values."created_at", new_values."created_by_id", new_values."id", new_values."max_decimal_places", new_values."name", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rounding_mode", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8d46c7799a187ead1b795bbafae5227c14ab92ad', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_4f736', referencing='REFERENCING NEW TABLE AS new_values ', table='core_currency', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_currencyevent" ("archived", "code", "created_at", "created_by_id", "id", "max_decimal_places", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rounding_mode", "updated_at", "updated_by_id", "version") SELECT new_values."archived", new_values."code", new_values."created_at", new_values."created_by_id", new_values."id", new_values."max_decimal_places", new_values."name", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rounding_mode", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='92484982c4a16016da0541851d46f3703f08f445', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_36d93', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_currency', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_currencyevent" ("archived", "code", "created_at", "created_by_id", "id", "max_decimal_places", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rounding_mode", "updated_at", "updated_by_id", "version") SELECT old_values."archived", old_values."code", old_values."created_at", old_values."created_by_id", old_values."id", old_values."max_decimal_places", old_values."name", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rounding_mode", old_values."updated_at", old_values."updated_by_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d978a9d2b19eb5c3374c9f605121dc371b508115', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_0a06a', referencing='REFERENCING OLD TABLE AS old_values ', table='core_currency', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='CustomFieldDefinition',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('entity_type', models.CharField(choices=[('ORGANIZATION', 'Organization'), ('PRODUCT', 'Product'), ('METER', 'Meter'), ('AGGREGATION', 'Aggregation'), ('COMPOUND_AGGREGATION', 'Compound aggregation'), ('PLAN_TEMPLATE', 'Plan template'), ('PLAN', 'Plan'), ('ACCOUNT', 'Account'), ('ACCOUNT_PLAN', 'Account plan'), ('CONTRACT', 'Contract')], max_length=20)),
                ('name', models.CharField(max_length=80, validators=[m3console.core.text.strict_code_valid])),
                ('value_type', models.CharField(choices=[('STRING', 'Text'), ('NUMBER', 'Number')], default='STRING', max_length=6, verbose_name='type')),
                ('default_value', models.CharField(blank=True, max_length=1000, validators=[m3console.core.text.text_valid])),
                ('position', models.PositiveSmallIntegerField(editable=False)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
            ],
            options={
                'verbose_name': 'custom field',
                'constraints': [models.UniqueConstraint(fields=('organization', 'entity_type', 'name'), name='custom_field_name_once'), models.UniqueConstraint(fields=('organization', 'entity_type', 'position'), name='custom_field_position_once'), models.CheckConstraint(condition=models.Q(('position__range', (1, 10))), name='custom_field_ten_positions'), models.CheckConstraint(condition=models.Q(('entity_type__in', ['ORGANIZATION', 'PRODUCT', 'METER', 'AGGREGATION', 'COMPOUND_AGGREGATION', 'PLAN_TEMPLATE', 'PLAN', 'ACCOUNT', 'ACCOUNT_PLAN', 'CONTRACT'])), name='custom_field_entity_type_known'), models.CheckConstraint(condition=models.Q(('value_type__in', ['STRING', 'NUMBER'])), name='custom_field_type_known'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='custom_field_named'), models.CheckConstraint(condition=models.Q(models.Q(('value_type', 'NUMBER'), _negated=True), ('default_value', ''), ('default_value__regex', '^-?[0-9]{1,40}(\\.[0-9]{1,40})?$'), _connector='OR'), name='custom_field_number_is_one')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_customfielddefinitionevent" ("created_at", "created_by_id", "default_value", "entity_type", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "updated_at", "updated_by_id", "value_type", "version") SELECT new_values."created_at", new_values."created_by_id", new_values."default_value", new_values."entity_type", new_values."id", new_values."name", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."updated_at", new_values."updated_by_id", new_values."value_type", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='89475d4dcc64b3c772fb8267cf65ce45ada6d9b7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_4f1ab', referencing='REFERENCING NEW TABLE AS new_values ', table='core_customfielddefinition', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_customfielddefinitionevent" ("created_at", "created_by_id", "default_value", "entity_type", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "updated_at", "updated_by_id", "value_type", "version") SELECT new_values."created_at", new_values."created_by_id", new_values."default_value", new_values."entity_type", new_values."id", new_values."name", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."updated_at", new_values."updated_by_id", new_values."value_type", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a434f138561d7a3a9daf76ba34d373c026b3ed50', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_be26c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_customfielddefinition', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_customfielddefinitionevent" ("created_at", "created_by_id", "default_value", "entity_type", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "updated_at", "updated_by_id", "value_type", "version") SELECT old_values."created_at", old_values."created_by_id", old_values."default_value", old_values."entity_type", old_values."id", old_values."name", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."updated_at", old_values."updated_by_id", old_values."value_type", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7d08dac82cc869fab0d27d524dc04fa7611f7d59', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_e88dc', referencing='REFERENCING OLD TABLE AS old_values ', table='core_customfielddefinition', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('operator', 'Operator'), ('approver', 'Approver'), ('catalogue', 'Catalogue manager'), ('administrator', 'Administrator')], max_length=20)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='core.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'organization'), name='membership_once'), models.CheckConstraint(condition=models.Q(('role__in', ['viewer', 'operator', 'approver', 'catalogue', 'administrator'])), name='membership_role_known')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_membershipevent" ("id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") SELECT new_values."id", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."role", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='939894421f82efdb409e28211f8725184d7bfe36', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ec0e8', referencing='REFERENCING NEW TABLE AS new_values ', table='core_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_membershipevent" ("id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") SELECT new_values."id", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."role", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='adff2654b75eeba268480afd1a43ebcd9b0579dc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_af665', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_membershipevent" ("id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") SELECT old_values."id", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."role", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='cadd11223ea45d7179a5621cbe005b7405aa4c76', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_bf7cb', referencing='REFERENCING OLD TABLE AS old_values ', table='core_membership', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('operator', 'Operator'), ('approver', 'Approver'), ('catalogue', 'Catalogue manager'), ('administrator', 'Administrator')], max_length=20)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.membership')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.organization')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organization', '-pgh_created_at', '-pgh_id'], name='membership_history')],
            },
        ),
        migrations.CreateModel(
            name='ListColumns',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('list_name', models.CharField(max_length=100)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.organization')),
            ],
            options={
                'verbose_name': 'columns of a list',
                'verbose_name_plural': 'columns of a list',
                'constraints': [models.UniqueConstraint(fields=('organization', 'user', 'list_name'), name='columns_once_a_list')],
            },
        ),
        migrations.CreateModel(
            name='CustomFieldDefinitionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('entity_type', models.CharField(choices=[('ORGANIZATION', 'Organization'), ('PRODUCT', 'Product'), ('METER', 'Meter'), ('AGGREGATION', 'Aggregation'), ('COMPOUND_AGGREGATION', 'Compound aggregation'), ('PLAN_TEMPLATE', 'Plan template'), ('PLAN', 'Plan'), ('ACCOUNT', 'Account'), ('ACCOUNT_PLAN', 'Account plan'), ('CONTRACT', 'Contract')], max_length=20)),
                ('name', models.CharField(max_length=80, validators=[m3console.core.text.strict_code_valid])),
                ('value_type', models.CharField(choices=[('STRING', 'Text'), ('NUMBER', 'Number')], default='STRING', max_length=6, verbose_name='type')),
                ('default_value', models.CharField(blank=True, max_length=1000, validators=[m3console.core.text.text_valid])),
                ('position', models.PositiveSmallIntegerField(editable=False)),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.customfielddefinition')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.organization')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organization', '-pgh_created_at', '-pgh_id'], name='customfielddefinition_history')],
            },
        ),
        migrations.CreateModel(
            name='CurrencyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('code', models.CharField(max_length=80, validators=[m3console.core.text.strict_code_valid])),
                ('name', models.CharField(max_length=200)),
                ('max_decimal_places', models.PositiveSmallIntegerField(default=2)),
                ('rounding_mode', models.CharField(choices=[('UP', 'Up'), ('DOWN', 'Down'), ('CEILING', 'Ceiling'), ('FLOOR', 'Floor'), ('HALF_UP', 'Half up'), ('HALF_DOWN', 'Half down'), ('HALF_EVEN', 'Half even'), ('UNNECESSARY', 'Unnecessary')], default='HALF_UP', max_length=12)),
                ('archived', models.BooleanField(default=False)),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.currency')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.organization')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organization', '-pgh_created_at', '-pgh_id'], name='currency_history')],
            },
        ),
        migrations.CreateModel(
            name='CurrencyConversionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('from_currency', models.CharField(max_length=80, verbose_name='from')),
                ('to_currency', models.CharField(max_length=80, verbose_name='to')),
                ('multiplier', m3console.core.fields.ExactDecimal()),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.currencyconversion')),
                ('organization', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.organization')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organization', '-pgh_created_at', '-pgh_id'], name='currencyconversion_history')],
            },
        ),
        migrations.CreateModel(
            name='OrganizationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('slug', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator(re.compile('^[a-z0-9][a-z0-9-]*$'), 'Use small letters, digits and hyphens, beginning with a letter or digit.')])),
                ('name', models.CharField(max_length=200)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('currency', models.CharField(default='USD', max_length=80)),
                ('timezone', models.CharField(default='UTC', max_length=60, validators=[m3console.core.models.organization.zone_valid], verbose_name='time zone')),
                ('year_epoch', models.DateField(default=datetime.date(2022, 1, 1))),
                ('month_epoch', models.DateField(default=datetime.date(2022, 1, 1))),
                ('week_epoch', models.DateField(default=datetime.date(2022, 1, 4))),
                ('day_epoch', models.DateField(default=datetime.date(2022, 1, 1))),
                ('days_before_bill_due', models.PositiveIntegerField(default=30)),
                ('external_invoice_date', models.CharField(choices=[('FIRST_DAY_OF_NEXT_PERIOD', 'First day of next period'), ('LAST_DAY_OF_ARREARS', 'Last day of arrears')], default='FIRST_DAY_OF_NEXT_PERIOD', max_length=30)),
                ('suppress_empty_bills', models.BooleanField(default=False)),
                ('allow_overlapping_plans', models.BooleanField(default=False)),
                ('auto_create_accounts', models.BooleanField(default=True, verbose_name='create accounts for unknown codes')),
                ('custom_fields', m3console.core.fields.CustomFieldsField(blank=True, db_default={}, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='custom fields')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.organization')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('list_name', models.CharField(editable=False, max_length=100)),
                ('name', models.CharField(max_length=100, validators=[m3console.core.text.text_valid])),
                ('shared', models.BooleanField(default=False)),
                ('query', models.CharField(blank=True, max_length=2000)),
                ('personal_changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
                ('owner', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='saved_filters', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('organization'), django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower('name'), 'C'), models.F('id'), name='saved_filter_by_name')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'owner', 'list_name', 'name'), name='saved_filter_name_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='saved_filter_name_given')],
                'triggers': [pgtrigger.compiler.Trigger(name='personal_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.personal_changed := array_remove(ARRAY[CASE WHEN OLD."query" IS DISTINCT FROM NEW."query" THEN \'query\' END]::text[], NULL); RETURN NEW;', hash='5c303cf04c43da9f753bda66befe0e4b5e0c67bb', operation='UPDATE', pgid='pgtrigger_personal_changed_04881', table='core_savedfilter', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_savedfilterevent" ("created_at", "created_by_id", "id", "list_name", "name", "organization_id", "owner_id", "personal_changed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared", "updated_at", "updated_by_id", "version") SELECT new_values."created_at", new_values."created_by_id", new_values."id", new_values."list_name", new_values."name", new_values."organization_id", new_values."owner_id", new_values."personal_changed", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."shared", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='11a2dc527a368d3ebca37be1fa2a057b700d4cd7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ad97d', referencing='REFERENCING NEW TABLE AS new_values ', table='core_savedfilter', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_savedfilterevent" ("created_at", "created_by_id", "id", "list_name", "name", "organization_id", "owner_id", "personal_changed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared", "updated_at", "updated_by_id", "version") SELECT new_values."created_at", new_values."created_by_id", new_values."id", new_values."list_name", new_values."name", new_values."organization_id", new_values."owner_id", new_values."personal_changed", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."shared", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."list_name" IS DISTINCT FROM (new_values."list_name") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."organization_id" IS DISTINCT FROM (new_values."organization_id") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."query" IS DISTINCT FROM (new_values."query") OR old_values."shared" IS DISTINCT FROM (new_values."shared") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."updated_by_id" IS DISTINCT FROM (new_values."updated_by_id") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f527c962bb437aaf821f44b642fa60c7485e3984', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7e7a7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_savedfilter', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_savedfilterevent" ("created_at", "created_by_id", "id", "list_name", "name", "organization_id", "owner_id", "personal_changed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared", "updated_at", "updated_by_id", "version") SELECT old_values."created_at", old_values."created_by_id", old_values."id", old_values."list_name", old_values."name", old_values."organization_id", old_values."owner_id", old_values."personal_changed", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."shared", old_values."updated_at", old_values."updated_by_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9d372116fe1bb174ce2cd4651f229b28443bc900', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_bc123', referencing='REFERENCING OLD TABLE AS old_values ', table='core_savedfilter', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='SavedFilterEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('list_name', models.CharField(editable=False, max_length=100)),
                ('name', models.CharField(max_length=100, validators=[m3console.core.text.text_valid])),
                ('shared', models.BooleanField(default=False)),
                ('personal_changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.organization')),
                ('owner', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.savedfilter')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organization', '-pgh_created_at', '-pgh_id'], name='savedfilter_history')],
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('date_joined', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
