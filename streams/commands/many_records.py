"""Setting a process up for records by the million."""

import os
import sys

from streams.garbage import collect_rarely


def prepare_for_many_records() -> None:
    """Let Python's collector look less often, and pyarrow keep its pages; called before pyarrow is imported.

    pyarrow's usual pool (mimalloc) hands its pages back and takes them anew with each step; with jemalloc, which its
    Linux builds have too, the kernel has half the work and the process a fifth less memory. Whoever has chosen a pool
    keeps it: https://arrow.apache.org/docs/cpp/env_vars.html
    """
    collect_rarely()
    if sys.platform == "linux":
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
