// MCP clients that sign in by themselves, against `app dev`: both generations of the SDK for TypeScript,
// unmodified, and a browser.
//
// Usage: oauth.mjs path/to/app path/to/examples/conformance path/to/.tools
//
// Nothing is configured but the address of the endpoint. Everything else is found: the 401 names the metadata, they name
// the issuer, its metadata name where to register and to sign in.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import { withApplication, withDesk } from './desk.mjs';
import { MemoryProvider, chooseAccount, loadSdks, readCallback, withSignedIn } from './sign_in.mjs';

const [app, conformance, tools] = process.argv.slice(2).map((path) => resolve(path));
const { first, second } = await loadSdks(tools);
const { chromium } = createRequire(join(tools, 'browser', 'package.json'))('playwright-core');

const namesOf = async (client) => (await client.listTools()).tools.map(({ name }) => name);
const claimsOf = ({ access_token: token }) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

/** Serves one page on a free loopback port, as programs on a laptop do while they wait for a code. */
async function withListener(body, work) {
    let arrived;
    const callback = new Promise((found) => (arrived = found));
    const server = createServer((request, response) => {
        const url = new URL(request.url, `http://127.0.0.1:${server.address().port}`);
        if (url.searchParams.has('state')) arrived(url);
        response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    try {
        return await work(`http://127.0.0.1:${server.address().port}`, callback);
    } finally {
        server.closeAllConnections();
        server.close();
    }
}

async function withPage(work) {
    const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
        return await work(await browser.newPage());
    } finally {
        await browser.close();
    }
}

async function aClientThatKnowsOnlyTheAddressSignsInWithABrowserAndCallsATool({ url, sdk }) {
    await withListener('You may close this window.', async (listener, callback) => {
        const provider = new MemoryProvider({ redirectUrl: `${listener}/callback` });
        const signIn = (page) =>
            withPage(async (tab) => {
                await tab.goto(String(page));
                await tab.getByRole('link', { name: 'Analyst', exact: true }).click();
                return readCallback(await callback);
            });
        await withSignedIn({ sdk, url, provider, signIn }, async (client) => {
            const me = await client.callTool({ name: 'get_me', arguments: {} });
            assert.deepEqual(me.structuredContent.roles, ['Analyst']);
            const names = await namesOf(client);
            assert.ok(names.includes('create_report') && !names.includes('delete_report'), names);
        });
        const [asked] = provider.signIns;
        assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
        assert.equal(asked.searchParams.get('resource'), `${url}/api/v1/mcp`);
        assert.ok(asked.searchParams.get('scope').split(' ').includes(`${url}/api/v1/mcp/user_impersonation`), asked);
        assert.equal(claimsOf(provider.kept).azp, provider.client.client_id);
    });
}

async function whoSignsInAsAViewerSeesAndCallsWhatAViewerMay({ url, sdk }) {
    const signIn = (page) => chooseAccount(page, 'Viewer');
    await withSignedIn({ sdk, url, provider: new MemoryProvider(), signIn }, async (client) => {
        const names = await namesOf(client);
        assert.ok(names.includes('list_reports') && !names.includes('create_report'), names);
        const call = client.callTool({ name: 'create_report', arguments: { symbol: 'ALPN', title: 'x', body: 'x' } });
        await assert.rejects(call, /Unknown tool/);
    });
}

async function aTokenThatIsRefusedIsReplacedWithoutAnotherSignIn({ url, sdk }) {
    const provider = new MemoryProvider();
    const signIn = (page) => chooseAccount(page, 'PM');
    await withSignedIn({ sdk, url, provider, signIn }, namesOf);
    assert.ok(provider.kept.refresh_token, 'the client asks for offline_access, because the issuer offers it');

    const [header, payload] = provider.kept.access_token.split('.');
    provider.kept = { ...provider.kept, access_token: `${header}.${payload}.AAAA` };
    const noSignIn = () => assert.fail('a sign-in although there is a refresh token');
    await withSignedIn({ sdk, url, provider, signIn: noSignIn }, async (client) => {
        const me = await client.callTool({ name: 'get_me', arguments: {} });
        assert.deepEqual(me.structuredContent.roles, ['PM']);
    });
    assert.equal(provider.signIns.length, 1);
}

async function aClientGoesOnWithItsRegistrationAfterARestart({ url, sdk }) {
    const provider = new MemoryProvider();
    await withSignedIn({ sdk, url, provider, signIn: (page) => chooseAccount(page, 'PM') }, namesOf);
    await withDesk(app, {}, async (another) => {
        // Its tokens are of a key that is gone, too.
        const kept = { ...provider.kept, issuer: undefined };
        const remembering = new MemoryProvider({ client: { client_id: provider.client.client_id }, kept });
        const signIn = (page) => chooseAccount(page, 'Viewer');
        const names = await withSignedIn({ sdk, url: another.url, provider: remembering, signIn }, namesOf);
        assert.ok(names.includes('list_reports'));
        assert.equal(remembering.client.client_id, provider.client.client_id);
    });
}

async function aResourceThatIsNotTheIdentifierUriIsRefusedAsEntraDoes({ url, sdk }) {
    const provider = new MemoryProvider();
    await withSignedIn({ sdk, url, provider, signIn: (page) => chooseAccount(page, 'PM') }, namesOf);
    const asked = provider.signIns[0];
    asked.searchParams.set('resource', `${url}/api/v1/mcp/`);
    const answer = await fetch(asked, { redirect: 'manual' });
    const refused = new URL(answer.headers.get('location')).searchParams;
    assert.equal(refused.get('error'), 'invalid_target');
    assert.match(refused.get('error_description'), /^AADSTS9010010: /);
}

/** In the page: what a client in a browser does between the 401 and the token, with nothing but `fetch`. */
async function signInFromPage({ url, redirectUri }) {
    const json = async (response) => (response.ok ? await response.json() : Promise.reject(await response.text()));
    const refused = await fetch(`${url}/api/v1/mcp`, { method: 'POST', body: '{}' });
    const [, place] = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate'));
    const resource = await json(await fetch(place));
    const { origin, pathname } = new URL(resource.authorization_servers[0]);
    const issuer = await json(
        await fetch(`${origin}/.well-known/oauth-authorization-server${pathname}`, {
            headers: { 'MCP-Protocol-Version': '2025-11-25' },
        }),
    );
    const client = await json(
        await fetch(issuer.registration_endpoint, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ redirect_uris: [redirectUri] }),
        }),
    );
    const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
    const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
    const asked = new URL(issuer.authorization_endpoint);
    const parameters = {
        client_id: client.client_id,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: resource.scopes_supported.join(' '),
        resource: resource.resource,
        state: 'state of the client',
        code_challenge: challenge,
        code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) asked.searchParams.set(name, value);
    return { asked: asked.href, verifier, client_id: client.client_id, token_endpoint: issuer.token_endpoint };
}

