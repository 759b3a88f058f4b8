import logging
import resource
import shutil
import socket
import time
from multiprocessing import get_context
from pathlib import Path

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection

from clouder.celery import Task

ROUNDS = 500


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "not" / "made" / "yet"


@pytest.fixture
def queue(folder):
    with Connection(f"filesystem://{folder}") as connection:
        yield connection.SimpleQueue("music")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_messages_arrive_in_the_order_they_were_sent(queue, folder):
    for number in range(12):
        queue.put({"number": number})

    received = [queue.get(timeout=1) for _ in range(12)]

    assert [message.payload["number"] for message in received] == list(range(12))
    assert names(folder) == []


def test_a_message_that_is_still_being_written_is_not_read(queue, folder):
    queue.put("whole")
    (folder / "1_x.music.msg.unfinished").write_text('{"body": "ha')

    assert queue.get(timeout=1).payload == "whole"
    with pytest.raises(queue.Empty):
        queue.get(block=False)


@pytest.mark.parametrize("rest", ["", '{"body": "ha', "\x00\x00"])
def test_what_a_crash_left_of_a_message_is_dropped(queue, folder, caplog, rest):
    queue.put("whole")
    (folder / "0_x.music.msg").write_text(rest)

    with caplog.at_level(logging.ERROR):
        assert queue.get(timeout=1).payload == "whole"

    assert "cannot be read" in caplog.text
    assert names(folder) == []


def test_a_folder_that_was_deleted_comes_back(queue, folder):
    queue.put("lost")
    shutil.rmtree(folder)
    folder.touch()
    with pytest.raises(queue.Empty):  # a worker goes on looking
        queue.get(block=False)
    folder.unlink()

    queue.put("whole")

    assert queue.get(timeout=1).payload == "whole"


def connect(url: str) -> Connection:
    return Connection(url, transport_options={"polling_interval": 0.0005})


def send(url: str, sender: int) -> None:
    with connect(url) as connection, connection.SimpleQueue("music") as queue:
        for number in range(ROUNDS):
            queue.put([sender, number])


def receive(url: str, results) -> None:
    with connect(url) as connection, connection.SimpleQueue("music") as queue:
        while (payload := receive_one(queue)) is not None:
            results.put(payload)
    results.put(None)


def receive_one(queue):
    try:
        message = queue.get(timeout=1)
    except queue.Empty:
        return None
    message.ack()
    return message.payload


def test_several_senders_and_receivers_lose_and_double_nothing(folder):
    url = f"filesystem://{folder}"
    processes = get_context("spawn")
    results = processes.Queue()
    workers = [processes.Process(target=receive, args=(url, results)) for _ in range(2)]
    workers += [processes.Process(target=send, args=(url, sender)) for sender in range(2)]

    for process in workers:
        process.start()
    received, open_receivers = [], 2
    while open_receivers:
        result = results.get(timeout=30)
        open_receivers -= result is None
        received += [tuple(result)] if result else []
    for process in workers:
        process.join()

    assert sorted(received) == [(sender, n) for sender in range(2) for n in range(ROUNDS)]


@pytest.fixture
def unanswered_port():
    """Somebody listens, nobody answers: a broker that hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def never_run() -> None: ...


@pytest.fixture
def seconds_of_a_click(transactional_db, monkeypatch):
    """How long a click spends on its nudge through the broker at a URL."""

    def click(broker_url: str) -> float:
        monkeypatch.setenv("CELERY_BROKER_URL", broker_url)
        on_redis = broker_url.startswith("redis:")
        app = Celery("click", task_cls=Task, set_as_current=False)
        app.conf.broker_transport_options = (
            settings.REDIS_OPTIONS if on_redis else settings.FOLDER_OPTIONS
        )
        app.conf.task_publish_retry_policy = settings.CELERY_TASK_PUBLISH_RETRY_POLICY
        task = app.task(never_run)
        started_at = time.monotonic()
        with transaction.atomic():
            task.delay_on_commit()
        return time.monotonic() - started_at

    return click


@pytest.mark.parametrize("state", ["unanswered_port", "closed_port"])
def test_a_dead_redis_neither_fails_nor_blocks_a_click(seconds_of_a_click, request, caplog, state):
    port = request.getfixturevalue(state)

    assert seconds_of_a_click(f"redis://127.0.0.1:{port}/0") < 1

    assert "Error calling" in caplog.text


def test_a_folder_that_cannot_be_written_fails_no_click(seconds_of_a_click, tmp_path, caplog):
    (tmp_path / "file").touch()

    assert seconds_of_a_click(f"filesystem://{tmp_path}/file") < 1

    assert "Error calling" in caplog.text


def test_what_cannot_be_written_leaves_nothing_behind(queue, folder):
    queue.put("whole")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(OSError):
            queue.put("too long for a disk so full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert len(names(folder)) == 1
    assert queue.get(timeout=1).payload == "whole"


@pytest.mark.skipif(not settings.BROKER_IS_A_FOLDER, reason="the laptop's broker")
def test_a_worker_starts_on_what_a_crash_left(worker):
    worker.kill()
    folder = Path(settings.CELERY_BROKER_URL.removeprefix("filesystem://"))
    (folder / "0_x.clouder.msg").write_text('{"body": "ha')
    (folder / "1_x.clouder.msg.unfinished").touch()
    current_app.send_task("nobody.knows.this")

    worker.start()

    worker.wait_until_said("cannot be read")
    worker.wait_until_said("Received unregistered task")
    assert worker.is_alive()
