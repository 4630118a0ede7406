"""Places where tests let a process fail, to show that nothing acked is lost wherever it dies.

`SIGHTLINE_FAILPOINTS="seal.put=kill,log.commit=raise"`; without that variable, nothing. Names in use:
`log.commit` (written, not committed), `log.committed` (committed, not acked), `seal.claimed`, `seal.put` (object
stored, no row names it), `seal.finish` (rows written, not committed), `seal.finished`.
"""

import os
import signal

from django.db import OperationalError

VARIABLE = "SIGHTLINE_FAILPOINTS"


class FailpointReached(OperationalError):
    """The test asked for a failure here; it is handled as if the database had gone away."""


def failpoint(name: str) -> None:
    if not (asked := os.environ.get(VARIABLE)):
        return
    match dict(pair.split("=", 1) for pair in asked.split(",")).get(name):
        case "raise":
            raise FailpointReached(name)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
