"""Holds what stands in deploy/ against the tools that read it, and against the service that it deploys.

usage: check.py APP
"""

import sys

import container
import container_apps
import kubernetes


def main(app):
    faults = []
    for part in [container, kubernetes, container_apps]:
        found = part.check(app)
        for fault in found:
            print(f"{part.__name__}: {fault}", file=sys.stderr)
        if not found:
            print(part.SAID)
        faults += found
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
