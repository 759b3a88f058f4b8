"""A broker with nothing to install: messages are files in the folder that the URL names.

`CELERY_BROKER_URL=filesystem:///path/of/a/folder`. kombu's own transport opens a message under
its final name before writing it, and ends the worker that reads half of one. Here a message
appears whole or not at all, and one that cannot be read is dropped. Queues are found by their
names, so nothing else is kept in the folder.
"""

import logging
import time
import uuid
from functools import cached_property
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    supports_fanout = False
    get_table = virtual.Channel.get_table
    _delete = virtual.Channel._delete

    def _queue_bind(self, *args: Any) -> None:
        pass

    @cached_property
    def folder(self) -> Path:
        return Path("/", self.connection.client.virtual_host)

    @property
    def data_folder_in(self) -> Path:
        """There, even when it was deleted while everything runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder

    def _put(  # type: ignore[override]
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        unfinished = self.data_folder_in / f"{name}.unfinished"
        try:
            unfinished.write_text(dumps(payload))  # type: ignore[no-untyped-call]
            unfinished.rename(self.folder / name)
        except OSError:  # a full disk does not fill up with halves
            unfinished.unlink(missing_ok=True)
            raise

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for found in sorted(self.folder.glob(f"*.{queue}.msg")):
            taken = found.with_suffix(".taken")
            try:
                found.rename(taken)
            except FileNotFoundError:
                continue  # another worker was faster
            text = taken.read_bytes()
            taken.unlink()
            try:
                return loads(text)  # type: ignore[no-untyped-call]
            except ValueError:
                logger.error("Dropped a message that cannot be read: %.200r", text)
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel
    implements = virtual.Transport.implements.extend(
        asynchronous=False, exchange_type=frozenset(["direct"])
    )
    default_connection_params: dict[str, Any] = {}  # a folder has no host and no port


TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
