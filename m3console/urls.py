"""Every path of the console. What belongs to an organization is below /o/<slug>/."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from m3console.core.views import home

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "m3console"

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", login_not_required(home.healthz), name="healthz"),
    path("readyz", login_not_required(home.readyz), name="readyz"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("o/<slug:org>/", include("m3console.core.urls")),
    path("o/<slug:org>/", include("accounts.urls")),
    path("o/<slug:org>/", include("plans.urls")),
    path("o/<slug:org>/", include("billing.usage.urls")),
    path("o/<slug:org>/", include("billing.urls")),
]

handler400 = "m3console.core.views.errors.bad_request"
handler403 = "m3console.core.views.errors.forbidden"
handler404 = "m3console.core.views.errors.not_found"
