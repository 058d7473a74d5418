"""What the benchmarks measure with: wrk's latencies, the CPU time and the memory of process trees."""

import json
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_SCRIPT = """
local paths = { %s }
local requests, n = {}, #paths
local threads = 0
function setup(thread) thread:set("offset", threads * 7919); threads = threads + 1 end
function init() for k, path in ipairs(paths) do requests[k] = wrk.format("GET", path) end; i = offset end
function request() i = i + 1; return requests[i %% n + 1] end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('JSON {"requests":%%d,"us":%%d,"p50":%%.3f,"p99":%%.3f,"bad":%%d}\\n',
    summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.status + e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """One run of wrk: requests, requests a second, milliseconds at two percentiles, and failures."""

    requests: int
    rate: float
    p50: float
    p99: float
    bad: int


@dataclass(frozen=True)
class Row:
    """Medians over the rounds of one work; `cpu` is CPU seconds per 1,000 requests by process tree."""

    work: str
    rate: float
    p50: float
    p99: float
    bad: int
    cpu: dict[str, float]

    @property
    def total(self) -> float:
        """CPU seconds per 1,000 requests of all trees together."""
        return sum(self.cpu.values())


def wrk(base: str, paths: Sequence[str], seconds: int, connections: int = 16) -> Load:
    """Load `base` with GET requests that walk `paths` in turn.

    Raises:
        SystemExit: wrk is not installed, or broke.
    """
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: apt-get install wrk, or brew install wrk")
    quoted = ",".join(json.dumps(path) for path in paths)
    threads = min(2, connections)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "load.lua"
        script.write_text(_SCRIPT % quoted)
        command = [
            "wrk",
            f"-t{threads}",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout=10s",
            f"-s{script}",
            base,
        ]
        output = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^JSON (.*)$", output.stdout, re.MULTILINE)
    if found is None:
        raise SystemExit(f"wrk failed: {output.stdout}{output.stderr}")
    raw = json.loads(found[1])
    return Load(raw["requests"], raw["requests"] / raw["us"] * 1e6, raw["p50"], raw["p99"], raw["bad"])


def _tree(pids: Iterable[int]) -> list[psutil.Process]:
    found = []
    for pid in pids:
        try:
            root = psutil.Process(pid)
            found += [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Add up the CPU seconds that process trees have used, their ended children included."""
    total = 0.0
    for process in _tree(pids):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def pss_mib(pids: Iterable[int]) -> float:
    """Add up the proportional set size of process trees, in MiB (shared pages counted once)."""
    total = 0
    for process in _tree(pids):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def measure(
    works: dict[str, Callable[[], Load]], trees: dict[str, Sequence[int]], rounds: int = 3
) -> list[Row]:
    """Run each work once a round, in turn, so that a machine that drifts drifts for all; give medians."""
    loads: dict[str, list[Load]] = {work: [] for work in works}
    used: dict[str, list[dict[str, float]]] = {work: [] for work in works}
    for _ in range(rounds):
        for work, run in works.items():
            before = {name: cpu_seconds(pids) for name, pids in trees.items()}
            load = run()
            loads[work].append(load)
            used[work].append(
                {
                    name: (cpu_seconds(pids) - before[name]) / load.requests * 1000
                    for name, pids in trees.items()
                }
            )
    return [
        Row(
            work,
            statistics.median(load.rate for load in loads[work]),
            statistics.median(load.p50 for load in loads[work]),
            statistics.median(load.p99 for load in loads[work]),
            sum(load.bad for load in loads[work]),
            {name: statistics.median(one[name] for one in used[work]) for name in trees},
        )
        for work in works
    ]
