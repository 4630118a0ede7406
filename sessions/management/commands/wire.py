"""Writes `static/src/wire/generated.ts`; with `--check`, says whether it is up to date and writes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sessions.wire.typescript import generate


class Command(BaseCommand):
    help = "Write the wire's TypeScript from its Python structs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail where the file differs, write nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "static/src/wire/generated.ts"
        text = generate()
        if path.exists() and path.read_text() == text:
            return
        if check:
            raise CommandError(f"{path.name} is out of date: run `manage.py wire`")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.stdout.write(f"wrote {path}")
