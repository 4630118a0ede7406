"""HTTP routes of the ingest: the snippet and beacons."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
