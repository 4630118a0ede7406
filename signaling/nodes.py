"""Which agent takes a recording. Sync Django, around a pure choice."""

import hashlib
from collections.abc import Sequence
from typing import Final

from sessions.models import AgentNode

CROWDED: Final = 0.8
"""Share of its capacity beyond which a recording's first agent gives way to its second."""


def agent_is_ready() -> bool:
    return AgentNode.objects.ready().exists()


def agent_channel(recording: str) -> str | None:
    """The channel of an agent with room for a peer of this recording, None where there is none."""
    node = choose(list(AgentNode.objects.ready()), recording)
    return node.channel if node else None


def choose(nodes: Sequence[AgentNode], recording: str) -> AgentNode | None:
    """Rendezvous hashing brings the visitor and the viewers of a recording to one agent. When that is crowded, the
    next one takes over if it has more room."""
    first, second, *_ = [*sorted(nodes, key=lambda node: _weight(node, recording), reverse=True), None, None]
    if first is not None and second is not None and _load(first) > CROWDED:
        return min(first, second, key=_load)
    return first


def _load(node: AgentNode) -> float:
    return node.connections / max(1, node.capacity)


def _weight(node: AgentNode, recording: str) -> bytes:
    return hashlib.sha256(f"{node.name}\n{recording}".encode()).digest()
