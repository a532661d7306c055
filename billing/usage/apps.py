from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "billing.usage"
    label = "usage"

    def ready(self) -> None:
        from billing.usage.extensions import register

        register()
