from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "billing.usage"
    label = "usage"

    def ready(self) -> None:
        from billing.usage.deletion import free_uids, usage_lost
        from m3console.core.registry import extensions

        accounts = extensions("accounts.account")
        accounts.on_delete.append(free_uids)
        accounts.losses.append(usage_lost)
