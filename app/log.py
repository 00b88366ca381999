"""Logs: one JSON object a line, with an `action` and ids; never personal data or secrets."""

import json
import logging
import sys
from datetime import UTC, datetime

import orjson

_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """What a log call passes in `extra` becomes fields beside ts, level and logger."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _PLAIN}
        if record.exc_info:
            line["error"] = _places(record)
        try:
            return orjson.dumps(line, default=str).decode()
        except orjson.JSONEncodeError:  # Half a surrogate pair, or a number of over 64 bits.
            return json.dumps(line, default=str)


def _places(record: logging.LogRecord) -> list[str]:
    """Class of the error and the lines it passed; its text may hold what a person wrote."""
    kind, _, trace = record.exc_info or (None, None, None)
    places = [kind.__name__ if kind else "unknown"]
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/app/')[2]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return places


def configure(level: str) -> None:
    """Send the logs of the process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for talkative in ("alembic", "urllib3"):  # urllib3 would log addresses with people's ids.
        logging.getLogger(talkative).setLevel("WARNING")
