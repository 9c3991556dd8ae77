"""Measures one cargo command: wall time and processor time of everything it starts."""

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from crates import Generated

# Each is a column: what is timed, and what is done before.
STEPS = {
    "check": "`cargo check`, the crate from scratch",
    "edit": "`cargo build` after an edit inside one handler",
    "build": "`cargo build`, the crate from scratch, link included",
}


@dataclass(frozen=True)
class Time:
    """What a command took, in seconds."""

    wall_seconds: float
    cpu_seconds: float


def run_timed(command: list[str], folder: Path, target: Path, offline: bool = True) -> Time:
    """Runs a command to its end.

    Fails with its output when the command fails: a measurement of a failed build is none.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    outcome = subprocess.run(
        command, cwd=folder, env=environment(target, offline), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if outcome.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{outcome.stdout}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Time(wall, cpu)


def environment(target: Path, offline: bool) -> dict[str, str]:
    """The caller's environment without what would make this cargo run unlike anybody else's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CARGO_", "RUST"))}
    # The wrapper scripts of rustup find their toolchains by these.
    for name in ("CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"):
        if name in os.environ:
            kept[name] = os.environ[name]
    return kept | {"CARGO_TARGET_DIR": str(target), "CARGO_TERM_COLOR": "never", "CARGO_NET_OFFLINE": str(offline).lower()}


def measure(crate: Generated, target: Path, repetition: int, steps: list[str]) -> dict[str, Time]:
    """Measures these steps of one crate, whose dependencies have been built."""

    def cargo(*words: str) -> Time:
        return run_timed(["cargo", *words, "--package", crate.name], crate.workspace, target)

    times = {}
    for step in ("check", "build"):
        if step in steps:
            cargo("clean")
            times[step] = cargo(step)
    if "edit" in steps:
        # What is edited has been built; it may have been this moment.
        cargo("build")
        crate.edit_handler(repetition)
        times["edit"] = cargo("build")
    return {step: times[step] for step in steps}
