"""What of a peer's SDP and candidates reaches the ICE agent. Pure.

A stranger says where connectivity checks go to. So candidates are capped, only UDP and only addresses that one peer
can have; a name (`….local`, mDNS) is left out, since the browser behind it is learned as peer-reflexive from its own
checks.
"""

from ipaddress import ip_address

from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

CANDIDATE = "candidate:"


def without_candidates(sdp: str) -> tuple[str, list[str]]:
    """The SDP without candidates and without their end, and the candidates that stood in it."""
    kept, candidates = [], []
    for line in sdp.splitlines():
        if line.startswith(f"a={CANDIDATE}"):
            candidates.append(line[2:])
        elif line != "a=end-of-candidates":
            kept.append(line)
    return "\r\n".join(kept) + "\r\n", candidates


def usable_candidate(text: str, mid: str, peer: str) -> RTCIceCandidate | None:
    """The candidate, None for one that is not to be used or not to be read. `peer` is where the peer signals from:
    only who is on this machine may name an address of it."""
    try:
        candidate = candidate_from_sdp(text.removeprefix(CANDIDATE))
        address = ip_address(candidate.ip)
    except (ValueError, IndexError, AssertionError):
        return None
    if candidate.protocol.lower() != "udp" or candidate.component != 1 or not 1024 <= candidate.port <= 65_535:
        return None
    if address.is_loopback and not _is_loopback(peer):
        return None
    if address.is_multicast or address.is_unspecified:
        return None
    candidate.sdpMid = mid
    return candidate


def only_data(sdp: str) -> bool:
    """Whether the offer asks for DataChannels and nothing else."""
    sections = [line for line in sdp.splitlines() if line.startswith("m=")]
    return len(sections) == 1 and sections[0].startswith("m=application ")


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False
