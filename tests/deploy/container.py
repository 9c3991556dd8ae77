"""The image, as far as it can be proven without a container engine.

hadolint reads the Dockerfile; what it copies is there and reaches the builder; its toolchain is the repository's; and the
binary asks for no library that the distroless base lacks.
"""

import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"
SAID = "the image: hadolint has no objection, its files are there, its libraries are in the base"

# What gcr.io/distroless/cc-debian12 brings, and the loader and the kernel's page.
LIBRARIES = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1"}
LOADERS = {"linux-vdso.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


def check(app):
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    return check_hadolint() + check_copies(text) + check_facts(text) + check_libraries(app)


def check_hadolint():
    done = subprocess.run([Path(sys.prefix) / "bin/hadolint", DOCKERFILE], capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def check_copies(text):
    faults = []
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]
    sources = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M)
        for source in line.split()[:-1]
    ]
    for source in sources:
        if not (ROOT / source).exists():
            faults.append(f"{source} is copied and is not there")
        if is_ignored(source):
            faults.append(f"{source} is copied, and .dockerignore keeps it out")
    for member in workspace:
        if f"{member}/Cargo.toml" not in sources:
            faults.append(f"the manifest of {member} is not copied before crates are downloaded")
        if not any(member == source or member.startswith(f"{source}/") for source in sources):
            faults.append(f"{member} is not copied")
    for kept_out in [".git", ".tools", "docs", "tests", "app/tests/desk.rs", "app/data/desk.db", "runtime/target"]:
        if not is_ignored(kept_out):
            faults.append(f"{kept_out} would reach the builder")
    return faults


def is_ignored(path):
    """The rules of .dockerignore, as far as this one uses them: the last rule that fits decides."""
    ignored = False
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if not rule or rule.startswith("#"):
            continue
        pattern, keeps = rule.removeprefix("!"), rule.startswith("!")
        parts = path.split("/")
        if pattern.startswith("**/"):
            fits = any(fnmatch.fnmatch(part, pattern[3:]) for part in parts)
        else:
            fits = fnmatch.fnmatch(parts[0], pattern)
        if fits:
            ignored = not keeps
    return ignored


def check_facts(text):
    channel = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    facts = {
        f"FROM rust:{channel}-slim-bookworm AS build": "builds with the repository's toolchain",
        "FROM gcr.io/distroless/cc-debian12:nonroot": "stands on the base of the same Debian",
        "--release --package app --no-default-features": "leaves the development issuer out",
        "USER 65532:65532": "runs as nobody in particular",
        'CMD ["/usr/local/bin/app", "healthcheck"': "asks the service itself for its health",
        "ENV APP_ENV=prod": "is production unless told otherwise",
    }
    faults = [f"the Dockerfile no longer {what}: `{line}` is missing" for line, what in facts.items() if line not in text]
    for image in re.findall(r"^FROM (\S+)", text, re.M):
        if ":" not in image or image.endswith(":latest"):
            faults.append(f"{image} is not pinned")
    if "AUTH_REQUIRED" in text:
        faults.append("the image says something about AUTH_REQUIRED")
    return faults


def check_libraries(app):
    output = subprocess.run(["ldd", app], capture_output=True, text=True, check=True).stdout
    needed = {line.split()[0].rsplit("/", 1)[-1] for line in output.splitlines()}
    if "libc.so.6" not in needed:
        return [f"ldd says nothing useful about {app}:\n{output}"]
    return [f"the binary needs {name}, which the base lacks" for name in sorted(needed - LIBRARIES - LOADERS)]
