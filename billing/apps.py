from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing.effects import attachment_effects
        from m3console.core.registry import extensions

        extensions("plans.accountplan").effects.append(attachment_effects)
