"""Which URL goes where (design: pages, REST, ingest)."""

from allauth.account import views as accounts
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# Members sign in at one place, which counts attempts; the console's own login page would not.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

ACCOUNTS = [
    path("login/", accounts.login, name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("signup/", accounts.signup, name="account_signup"),
    path("reauthenticate/", accounts.reauthenticate, name="account_reauthenticate"),
    path("password/change/", accounts.password_change, name="account_change_password"),
    path("password/set/", accounts.password_set, name="account_set_password"),
]
"""Of allauth's, those that need no mail: an administrator makes accounts and sets passwords that were lost. Nobody
changes the address that they sign in with."""

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include(ACCOUNTS)),
    path("", include("signaling.urls")),
    path("", include("replay.urls")),
]
