import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0002_tenancy'),
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
        migrations.AddField(
            model_name='meter',
            name='number_positions',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='meter',
            name='text_positions',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='meterevent',
            name='number_positions',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='meterevent',
            name='text_positions',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meter',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_meterevent" ("code", "created_at", "created_by_id", "id", "name", "number_positions", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "text_positions", "updated_at", "updated_by_id", "version") SELECT new_values."code", new_values."created_at", new_values."created_by_id", new_values."id", new_values."name", new_values."number_positions", new_values."organization_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."product_id", new_values."text_positions", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9b1a24e1d07b31d2a201077ab469c79f712ea3eb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_44f38', referencing='REFERENCING NEW TABLE AS new_values ', table='plans_meter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meter',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_meterevent" ("code", "created_at", "created_by_id", "id", "name", "number_positions", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "text_positions", "updated_at", "updated_by_id", "version") SELECT new_values."code", new_values."created_at", new_values."created_by_id", new_values."id", new_values."name", new_values."number_positions", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."product_id", new_values."text_positions", new_values."updated_at", new_values."updated_by_id", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='dc43c80c1c1d9f1475c5e5f63bb302788a4bbc80', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_69c72', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='plans_meter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meter',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "plans_meterevent" ("code", "created_at", "created_by_id", "id", "name", "number_positions", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "text_positions", "updated_at", "updated_by_id", "version") SELECT old_values."code", old_values."created_at", old_values."created_by_id", old_values."id", old_values."name", old_values."number_positions", old_values."organization_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."product_id", old_values."text_positions", old_values."updated_at", old_values."updated_by_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='07d0e561d06f73a1cd5f82a856eea10a761dc95e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_39b54', referencing='REFERENCING OLD TABLE AS old_values ', table='plans_meter', when='AFTER')),
        ),
    ]
