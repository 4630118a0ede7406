"""The app's registration. Django's own login app is called `sessions` too, hence the label."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "sessions"
    label = "recordings"  # before the first migration: tables, permissions and admin URLs carry it
    verbose_name = "Recordings"
    default_auto_field = "django.db.models.BigAutoField"