/** In the page: the code becomes a token, and the token a list of tools. */
async function listToolsFromPage({ url, redirectUri, code, verifier, client_id, token_endpoint }) {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier, client_id };
    const answer = await fetch(token_endpoint, { method: 'POST', body: new URLSearchParams(form) });
    const { access_token: token } = await answer.json();
    const list = await fetch(`${url}/api/v1/mcp`, {
        method: 'POST',
        headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2025-11-25',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    return (await list.json()).result.tools.map(({ name }) => name);
}

async function aClientInABrowserSignsInWhereItsOriginIsAllowed() {
    await withListener('<!doctype html><title>client</title>', async (listener) => {
        await withDesk(app, { APP_CORS__ALLOWED_ORIGINS: listener }, async ({ url }) => {
            const redirectUri = `${listener}/callback`;
            const names = await withPage(async (page) => {
                await page.goto(listener);
                const begun = await page.evaluate(signInFromPage, { url, redirectUri });
                const code = await chooseAccount(begun.asked, 'Admin');
                return await page.evaluate(listToolsFromPage, { ...begun, url, redirectUri, code });
            });
            assert.ok(names.includes('delete_report'), names);
        });
    });
}

/** A token with fewer scopes than a tool asks for: the client is told which, asks for them, and goes on. */
async function aMissingScopeIsObtainedOnTheWay(sdk) {
    await withApplication(conformance, ['Tester'], {}, async ({ url }) => {
        const provider = new MemoryProvider();
        const signIn = async (page) => {
            // The person consents to one of the two scopes at first.
            const narrowed = new URL(page);
            const scopes = page.searchParams.get('scope').split(' ');
            if (provider.signIns.length === 1) {
                narrowed.searchParams.set('scope', scopes.filter((scope) => !scope.endsWith('Work.Run')).join(' '));
            }
            return await chooseAccount(narrowed, 'Tester');
        };
        await withSignedIn({ sdk, url, provider, signIn }, async (client, transport) => {
            assert.equal(claimsOf(provider.kept).scp, 'user_impersonation');
            assert.ok((await namesOf(client)).includes('test_logging_tool'), 'a tool stays listed when only a scope is missing');
            const call = () => client.callTool({ name: 'test_logging_tool', arguments: {} });
            await assert.rejects(call(), sdk.UnauthorizedError, 'the SDK has asked for another sign-in');
            const asked = provider.signIns.at(-1).searchParams.get('scope').split(' ');
            for (const scope of ['user_impersonation', 'Work.Run']) {
                assert.ok(asked.includes(`${url}/api/v1/mcp/${scope}`), `${scope} is asked for: ${asked}`);
            }
            await transport.finishAuth(await signIn(provider.signIns.at(-1)));
            assert.deepEqual((await call()).structuredContent, { is_done: true });
        });
    });
}

const CLAIMS_OF_BOTH = [
    aClientThatKnowsOnlyTheAddressSignsInWithABrowserAndCallsATool,
    whoSignsInAsAViewerSeesAndCallsWhatAViewerMay,
    aClientGoesOnWithItsRegistrationAfterARestart,
    aResourceThatIsNotTheIdentifierUriIsRefusedAsEntraDoes,
];
const words = ({ name }) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const onDesk = (claim, sdk) => () => withDesk(app, {}, ({ url }) => claim({ url, sdk }));
const CLAIMS = [
    ...CLAIMS_OF_BOTH.flatMap((claim) => [
        [`${words(claim)}, SDK 1`, onDesk(claim, first)],
        [`${words(claim)}, SDK 2`, onDesk(claim, second)],
    ]),
    // The first generation does not ask for `offline_access` by itself.
    [words(aTokenThatIsRefusedIsReplacedWithoutAnotherSignIn), onDesk(aTokenThatIsRefusedIsReplacedWithoutAnotherSignIn, second)],
    [`${words(aMissingScopeIsObtainedOnTheWay)}, SDK 1`, () => aMissingScopeIsObtainedOnTheWay(first)],
    [`${words(aMissingScopeIsObtainedOnTheWay)}, SDK 2`, () => aMissingScopeIsObtainedOnTheWay(second)],
    [words(aClientInABrowserSignsInWhereItsOriginIsAllowed), aClientInABrowserSignsInWhereItsOriginIsAllowed],
];

let failed = 0;
for (const [name, claim] of CLAIMS) {
    try {
        await claim();
        console.log(`${name} ... ok`);
    } catch (error) {
        failed += 1;
        console.log(`${name} ... FAILED\n`, error);
    }
}
console.log(`${CLAIMS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
