"""Generates a workspace for each variant, with a crate for each size.

cargo resolves a workspace as a whole: beside one of Portcullis, a crate of plain axum would wait for packages that it has not.

The templates are Rust about one resource, the widget, with five endpoints. A crate of n endpoints is the widget n / 5
times under other names; a line `// each: ..` is repeated for each of them.
"""

import argparse
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent / "templates"
ENDPOINTS_PER_RESOURCE = 5
EACH = "// each: "

# What each variant needs; versions and features are those of the repository, except for these.
DEPENDENCIES = {
    "axum": ["axum", "serde", "thiserror", "tokio", "utoipa"],
    "utoipa": ["axum", "serde", "thiserror", "tokio", "utoipa", "utoipa-axum"],
    "portcullis": ["axum", "portcullis", "serde", "thiserror", "utoipa"],
}
VARIANTS = list(DEPENDENCIES)
UTOIPA_AXUM = "0.3"
# What describes a query to each: the one thing in which the types differ.
QUERY_DERIVES = {"axum": "ToSchema", "utoipa": "IntoParams", "portcullis": "ToSchema"}
# What follows in the manifest of the workspace, for all variants alike.
PROFILES = {
    "cargo": "",
    "repository": '[profile.dev]\ndebug = "line-tables-only"\n[profile.dev.package."*"]\ndebug = false\n',
}


@dataclass(frozen=True)
class Generated:
    """One generated crate: a library with the handlers and a binary around it, as the reference application is."""

    workspace: Path
    variant: str
    endpoints: int

    @property
    def name(self) -> str:
        return f"{self.variant}-{self.endpoints}"

    @property
    def folder(self) -> Path:
        return self.workspace / self.name

    @property
    def edited_file(self) -> Path:
        """The file that an edit of one handler's body changes."""
        return self.folder / "src" / "widget1.rs"

    def edit_handler(self, number: int) -> None:
        """Changes the body of one handler, to something it has not been before for another `number`."""
        template = (TEMPLATES / self.variant / "handlers.rs").read_text()
        if template.count("clamp(1, 100)") != 1:
            raise ValueError("the template has no single place to edit")
        edited = template.replace("clamp(1, 100)", f"clamp(1, {101 + number})")
        self.edited_file.write_text(named(edited, 1))


def generate(folder: Path, wanted: argparse.Namespace) -> list[Generated]:
    """Writes the workspaces anew, and returns their crates in the order in which they are to be compared."""
    own_versions = {"utoipa-axum": UTOIPA_AXUM, "portcullis": SOURCES[wanted.dependency]()}
    shutil.rmtree(folder, ignore_errors=True)
    crates = [Generated(folder / variant, variant, size) for size in wanted.sizes for variant in wanted.variants]
    for crate in crates:
        generate_crate(crate, own_versions)
    for variant in wanted.variants:
        members = [crate.name for crate in crates if crate.variant == variant]
        generate_workspace(folder / variant, members, wanted.profile)
    return crates


def generate_workspace(folder: Path, members: list[str], profile: str) -> None:
    names = ", ".join(f'"{name}"' for name in members)
    manifest_text = f'[workspace]\nresolver = "3"\nmembers = [{names}]\n'
    write(folder / "Cargo.toml", manifest_text + PROFILES[profile])
    shutil.copy(REPOSITORY / "Cargo.lock", folder)
    shutil.copy(REPOSITORY / "rust-toolchain.toml", folder)


def committed() -> dict[str, str]:
    """The commit that is checked out, as an application depends on it: from git."""
    if git("status", "--porcelain", "--", ".", ":!docs", ":!benches"):
        sys.exit("what is measured is the commit that is checked out: commit first, or say --dependency path")
    folder = REPOSITORY / git("rev-parse", "--git-common-dir")
    return {"git": folder.resolve().as_uri(), "rev": git("rev-parse", "HEAD")}


def checked_out() -> dict[str, str]:
    """The files as they stand. cargo compiles what a path names as a part of the workspace: again and again, in 256 units."""
    return {"path": str(REPOSITORY / "runtime")}


SOURCES = {"git": committed, "path": checked_out}


def git(*words: str) -> str:
    outcome = subprocess.run(["git", *words], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return outcome.stdout.strip()


def generate_crate(crate: Generated, own_versions: dict[str, object]) -> None:
    if crate.endpoints % ENDPOINTS_PER_RESOURCE:
        raise ValueError(f"{crate.endpoints} is not a multiple of {ENDPOINTS_PER_RESOURCE}")
    resources = crate.endpoints // ENDPOINTS_PER_RESOURCE
    write(crate.folder / "Cargo.toml", manifest(crate, own_versions))
    source = crate.folder / "src"
    query_derive = QUERY_DERIVES[crate.variant]
    # utoipa answers errors as plain axum does.
    plain = ["axum"] if crate.variant == "utoipa" else []
    for folder in ["", *plain, crate.variant]:
        for template in (TEMPLATES / folder).glob("*.rs"):
            if template.stem not in ("handlers", "types"):
                text = template.read_text().replace("QUERY_DERIVE", query_derive)
                text = text.replace("NAME::", f"{crate.name.replace('-', '_')}::")
                write(source / template.name, repeated(text, resources))
    handlers = (TEMPLATES / crate.variant / "handlers.rs").read_text()
    types = (TEMPLATES / "types.rs").read_text().replace("QUERY_DERIVE", query_derive)
    for number in range(1, resources + 1):
        write(source / f"widget{number}.rs", named(handlers, number))
        write(source / f"widget{number}_types.rs", named(types, number))


def manifest(crate: Generated, own_versions: dict[str, object]) -> str:
    repository = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())
    versions = repository["workspace"]["dependencies"] | own_versions
    lines = [
        "[package]",
        f'name = "{crate.name}"',
        'version = "0.0.0"',
        f'edition = "{repository["workspace"]["package"]["edition"]}"',
        "publish = false",
        "",
        "[dependencies]",
    ]
    lines += [f"{name} = {inline(versions[name])}" for name in DEPENDENCIES[crate.variant]]
    return "\n".join(lines) + "\n"


def inline(value: object) -> str:
    """Writes a value as inline TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"'


def named(template: str, number: int) -> str:
    """The template about the widget of this number."""
    return template.replace("widget", f"widget{number}").replace("Widget", f"Widget{number}")


def repeated(template: str, resources: int) -> str:
    """The template with each `// each:` line written once for each widget."""
    lines = []
    for line in template.splitlines():
        indent, each, text = line.partition(EACH)
        if each:
            lines += [indent + named(text, number) for number in range(1, resources + 1)]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
