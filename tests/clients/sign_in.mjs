// A client of MCP that signs a person in by itself: the SDK's OAuth, a provider that keeps everything in memory, and a
// person who chooses an account on the issuer's page.

import { join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Both generations of the SDK: the one that most clients are built with, and the one that speaks 2026-07-28. */
export async function loadSdks(tools) {
    const installed = createRequire(join(tools, 'mcp-clients', 'package.json'));
    const load = (path) => import(pathToFileURL(installed.resolve(`@modelcontextprotocol/${path}`)));
    const modules = ['client/index.js', 'client/streamableHttp.js', 'client/auth.js'];
    const parts = await Promise.all(modules.map((path) => load(`sdk/${path}`)));
    return { first: Object.assign({}, ...parts), second: await load('client') };
}

/** What the SDK asks of an application: where to keep things, and how to show the sign-in page. */
export class MemoryProvider {
    redirectUrl = 'http://127.0.0.1:1/callback';
    signIns = [];

    constructor(given = {}) {
        Object.assign(this, given);
    }

    get clientMetadata() {
        return {
            client_name: 'A laptop',
            redirect_uris: [this.redirectUrl],
            grant_types: ['authorization_code', 'refresh_token'],
            token_endpoint_auth_method: 'none',
        };
    }
    state = () => 'state of the client';
    clientInformation = () => this.client;
    saveClientInformation = (client) => void (this.client = client);
    tokens = () => this.kept;
    saveTokens = (tokens) => void (this.kept = tokens);
    invalidateCredentials(what) {
        const kinds = { all: ['client', 'kept', 'verifier', 'found'], client: ['client'], tokens: ['kept'], verifier: ['verifier'], discovery: ['found'] };
        for (const kind of kinds[what]) this[kind] = undefined;
    }
    saveDiscoveryState = (state) => void (this.found = state);
    discoveryState = () => this.found;
    saveCodeVerifier = (verifier) => void (this.verifier = verifier);
    codeVerifier = () => this.verifier;
    redirectToAuthorization = (url) => void this.signIns.push(url);
}

/** Chooses an account on the sign-in page as a browser without scripts would, and gives the code that comes back. */
export async function chooseAccount(url, account) {
    const asked = await fetch(url, { redirect: 'manual' });
    const page = asked.status === 200 ? await asked.text() : `redirect: ${asked.headers.get('location')}`;
    const link = new RegExp(`href="\\?([^"]*)">${account}<`).exec(page)?.[1];
    if (link === undefined) throw new Error(`no link for ${account} on:\n${page}`);
    const target = new URL(`?${link.replaceAll('&amp;', '&')}`, url);
    const answer = await fetch(target, { redirect: 'manual' });
    return readCallback(new URL(answer.headers.get('location')));
}

/** The code of a callback, once its state is the client's own. */
export function readCallback(callback) {
    const answer = Object.fromEntries(callback.searchParams);
    if (answer.state !== 'state of the client' || answer.code === undefined) throw new Error(`refused: ${callback}`);
    return answer.code;
}

/** Connects, signing in on the way, and runs `work` with the client. `signIn` takes the page's address and gives a code. */
export async function withSignedIn({ sdk, url, provider, signIn }, work) {
    const connect = async () => {
        const client = new sdk.Client({ name: 'laptop', version: '1.0.0' });
        const transport = new sdk.StreamableHTTPClientTransport(new URL(`${url}/api/v1/mcp`), { authProvider: provider });
        try {
            await client.connect(transport);
        } catch (error) {
            if (!(error instanceof sdk.UnauthorizedError)) throw error;
            await transport.finishAuth(await signIn(provider.signIns.at(-1)));
            return undefined;
        }
        return { client, transport };
    };
    const connected = (await connect()) ?? (await connect());
    try {
        return await work(connected.client, connected.transport);
    } finally {
        await connected.client.close();
    }
}
