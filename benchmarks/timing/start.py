"""What it takes to get going: time to the first record in a new process, and memory."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
RUNS = 5
_SCRIPT = """
import json, time
begin = time.perf_counter()
import psutil
process = psutil.Process()
memory = {"bare": process.memory_info().rss}
imported, used = time.perf_counter(), time.process_time()
from datetime import UTC, datetime
from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser
first_import = time.perf_counter()
analyser = Analyser.load()
loaded = time.perf_counter()
def given(number, text):
    return Paragraph.numbered(Report.named("start"), number, text, pushed_at=datetime.fromtimestamp(0, UTC))
analyser.analyse(given(0, "市长王明表示，今年新增公园12个，同比增长7.5%。"))
done, used = time.perf_counter(), time.process_time() - used
memory["loaded"] = process.memory_info().rss
for name in sorted(__import__("pathlib").Path("seeds").glob("*.txt")):
    for number, line in enumerate(name.read_text(encoding="utf-8").splitlines()):
        if line.strip():
            analyser.analyse(given(number, line))
memory["after the seeds"] = process.memory_info().rss
steps = {"import": first_import - imported, "load": loaded - first_import, "first paragraph": done - loaded}
steps |= {"together": done - imported, "processor time of these": used}
print(json.dumps({"seconds": steps, "memory": memory}))
"""


class Start(NamedTuple):
    """Medians over some new processes: seconds by step, and resident bytes by moment."""

    seconds: dict[str, float]
    memory: dict[str, float]


def start() -> Start:
    """Start some processes one after another and look at them."""
    found = [json.loads(_run()) for _ in range(RUNS)]
    return Start(
        *(
            {name: statistics.median(one[part][name] for one in found) for name in found[0][part]}
            for part in ("seconds", "memory")
        )
    )


def _run() -> str:
    return subprocess.run([sys.executable, "-c", _SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True).stdout
