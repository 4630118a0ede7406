"""HTTP routes of the ingest: the snippet and beacons."""

from django.urls import URLPattern, URLResolver, path, re_path

from .beacon import beacon
from .snippet import script

urlpatterns: list[URLPattern | URLResolver] = [
    path("ingest/beacon", beacon, name="beacon"),
    re_path(r"^(?P<name>collect\.js|collector-[0-9a-f]{16}\.js|sightline\.mjs)$", script, name="snippet"),
]
