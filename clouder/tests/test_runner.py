import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from clouder import runner
from conftest import wait_until

SUPERVISE = """
import sys
from pathlib import Path
from clouder import runner
runner.STOP_SECONDS = 1
programs = runner.read_procfile(Path(sys.argv[1]), {"PYTHON": sys.executable})
runner.Supervisor(programs).run()
"""
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("family", child.pid, flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("not me", flush=True)
time.sleep(600)
"""
FINISHING = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("done in peace", flush=True), sys.exit(0)))
print("working", flush=True)
time.sleep(600)
"""


class Supervised:
    """A supervisor in a process of its own, and what it has said."""

    def __init__(self, folder: Path, **programs: str) -> None:
        procfile = folder / "Procfile"
        for name, code in programs.items():
            (folder / f"{name}.py").write_text(code)
        lines = [f"{name}: $PYTHON {folder}/{name}.py\n" for name in programs]
        procfile.write_text("".join(lines))
        self.output = folder / "output"
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(procfile)],
            cwd=settings.BASE_DIR,
            stdout=self.output.open("wb"),
        )

    def said(self, words: str) -> list[str]:
        return [line for line in self.output.read_text().splitlines() if words in line]

    def child_of_family(self) -> int:
        return int(wait_until(lambda: self.said("family"))[-1].split()[-1])

    def stop(self, signum: int = signal.SIGINT) -> int:
        self.process.send_signal(signum)
        return self.process.wait(10)


@pytest.fixture
def supervise(tmp_path):
    started = []

    def start(**programs: str) -> Supervised:
        started.append(Supervised(tmp_path, **programs))
        return started[-1]

    yield start
    for supervised in started:
        if supervised.process.poll() is None:
            supervised.stop()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def test_each_line_tells_which_program_wrote_it(supervise):
    supervised = supervise(web="print('hello'); import time; time.sleep(600)")

    assert wait_until(lambda: supervised.said("hello")) == ["web     | hello"]


def test_a_program_that_dies_is_started_again_after_a_growing_pause(supervise):
    supervised = supervise(worker="import time; time.sleep(0.1); raise SystemExit(3)")

    wait_until(lambda: len(supervised.said("worker")) == 2)

    assert supervised.said("runner") == [
        "runner  | worker ended with code 3; again in 1 s",
        "runner  | worker ended with code 3; again in 2 s",
    ]


def test_what_a_killed_program_leaves_behind_is_ended_before_it_starts_again(supervise):
    supervised = supervise(web=FAMILY)
    orphan = supervised.child_of_family()
    parent = int(Path(f"/proc/{orphan}/stat").read_text().split()[3])

    os.kill(parent, signal.SIGKILL)

    wait_until(lambda: supervised.said("was ended by SIGKILL; again in 1 s"))
    wait_until(lambda: len(supervised.said("family")) == 2)
    assert not is_alive(orphan)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_nobody_behind(supervise, signum):
    supervised = supervise(web=FAMILY, worker=FINISHING)
    child = supervised.child_of_family()
    wait_until(lambda: supervised.said("working"))

    code = supervised.stop(signum)

    assert code == 0
    wait_until(lambda: not is_alive(child))
    assert supervised.said("done in peace")
    assert supervised.said("")[-1] == "runner  | stopped"


def test_who_does_not_stop_in_time_is_killed(supervise):
    supervised = supervise(worker=STUBBORN)
    wait_until(lambda: supervised.said("not me"))

    started_at = time.monotonic()
    supervised.stop()

    assert time.monotonic() - started_at < 5
    assert supervised.said("worker did not stop and was killed")


def test_a_port_in_use_is_said_plainly():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        with pytest.raises(runner.Stopped, match=f"Port {port} is in use.*PORT=8010 make run"):
            runner.require_free_port(port, "PORT=8010 make run")

    runner.require_free_port(port, "PORT=8010 make run")


def test_two_runners_do_not_share_a_folder(tmp_path):
    lock = tmp_path / "runner.lock"

    with (
        runner.only_one(lock, "http://127.0.0.1:8000"),
        pytest.raises(runner.Stopped, match=r"already in this folder: \S+:8000"),
        runner.only_one(lock, "http://127.0.0.1:8010"),
    ):
        pass

    with runner.only_one(lock, "http://127.0.0.1:8010"):
        assert "8010" in lock.read_text()


def test_the_sandbox_runs_only_where_it_has_a_port():
    procfile = settings.BASE_DIR / "Procfile.dev"
    variables = {"PORT": "8010", "VAR_DIR": "elsewhere"}

    with_keys = runner.read_procfile(procfile, variables)
    without = runner.read_procfile(procfile, {**variables, "SANDBOX_PORT": "8011"})

    assert [program.name for program in with_keys] == ["web", "worker", "beat"]
    assert [program.name for program in without] == ["sandbox", "web", "worker", "beat"]
    assert "8011" in without[0].command
