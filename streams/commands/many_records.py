"""Setting a process up for records by the million."""

import gc
import os
import sys

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def prepare_for_many_records() -> None:
    """Let Python's collector look less often, and pyarrow keep its pages; called before pyarrow is imported.

    A record with eight headers is a dozen objects, all of them soon gone and none in a cycle: with the usual threshold
    the collector would look through them every 80 records. pyarrow's usual pool (mimalloc) hands its pages back and
    takes them anew with each step; with jemalloc, which its Linux builds have too, the kernel has half the work and the
    process a fifth less memory. Whoever has chosen a pool keeps it:
    https://arrow.apache.org/docs/cpp/env_vars.html
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    if sys.platform == "linux":
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
