"""What a schema cannot say: well-formed requests name things that exist, events carry data. Loaded by schemathesis.toml.

Only requests that ought to be accepted are touched. Where something unknown is answered with 404 or 412, and an
instrument of another currency with 409, the phases that send many keep some of what was drawn, so that those answers
are seen too.
"""

import json
import zlib
from pathlib import Path

import schemathesis

# Written by scan.py beside this file: symbols, ids by what they are of, versions, currencies, and cursors of each list.
EXISTING = json.loads(Path("existing.json").read_text())
# The version of each report and portfolio, as it was said last.
ETAGS = EXISTING["etags"]
# The currency of each portfolio. New ones come in while the scan goes on.
HELD_IN = EXISTING["held_in"]


@schemathesis.deserializer("text/event-stream")
def data_of_events(context, response):
    """The data of each event, to be held against the schema.

    OpenAPI 3.1 has no word for an event (3.2 has `itemSchema`). The document describes the data and says so; Schemathesis
    would take that for the event as a whole.
    """
    lines = response.content.decode().splitlines()
    return [json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:")]


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
    if case.operation.definition.raw["operationId"] == "create_portfolio" and response.status_code == 201:
        created = response.json()
        HELD_IN[created["id"]] = created["currency"]


def make_exist(case, phase):
    path, query, headers, body = case.path_parameters, case.query, case.headers, case.body
    operation = case.operation.definition.raw["operationId"]
    # Chosen by all that was drawn, so that a seed decides this too.
    number = zlib.crc32(repr((path, query, headers, body)).encode("utf-8", "surrogatepass"))

    def choose(known):
        return known[number // 6 % len(known)]

    keeps_unknown = phase in {"fuzzing", "stateful"}
    # The stateful phase follows ids from one answer into the next request.
    if path and phase != "stateful" and not (keeps_unknown and number % 2 == 0):
        if "id" in path:
            ids = EXISTING["ids"][collection(case)]
            if operation in {"publish_report", "delete_report"}:
                ids = ids[::2]
            elif operation == "update_report" and number % 5 != 0:
                # One that is published or deleted cannot be changed, and a scan would do that to all.
                ids = ids[1::2]
            path["id"] = choose(ids)
        if "symbol" in path:
            path["symbol"] = choose(EXISTING["symbols"])
    if operation == "put_position" and path["id"] in HELD_IN and not (keeps_unknown and number % 5 == 0):
        # A portfolio holds instruments of its own currency.
        path["symbol"] = choose(EXISTING["priced_in"][HELD_IN[path["id"]]])
    for condition in ("If-Match", "If-None-Match"):
        # The coverage phase makes no text with quotes, and takes `0` for a well-formed header that is not required.
        if headers and condition in headers and not (keeps_unknown and number % 3 == 0):
            headers[condition] = ETAGS.get(path["id"], '"1"')
    if query and "cursor" in query:
        # A cursor is opaque: a list takes none but those that it gave out.
        query["cursor"] = choose(EXISTING["cursors"][operation])
    if isinstance(body, dict) and "symbol" in body:
        # A report is about an instrument that the desk covers.
        body["symbol"] = choose(EXISTING["symbols"])
    if operation == "create_portfolio" and isinstance(body, dict) and "currency" in body:
        # Any currency is taken; of these there are instruments for the requests that follow.
        body["currency"] = choose(list(EXISTING["priced_in"]))
    if isinstance(body, dict) and "rows" in body:
        # JSON Schema can say that rows differ, not that their days do.
        body["rows"] = list({row["date"]: row for row in body["rows"]}.values())


def collection(case):
    """What an id in the path is of: `/api/v1/reports/{id}/publish` is about reports."""
    return case.operation.path.removeprefix("/api/v1/").split("/")[0]
