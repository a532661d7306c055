import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_cache'),
        ('plans', '0003_field_positions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='plantemplate',
            index=models.Index(models.F('organization'), django.db.models.functions.comparison.Coalesce('code', models.Value('')), models.F('id'), name='template_by_code'),
        ),
        migrations.AddIndex(
            model_name='pricing',
            index=models.Index(models.F('organization'), models.F('start_date'), models.F('id'), name='pricing_by_start'),
        ),
    ]
