import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.manager
import m3console.core.clock
import m3console.core.fields
import m3console.core.ids
import m3console.core.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('name', models.CharField(max_length=200, validators=[m3console.core.text.text_valid])),
                ('code', models.CharField(max_length=80, validators=[m3console.core.text.code_valid])),
                ('email_address', models.EmailField(max_length=254, verbose_name='email address')),
                ('address_line_1', models.CharField(blank=True, max_length=200, verbose_name='address line 1')),
                ('address_line_2', models.CharField(blank=True, max_length=200, verbose_name='address line 2')),
                ('address_line_3', models.CharField(blank=True, max_length=200, verbose_name='address line 3')),
                ('address_line_4', models.CharField(blank=True, max_length=200, verbose_name='address line 4')),
                ('locality', models.CharField(blank=True, max_length=200, verbose_name='city / town')),
                ('region', models.CharField(blank=True, max_length=200, verbose_name='region / province')),
                ('post_code', models.CharField(blank=True, max_length=200, verbose_name='postcode / zip')),
                ('country', models.CharField(blank=True, max_length=200)),
                ('currency', models.CharField(blank=True, max_length=80, null=True)),
                ('bill_epoch', models.DateField(blank=True, null=True, verbose_name='first bill date')),
                ('days_before_bill_due', models.PositiveIntegerField(blank=True, null=True)),
                ('purchase_order_number', models.CharField(blank=True, max_length=100)),
                ('custom_fields', m3console.core.fields.CustomFieldsField(blank=True, db_default={}, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='custom fields')),
                ('auto_created', models.BooleanField(default=False, editable=False)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('personal_changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('search_text', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat(models.F('name'), models.Value('\n'), models.F('code'), models.Value('\n'), models.F('email_address'), output_field=models.TextField())), output_field=models.TextField())),
                ('code_folded', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(models.Func(models.Func(models.F('code'), output_field=models.TextField(), template='normalize(%(expressions)s, NFKC)'), models.Value('АВЕІЈКМНОРСТУХавеіјкмнорстухѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεζηικμνορτυχ'), models.Value('ABEIJKMHOPCTYXabeijkmhopctyxsdqwABEZHIKMNOPTYXabezhikmnoptyx'), function='translate', output_field=models.TextField())), output_field=models.TextField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
                ('parent_account', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.account')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'base_manager_name': 'everyone',
                'indexes': [models.Index(models.F('organization'), models.F('currency'), django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower('name'), 'C'), models.F('id'), condition=models.Q(('currency__isnull', False)), name='account_by_currency'), models.Index(models.F('organization'), django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower('name'), 'C'), models.F('id'), name='account_by_name'), models.Index(models.F('organization'), django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower('code'), 'C'), models.F('id'), name='account_by_code_key'), models.Index(models.F('organization'), django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower('email_address'), 'C'), models.F('id'), name='account_by_email'), models.Index(models.F('organization'), models.F('code_folded'), name='account_by_look_of_code'), models.Index(models.F('organization'), models.F('created_at'), models.F('id'), name='account_by_creation'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['organization', 'deleted_at', 'id'], name='account_by_deletion'), django.contrib.postgres.indexes.GinIndex(models.Func(models.F('search_text'), function='search_grams', output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)), name='account_search'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('custom_fields', {}), _negated=True), fields=['custom_fields'], name='account_by_custom')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('organization', 'code'), name='account_code_once'), models.UniqueConstraint(fields=('parent_account', 'id'), name='account_with_parent'), models.CheckConstraint(condition=models.Q(('parent_account', models.F('id')), _negated=True), name='account_not_its_own_parent'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='account_name_given'), models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='account_code_given'), models.CheckConstraint(condition=models.Q(('custom_fields', {}), models.Func(models.F('custom_fields'), function='custom_fields_valid', output_field=models.BooleanField()), _connector='OR'), name='account_custom_fields_valid')],
                'triggers': [pgtrigger.compiler.Trigger(name='personal_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.personal_changed := array_remove(ARRAY[CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN \'name\' END, CASE WHEN OLD."email_address" IS DISTINCT FROM NEW."email_address" THEN \'email_address\' END, CASE WHEN OLD."address_line_1" IS DISTINCT FROM NEW."address_line_1" THEN \'address_line_1\' END, CASE WHEN OLD."address_line_2" IS DISTINCT FROM NEW."address_line_2" THEN \'address_line_2\' END, CASE WHEN OLD."address_line_3" IS DISTINCT FROM NEW."address_line_3" THEN \'address_line_3\' END, CASE WHEN OLD."address_line_4" IS DISTINCT FROM NEW."address_line_4" THEN \'address_line_4\' END, CASE WHEN OLD."locality" IS DISTINCT FROM NEW."locality" THEN \'locality\' END, CASE WHEN OLD."region" IS DISTINCT FROM NEW."region" THEN \'region\' END, CASE WHEN OLD."post_code" IS DISTINCT FROM NEW."post_code" THEN \'post_code\' END, CASE WHEN OLD."country" IS DISTINCT FROM NEW."country" THEN \'country\' END]::text[], NULL); RETURN NEW;', hash='55f15ce92b1f2a8517175639e699f2bb33c22c13', operation='UPDATE', pgid='pgtrigger_personal_changed_cd556', table='accounts_account', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("auto_created", "bill_epoch", "code", "created_at", "created_by_id", "currency", "custom_fields", "days_before_bill_due", "deleted_at", "id", "organization_id", "parent_account_id", "personal_changed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_order_number", "updated_at", "updated_by_id", "version") SELECT new_values."auto_created", new_values."bill_epoch", new_values."code", new_values."created_at", new_values."created_by_id", new_values."currency", new_values."custom_fields", new_values."days_before_bill_due", new_values."deleted_at", new_values."id", new_values."organization_id", new_values."parent_account_id", new_values."personal_changed", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."purchase_order_number", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='775414781c6656ff5ea5aa1d252ef9f94ee585ff', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8b982', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_account', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("auto_created", "bill_epoch", "code", "created_at", "created_by_id", "currency", "custom_fields", "days_before_bill_due", "deleted_at", "id", "organization_id", "parent_account_id", "personal_changed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_order_number", "updated_at", "updated_by_id", "version") SELECT new_values."auto_created", new_values."bill_epoch", new_values."code", new_values."created_at", new_values."created_by_id", new_values."currency", new_values."custom_fields", new_values."days_before_bill_due", new_values."deleted_at", new_values."id", new_values."organization_id", new_values."parent_account_id", new_values."personal_changed", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."purchase_order_number", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address_line_1" IS DISTINCT FROM (new_values."address_line_1") OR old_values."address_line_2" IS DISTINCT FROM (new_values."address_line_2") OR old_values."address_line_3" IS DISTINCT FROM (new_values."address_line_3") OR old_values."address_line_4" IS DISTINCT FROM (new_values."address_line_4") OR old_values."auto_created" IS DISTINCT FROM (new_values."auto_created") OR old_values."bill_epoch" IS DISTINCT FROM (new_values."bill_epoch") OR old_values."code" IS DISTINCT FROM (new_values."code") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."custom_fields" IS DISTINCT FROM (new_values."custom_fields") OR old_values."days_before_bill_due" IS DISTINCT FROM (new_values."days_before_bill_due") OR old_values."deleted_at" IS DISTINCT FROM (new_values."deleted_at") OR old_values."email_address" IS DISTINCT FROM (new_values."email_address") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."locality" IS DISTINCT FROM (new_values."locality") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."organization_id" IS DISTINCT FROM (new_values."organization_id") OR old_values."parent_account_id" IS DISTINCT FROM (new_values."parent_account_id") OR old_values."post_code" IS DISTINCT FROM (new_values."post_code") OR old_values."purchase_order_number" IS DISTINCT FROM (new_values."purchase_order_number") OR old_values."region" IS DISTINCT FROM (new_values."region") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."updated_by_id" IS DISTINCT FROM (new_values."updated_by_id") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4cf2b8759ff1e4e62233dd2e0b655927f5eef582', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_834ae', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_account', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("auto_created", "bill_epoch", "code", "created_at", "created_by_id", "currency", "custom_fields", "days_before_bill_due", "deleted_at", "id", "organization_id", "parent_account_id", "personal_changed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_order_number", "updated_at", "updated_by_id", "version") SELECT old_values."auto_created", old_values."bill_epoch", old_values."code", old_values."created_at", old_values."created_by_id", old_values."currency", old_values."custom_fields", old_values."days_before_bill_due", old_values."deleted_at", old_values."id", old_values."organization_id", old_values."parent_account_id", old_values."personal_changed", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purchase_order_number", old_values."updated_at", old_values."updated_by_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4af1e46b38937dcc286364f1b1ec7efc45e38eff', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f7f6a', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_account', when='AFTER'))],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everyone', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='AccountEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=m3console.core.clock.now, editable=False)),
                ('code', models.CharField(max_length=80, validators=[m3console.core.text.code_valid])),
                ('currency', models.CharField(blank=True, max_length=80, null=True)),
                ('bill_epoch', models.DateField(blank=True, null=True, verbose_name='first bill date')),
                ('days_before_bill_due', models.PositiveIntegerField(blank=True, null=True)),
                ('purchase_order_number', models.CharField(blank=True, max_length=100)),
                ('custom_fields', m3console.core.fields.CustomFieldsField(blank=True, db_default={}, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='custom fields')),
                ('auto_created', models.BooleanField(default=False, editable=False)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('personal_changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.organization')),
                ('parent_account', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.account')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organization', '-pgh_created_at', '-pgh_id'], name='account_history')],
            },
        ),
        migrations.CreateModel(
            name='AccountImport',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=255)),
                ('state', models.CharField(choices=[('PREVIEW', 'Preview'), ('APPLIED', 'Imported'), ('DISCARDED', 'Discarded')], default='PREVIEW', max_length=9)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('columns', models.JSONField(default=list)),
                ('ignored', models.JSONField(default=list)),
                ('created', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('warned', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=m3console.core.clock.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finished_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
            ],
            options={
                'indexes': [models.Index(models.F('organization'), models.F('created_at'), models.F('id'), name='account_import_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'PREVIEW'), ('finished_at__isnull', False), _connector='OR'), name='import_finished_when_over'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'APPLIED'), _negated=True), ('refused', 0), _connector='OR'), name='import_applied_without_refusals')],
            },
        ),
        migrations.CreateModel(
            name='AccountImportRow',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('CREATE', 'Created'), ('CHANGE', 'Changed'), ('SAME', 'Unchanged'), ('REFUSED', 'Refused')], max_length=7)),
                ('code', models.CharField(blank=True, max_length=200)),
                ('account_version', models.PositiveIntegerField(null=True)),
                ('fields', models.JSONField(default=list)),
                ('values', models.JSONField(default=dict)),
                ('changes', models.JSONField(default=list)),
                ('problems', models.JSONField(default=list)),
                ('warnings', models.JSONField(default=list)),
                ('account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('account_import', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='accounts.accountimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account_import', 'line'), name='import_line_once')],
            },
        ),
        migrations.CreateModel(
            name='ChildMembership',
            fields=[
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('start_date', models.DateField(blank=True, null=True, verbose_name='first day')),
                ('end_date', models.DateField(blank=True, null=True, verbose_name='end')),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='child_memberships', to='accounts.account', verbose_name='child account')),
                ('organization', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organization')),
                ('parent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parent_memberships', to='accounts.account', verbose_name='parent account')),
            ],
            options={
                'indexes': [models.Index(models.F('parent'), models.F('end_date'), models.F('child'), name='membership_of_parent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('child', models.F('parent')), _negated=True), name='membership_of_two'), models.CheckConstraint(condition=models.Q(('start_date', None), ('end_date', None), ('end_date__gt', models.F('start_date')), _connector='OR'), name='membership_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('child', 'child', models.Value('[]'), function='uuid_range', output_field=django.contrib.postgres.fields.ranges.RangeField()), '&&'), (models.Func('start_date', 'end_date', function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_parent_at_a_time')],
                'triggers': [pgtrigger.compiler.Trigger(name='family_rules', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE days daterange; most bigint;', func="\n            days := daterange(NEW.start_date, NEW.end_date);\n            PERFORM pg_advisory_xact_lock(hashtextextended('account:' || id, 0)) FROM (\n              SELECT unnest(ARRAY[NEW.child_id, NEW.parent_id]) AS id ORDER BY 1 OFFSET 0\n            ) ascending;\n            IF EXISTS (\n              SELECT FROM accounts_childmembership other\n              WHERE (other.child_id = NEW.parent_id OR other.parent_id = NEW.child_id)\n                AND daterange(other.start_date, other.end_date) && days\n            ) THEN\n              RAISE EXCEPTION 'A parent is a child itself'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_two_levels';\n            END IF;\n            SELECT count(*) INTO most FROM accounts_childmembership WHERE parent_id = NEW.parent_id;\n            IF most > 999 THEN\n              SELECT max(running) INTO most FROM (\n                SELECT sum(step) OVER (ORDER BY day, step) AS running FROM accounts_childmembership other,\n                  LATERAL (VALUES\n                    (greatest(coalesce(other.start_date, '-infinity'),\n                              coalesce(NEW.start_date, '-infinity')), 1),\n                    (coalesce(other.end_date, 'infinity'), -1)\n                  ) AS steps (day, step)\n                WHERE other.parent_id = NEW.parent_id\n                  AND daterange(other.start_date, other.end_date) && days\n              ) AS days_of_children;\n              IF most > 999 THEN\n                RAISE EXCEPTION 'A parent has too many children'\n                  USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_most_children';\n              END IF;\n            END IF;\n            RETURN NULL;\n        ", hash='5b4fc45ad565c18dd7a92953c86ef269cc6f6bd7', operation='INSERT OR UPDATE', pgid='pgtrigger_family_rules_76eb7', table='accounts_childmembership', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_childmembershipevent" ("child_id", "end_date", "id", "organization_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_date") SELECT new_values."child_id", new_values."end_date", new_values."id", new_values."organization_id", new_values."parent_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."start_date" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3be80a785689f445e51746a2aedae9c3b2a0c261', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_07f20', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_childmembership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_childmembershipevent" ("child_id", "end_date", "id", "organization_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_date") SELECT new_values."child_id", new_values."end_date", new_values."id", new_values."organization_id", new_values."parent_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."start_date" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bd947b712b656d497d5e592e0eda8067efbb07ac', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2c037', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_childmembership', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_childmembershipevent" ("child_id", "end_date", "id", "organization_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_date") SELECT old_values."child_id", old_values."end_date", old_values."id", old_values."organization_id", old_values."parent_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."start_date" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='26b4eb5c4eefb9b06645fa0092bb35772899d101', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b0cbe', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_childmembership', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ChildMembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=m3console.core.ids.uuid7, editable=False, serialize=False)),
                ('start_date', models.DateField(blank=True, null=True, verbose_name='first day')),
                ('end_date', models.DateField(blank=True, null=True, verbose_name='end')),
                ('child', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='child account')),
                ('organization', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.organization')),
                ('parent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='parent account')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.childmembership')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organization', '-pgh_created_at', '-pgh_id'], name='childmembership_history')],
            },
        ),
    ]
