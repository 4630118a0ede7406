"""What `serve --demo` adds: a project with key `demo`, a member with an API token, the shop on a port of its own."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from demo.asgi import demo_application
from sessions.models import ApiToken, Member, Membership, Project

KEY = "demo"
EMAIL = "demo@localhost"


@dataclass(frozen=True, slots=True)
class Demo:
    """What stands in `var/demo.json`."""

    url: str
    email: str
    password: str
    api_token: str
    key: str
    demo_site: str


def seed(demo_site: str) -> Demo:
    """Make the project, the member and the token where they are missing, and write `demo.json` for its owner only.

    The password and the token of an earlier start stay good as long as that file tells them.
    """
    path = settings.VAR_DIR / "demo.json"
    known = _read(path)
    with transaction.atomic():
        member, password = _member(known.get("password", ""))
        project, _ = Project.objects.get_or_create(
            key=KEY,
            defaults={"name": "Demo shop", "policy": Project.Policy.BALANCED, "allowed_origins": ["loopback"]},
        )
        Membership.objects.get_or_create(project=project, member=member, defaults={"role": Membership.Role.OWNER})
        token = _token(member, known.get("api_token", ""))
    settings.DEMO_SITE = demo_site
    demo = Demo(settings.APP_ORIGIN, EMAIL, password, token, KEY, demo_site)
    _write(path, demo)
    return demo


def with_shop(application: Any, *, port: int) -> Any:
    """The application, and the shop for what comes in on `port`."""
    shop: Any = demo_application(sightline_origin=settings.APP_ORIGIN, key=KEY)

    async def by_port(scope: dict[str, Any], receive: Any, send: Any) -> None:
        server = scope.get("server") or ("", 0)
        await (shop if server[1] == port else application)(scope, receive, send)

    return by_port


def _member(password: str) -> tuple[Member, str]:
    member = Member.objects.filter(email=EMAIL).first()
    if member is not None and password and member.check_password(password):
        return member, password
    password = secrets.token_urlsafe(9)
    if member is None:
        return Member.objects.create_superuser(EMAIL, password), password
    member.set_password(password)
    member.save(update_fields=["password"])
    return member, password


def _token(member: Member, token: str) -> str:
    if token and ApiToken.objects.filter(member=member, digest=ApiToken.digest_of(token)).exists():
        return token
    token = "slt_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(member=member, name="Demo", digest=ApiToken.digest_of(token))
    return token


def _read(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(path: Path, demo: Demo) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(asdict(demo), indent=2) + "\n")
