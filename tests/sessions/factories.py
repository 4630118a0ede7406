"""Rows and frames for the store's tests."""

import zlib
from typing import Any
from uuid import UUID

import msgspec

from sessions.models import Link, Member, Project, Stream
from sessions.services import StreamOpened, stream_open
from sessions.wire import batch, events, frame
from sessions.wire.frame import CODEC_DEFLATE
from sessions.wire.signals import DeviceInfo, Hello, PageInfo

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"


def a_member(email: str = "alice@example.org", **fields: Any) -> Member:
    """Without a password: hashing one takes longer than most tests."""
    return Member.objects.create_user(email, **fields)


def a_project(**fields: Any) -> Project:
    return Project.objects.create(**{"name": "Shop", **fields})


def a_hello(**fields: Any) -> Hello:
    page = PageInfo(url="https://shop.example/list", title="The shop", referrer="")
    device = DeviceInfo(
        user_agent=fields.pop("user_agent", CHROME),
        language="en",
        timezone="Europe/Berlin",
        screen_width=1920,
        screen_height=1080,
        viewport_width=1200,
        viewport_height=800,
    )
    given: dict[str, Any] = {"key": "demo", "versions": (1, 1), "collector": "1.0", "at": 0.0, "tab": "t1"}
    return Hello(**given | {"page": page, "device": device} | fields)


def a_stream(project: Project | None = None, **fields: Any) -> StreamOpened:
    return stream_open(project=project or a_project(), hello=a_hello(**fields))


def an_event(at: float = 0, kind: str = "track", **data: Any) -> batch.Event:
    return batch.Event(at, kind, data or {"name": "n", "properties": {}})


def as_raw(event: batch.Event) -> batch.RawEvent:
    """The event as it is read from a batch."""
    return events.decode_raw(events.encode([event]), most=1)[0]


def as_event(event: batch.RawEvent) -> batch.Event:
    """And back."""
    return msgspec.json.decode(msgspec.json.encode(event), type=batch.Event)


def frames_for(
    stream: UUID, found: list[batch.Event], *, seq: int = 0, flags: int = 0, codec: int = CODEC_DEFLATE
) -> list[frame.Frame]:
    return batch.frames_of(found, stream=stream, seq=seq, flags=flags, codec=codec)


def a_frame(raw: bytes, *, stream: UUID | None = None, seq: int = 0, count: int = 1) -> frame.Frame:
    """A frame of a batch that no collector would write; larger than the wire takes when `raw` is."""
    packed = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    payload = packed.compress(raw) + packed.flush()
    return frame.Frame(stream or UUID(int=1), seq, 0, CODEC_DEFLATE, count, 0, 0, len(raw), payload)


def store(stream: Stream, frames: list[frame.Frame], link: Link = Link.RTC) -> None:
    """Commits frames as the writer does, in this thread."""
    from sessions.log.commit import commit
    from sessions.log.stream import Entry

    commit([Entry(one, frame.encode(one), link) for one in frames])


def store_events(stream: Stream, found: list[batch.Event], *, seq: int = 0, flags: int = 0) -> int:
    """One batch for each event, numbered from `seq`; answers the next seq. `flags` go to the last."""
    for event in found:
        own = flags if event is found[-1] else 0
        frames = frames_for(stream.pk, [event], seq=seq, flags=own)
        store(stream, frames)
        seq += len(frames)
    return seq
