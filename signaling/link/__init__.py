"""The server's end of one link, whatever carries it: a collector's (`CollectorLink`) or a viewer's (`WatchLink`)."""

from .collector import CollectorLink
from .outlet import Outlet, WatchOutlet
from .watch import WatchLink

__all__ = ["CollectorLink", "Outlet", "WatchLink", "WatchOutlet"]
