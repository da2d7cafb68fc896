"""Faust's tables on the boards' own file: what Faust sets, and what recovery brings, lands in the projection."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import faust
from faust.stores.base import SerializedStore
from faust.types import TP, EventT

from streams.boards.projection import Projection
from streams.boards.store import Store

RECOVERED_AT_ONCE = 50
"""Changelog records that are applied before others have their turn, about 50 ms."""


class Contents(Protocol):
    """One table as it lies in the file."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key."""
        ...

    def put(self, key: bytes, value: bytes) -> None:
        """Set a key."""
        ...

    def drop(self, key: bytes) -> None:
        """Take a key out."""
        ...

    def size(self) -> int:
        """How many keys there are."""
        ...

    def keys(self) -> Iterator[bytes]:
        """All keys."""
        ...


class Paragraphs:
    """The table of classified paragraphs."""

    def __init__(self, store: Store, projection: Projection) -> None:
        self._store, self._projection = store, projection

    def get(self, key: bytes) -> bytes | None:
        """The envelope of a paragraph."""
        found = self._store.rows("SELECT value FROM paragraph WHERE key = ?", key)
        return found[0][0] if found else None

    def put(self, key: bytes, value: bytes) -> None:
        """A paragraph came."""
        self._projection.put_paragraph(key, value)

    def drop(self, key: bytes) -> None:
        """A paragraph goes."""
        self._projection.drop_paragraph(key)

    def size(self) -> int:
        """How many paragraphs there are."""
        [[count]] = self._store.rows("SELECT count(*) FROM paragraph")
        return int(count)

    def keys(self) -> Iterator[bytes]:
        """All keys."""
        return self._store.iterate("SELECT key FROM paragraph")


class Retractions:
    """The table of events that no longer stand."""

    def __init__(self, store: Store, projection: Projection) -> None:
        self._store, self._projection = store, projection

    def get(self, key: bytes) -> bytes | None:
        """The envelope of an event's retraction."""
        found = self._store.rows("SELECT value FROM retraction WHERE event = ?", key)
        return found[0][0] if found else None

    def put(self, key: bytes, value: bytes) -> None:
        """An event was retracted, or stands again."""
        if self.get(key) != value:
            self._projection.put_retraction(key, value)

    def drop(self, key: bytes) -> None:
        """An event is forgotten."""
        if self.get(key) is not None:
            self._projection.drop_retraction(key)

    def size(self) -> int:
        """How many events are, or were, retracted."""
        [[count]] = self._store.rows("SELECT count(*) FROM retraction")
        return int(count)

    def keys(self) -> Iterator[bytes]:
        """All events."""
        return self._store.iterate("SELECT event FROM retraction")


class TableStore(SerializedStore[bytes, bytes]):
    """What a Faust table stores in; set by ``BoardTable``."""

    contents: Contents
    file: Store
    recovered: Callable[[], None]
    """Called for each record of the changelog."""

    def persisted_offset(self, tp: TP) -> int | None:
        """The last offset of the changelog that the file holds."""
        return self.file.position(tp.topic, tp.partition)

    def set_persisted_offset(self, tp: TP, offset: int) -> None:
        """The changelog has this, and so has the file."""
        self.file.move_to(tp.topic, tp.partition, offset)

    def apply_changelog_batch(
        self, batch: Iterable[EventT[Any]], to_key: Callable[[Any], bytes], to_value: Callable[[Any], bytes]
    ) -> None:
        """Records of the changelog, each partition's in order."""
        for event in batch:
            message = event.message
            super().apply_changelog_batch([event], to_key, to_value)
            self.file.move_to(message.tp.topic, message.tp.partition, message.offset)
            self.recovered()
        self.file.settle()

    def reset_state(self) -> None:
        """Faust asks for it with its own command only, which nobody runs here."""

    async def backup_partition(self, *_: object, **__: object) -> None:
        """Same."""

    def restore_backup(self, *_: object, **__: object) -> None:
        """Same."""

    def _get(self, key: bytes) -> bytes | None:
        return self.contents.get(key)

    def _set(self, key: bytes, value: bytes | None) -> None:
        if value is not None:
            self.contents.put(key, value)

    def _del(self, key: bytes) -> None:
        self.contents.drop(key)

    def _iterkeys(self) -> Iterator[bytes]:
        return self.contents.keys()

    def _itervalues(self) -> Iterator[bytes | None]:
        return (self.contents.get(key) for key in list(self.contents.keys()))

    def _iteritems(self) -> Iterator[tuple[bytes, bytes]]:
        return ((key, self.contents.get(key) or b"") for key in list(self.contents.keys()))

    def _size(self) -> int:
        return self.contents.size()

    def _contains(self, key: bytes) -> bool:
        return self.contents.get(key) is not None

    def _clear(self) -> None:
        for key in list(self.contents.keys()):
            self.contents.drop(key)


class BoardTable(faust.Table[bytes, bytes]):
    """A table whose changelog Faust keeps, and whose contents lie in the boards' file."""

    def __init__(
        self, app: faust.App, *, contents: Contents, file: Store, recovered: Callable[[], None], **options: Any
    ) -> None:
        self._contents, self._file, self._recovered = contents, file, recovered
        super().__init__(app, **options)

    def _new_store(self) -> Any:
        made: TableStore = TableStore(
            "memory://", self.app, self, table_name=self.name, key_type=bytes, value_type=bytes,
            key_serializer="raw", value_serializer="raw",
        )  # fmt: skip
        made.contents, made.file, made.recovered = self._contents, self._file, self._recovered
        return made
