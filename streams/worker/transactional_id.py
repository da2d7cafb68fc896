"""The transactional id of a member: the same after a restart, and never the same for two members at once.

A restarted member ends the transaction that its killed predecessor left open, at once instead of after the time-out,
because it has the same id. Two members with one id would end each other's transactions for ever. So each takes the
lowest free place of its group on this machine, holds it by a lock that the system lets go of when the process ends,
and derives the id from it. The folder of the places has a random name of its own, so that two users, or two containers
with one host name, do not meet.
"""

import fcntl
import logging
import os
import re
import socket
import uuid
from contextlib import suppress
from pathlib import Path

import platformdirs

from streams.settings import Settings

LOG = logging.getLogger(__name__)

_MOST_PLACES = 1000
_held: list[int] = []
"""Descriptors of the locks, which are kept until the process ends."""


def transactional_id(settings: Settings, folder: Path | None = None) -> str:
    """The id for this process, whose place is taken until it ends.

    A static member's id follows from its instance id, which is its owner's to keep unique. Where the folder of the
    places cannot be written, the id is new at each start: right as well, but a killed member's open transaction
    then ends by its time-out.
    """
    group = settings.topic_prefix + settings.worker_group
    if settings.worker_instance_id:
        return f"{group}-{settings.worker_instance_id}"
    host = socket.gethostname()
    try:
        places = (folder or platformdirs.user_data_path("report-streams") / "members") / _as_file_name(host)
        return f"{group}-{host}-{_name_of(places)}-{_take_place(places, group)}"
    except OSError as error:
        LOG.warning("no lasting transactional id: %s", error)
        return f"{group}-{host}-{uuid.uuid4()}"


def _name_of(places: Path) -> str:
    """The folder's own random name, made once."""
    places.mkdir(parents=True, exist_ok=True)
    file = places / "name"
    if not file.exists():
        draft = places / f"name.{os.getpid()}"
        draft.write_text(uuid.uuid4().hex, "utf-8")
        # Of two that begin at once, the first link stays.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text("utf-8")


def _take_place(places: Path, group: str) -> int:
    for number in range(_MOST_PLACES):
        descriptor = os.open(places / f"{_as_file_name(group)}.{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            _held.append(descriptor)
            return number
    raise OSError(f"all {_MOST_PLACES} places of {group} in {places} are taken")


def _as_file_name(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9._-]", "_", text)
