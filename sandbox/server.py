"""A threaded WSGI server whose connections can be broken off on purpose."""

from __future__ import annotations

import io
import os
import signal
import socket
import struct
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.http import HttpRequest

HANDLER = "sandbox.handler"


class Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        return super().get_environ() | {HANDLER: self}

    def get_stderr(self) -> Any:
        """Django reports what goes wrong in a view; a broken connection is no report."""
        return io.StringIO()

    def log_message(self, *args: Any) -> None:
        return None


class Server(ThreadedWSGIServer):
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up, or was hung up on, is nobody's error."""


def reset(request: HttpRequest) -> None:
    """The client sees its connection reset; whatever is answered goes nowhere."""
    connection = request.META[HANDLER].connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


def end_after_answer(request: HttpRequest) -> None:
    request.META[HANDLER].close_connection = True


def serve(port: int, application: Any) -> None:
    server = Server(("127.0.0.1", port), Handler)
    server.set_app(application)
    signal.signal(signal.SIGTERM, _quit)
    signal.signal(signal.SIGINT, _quit)
    print(f"sandbox: serving http://127.0.0.1:{port}", flush=True)
    server.serve_forever(poll_interval=3600)


def _quit(number: int, frame: Any) -> None:
    raise SystemExit(0)
