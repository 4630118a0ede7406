"""What can be wrong with something a peer sent: one code, one sentence and one close code each.

The close codes are WebSocket close codes of the private range (RFC 6455, 7.4.2); a DataChannel link says the
same code in an `error` control message before it closes.
"""

from typing import ClassVar


class WireError(Exception):
    """A peer sent something that this end does not take."""

    code: ClassVar[str] = "malformed"
    close: ClassVar[int] = 4400
    sentence: ClassVar[str] = "The message could not be read."

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.sentence} ({detail})" if detail else self.sentence)
        self.detail = detail


class FrameTruncated(WireError):
    code = "frame_truncated"
    sentence = "The frame is shorter than its header says."


class FrameForeign(WireError):
    code = "frame_foreign"
    sentence = "The bytes do not begin like a frame."


class FrameVersion(WireError):
    code = "version"
    close = 4426
    sentence = "The frame was written in a version that this end does not read."


class FrameTooLarge(WireError):
    code = "frame_too_large"
    close = 4413
    sentence = "The frame is larger than the limit."


class FrameCorrupt(WireError):
    code = "frame_corrupt"
    sentence = "The frame's checksum does not match its payload."


class FrameOutOfRange(WireError):
    code = "frame_out_of_range"
    sentence = "A field of the frame's header is out of range."


class FrameForeignStream(WireError):
    code = "frame_foreign_stream"
    close = 4403
    sentence = "The frame belongs to another stream than the link was opened for."


class FrameHole(WireError):
    code = "frame_hole"
    close = 4409
    sentence = "A frame is missing before this one; resume and go on behind what is stored."


class CreditExceeded(WireError):
    code = "credit_exceeded"
    close = 4413
    sentence = "More bytes were sent than the link had credit for."


class BatchCorrupt(WireError):
    code = "batch_corrupt"
    sentence = "The payload is not what its header declares."


class BatchTooLarge(WireError):
    code = "batch_too_large"
    close = 4413
    sentence = "The payload inflates to more than it declares or than the limit."


class MessageMalformed(WireError):
    code = "message_malformed"
    sentence = "The message is not one of those that are understood here."


class MessageTooLarge(WireError):
    code = "message_too_large"
    close = 4413
    sentence = "The message is larger than the limit."


class Unauthorized(WireError):
    code = "unauthorized"
    close = 4401
    sentence = "The token or key is missing, forged, expired or for something else."


class Forbidden(WireError):
    code = "forbidden"
    close = 4403
    sentence = "This origin, key or member may not do this."


class OpenTimeout(WireError):
    code = "open_timeout"
    close = 4408
    sentence = "The link was not opened in time."


class Superseded(WireError):
    code = "superseded"
    close = 4409
    sentence = "A newer link of the same stream took over."


class RecordingEnded(WireError):
    code = "recording_ended"
    close = 4410
    sentence = "The recording has ended or was deleted; start a new one."


class RateLimited(WireError):
    code = "rate_limited"
    close = 4429
    sentence = "Too much in too short a time for this key or address; try again later."


class QuotaExceeded(WireError):
    code = "quota_exceeded"
    close = 4430
    sentence = "The recording or project has reached its limit of bytes."


class Unavailable(WireError):
    code = "unavailable"
    close = 4503
    sentence = "The server cannot take this now; try again later."


def _tree(cls: type[WireError]) -> list[type[WireError]]:
    return [cls, *(leaf for sub in cls.__subclasses__() for leaf in _tree(sub))]


CLOSE_CODES: dict[str, int] = {cls.code: cls.close for cls in _tree(WireError)}
"""Error code → close code, for docs/protocol.md and the TypeScript side."""
