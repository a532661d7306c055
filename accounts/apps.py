from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from m3console.core.navigation import Entry, add

        add(Entry("", 20, "Accounts", "accounts", "accounts:account_list", "accounts:"))
