"""The store's tables. Names: docs/glossary.md."""

from .log import Frame, Gap, Link, Marker, Sealing, Segment
from .nodes import AgentNode
from .recording import Recording, Stream, Visitor
from .team import ApiToken, Member, Membership, Project, Refusal

__all__ = [
    "AgentNode",
    "ApiToken",
    "Frame",
    "Gap",
    "Link",
    "Marker",
    "Member",
    "Membership",
    "Project",
    "Recording",
    "Refusal",
    "Sealing",
    "Segment",
    "Stream",
    "Visitor",
]
