"""An MCP client nobody here wrote, against the running binary.

Usage: mcp_client.py path/to/app

Starts `app dev`, takes the tokens out of the commands that it prints, and proves through PyPI's `fastmcp` that a
caller is shown what he may call and nothing else, and that a call gives what REST gives.
"""

import asyncio
import sys
import traceback

import httpx
from fastmcp import Client
from fastmcp.client.auth import BearerAuth, OAuth
from fastmcp.exceptions import ToolError

from desk import DEADLINE_SECONDS, running


def connect(desk, role):
    return Client(mcp_url(desk), auth=BearerAuth(desk.tokens[role]))


def mcp_url(desk):
    return f"{desk.url}/api/v1/mcp"


async def rest(desk, role, method, path, **options):
    headers = {"Authorization": f"Bearer {desk.tokens[role]}"}
    async with httpx.AsyncClient(base_url=desk.url, headers=headers, trust_env=False) as http:
        return await http.request(method, path, **options)


async def a_caller_is_shown_only_what_he_may_call(desk):
    shown = {}
    for role in ["Viewer", "Analyst", "Admin", "Ingest"]:
        async with connect(desk, role) as client:
            shown[role] = {tool.name for tool in await client.list_tools()}
    assert {"get_me", "list_reports", "get_report"} <= shown["Viewer"], shown
    assert "create_report" not in shown["Viewer"], shown
    assert "create_report" in shown["Analyst"] and "delete_report" not in shown["Analyst"], shown
    assert "delete_report" in shown["Admin"] and "create_report" not in shown["Admin"], shown
    assert shown["Ingest"] == {"get_me"}, shown


async def structured_content_equals_the_rest_answer(desk):
    async with connect(desk, "Viewer") as client:
        for tool, arguments, path in [
            ("get_me", {}, "/api/v1/me"),
            ("list_reports", {"limit": 3}, "/api/v1/reports?limit=3"),
            ("list_instruments", {}, "/api/v1/instruments"),
        ]:
            called = await client.call_tool(tool, arguments)
            answer = await rest(desk, "Viewer", "GET", path)
            assert answer.status_code == 200, answer.text
            assert called.structured_content == answer.json(), tool


async def an_analyst_writes_through_a_tool_what_a_viewer_reads_over_rest(desk):
    async with connect(desk, "Analyst") as client:
        report = {"symbol": "ALPN", "title": "Written by a tool", "body": "And published by one."}
        created = (await client.call_tool("create_report", report)).structured_content
        await client.call_tool("publish_report", {"id": created["id"]})
    read = await rest(desk, "Viewer", "GET", f"/api/v1/reports/{created['id']}")
    assert read.status_code == 200 and read.json()["title"] == "Written by a tool", read.text


async def a_deletion_is_put_to_the_user_and_done_on_a_yes(desk):
    async with connect(desk, "Analyst") as client:
        report = {"symbol": "ALPN", "title": "Not for long", "body": "A report to delete."}
        created = (await client.call_tool("create_report", report)).structured_content
        await client.call_tool("publish_report", {"id": created["id"]})
    path = f"/api/v1/reports/{created['id']}"
    asked = []
    for says_yes, is_error, status in [(False, True, 200), (True, False, 404)]:

        async def answer(message, response_type, params, context):
            asked.append(message)
            return {"ok": says_yes}

        client = Client(mcp_url(desk), auth=BearerAuth(desk.tokens["Admin"]), elicitation_handler=answer)
        async with client:
            called = await client.call_tool("delete_report", {"id": created["id"]}, raise_on_error=False)
        assert called.is_error is is_error, called
        read = await rest(desk, "Admin", "GET", path)
        assert read.status_code == status, read.text
    assert len(asked) == 2 and all(created["id"] in message for message in asked), asked


async def a_hidden_tool_cannot_be_called(desk):
    async with connect(desk, "Viewer") as client:
        for tool in ["create_report", "no_such_tool"]:
            try:
                answer = await client.call_tool(tool, {"symbol": "ALPN", "title": "x", "body": "x"})
            except Exception as refusal:
                assert "Unknown tool" in str(refusal), refusal
            else:
                raise AssertionError(f"{tool} was called: {answer}")


async def wrong_arguments_come_back_as_an_error_of_the_tool(desk):
    async with connect(desk, "Viewer") as client:
        try:
            await client.call_tool("get_report", {"id": "not-an-id"})
        except ToolError as error:
            assert "id" in str(error), error
        else:
            raise AssertionError("a report with an impossible id was found")


