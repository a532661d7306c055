from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import bulk
        from accounts.finding import register
        from accounts.models import Account
        from m3console.core.custom_fields.values import carried_by
        from m3console.core.models import EntityType
        from m3console.core.navigation import Entry, add
        from m3console.core.registry import have_pages

        register()
        bulk.register()

        have_pages(account="accounts:account_detail")
        carried_by(EntityType.ACCOUNT, Account)

        add(Entry("", 20, "Accounts", "accounts", "accounts:account_list", "accounts:"))
