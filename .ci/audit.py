"""Known vulnerabilities of the packages of a lock file: ``python .ci/audit.py requirements.lock``.

Exit code 1 where one is known. A database that cannot be reached, or does not know a package, is told and is no fault:
the hashes of the lock file hold all the same.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def audited(lock: Path) -> list[dict[str, Any]] | str:
    """What pip-audit says of each package, or why it says nothing."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    done = subprocess.run(
        [*command, "--format", "json", "--requirement", str(lock)], capture_output=True, text=True, check=False
    )
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except json.JSONDecodeError:
        return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return found


def main(lock: Path) -> int:
    """Print what is known; the exit code."""
    found = audited(lock)
    if isinstance(found, str):
        sys.stdout.write(f"audit: nothing could be asked ({found}); the hashes of {lock} hold\n")
        return 0
    known = [package for package in found if "vulns" in package]
    struck = [package for package in known if package["vulns"]]
    for package in struck:
        names = ", ".join(one["id"] for one in package["vulns"])
        sys.stdout.write(f"audit: {package['name']} {package['version']}: {names}\n")
    sys.stdout.write(
        f"audit: {len(known)} of {len(found)} packages of {lock} are known to the database, {len(struck)} vulnerable\n"
    )
    return 1 if struck else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
