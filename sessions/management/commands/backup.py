"""Writes database and objects to a folder (sessions/backup.py says what it holds)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions.backup import BackupError, backup


class Command(BaseCommand):
    help = "Write all recordings, projects and members, rows and objects, to a folder. The server may run on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="an empty folder, or one that is made")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = backup(folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for key in manifest["missing"]:
            self.stderr.write(f"not there any more: {key}")
        for key in manifest["damaged"]:
            self.stderr.write(f"damaged, left out: {key}")
        self.stdout.write(f"{sum(manifest['rows'].values())} rows and {manifest['objects']} objects in {folder}")