async def what_is_listed_is_read_as_rest_answers_it(desk):
    async with connect(desk, "Viewer") as client:
        templates = await client.list_resource_templates()
        assert [it.uri_template for it in templates] == ["desk://reports/{id}"], templates
        listed = await client.list_resources()
        assert listed, "the example data has published reports"
        for resource in listed[:3]:
            [content] = await client.read_resource(resource.uri)
            path = str(resource.uri).replace("desk://", "/api/v1/") + "/markdown"
            answer = await rest(desk, "Viewer", "GET", path)
            assert answer.status_code == 200 and content.text == answer.text, path
            assert content.text.startswith(f"# {resource.title}\n"), content
    async with connect(desk, "Ingest") as client:
        assert not await client.list_resources() and not await client.list_resource_templates()
        try:
            await client.read_resource(listed[0].uri)
        except Exception as refusal:
            assert "not found" in str(refusal), refusal
        else:
            raise AssertionError("an application read a report")


async def a_prompt_is_got_by_those_whose_role_opens_it(desk):
    async with connect(desk, "Analyst") as client:
        assert [it.name for it in await client.list_prompts()] == ["review_report"]
        report = (await client.list_resources())[0]
        identifier = str(report.uri).rsplit("/", 1)[1]
        prompt = await client.get_prompt("review_report", {"report_id": identifier})
        [asked, embedded] = [message.content for message in prompt.messages]
        assert asked.text.startswith("Review the research report"), asked
        assert str(embedded.resource.uri) == str(report.uri), embedded
    async with connect(desk, "Viewer") as client:
        assert not await client.list_prompts()
        try:
            await client.get_prompt("review_report", {"report_id": identifier})
        except Exception as refusal:
            assert "Unknown prompt" in str(refusal), refusal
        else:
            raise AssertionError("a viewer got the prompt of an analyst")


async def without_a_token_nothing_is_shown(desk):
    try:
        async with Client(mcp_url(desk)) as client:
            shown = await client.list_tools()
    except Exception:  # the client has several errors for it; what matters is that there is no list
        return
    raise AssertionError(f"shown to nobody in particular: {shown}")


class SignIn(OAuth):
    """The client's own OAuth, with somebody who chooses an account on the page that it opens."""

    async def redirect_handler(self, authorization_url):
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(authorization_url)
            assert "Pick an account" in page.text, page.text
            chosen = await browser.get(f"{authorization_url}&account=Analyst")
        self.browsing = asyncio.create_task(self.follow(chosen.headers["location"]))

    async def follow(self, location):
        """The client listens for its code only after it has opened the page."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            while True:
                try:
                    return await browser.get(location)
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)


async def a_client_that_knows_only_the_address_signs_in(desk):
    async with Client(mcp_url(desk), auth=SignIn()) as client:
        called = await client.call_tool("get_me", {})
    assert called.structured_content["roles"] == ["Analyst"], called


async def the_printed_commands_do_what_they_say(desk):
    report = {"symbol": "ALPN", "title": "Milk", "body": "Prices."}
    prices = {"rows": [{"date": "2026-01-30", "close": 41.5}]}
    for role, method, path, body, status in [
        ("Viewer", "GET", "/api/v1/reports", None, 200),
        ("Viewer", "POST", "/api/v1/reports", report, 403),
        ("Analyst", "POST", "/api/v1/reports", report, 201),
        ("Ingest", "PUT", "/api/v1/instruments/ALPN/prices", prices, 200),
        ("Ingest", "GET", "/api/v1/reports", None, 403),
    ]:
        answer = await rest(desk, role, method, path, json=body)
        assert answer.status_code == status, f"{role} {method} {path}: {answer.status_code} {answer.text}"


CLAIMS = [
    the_printed_commands_do_what_they_say,
    a_caller_is_shown_only_what_he_may_call,
    structured_content_equals_the_rest_answer,
    an_analyst_writes_through_a_tool_what_a_viewer_reads_over_rest,
    a_deletion_is_put_to_the_user_and_done_on_a_yes,
    a_hidden_tool_cannot_be_called,
    wrong_arguments_come_back_as_an_error_of_the_tool,
    what_is_listed_is_read_as_rest_answers_it,
    a_prompt_is_got_by_those_whose_role_opens_it,
    without_a_token_nothing_is_shown,
    a_client_that_knows_only_the_address_signs_in,
]


async def main(app):
    failed = 0
    async with running(app) as desk:
        for claim in CLAIMS:
            try:
                await asyncio.wait_for(claim(desk), DEADLINE_SECONDS)
                print(f"{claim.__name__} ... ok", flush=True)
            except Exception:
                failed += 1
                print(f"{claim.__name__} ... FAILED", flush=True)
                traceback.print_exc()
    print(f"{len(CLAIMS) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(asyncio.run(main(sys.argv[1])))
