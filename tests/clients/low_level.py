"""The protocol's own Python client, without the comforts around it, in both eras.

Usage: low_level.py path/to/app path/to/examples/conformance

What a role opens is what is listed and called, and nothing else can be told apart from what does not exist. A scope that
is missing is an HTTP 403 with the challenge that says which ones are needed.
"""

import asyncio
import base64
import hashlib
import re
import secrets
import sys
import traceback
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import ClientSession, MCPError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult, PromptReference, ResourceTemplateReference

from desk import DEADLINE_SECONDS, running, running_application

ERAS = {"2025-11-25": "initialize", "2026-07-28": "discover"}


@asynccontextmanager
async def session_of(url, token, version, answers=None):
    """A session that has found out what the server is. `answers` takes the HTTP answers as they come in."""

    async def keep(response):
        if answers is not None:
            answers.append(response)

    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False, event_hooks={"response": [keep]}) as http:
        async with streamable_http_client(f"{url}/api/v1/mcp", http_client=http) as (read, write):
            async with ClientSession(read, write) as session:
                await getattr(session, ERAS[version])()
                assert session.protocol_version == version, session.protocol_version
                yield session


async def a_role_opens_what_is_listed_and_called(desk, version):
    for role, has in [("Viewer", False), ("Analyst", True)]:
        async with session_of(desk.url, desk.tokens[role], version) as session:
            names = [tool.name for tool in (await session.list_tools()).tools]
            assert ("create_report" in names) is has, names
            me = await session.call_tool("get_me", {})
            assert me.structured_content["roles"] == [role], me


async def a_tool_of_another_role_looks_like_none(desk, version):
    refusals = []
    async with session_of(desk.url, desk.tokens["Viewer"], version) as session:
        for name in ["create_report", "no_such_tool"]:
            try:
                await session.call_tool(name, {"symbol": "ALPN", "title": "x", "body": "x"})
            except MCPError as refusal:
                refusals.append((refusal.error.code, refusal.error.message))
    assert refusals == [(-32602, "Unknown tool")] * 2, refusals


async def wrong_arguments_are_named_in_the_result(desk, version):
    async with session_of(desk.url, desk.tokens["Viewer"], version) as session:
        result = await session.call_tool("list_reports", {"limit": 0, "status": "nonsense"})
        assert result.is_error, result
        pointers = [error["pointer"] for error in result.structured_content["errors"]]
        assert sorted(pointers) == ["/limit", "/status"], pointers


async def a_deletion_is_put_to_a_user_who_can_be_asked(desk, version):
    """In the older era nobody can be asked: the call runs, and says so. An unknown report is past the question."""
    asked = []

    async def decline(context, params):
        asked.append(params.message)
        return ElicitResult(action="decline")

    headers = {"Authorization": f"Bearer {desk.tokens['Admin']}"}
    unknown = "0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41"
    async with httpx2.AsyncClient(headers=headers, trust_env=False) as http:
        transport = streamable_http_client(f"{desk.url}/api/v1/mcp", http_client=http)
        mode = "legacy" if ERAS[version] == "initialize" else version
        async with Client(transport, mode=mode, elicitation_callback=decline) as client:
            result = await client.call_tool("delete_report", {"id": unknown})
    is_asked = ERAS[version] == "discover"
    expected = "not_confirmed" if is_asked else "report_not_found"
    assert result.is_error and result.structured_content["code"] == expected, result
    assert len(asked) == int(is_asked) and all(unknown in message for message in asked), asked


async def a_report_to_read_is_completed_from_those_that_are_listed(desk, version):
    """A template's parameter has the ids that the same user is listed; whoever may not know of a prompt is told of none."""
    template = ResourceTemplateReference(uri="desk://reports/{id}")
    async with session_of(desk.url, desk.tokens["Viewer"], version) as session:
        listed = [str(it.uri).rsplit("/", 1)[1] for it in (await session.list_resources()).resources]
        completion = (await session.complete(template, {"name": "id", "value": ""})).completion
        assert listed and completion.values == listed, (completion, listed)
        begun = listed[0].upper()
        completion = (await session.complete(template, {"name": "id", "value": begun})).completion
        assert completion.values == [listed[0]], completion
        refusals = []
        for name in ["review_report", "no_such_prompt"]:
            try:
                await session.complete(PromptReference(name=name), {"name": "report_id", "value": ""})
            except MCPError as refusal:
                refusals.append((refusal.error.code, refusal.error.message))
        assert refusals == [(-32602, "Unknown prompt")] * 2, refusals


async def a_missing_scope_is_a_403_that_says_which_are_needed(fixtures, version):
    token = await token_with(fixtures.url, "user_impersonation")
    answers = []
    async with session_of(fixtures.url, token, version, answers) as session:
        names = [tool.name for tool in (await session.list_tools()).tools]
        assert "test_logging_tool" in names, names
        try:
            result = await session.call_tool("test_logging_tool", {})
        except MCPError:
            pass
        else:
            raise AssertionError(f"called without the scope: {result}")
    refused = answers[-1]
    challenge = refused.headers["www-authenticate"]
    assert refused.status_code == 403 and 'error="insufficient_scope"' in challenge, challenge
    needed = re.search(r' scope="([^"]*)"', challenge)[1].split()
    assert [scope.rsplit("/", 1)[1] for scope in needed] == ["user_impersonation", "Work.Run"], needed


async def token_with(url, scope):
    """Signs the Tester in, for one scope."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        resource = (await http.get(f"{url}/.well-known/oauth-protected-resource")).json()
        issuer = resource["authorization_servers"][0]
        metadata = (await http.get(f"{issuer}/.well-known/openid-configuration")).json()
        callback = "http://127.0.0.1:8000/callback"
        client = (await http.post(metadata["registration_endpoint"], json={"redirect_uris": [callback]})).json()
        verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": client["client_id"],
            "response_type": "code",
            "redirect_uri": callback,
            "scope": f"{resource['resource']}/{scope}",
            "resource": resource["resource"],
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            "account": "Tester",
        }
        signed_in = await http.get(metadata["authorization_endpoint"], params=asked)
        code = parse_qs(urlsplit(signed_in.headers["location"]).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "client_id": client["client_id"],
            "redirect_uri": callback,
            "code": code,
            "code_verifier": verifier,
        }
        return (await http.post(metadata["token_endpoint"], data=form)).json()["access_token"]


OF_DESK = [
    a_role_opens_what_is_listed_and_called,
    a_tool_of_another_role_looks_like_none,
    wrong_arguments_are_named_in_the_result,
    a_deletion_is_put_to_a_user_who_can_be_asked,
    a_report_to_read_is_completed_from_those_that_are_listed,
]
OF_FIXTURES = [a_missing_scope_is_a_403_that_says_which_are_needed]


async def failures_of(claims, service):
    failed = 0
    for claim in claims:
        for version in ERAS:
            try:
                await asyncio.wait_for(claim(service, version), DEADLINE_SECONDS)
                print(f"{claim.__name__} ({version}) ... ok", flush=True)
            except Exception:
                failed += 1
                print(f"{claim.__name__} ({version}) ... FAILED", flush=True)
                traceback.print_exc()
    return failed


async def main(app, conformance):
    async with running(app) as desk:
        failed = await failures_of(OF_DESK, desk)
    async with running_application(conformance, ["Tester"], {}) as fixtures:
        failed += await failures_of(OF_FIXTURES, fixtures)
    total = len(OF_DESK + OF_FIXTURES) * len(ERAS)
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(asyncio.run(main(*sys.argv[1:3])))
