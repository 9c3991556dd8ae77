"""The shipped nginx configuration, in a real nginx in front of the real service.

usage: check.py APP NGINX

Only addresses, paths and the certificate are replaced; a line that is no longer there fails the test.
"""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager

from desk import DEADLINE_SECONDS, running

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "..", "deploy", "ingress", "nginx.conf")
ORIGIN = "https://desk.contoso.com"
CLOSED = "too many failed authentications from this address"
FORGED = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJpc3MiOiJ4In0.c2ln"


def address_of(api):
    return api.url.removeprefix("http://")


def events_of(api, message):
    """The events with this message that the service has logged, but for the very old ones."""
    events = (json.loads(line) for line in api.lines if line.startswith("{"))
    events = (event | event.get("fields", {}) for event in events)
    return [event for event in events if event.get("message") == message]


def configured(folder, upstream, port, behind_proxy, plain):
    """The shipped file with this machine's addresses in it."""
    with open(SHIPPED, encoding="utf-8") as file:
        text = file.read()
    replacements = {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port};" if plain else f"listen 127.0.0.1:{port} ssl http2;",
        "server 127.0.0.1:8080;": f"server {upstream};",
        "/etc/nginx/tls/": f"{folder}/",
        "/var/log/nginx/access.log": f"{folder}/access.log",
        # A user who is not root cannot write where the distribution puts these.
        "    server_tokens off;": "    server_tokens off;\n" + "".join(
            f"    {name}_temp_path {folder}/{name};\n"
            for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        ),
    }
    if behind_proxy:
        replacements["# set_real_ip_from 10.0.0.0/16;"] = "set_real_ip_from 127.0.0.1/32;"
        replacements["# real_ip_header X-Forwarded-For;"] = "real_ip_header X-Forwarded-For;"
    for shipped, here in replacements.items():
        assert shipped in text, f"{shipped!r} is not in {SHIPPED}"
        text = text.replace(shipped, here)
    return text


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def nginx(program, upstream, behind_proxy=False, plain=False):
    """Starts nginx; another port is tried when somebody took the free one meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        # The workers of a master that is root are somebody else.
        os.chmod(folder, 0o755)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
             "-keyout", f"{folder}/tls.key", "-out", f"{folder}/tls.crt"],
            check=True, capture_output=True,
        )
        for _ in range(5):
            port = free_port()
            with open(f"{folder}/nginx.conf", "w", encoding="utf-8") as file:
                file.write(configured(folder, upstream, port, behind_proxy, plain))
            process = await asyncio.create_subprocess_exec(
                program, "-p", folder, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log",
                "-g", f"daemon off; pid {folder}/nginx.pid;",
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )
            if await accepts(port, process):
                break
        else:
            with open(f"{folder}/error.log", encoding="utf-8") as file:
                raise AssertionError("nginx does not start:\n" + file.read())
        try:
            yield port
        finally:
            process.terminate()
            await process.wait()


async def accepts(port, process):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while process.returncode is None and time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return True
    return False


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:500]!r}"


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


TLS = tls()


async def connect(port, source):
    return await asyncio.open_connection("127.0.0.1", port, ssl=TLS, local_addr=(source, 0))


async def send(writer, method, path, headers, body=b""):
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}"]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    await writer.drain()


async def read_head(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    status, *lines = head.strip().split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    return int(status.split(" ")[1]), headers


async def ask(port, path="/health", method="GET", headers=(), body=b"", source="127.0.0.1"):
    """One request over a connection of its own."""
    reader, writer = await connect(port, source)
    given = [("Host", f"127.0.0.1:{port}"), ("Connection", "close"), *headers]

    async def exchange():
        await send(writer, method, path, given, body)
        status, found = await read_head(reader)
        return Answer(status, found, (await reader.read()).decode())

    try:
        return await asyncio.wait_for(exchange(), DEADLINE_SECONDS)
    finally:
        writer.close()


async def flood(port, count, path="/health", method="GET", headers=(), body=b""):
    """Sends so many requests at once over one connection, and reads their answers."""
    reader, writer = await connect(port, "127.0.0.1")
    given = [("Host", f"127.0.0.1:{port}"), *headers]
    answers = []

    async def exchange():
        for _ in range(count):
            await send(writer, method, path, given, body)
        for _ in range(count):
            status, found = await read_head(reader)
            answers.append(Answer(status, found, (await read_body(reader, found)).decode()))

    try:
        await asyncio.wait_for(exchange(), DEADLINE_SECONDS)
    finally:
        writer.close()
    return answers


async def read_body(reader, headers):
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


async def a_flood_is_answered_429_with_retry_after(app, program):
    async with running(app, {"APP_RATE_LIMIT__ENABLED": "false"}) as api, nginx(program, address_of(api)) as port:
        answers = await flood(port, 900, headers=[("Origin", ORIGIN)])
        assert {answer.status for answer in answers} == {200, 429}, {answer.status for answer in answers}
        assert [answer.status for answer in answers[:100]] == [200] * 100, "the burst is served"
        limited = next(answer for answer in answers if answer.status == 429)
        problem = json.loads(limited.body)
        assert problem["code"] == "rate_limited" and problem["status"] == 429, limited
        assert problem["correlation_id"] == limited.headers["x-correlation-id"], limited
        assert limited.headers["content-type"] == "application/problem+json", limited
        assert limited.headers["retry-after"] == "1", limited
        assert limited.headers["access-control-allow-origin"] == ORIGIN, limited
        assert limited.headers["x-content-type-options"] == "nosniff", limited
        # Another client does not notice, and no header makes another client of this one.
        other = await ask(port, source="127.0.0.2")
        assert other.status == 200, other
        for number in range(3):
            spoofed = [("Origin", "https://evil.example"), ("X-Forwarded-For", f"203.0.113.{number}")]
            answers = await flood(port, 300, headers=spoofed)
            # A bucket of its own would begin with the burst.
            assert 429 in [answer.status for answer in answers[:100]], "the header makes another client of this one"
            limited = next(answer for answer in answers if answer.status == 429)
            assert "access-control-allow-origin" not in limited.headers, limited


async def the_limit_of_mcp_is_the_lower_one(app, program):
    async with running(app, {"APP_RATE_LIMIT__ENABLED": "false"}) as api, nginx(program, address_of(api)) as port:
        message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
        headers = [
            ("Authorization", f"Bearer {api.tokens['Viewer']}"),
            ("Accept", "application/json, text/event-stream"), ("Content-Type", "application/json"),
            ("MCP-Protocol-Version", "2025-11-25"),
        ]
        answers = await flood(port, 200, "/api/v1/mcp", "POST", headers, message)
        statuses = [answer.status for answer in answers]
        assert statuses[:40] == [200] * 40 and 429 in statuses, statuses
        # The rest of the API has another bucket.
        assert (await ask(port)).status == 200


async def closed_address(api, port, **request):
    """Sends bad tokens until the API closes the address that it believes them to come from; says which."""
    known = len(events_of(api, CLOSED))
    for _ in range(100):
        headers = [("Authorization", f"Bearer {FORGED}"), *request.get("headers", ())]
        answer = await ask(port, "/api/v1/me", headers=headers, source=request.get("source", "127.0.0.1"))
        assert answer.status in (401, 429), answer
        if answer.status == 429 and "retry-after" in answer.headers:
            break
    else:
        raise AssertionError("a hundred failures close nothing")
    deadline = time.monotonic() + DEADLINE_SECONDS
    while len(events_of(api, CLOSED)) == known:
        assert time.monotonic() < deadline, f"{CLOSED!r} was not logged:\n{list(api.lines)}"
        await asyncio.sleep(0.02)
    return events_of(api, CLOSED)[known]["client_address"]


STRICT = {
    "APP_SERVER__TRUSTED_HOPS": "1",
    "APP_RATE_LIMIT__PER_SECOND": "1", "APP_RATE_LIMIT__BURST": "2", "APP_RATE_LIMIT__ADDRESS_FACTOR": "1",
}


async def the_api_sees_the_client_and_no_header_moves_it(app, program):
    async with running(app, STRICT) as api, nginx(program, address_of(api)) as port:
        assert await closed_address(api, port, source="127.0.0.2") == "127.0.0.2"
        spoofed = [
            ("X-Forwarded-For", "203.0.113.7, 198.51.100.9"), ("Forwarded", "for=203.0.113.8"), ("X-Real-IP", "203.0.113.9"),
        ]
        assert await closed_address(api, port, source="127.0.0.3", headers=spoofed) == "127.0.0.3"


async def behind_another_proxy_its_entry_counts(app, program):
    async with running(app, STRICT) as api, nginx(program, address_of(api), behind_proxy=True) as port:
        for entry, client in [
            ("203.0.113.1", "203.0.113.1"),
            ("203.0.113.2:4711", "203.0.113.2"),
            ("[2001:db8::2]:443", "2001:db8::2"),
            ("10.9.8.7, 203.0.113.3", "203.0.113.3"),
        ]:
            found = await closed_address(api, port, headers=[("X-Forwarded-For", entry)])
            assert found == client, (entry, found)
        # Who is not that proxy is believed nothing.
        found = await closed_address(api, port, source="127.0.0.9", headers=[("X-Forwarded-For", "203.0.113.4")])
        assert found == "127.0.0.9", found


async def through_two_proxies_the_client_is_still_right(app, program):
    """Two of these in a row: the inner one trusts the outer one, which speaks plain HTTP to it."""
    async with (
        running(app, STRICT) as api,
        nginx(program, address_of(api), behind_proxy=True, plain=True) as inner,
        nginx(program, f"127.0.0.1:{inner}") as outer,
    ):
        spoofed = [("X-Forwarded-For", "203.0.113.200"), ("X-Forwarded-For", "203.0.113.201:80")]
        assert await closed_address(api, outer, source="127.0.0.5") == "127.0.0.5"
        assert await closed_address(api, outer, source="127.0.0.6", headers=spoofed) == "127.0.0.6"


async def what_must_not_come_from_outside_is_taken_off(_app, program):
    """Looks at what nginx sends, which the service would not tell."""
    received = asyncio.get_running_loop().create_future()

    async def record(reader, writer):
        received.set_result((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(record, "127.0.0.1", 0) as upstream:
        address = "127.0.0.1:%d" % upstream.sockets[0].getsockname()[1]
        unwanted = [
            "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Authorization",
            "X-HTTP-Method-Override", "X-Original-URL", "X-Rewrite-URL", "X-MS-CLIENT-PRINCIPAL",
            "X-MS-CLIENT-PRINCIPAL-ID", "X-MS-CLIENT-PRINCIPAL-NAME", "X-MS-CLIENT-PRINCIPAL-IDP",
            "X-MS-TOKEN-AAD-ACCESS-TOKEN", "X-MS-TOKEN-AAD-ID-TOKEN", "X-MS-TOKEN-AAD-REFRESH-TOKEN",
            "X-MS-TOKEN-AAD-EXPIRES-ON", "X-POC-Roles",
        ]
        wanted = [("Authorization", "Bearer kept"), ("traceparent", "kept"), ("x-correlation-id", "kept-id")]
        async with nginx(program, address) as port:
            forged = [(name, "forged") for name in [*unwanted, "X-Forwarded-For"]]
            await ask(port, headers=[*forged, *wanted], source="127.0.0.4")
        head = await received
        assert "forged" not in head, head
        assert "x-forwarded-for: 127.0.0.4\r\n" in head, head
        assert f"host: 127.0.0.1:{port}\r\n" in head, head
        for name, value in wanted:
            assert f"{name}: {value}".lower() in head, head


async def an_event_passes_before_the_next_one_is_sent(_app, program):
    """The upstream says no second word before the first has arrived, which no service can be made to wait for."""
    arrived = asyncio.Event()

    async def tell(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: 1\n\n")
        await writer.drain()
        await arrived.wait()
        writer.write(b"data: 2\n\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(tell, "127.0.0.1", 0) as upstream:
        address = "127.0.0.1:%d" % upstream.sockets[0].getsockname()[1]
        async with nginx(program, address) as port:
            reader, writer = await connect(port, "127.0.0.1")
            await send(writer, "GET", "/api/v1/valuations/1/events", [("Host", "localhost")])
            status, _ = await asyncio.wait_for(read_head(reader), DEADLINE_SECONDS)
            assert status == 200, status
            first = await asyncio.wait_for(reader.readuntil(b"\n\n"), DEADLINE_SECONDS)
            assert b"data: 1" in first, first
            arrived.set()
            second = await asyncio.wait_for(reader.readuntil(b"\n\n"), DEADLINE_SECONDS)
            assert b"data: 2" in second, second
            writer.close()


CASES = [
    a_flood_is_answered_429_with_retry_after,
    the_limit_of_mcp_is_the_lower_one,
    the_api_sees_the_client_and_no_header_moves_it,
    behind_another_proxy_its_entry_counts,
    through_two_proxies_the_client_is_still_right,
    what_must_not_come_from_outside_is_taken_off,
    an_event_passes_before_the_next_one_is_sent,
]


async def main():
    app, program = sys.argv[1:]
    for case in CASES:
        await case(app, program)
        print(f"ok: {case.__name__}", flush=True)


asyncio.run(main())
