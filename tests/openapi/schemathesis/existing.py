"""What a schema cannot promise: well-formed requests name things that exist. Loaded through schemathesis.toml.

Only requests that ought to be accepted are touched. Where something unknown is answered with 404 or 412, the phases
that send many keep some of what was drawn, so that those answers are seen too.
"""

import json
import zlib
from pathlib import Path

import schemathesis

# Written by scan.py beside this file: symbols, ids of reports, and cursors of each list.
EXISTING = json.loads(Path("existing.json").read_text())
# The version of each report, as its answers said it last.
ETAGS = {}


@schemathesis.hook
def before_add_examples(context, examples):
    for case in examples:
        make_exist(case, "examples")


@schemathesis.hook
def map_case(context, case):
    if case.meta is not None and case.meta.generation.mode.is_positive:
        make_exist(case, case.meta.phase.name.value)
    return case


@schemathesis.hook
def after_call(context, case, response):
    etag = response.headers.get("etag")
    if etag and case.path_parameters:
        ETAGS[case.path_parameters["id"]] = etag[0]


def make_exist(case, phase):
    path, query, headers, body = case.path_parameters, case.query, case.headers, case.body
    # Chosen by all that was drawn, so that a seed decides this too.
    number = zlib.crc32(repr((path, query, headers, body)).encode("utf-8", "surrogatepass"))

    def choose(known):
        return known[number // 6 % len(known)]

    keeps_unknown = phase in {"fuzzing", "stateful"}
    # The stateful phase follows ids from one answer into the next request.
    if path and phase != "stateful" and not (keeps_unknown and number % 2 == 0):
        for name in path.keys() & EXISTING.keys():
            path[name] = choose(EXISTING[name])
    if headers and "If-Match" in headers and not (keeps_unknown and number % 3 == 0):
        headers["If-Match"] = ETAGS.get(path["id"], '"1"')
    if query and "cursor" in query:
        # A cursor is opaque: a list takes none but those that it gave out.
        query["cursor"] = choose(EXISTING["cursors"][case.operation.definition.raw["operationId"]])
    if isinstance(body, dict) and "symbol" in body:
        # A report is about an instrument that the desk covers.
        body["symbol"] = choose(EXISTING["symbol"])
    if isinstance(body, dict) and "rows" in body:
        # JSON Schema can say that rows differ, not that their days do.
        body["rows"] = list({row["date"]: row for row in body["rows"]}.values())
