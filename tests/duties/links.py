"""Every relative link of the documents leads to a file, and every anchor to a heading of it.

usage: links.py   (in the repository; every Markdown file that git knows)
"""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

FENCE = re.compile(r"^\s*(```|~~~).*?^\s*\1\s*$", re.M | re.S)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\s*\[[^\]]+\]:\s+<?(\S+?)>?\s*$", re.M)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.M)
EXPLICIT = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.I)


def anchors(text):
    """As GitHub makes them: lower case, no punctuation, spaces become hyphens, a repeated one gets a number."""
    found = set(EXPLICIT.findall(text))
    for heading in HEADING.findall(FENCE.sub("", text)):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        number, anchor = 0, slug
        while anchor in found:
            number += 1
            anchor = f"{slug}-{number}"
        found.add(anchor)
    return found


def links(text):
    text = FENCE.sub("", text)
    # Only in prose: `code` may look like a link, and a link may have code in its text.
    text = CODE.sub("code", text)
    return [*LINK.findall(text), *REFERENCE.findall(text)]


def main():
    names = subprocess.run(["git", "ls-files", "*.md"], check=True, capture_output=True, text=True).stdout.split("\n")
    texts = {path: path.read_text() for path in map(Path, filter(None, names))}
    faults, count = [], 0
    for path, text in texts.items():
        for link in links(text):
            if ELSEWHERE.match(link) or link.startswith("//"):
                continue
            count += 1
            name, _, anchor = link.partition("#")
            target = path.parent / unquote(name) if name else path
            if not target.exists():
                faults.append(f"{path}: {link} leads nowhere")
            elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text()):
                faults.append(f"{path}: {link} names no heading of {target}")
    if count == 0:
        faults.append("no document has a relative link: this test has lost them")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{count} relative links in {len(texts)} documents lead somewhere")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
