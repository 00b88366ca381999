"""Start the sandbox, python -m sandbox --port 8100, or print what it has of LINE's API."""

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

import yaml
from pydantic import ValidationError

from sandbox import worldfile
from sandbox.persistence import Store, Unusable
from sandbox.production import Place, serve
from sandbox.world import World

_DEMO = Path(__file__).parent / "worlds" / "komorebi.yaml"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def main() -> None:
    """Read the arguments, then serve until told to stop."""
    options = _options()
    if options.command == "coverage":
        _coverage(options.folder)
        return
    try:
        seed = worldfile.load(options.world)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        sys.exit(f"The world {options.world} cannot be read: {error}")
    _check_host(options.host, options.secret)
    if options.data:
        _check_data(options.data)
    if options.with_parent:
        parent = (options.with_parent,)
        threading.Thread(target=_end_with_parent, args=parent, daemon=True).start()
    print(f"Phone: http://{options.host}:{options.port}/phone/", flush=True)
    place = Place(options.host, options.port, options.secret, options.smtp_port)
    serve(lambda: World(seed.fill, Store(options.data)), place)


def _coverage(folder: Path | None) -> None:
    from sandbox import coverage

    folder = folder or coverage.FOLDER
    if not folder.is_dir():
        sys.exit(f"There are no OpenAPI files of LINE in {folder}; name their folder.")
    print(coverage.report(folder))


def _check_host(host: str, secret: str | None) -> None:
    if host in _LOOPBACK:
        return
    if not secret:
        sys.exit(f"Other machines can reach {host}: give a shared secret with --secret.")
    print(
        f"Warning: other machines can reach {host}. Who knows the secret can do everything here;"
        " what they send is not encrypted.",
        file=sys.stderr,
    )


def _check_data(data: Path) -> None:
    """Open the file once before the server starts, where a mistake can be told plainly."""
    try:
        Store(data).close()
    except Unusable as error:
        sys.exit(f"The data file {data} cannot be used: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["coverage"], help="what is built of LINE's")
    parser.add_argument("folder", nargs="?", type=Path, help="LINE's OpenAPI files (coverage)")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--host", default="127.0.0.1", help="an address other machines can reach")
    parser.add_argument("--smtp-port", type=int, help="take e-mails here, for the phone's mailbox")
    parser.add_argument("--secret", help="what callers must know, on an address others can reach")
    parser.add_argument("--world", type=Path, default=_DEMO, help="who exists at the start (YAML)")
    parser.add_argument("--data", type=Path, help="an SQLite file that keeps everything")
    parser.add_argument("--with-parent", type=int, help="end when this parent process has died")
    return parser.parse_args()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
