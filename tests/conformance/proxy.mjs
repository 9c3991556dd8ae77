// Adds a bearer token to every request on its way to the service: the suite has no option for headers.

import { createServer, request } from 'node:http';

/** Runs `work` with a proxy on a free loopback port. Everything else passes unchanged, `Host` included. */
export async function withBearerProxy(work) {
    let target;
    const server = createServer((incoming, outgoing) => {
        const { method, url: path, rawHeaders } = incoming;
        const headers = [...rawHeaders, 'Authorization', `Bearer ${target.token}`];
        const { hostname, port } = target;
        const forwarded = request({ hostname, port, method, path, headers, setHost: false }, (answer) => {
            outgoing.writeHead(answer.statusCode, answer.rawHeaders);
            answer.pipe(outgoing);
        });
        forwarded.on('error', () => outgoing.destroy());
        // A client that goes away is seen by the service too.
        outgoing.on('close', () => forwarded.destroy());
        incoming.pipe(forwarded);
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    try {
        return await work({
            url: `http://127.0.0.1:${server.address().port}`,
            /** Says where requests go, and with which token. */
            forwardTo(url, token) {
                const { hostname, port } = new URL(url);
                target = { hostname, port, token };
            },
        });
    } finally {
        server.closeAllConnections();
        server.close();
    }
}
