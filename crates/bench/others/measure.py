"""Measures one program: measure.py PROGRAM SHEET REGULAR BOLD SEAL COUNT OUT; writes the last file to OUT.

The first document is cold, the others are warm, each with other data. Processor time is that of this process and of
all below it: a browser does its work in several.
"""

import importlib
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import content
from signing import Sealer

TICKS = os.sysconf("SC_CLK_TCK")


def family():
    """This process and all below it: (processor seconds, memory in kB)."""
    parents, times, memory = {}, {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                stat = file.read().rpartition(")")[2].split()
            with open(f"/proc/{name}/smaps_rollup", encoding="utf-8") as file:
                shares = [line.split() for line in file if line.startswith("Pss:")]
        except OSError:
            continue
        parents[int(name)] = int(stat[1])
        times[int(name)] = sum(map(int, stat[11:15]))
        memory[int(name)] = sum(int(share[1]) for share in shares)
    ours, found = {os.getpid()}, True
    while found:
        found = {one for one, parent in parents.items() if parent in ours and one not in ours}
        ours |= found
    return sum(times[one] for one in ours if one in times) / TICKS, sum(memory.get(one, 0) for one in ours)


def main():
    program, sheet, regular, bold, seal, count, out = sys.argv[1:]
    sheet = content.load(sheet)
    begun, cpu = time.perf_counter(), family()[0]
    printer = importlib.import_module(f"with_{program}").Printer(regular, bold)
    sealer = Sealer(seal)
    threads = ThreadPoolExecutor(1)

    def one(n):
        pdf = printer.render(content.variant(sheet, n))
        # In a thread of its own: the browser's driver keeps an event loop in this one.
        return threads.submit(sealer.sign, pdf, -1).result()

    one(0)
    cold, cold_cpu = time.perf_counter() - begun, family()[0] - cpu
    cpu, begun, times = family()[0], time.perf_counter(), []
    for n in range(1, int(count) + 1):
        at = time.perf_counter()
        signed = one(n)
        times.append(time.perf_counter() - at)
    wall, spent = time.perf_counter() - begun, family()[0] - cpu
    memory = family()[1]
    printer.close()
    with open(out, "wb") as file:
        file.write(signed)
    print(json.dumps({"cold_ms": cold * 1e3, "cold_cpu_ms": cold_cpu * 1e3, "warm_ms": statistics.median(times) * 1e3,
                      "cpu_ms": spent / int(count) * 1e3, "per_second": int(count) / wall, "size": len(signed),
                      "memory_kb": memory}))


main()
