import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0004_list_indexes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='meter',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meter',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='meter',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricing',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricing',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricing',
            name='delete_delete',
        ),
        migrations.RemoveField(
            model_name='meterevent',
            name='number_positions',
        ),
        migrations.RemoveField(
            model_name='meterevent',
            name='text_positions',
        ),
        migrations.RemoveField(
            model_name='pricingevent',
            name='segment_key',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meter',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_meterevent" ("code", "created_at", "created_by_id", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "updated_at", "updated_by_id", "version") SELECT new_values."code", new_values."created_at", new_values."created_by_id", new_values."id", new_values."name", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."product_id", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1badec662dc4a6e576f85e73e774ae26582aaa0f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_44f38', referencing='REFERENCING NEW TABLE AS new_values ', table='plans_meter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meter',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_meterevent" ("code", "created_at", "created_by_id", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "updated_at", "updated_by_id", "version") SELECT new_values."code", new_values."created_at", new_values."created_by_id", new_values."id", new_values."name", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."product_id", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."code" IS DISTINCT FROM (new_values."code") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."organization_id" IS DISTINCT FROM (new_values."organization_id") OR old_values."product_id" IS DISTINCT FROM (new_values."product_id") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."updated_by_id" IS DISTINCT FROM (new_values."updated_by_id") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a926973fbdfd498f93b77e8c703f7666513e3a27', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_69c72', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='plans_meter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meter',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_meterevent" ("code", "created_at", "created_by_id", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "updated_at", "updated_by_id", "version") SELECT old_values."code", old_values."created_at", old_values."created_by_id", old_values."id", old_values."name", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."product_id", old_values."updated_at", old_values."updated_by_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d96be3b87ef14b43718de37e0659bdc165c30dbe', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_39b54', referencing='REFERENCING OLD TABLE AS old_values ', table='plans_meter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricing',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_pricingevent" ("aggregation_id", "created_at", "created_by_id", "cumulative", "description", "end_date", "fixed_prices", "id", "lower_limits", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "plan_template_id", "segment", "start_date", "unit_prices", "updated_at", "updated_by_id", "version") SELECT new_values."aggregation_id", new_values."created_at", new_values."created_by_id", new_values."cumulative", new_values."description", new_values."end_date", new_values."fixed_prices", new_values."id", new_values."lower_limits", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."plan_id", new_values."plan_template_id", new_values."segment", new_values."start_date", new_values."unit_prices", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5be17dc59c787cc648140e68afa4649e700fa02b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d552a', referencing='REFERENCING NEW TABLE AS new_values ', table='plans_pricing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricing',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_pricingevent" ("aggregation_id", "created_at", "created_by_id", "cumulative", "description", "end_date", "fixed_prices", "id", "lower_limits", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "plan_template_id", "segment", "start_date", "unit_prices", "updated_at", "updated_by_id", "version") SELECT new_values."aggregation_id", new_values."created_at", new_values."created_by_id", new_values."cumulative", new_values."description", new_values."end_date", new_values."fixed_prices", new_values."id", new_values."lower_limits", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."plan_id", new_values."plan_template_id", new_values."segment", new_values."start_date", new_values."unit_prices", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."aggregation_id" IS DISTINCT FROM (new_values."aggregation_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."cumulative" IS DISTINCT FROM (new_values."cumulative") OR old_values."description" IS DISTINCT FROM (new_values."description") OR old_values."end_date" IS DISTINCT FROM (new_values."end_date") OR old_values."fixed_prices" IS DISTINCT FROM (new_values."fixed_prices") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."lower_limits" IS DISTINCT FROM (new_values."lower_limits") OR old_values."organization_id" IS DISTINCT FROM (new_values."organization_id") OR old_values."plan_id" IS DISTINCT FROM (new_values."plan_id") OR old_values."plan_template_id" IS DISTINCT FROM (new_values."plan_template_id") OR old_values."segment" IS DISTINCT FROM (new_values."segment") OR old_values."start_date" IS DISTINCT FROM (new_values."start_date") OR old_values."unit_prices" IS DISTINCT FROM (new_values."unit_prices") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."updated_by_id" IS DISTINCT FROM (new_values."updated_by_id") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c81fc3e4d0a8f78292b2a8bd7df2789dcd2a2a85', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_dee00', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='plans_pricing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricing',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_pricingevent" ("aggregation_id", "created_at", "created_by_id", "cumulative", "description", "end_date", "fixed_prices", "id", "lower_limits", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "plan_template_id", "segment", "start_date", "unit_prices", "updated_at", "updated_by_id", "version") SELECT old_values."aggregation_id", old_values."created_at", old_values."created_by_id", old_values."cumulative", old_values."description", old_values."end_date", old_values."fixed_prices", old_values."id", old_values."lower_limits", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."plan_id", old_values."plan_template_id", old_values."segment", old_values."start_date", old_values."unit_prices", old_values."updated_at", old_values."updated_by_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='bb794aa661425157e20195f4773c202e249ee1db', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_451be', referencing='REFERENCING OLD TABLE AS old_values ', table='plans_pricing', when='AFTER')),
        ),
    ]
