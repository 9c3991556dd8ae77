#!/usr/bin/env python3
"""Compares what endpoints cost to compile: plain axum without a document, utoipa, and Portcullis.

Writes docs/benchmarks.md's tables to stdout and its progress to stderr. Each repetition measures the variants of one
size one after the other, every second one the other way round, so that a slow minute of the machine falls on all of
them; ratios are those of the same repetition. The table shows their median, and between what half of them lie: where
that is wide, measure few steps of few variants often (`--steps check --variants axum portcullis --repetitions 25`).
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import crates
import measure
from measure import Time

BASELINE = "axum"
Run = dict[str, Time]


def main() -> None:
    arguments = parse_arguments()
    root = crates.REPOSITORY / "target" / "compile-time"
    drop_other_builds(root, arguments.dependency)
    generated = crates.generate(root / "workspace", arguments)
    build_dependencies(generated[: len(arguments.variants)], root / "target")
    runs = measure_all(generated, root / "target", arguments)
    print(render(runs, arguments))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 500], help="numbers of endpoints")
    parser.add_argument("--repetitions", type=int, default=3, help="how often each crate is compiled")
    parser.add_argument(
        "--variants",
        nargs="+",
        choices=crates.VARIANTS,
        default=crates.VARIANTS,
        help=f"what to compile; {BASELINE}, with which the others are compared, always is",
    )
    parser.add_argument("--steps", nargs="+", choices=list(measure.STEPS), default=list(measure.STEPS), help="what to time")
    parser.add_argument(
        "--profile",
        choices=list(crates.PROFILES),
        default="cargo",
        help="of all variants: cargo's own for development, or that of this repository, whose dependencies have no debug information",
    )
    parser.add_argument(
        "--dependency",
        choices=list(crates.SOURCES),
        default="git",
        help="on Portcullis: the commit that is checked out, as applications depend on it; or the files as they stand",
    )
    arguments = parser.parse_args()
    arguments.variants = [it for it in crates.VARIANTS if it == BASELINE or it in arguments.variants]
    return arguments


def drop_other_builds(root: Path, dependency: str) -> None:
    """Removes what was built of another Portcullis: rustc looks into each file that bears the name of a crate."""
    wanted = json.dumps(crates.SOURCES[dependency]())
    built = root / "portcullis.json"
    if not built.is_file() or built.read_text() != wanted:
        shutil.rmtree(root / "target", ignore_errors=True)
        crates.write(built, wanted)


def build_dependencies(of_each_variant: list[crates.Generated], target: Path) -> None:
    """Builds what all crates depend on, for `check` and for `build`: it is in none of the figures."""
    for crate in of_each_variant:
        for command in ("check", "build"):
            tell(f"dependencies of {crate.variant}, for cargo {command}")
            words = ["cargo", command, "--package", crate.name]
            measure.run_timed(words, crate.workspace, target / crate.variant, offline=False)


def measure_all(
    generated: list[crates.Generated], target: Path, arguments: argparse.Namespace
) -> dict[crates.Generated, list[Run]]:
    runs: dict[crates.Generated, list[Run]] = {crate: [] for crate in generated}
    for repetition in range(arguments.repetitions):
        for crate in generated if repetition % 2 == 0 else reversed(generated):
            run = measure.measure(crate, target / crate.variant, repetition, arguments.steps)
            runs[crate].append(run)
            times = ", ".join(f"{step} {time.wall_seconds:.1f} s" for step, time in run.items())
            tell(f"{repetition + 1} of {arguments.repetitions}: {crate.name}: {times}")
    return runs


def render(runs: dict[crates.Generated, list[Run]], arguments: argparse.Namespace) -> str:
    repetitions = f"the median of {arguments.repetitions} repetitions"
    lines = [f"{machine()}; profile: {arguments.profile}; Portcullis from {arguments.dependency}; {repetitions}."]
    by_place = {(crate.endpoints, crate.variant): crate_runs for crate, crate_runs in runs.items()}
    for step in arguments.steps:
        lines += ["", f"### {measure.STEPS[step]}", ""]
        lines += ["| endpoints | variant | wall, s | CPU, s | wall / axum | half of them | CPU / axum |"]
        lines += ["|---:|---|---:|---:|---:|---:|---:|"]
        for (endpoints, variant), variant_runs in by_place.items():
            baseline = by_place[endpoints, BASELINE]
            pairs = [(run[step], base[step]) for run, base in zip(variant_runs, baseline, strict=True)]
            wall = statistics.median(time.wall_seconds for time, _ in pairs)
            cpu = statistics.median(time.cpu_seconds for time, _ in pairs)
            low, wall_ratio, high = quartiles([time.wall_seconds / base.wall_seconds for time, base in pairs])
            cpu_ratio = statistics.median(time.cpu_seconds / base.cpu_seconds for time, base in pairs)
            times = f"{wall:.2f} | {cpu:.2f} | {wall_ratio:.2f} | {low:.2f} to {high:.2f} | {cpu_ratio:.2f}"
            lines.append(f"| {endpoints} | {variant} | {times} |")
    return "\n".join(lines)


def quartiles(values: list[float]) -> list[float]:
    """The median, and between what the middle half of the values lies."""
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3


def machine() -> str:
    """What was compiled with, and on how many processors."""
    rustc = subprocess.run(["rustc", "--version"], cwd=crates.REPOSITORY, capture_output=True, text=True, check=True)
    return f"{rustc.stdout.strip()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
