from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "m3console.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from m3console.core.custom_fields.values import carried_by, check_types
        from m3console.core.entities import custom_field_checks
        from m3console.core.models import EntityType, Organization
        from m3console.core.models.saved_views import seen_by
        from m3console.core.navigation import Entry, add, title_of_list
        from m3console.core.registry import extensions, have_pages
        from m3console.core.searching.finding import can_be_created

        custom_field_checks.append(check_types)
        carried_by(EntityType.ORGANIZATION, Organization)
        can_be_created(
            ("Create currency", "core:currency_create"),
            ("Create custom field", "core:custom_field_create"),
        )
        extensions("core.savedfilter").history_shown = lambda member: seen_by(member.user_id)
        extensions("core.savedfilter").history_words["list_name"] = title_of_list
        have_pages(
            currency="core:currency_edit",
            customfielddefinition="core:custom_field_edit",
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
            Entry("Oversight", 10, "History", "history", "core:history_list", "core:history_"),
            Entry("Organization", 20, "Currencies", "coins", "core:currency_list", "core:currency_"),
            Entry(
                "Organization", 30, "Custom fields", "field", "core:custom_field_list", "core:custom_field_"
            ),
        )
