"""Which URL goes where (design: pages, REST, ingest)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("signaling.urls")),
    path("", include("replay.urls")),
]
