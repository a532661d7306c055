from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "billing.usage"
    label = "usage"

    def ready(self) -> None:
        from billing.usage import extensions, finding

        extensions.register()
        finding.register()
