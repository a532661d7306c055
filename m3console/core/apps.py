from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "m3console.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from m3console.core.custom_fields import carried_by
        from m3console.core.finding import can_be_created
        from m3console.core.models import EntityType, Organization
        from m3console.core.navigation import Entry, add

        carried_by(EntityType.ORGANIZATION, Organization)
        can_be_created(
            ("Create currency", "core:currency_create"),
            ("Create custom field", "core:custom_field_create"),
        )
        add(
            Entry(
                "Organization",
                10,
                "Configuration",
                "settings",
                "core:organization_edit",
                "core:organization_",
            ),
            Entry("Organization", 20, "Currencies", "half", "core:currency_list", "core:currency_"),
            Entry(
                "Organization", 30, "Custom fields", "columns", "core:custom_field_list", "core:custom_field_"
            ),
        )
