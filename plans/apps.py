from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self) -> None:
        from m3console.core.navigation import Entry, add, stand_under
        from m3console.core.registry import have_pages
        from plans import custom_fields, finding, on_accounts, on_organization
        from plans.views import attached, bulk

        on_accounts.register()
        finding.register()
        on_organization.register()
        custom_fields.register()
        attached.register()
        bulk.register()
        have_pages(
            product="plans:product_detail",
            meter="plans:meter_detail",
            aggregation="plans:aggregation_detail",
            compoundaggregation="plans:compound_aggregation_detail",
            plantemplate="plans:plan_template_detail",
            plan="plans:plan_detail",
            pricing="plans:pricing_detail",
            counter="plans:counter_detail",
            counterpricing="plans:counter_pricing_detail",
            counteradjustment="plans:counter_adjustment_detail",
            accountplan="plans:attachment_detail",
        )
        stand_under("plans:meter_", "plans:derived_field_")
        add(
            Entry("Catalogue", 10, "Products", "product", "plans:product_list", "plans:product_"),
            Entry("Catalogue", 20, "Meters", "meter", "plans:meter_list", "plans:meter_"),
            Entry("Catalogue", 30, "Aggregations", "sum", "plans:aggregation_list", "plans:aggregation_"),
            Entry("Catalogue", 35, "Counters", "counter", "plans:counter_list", "plans:counter_"),
            Entry(
                "Catalogue",
                32,
                "Compound aggregations",
                "sum",
                "plans:compound_aggregation_list",
                "plans:compound_aggregation_",
            ),
            Entry(
                "Catalogue", 40, "Plan templates", "copy", "plans:plan_template_list", "plans:plan_template_"
            ),
            Entry("Catalogue", 50, "Plans", "plan", "plans:plan_list", "plans:plan_"),
            Entry("Catalogue", 60, "Pricings", "price", "plans:pricing_list", "plans:pricing_"),
        )
