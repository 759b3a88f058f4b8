"""`make run`: all of Clouder on one machine, from an empty folder to a served page.

Starts what Procfile.dev lists, each in a process group of its own, begins again whatever ends,
and on Ctrl-C stops everything, grandchildren included.
"""

import errno
import fcntl
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import IO

import requests

from clouder import preparation

ROOT = Path(__file__).resolve().parent.parent
LOOK_SECONDS = 0.1
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
LIVED_WELL_SECONDS = 60  # after this long an end is no longer part of a row of failures
STOP_SECONDS = 15  # a worker finishes what it has in hand


class Stopped(Exception):
    """A sentence for the person at the terminal."""


def say(name: str, line: str) -> None:
    sys.stdout.write(f"{name:<8}| {line}\n")
    sys.stdout.flush()


@dataclass
class Program:
    """A line of a Procfile, and the process that it has become."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_again_at: float = 0
    pause: float = SHORTEST_PAUSE

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        threading.Thread(target=self.repeat_output, args=[self.process.stdout], daemon=True).start()

    def repeat_output(self, output: IO[bytes]) -> None:
        for line in output:
            say(self.name, line.decode(errors="replace").rstrip())

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_running(self) -> None:
        if self.is_running():
            return
        if self.process:
            self.note_the_end(self.process)
        elif time.monotonic() >= self.start_again_at:
            self.start()

    def note_the_end(self, process: subprocess.Popen[bytes]) -> None:
        self.kill()
        now = time.monotonic()
        if now - self.started_at > LIVED_WELL_SECONDS:
            self.pause = SHORTEST_PAUSE
        say("runner", f"{self.name} {ending(process.returncode)}; again in {self.pause:.0f} s")
        self.start_again_at = now + self.pause
        self.pause = min(2 * self.pause, LONGEST_PAUSE)
        self.process = None

    def ask_to_stop(self) -> None:
        # Only the parent: a worker's children must finish what they have in hand.
        if self.process and self.is_running():
            self.process.terminate()

    def kill(self) -> None:
        """The process, if it still runs, and all that it has left behind."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


class Supervisor:
    def __init__(self, programs: list[Program], each_look: Callable[[], None] = lambda: None):
        self.programs = programs
        self.each_look = each_look
        self.stop_requests = 0

    def request_stop(self, signum: int, frame: object) -> None:
        self.stop_requests += 1

    def run(self) -> None:
        """Returns after SIGINT, SIGTERM or SIGHUP, when all has ended. A second one hurries."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self.request_stop)
        try:
            while not self.stop_requests:
                for program in self.programs:
                    program.keep_running()
                self.each_look()
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        say("runner", "stopping")
        deadline = time.monotonic() + STOP_SECONDS
        for program in self.programs:
            program.ask_to_stop()
        while any(program.is_running() for program in self.programs):
            if time.monotonic() > deadline or self.stop_requests > 1:
                break
            time.sleep(LOOK_SECONDS)
        for program in self.programs:
            if program.is_running():
                say("runner", f"{program.name} did not stop and was killed")
            program.kill()
        say("runner", "stopped")


def read_procfile(path: Path, variables: dict[str, str]) -> list[Program]:
    """A program that wants a variable we do not have is left out: no sandbox without its port."""
    programs = []
    for line in path.read_text().splitlines():
        name, _, command = line.partition(":")
        with suppress(KeyError):
            programs.append(Program(name, shlex.split(Template(command).substitute(variables))))
    return programs


@contextmanager
def only_one(lock: Path, address: str) -> Iterator[None]:
    """Holds the folder for this runner. The system lets go of it however the runner ends."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Stopped(f"Clouder runs already in this folder: {file.read()}") from None
        file.truncate(0)
        file.write(f"{address} (process {os.getpid()})")
        file.flush()
        yield


def require_free_port(port: int, remedy: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise Stopped(f"Port {port} is in use. Choose another one: {remedy}") from None


class Announcement:
    """Says where to go, once, when everything there is really served."""

    def __init__(self, sentence: str, urls: list[str]) -> None:
        self.sentence = sentence
        self.urls = urls

    def make_when_served(self) -> None:
        while self.urls and is_served(self.urls[0]):
            del self.urls[0]
            if not self.urls:
                say("runner", self.sentence)


def is_served(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False


def prepare(address: str) -> None:
    from django.db import connections

    say("runner", "preparing the database and the static files")
    preparation.prepare()
    if not preparation.has_admin():
        password = preparation.give_admin_a_password()
        say("runner", f"Made an admin for {address}/admin/ (this is shown only now):")
        say("runner", f"    user: {preparation.ADMIN}   password: {password}")
    connections.close_all()


def run() -> None:
    import django
    from django.conf import settings

    django.setup()
    address = f"http://127.0.0.1:{settings.PORT}"
    urls = [f"{address}/healthz"]
    ports = {"PORT": settings.PORT}
    sentence = f"Clouder is at {address}/ with your own Spotify application. Ctrl-C stops it."
    if settings.USES_SANDBOX:
        urls.append(f"{settings.SANDBOX_URL}/_/")
        ports["SANDBOX_PORT"] = settings.SANDBOX_PORT
        sentence = (
            f"Clouder is at {address}/ with the sandbox in place of Spotify and Beatport: "
            "no Spotify keys are set. Ctrl-C stops it."
        )
    with only_one(settings.VAR_DIR / "runner.lock", address):
        for port in ports.values():
            require_free_port(port, f"PORT={settings.PORT + 10} make run")
        prepare(address)
        variables = {name: str(port) for name, port in ports.items()}
        variables["VAR_DIR"] = str(settings.VAR_DIR)
        os.environ.update(variables, PYTHONUNBUFFERED="1")
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        programs = read_procfile(ROOT / "Procfile.dev", variables)
        Supervisor(programs, Announcement(sentence, urls).make_when_served).run()


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clouder.settings")
    preparation.write_missing_keys(ROOT / ".env", Path(os.environ.get("VAR_DIR", ROOT / "var")))
    try:
        run()
    except Stopped as sentence:
        print(sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before there was anything to stop
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
