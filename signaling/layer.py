"""Names on the channel layer. It carries signaling between consumers and agents, never frames."""

from typing import Any, Final

from channels.layers import BaseChannelLayer, get_channel_layer
from redis.exceptions import RedisError

AGENTS_GROUP: Final = "sightline.agents"
"""Consumers listen here; agents say that they have begun."""
LAYER_ERRORS: Final = (RedisError, OSError)
"""What a layer raises while its server is away."""

type LayerMessage = dict[str, Any]


def layer() -> BaseChannelLayer:
    """The layer of the settings."""
    found = get_channel_layer()
    if found is None:
        raise RuntimeError("CHANNEL_LAYERS names no default layer.")
    return found
