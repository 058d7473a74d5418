"""What the benchmarks measure with: wrk's latencies, the CPU time and the memory of process trees."""

import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

_SCRIPT = """
local json = { ["Content-Type"] = "application/json" }
local requests, n = {}, 0
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init()
  for line in io.lines("%s") do
    local path, body = line:match("^(%%S+)\t?(.*)$")
    n = n + 1
    requests[n] = body == "" and wrk.format("GET", path) or wrk.format("POST", path, json, body)
  end
  i = math.floor(number * n / 2)
end
function request() i = i + 1; return requests[i %% n + 1] end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('JSON {"requests":%%d,"us":%%d,"p50":%%.3f,"p99":%%.3f,"bad":%%d}\\n',
    summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.status + e.connect + e.read + e.write + e.timeout))
end
"""

# Cores that others may use in a measurement that counts: an idle stack, and a little.
_QUIET = 0.2
_TRIES = 3
_PATIENCE = 5


class Post(NamedTuple):
    """A request with a body of JSON."""

    path: str
    body: str


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
    """Medians over the rounds of one work.

    `cpu` is CPU seconds per 1,000 requests by process tree, `others` how many cores were busy with
    what is neither these trees nor the load: near 0 on a quiet machine.
    """

    work: str
    rate: float
    p50: float
    p99: float
    bad: int
    cpu: dict[str, float]
    others: float

    @property
    def total(self) -> float:
        """CPU seconds per 1,000 requests of all trees together."""
        return sum(self.cpu.values())


def wrk(base: str, asks: Sequence[str | Post], seconds: int, connections: int = 16) -> Load:
    """Load `base` with requests that walk `asks` in turn; a path alone is a GET.

    Raises:
        SystemExit: wrk is not installed, or broke.
    """
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: apt-get install wrk, or brew install wrk")
    lines = ["\t".join(ask) if isinstance(ask, Post) else ask for ask in asks]
    threads = min(2, connections)
    with tempfile.TemporaryDirectory() as folder:
        requests, script = Path(folder) / "requests.tsv", Path(folder) / "load.lua"
        requests.write_text("\n".join(lines))
        script.write_text(_SCRIPT % requests)
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


def _busy_elsewhere() -> float:
    """CPU seconds that this machine has been busy, without this process and the loads it has run."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - sum(os.times()[:4])


def pss_mib(pids: Iterable[int]) -> float:
    """Add up the proportional set size of process trees, in MiB (shared pages counted once)."""
    total = 0
    for process in _tree(pids):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


@dataclass(frozen=True)
class _Sample:
    load: Load
    cpu: dict[str, float]
    others: float


def measure(
    works: Mapping[str, Callable[[], Load]], trees: Mapping[str, Sequence[int]], rounds: int = 3
) -> list[Row]:
    """Run each work once a round, in turn, so that a machine that drifts drifts for all; give medians."""
    samples: dict[str, list[_Sample]] = {work: [] for work in works}
    for _ in range(rounds):
        for work, run in works.items():
            samples[work].append(_undisturbed(run, trees))
    return [_row(work, samples[work]) for work in works]


def _undisturbed(run: Callable[[], Load], trees: Mapping[str, Sequence[int]]) -> _Sample:
    """Measure once; where others were busy meanwhile, again, and the least disturbed time counts."""
    tried: list[_Sample] = []
    while len(tried) < _TRIES and not any(one.others < _QUIET for one in tried):
        _await_quiet()
        tried.append(_sample(run, trees))
    return min(tried, key=lambda one: one.others)


def _await_quiet() -> None:
    for _ in range(_PATIENCE):
        busy = _busy_elsewhere()
        time.sleep(1)
        if _busy_elsewhere() - busy < _QUIET:
            return


def _sample(run: Callable[[], Load], trees: Mapping[str, Sequence[int]]) -> _Sample:
    before = {name: cpu_seconds(pids) for name, pids in trees.items()}
    busy, began = _busy_elsewhere(), time.perf_counter()
    load = run()
    took = {name: cpu_seconds(pids) - before[name] for name, pids in trees.items()}
    elsewhere = max(0, _busy_elsewhere() - busy - sum(took.values()))
    cpu = {name: seconds / load.requests * 1000 for name, seconds in took.items()}
    return _Sample(load, cpu, elsewhere / (time.perf_counter() - began))


def _row(work: str, samples: Sequence[_Sample]) -> Row:
    return Row(
        work,
        statistics.median(one.load.rate for one in samples),
        statistics.median(one.load.p50 for one in samples),
        statistics.median(one.load.p99 for one in samples),
        sum(one.load.bad for one in samples),
        {name: statistics.median(one.cpu[name] for one in samples) for name in samples[0].cpu},
        statistics.median(one.others for one in samples),
    )
