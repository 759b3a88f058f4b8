"""Processes that kill -9 themselves in the middle of their work."""

import itertools
import os
import signal
import traceback
from collections.abc import Callable
from typing import Any

import requests
from django.db import connection, connections

WRITES = ("INSERT", "UPDATE", "DELETE")
NEVER = -1


class Strike:
    """Kills this process at its `number`-th chance: before and after each HTTP request and each
    commit."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chances = itertools.count()
        self.seen = 0

    def chance(self) -> None:
        self.seen += 1
        if next(self.chances) == self.number:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.chance()
            result = work(*args, **kwargs)
            self.chance()
            return result

        return watched

    def execute(self, run: Callable[..., Any], sql: str, *args: Any) -> Any:
        """A write outside of a transaction is its own commit."""
        is_commit = sql.startswith(WRITES) and not connection.in_atomic_block
        return (self.around(run) if is_commit else run)(sql, *args)

    def arm(self) -> None:
        """Only this process, which ends soon, is changed."""
        requests.Session.send = self.around(requests.Session.send)  # type: ignore[method-assign]
        connection._commit = self.around(connection._commit)
        connection.execute_wrappers.append(self.execute)


class Process:
    """A child that does some work of ours with a connection of its own."""

    def __init__(self, work: Callable[[], object], *, dies_at: int = NEVER) -> None:
        connections.close_all()
        self.reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self.live(work, Strike(dies_at), writer)
        os.close(writer)

    def live(self, work: Callable[[], object], strike: Strike, writer: int) -> None:
        try:
            strike.arm()
            work()
            os.write(writer, str(strike.seen).encode())
        except BaseException:  # noqa: BLE001  the exit below hides it
            traceback.print_exc()
        finally:
            os._exit(0)

    def wait(self) -> int | None:
        """How many chances to die it had; None when it died."""
        with os.fdopen(self.reader) as said:
            chances = said.read()
        _, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return None
        assert chances, "it ended with an error"
        return int(chances)
