from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "m3console.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from m3console.core.custom_fields import carried_by
        from m3console.core.models import EntityType, Organization

        carried_by(EntityType.ORGANIZATION, Organization)
        from m3console.core.navigation import Entry, add

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
        )
