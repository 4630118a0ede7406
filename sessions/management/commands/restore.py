"""Reads what `backup` wrote, into whichever database and object store the settings name."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions.backup import BackupError, restore


class Command(BaseCommand):
    help = "Read a backup into a migrated, empty database. Stop the server first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="what `backup` wrote")
        parser.add_argument("--replace", action="store_true", help="delete all rows that are there")

    def handle(self, *args: Any, folder: Path, replace: bool, **options: Any) -> None:
        try:
            manifest = restore(folder, replace=replace)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"restored {sum(manifest['rows'].values())} rows and {manifest['objects']} objects")
