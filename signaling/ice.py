"""ICE servers for a peer, with credentials that run out (coturn's `use-auth-secret`, draft-uberti-behave-turn-rest).

The user name is `expiry:recording`, the password the HMAC-SHA1 of it under TURN_SECRET, in base64.
"""

import base64
import hashlib
import hmac
import time
from typing import Final
from uuid import UUID

from django.conf import settings

from sessions.wire.signals import IceServer

TURN_SECONDS: Final = 3_600
"""How long new allocations may be made. A running one is refreshed with the same credentials."""


def ice_servers(recording: UUID, now: float | None = None) -> list[IceServer]:
    """What STUN_URLS, TURN_URLS and TURN_SECRET give; empty on one machine."""
    servers = [IceServer(urls=settings.STUN_URLS)] if settings.STUN_URLS else []
    if settings.TURN_URLS:
        username = f"{int(now or time.time()) + TURN_SECONDS}:{recording.hex}"
        credential = turn_password(settings.TURN_SECRET, username)
        servers.append(IceServer(urls=settings.TURN_URLS, username=username, credential=credential))
    return servers


def turn_password(secret: str, username: str) -> str:
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
