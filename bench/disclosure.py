"""Protect, propagate and certify tables of 87,945 cells, beside suppression by tau-Argus."""

import resource
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.disclosure_tables import BenchTable, make_denser_table, read_table, take_corner
from bench.suppression import SECONDS, run_suppression
from regiebeeld.attack import Statements, find_exact, find_small, judge, mask, propagate
from regiebeeld.attack.tables import (
    Published,
    add_differences,
    find_differences,
    find_relations,
    make_table_statements,
)
from regiebeeld.attack.witnesses import find_witnesses
from regiebeeld.disclosure import Secret, compute_keys, name_atoms, protect_counts
from regiebeeld.settings import read_settings

SECRET = Secret(b"a fixed secret, for this benchmark")
SECRETS = 40  # one secret tells the luck of its draws, many tell whether the rounding leans


def protect_table(
    table: BenchTable, plain: Statements, secret: Secret = SECRET
) -> tuple[Statements, NDArray[np.int64]]:
    """Round every cell of a table, margins too; give the statements and the rounded values."""
    names = name_atoms(
        *(
            [f"{axis}{i}" for i in range(size)]
            for axis, size in zip("bmt", table.counts.shape, strict=True)
        )
    )
    columns = [
        name[i.ravel()] for name, i in zip(names, np.indices(table.counts.shape), strict=True)
    ]
    keys = compute_keys(secret, columns, table.counts.ravel())
    running = np.concatenate(
        [np.zeros(1, np.uint64), np.cumsum(keys[plain.members], dtype=np.uint64)]
    )
    cells = running[plain.starts[1:]] - running[plain.starts[:-1]]
    found = protect_counts(secret, plain.sums(table.counts.ravel()), cells)
    return (
        Statements(plain.unknowns, plain.starts, plain.members, found.lower, found.upper),
        found.value,
    )


def measure(table: BenchTable) -> None:
    axes = table.axes()
    nodes = tuple(n.ravel() for n in np.indices(tuple(len(axis.holds) for axis in axes)))
    zero = np.zeros(len(nodes[0]), np.int64)
    plain = make_table_statements(Published(nodes, zero, zero), axes)
    started = time.perf_counter()
    statements, value = protect_table(table, plain)
    protected = time.perf_counter()
    published = Published(nodes, statements.lower, statements.upper)
    relations = find_relations(published, axes)
    ready = time.perf_counter()
    derived = propagate(statements, relations)
    propagated = time.perf_counter()
    full = add_differences(statements, find_differences(published, axes), table.counts.ravel())
    mine = np.arange(len(full)) < len(statements)
    verdict = judge(full, table.counts.ravel(), ours=mine)
    judged = time.perf_counter()
    masked = np.isin(np.arange(len(full)), verdict.masked)
    left = find_exact(propagate(mask(full, masked)), verdict.tested)
    leaves = plain.sizes == 1
    true = plain.sums(table.counts.ravel())[leaves].sum()
    exact = find_exact(derived, find_small(statements))
    print(f"disclosure, {table.name}: {len(statements)} cells, {true} events")
    print(f"  protect {protected - started:.2f} s (target 0.5)")
    print(
        f"  propagate {propagated - ready:.2f} s (target 0.5), exact {len(exact)} before the gate"
    )
    print(
        f"  certify {judged - propagated:.1f} s (target 120): {len(verdict.certified)} certified, "
        f"{len(verdict.masked)} masked ({100 * len(verdict.masked) / len(statements):.2f} %, most "
        f"2), {len(verdict.failed)} failed (target 0), {len(left)} exact (target 0)"
    )
    sums = [value[leaves].sum()]
    for number in range(1, SECRETS):
        secret = Secret(b"another fixed secret for a benchmark" + bytes([number]))
        sums.append(protect_table(table, plain, secret)[1][leaves].sum())
    off = 100 * (np.array(sums) / true - 1)
    error = off.std(ddof=1) / len(off) ** 0.5
    print(
        f"  leaf sum off by {off.mean():+.2f} % over {SECRETS} secrets, standard error {error:.2f} "
        f"(bias, target 0.5); by {off[0]:+.2f} % with this one, and by chance {off.std(ddof=1):.2f}"
    )


def main(words: Sequence[str] = ()) -> None:
    """Measure both tables; --seconds is the time-out of tau-Argus, --small takes a small one."""
    parser = ArgumentParser(prog="python -m bench.disclosure")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args(words)
    data = read_settings().test_data / "disclosure" / "buurt_month_type_mean_0.6.csv"
    tables = [make_denser_table()]
    if data.is_file():
        tables.insert(0, read_table(data))
    if options.small:
        tables = [take_corner(tables[0])]
    tiny = Statements(1, np.array([0, 1]), np.zeros(1, np.int32), np.zeros(1, int), np.full(1, 9))
    started = time.perf_counter()
    find_witnesses(tiny, np.zeros(1, np.int64), np.zeros(1, np.int64))
    print(f"kernels ready after {time.perf_counter() - started:.1f} s (once a machine)")
    for table in tables:
        measure(table)
        run_suppression(table, options.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of this process {peak:.0f} MiB")


if __name__ == "__main__":
    main(sys.argv[1:])
