"""Checks docs/duties.md: every duty has a test, and every test it names exists.

Usage: cargo test --workspace --tests -- --list 2>&1 | check.py docs/duties.md

A line of a duty is "- `BINARY TEST`", "- `SUITE CLAIM`", "- `SUITE`" or "- Open: what is missing". Everything that is wrong is told at once.
"""

import pathlib
import re
import sys

DUTIES = [str(number) for number in range(1, 29)] + [f"M{number}" for number in range(1, 19)]
# Suites whose tests are not cargo's: where their claims are listed.
SUITES = {
    "oidc-provider": "tests/issuer/run.mjs",
    "mcp-client": "tests/clients/mcp_client.py",
}


def tests_of_cargo(text):
    """Every "BINARY TEST" in what `cargo test -- --list` prints."""
    found, binary = set(), None
    for line in text.splitlines():
        if running := re.search(r"^\s*Running .*\(\S*/(\w+)-[0-9a-f]+\)$", line):
            binary = running[1]
        elif test := re.search(r"^(\S+): test$", line):
            found.add(f"{binary} {test[1]}")
    return found


def claims_of_suites(root):
    """Every "SUITE" that runs by default, and every "SUITE CLAIM": the members of each suite's list."""
    run = (root / "tests/run").read_text()
    found = set(re.search(r"^default_suites=\((.*)\)$", run, re.M)[1].split())
    for suite, path in SUITES.items():
        text = (root / path).read_text()
        members = re.search(r"^(?:const )?CLAIMS = \[\n(.*?)^\]", text, re.M | re.S)
        names = re.findall(r"^ +(\w+),$", members[1], re.M) if members else []
        found |= {f"{suite} {name}" for name in names}
    return found


def read_duties(page):
    """Duty to its lines; what stands under another heading belongs to no duty."""
    duties, duty, problems = {}, None, []
    for number, line in enumerate(page.splitlines(), 1):
        if heading := re.match(r"#+ (?:(M?\d+)\. )?", line):
            duty = heading[1]
            if duty and duty in duties:
                problems.append(f"line {number}: duty {duty} stands twice")
            duties.setdefault(duty, [])
        elif line.startswith("- "):
            duties.setdefault(duty, []).append((number, line))
    return duties, problems


def check(page, known):
    """What is wrong with the page, and what it says is open."""
    duties, problems = read_duties(page)
    opened = []
    for unknown in duties.keys() - set(DUTIES) - {None}:
        problems.append(f"there is no duty {unknown}")
    for duty in DUTIES:
        if not duties.get(duty):
            problems.append(f"duty {duty} has no test")
    for duty, lines in duties.items():
        for number, line in lines:
            if test := re.fullmatch(r"- `([^`]+)`", line):
                if test[1] not in known:
                    problems.append(f"line {number}: no such test: {test[1]}")
            elif line.startswith("- Open: "):
                opened.append(f"{duty or 'beside the duties'}: {line[8:]}")
            else:
                problems.append(f"line {number}: neither a test nor open: {line}")
    return problems, opened


def main():
    page = pathlib.Path(sys.argv[1])
    root = pathlib.Path(__file__).parents[2]
    cargo = tests_of_cargo(sys.stdin.read())
    if not cargo:
        sys.exit("no test in the list that cargo printed")
    problems, opened = check(page.read_text(), cargo | claims_of_suites(root))
    for line in opened:
        print(f"open, {line}")
    for problem in problems:
        print(f"{page}: {problem}", file=sys.stderr)
    print(f"{len(DUTIES)} duties, {len(opened)} open points, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
