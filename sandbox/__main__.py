"""python -m sandbox --port 8001 --storage var/sandbox.sqlite3"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path


def main() -> int:
    args = _arguments()
    if _is_taken(args.port):
        print(f"sandbox: port {args.port} is in use", file=sys.stderr)
        return 1
    if args.openapi and not args.openapi.is_file():
        print(f"sandbox: there is no schema at {args.openapi}", file=sys.stderr)
        return 1
    args.storage.parent.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "sandbox.settings",
        "SANDBOX_PORT": str(args.port),
        "SANDBOX_STORAGE": str(args.storage.resolve()),
        "SANDBOX_TRACKS": str(args.tracks),
        "SANDBOX_OPENAPI": str(args.openapi.resolve()) if args.openapi else "",
    }
    from sandbox import server, wsgi

    server.serve(args.port, wsgi.application())
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="A stand-in for the two services.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--storage", type=Path, default=Path("var/sandbox.sqlite3"))
    parser.add_argument("--tracks", type=int, default=0, help="tracks in every week")
    parser.add_argument(
        "--openapi",
        type=Path,
        default=os.environ.get("SANDBOX_SCHEMA") or None,
        help="Spotify's schema, to check answers against (or in SANDBOX_SCHEMA)",
    )
    return parser.parse_args()


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
