"""Log lines: one JSON object each where machines read them, whoever wrote them."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.conf import settings

from config.logging import configure


@pytest.fixture
def output() -> Iterator[StringIO]:
    """What is written with JSON on."""
    stream = StringIO()
    config = configure(as_json=True, level="INFO")
    config["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(config)
    yield stream
    logging.config.dictConfig(configure(as_json=settings.LOG_JSON, level=settings.LOG_LEVEL))


def test_our_events_keep_their_names_and_values(output: StringIO) -> None:
    structlog.get_logger("sessions.log").info("frame.committed", seq=7)
    line = json.loads(output.getvalue())
    assert line["event"] == "frame.committed"
    assert (line["seq"], line["level"], line["logger"]) == (7, "info", "sessions.log")
    assert line["timestamp"].endswith("Z")


def test_records_of_libraries_take_the_same_way(output: StringIO) -> None:
    try:
        raise ValueError("no such host")
    except ValueError:
        logging.getLogger("django.request").exception("failed %s", "here")
    line = json.loads(output.getvalue())
    assert line["event"] == "failed here"
    assert "ValueError: no such host" in line["exception"]


def test_chatter_is_left_out(output: StringIO) -> None:
    logging.getLogger("aiortc.rtcsctptransport").info("x")
    assert output.getvalue() == ""
