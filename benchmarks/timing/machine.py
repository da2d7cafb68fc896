"""What the figures were measured on."""

import platform
from pathlib import Path


def machine() -> str:
    """Processor and Python."""
    return f"{_cpu()}, Python {platform.python_version()}"


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
