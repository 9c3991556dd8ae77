// The service against an issuer by another hand: npm `oidc-provider`.
//
// Usage: run.mjs path/to/app path/to/examples/invoices path/to/.tools
//
// Tokens come from real sign-ins. What they open is compared with the access matrix; what must not open anything
// (an ID token, a token for another API, a token of a dropped key) is refused, and the log names the right reason.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { signIn, signInService } from './browser.mjs';
import { callOnBehalf, makeCredential } from './downstream.mjs';
import { API_CLIENT_ID, API_URI, OTHER_API_URI, PUBLIC_CLIENT_ID, Tenant } from './provider.mjs';
import { eventually, readMatrix, withService } from './service.mjs';

const [app, invoices, tools] = process.argv.slice(2).map((path) => resolve(path));
const installed = createRequire(join(tools, 'issuer', 'package.json'));
const [{ Provider }, jose] = await Promise.all(
    ['oidc-provider', 'jose'].map((name) => import(pathToFileURL(installed.resolve(name)))),
);
const matrix = readMatrix(app);
const GUARDED = '/api/v1/reports';
const SAMPLES = { symbol: 'ALPN', id: '0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41' };

// The package warns of its development pages and its storage in memory, which are what is wanted here.
console.info = console.warn = () => {};

async function withTenant(work, apiKey) {
    const ofKind = (wanted) => matrix.callers.filter(({ kind }) => kind === wanted);
    const services = ofKind('application').map(({ id, roles }) => ({ id, roles: roles.length ? roles : ['Unrelated.Role'] }));
    const tenant = new Tenant({ Provider, jose }, { people: ofKind('user'), services, apiKey });
    await tenant.start();
    try {
        return await work(tenant);
    } finally {
        await tenant.stop();
    }
}

const withBoth = (work) =>
    withTenant((tenant) =>
        withService(app, tenant, async (service) => {
            await service.waitUntilReady();
            await work(tenant, service);
        }),
    );

/** The access token of a kind of caller; none for those who send none. */
async function tokenOf(tenant, { id, kind, scopes }, resource = API_URI) {
    if (kind === 'application') return (await signInService(tenant, { service: id, resource })).access_token;
    if (kind !== 'user') return undefined;
    // Entra always sends a user's token with some scope.
    const scope = scopes.length > 0 ? scopes.join(' ') : 'Unrelated.Read';
    return (await signIn(tenant, { person: id, clientId: PUBLIC_CLIENT_ID, resource, scope })).access_token;
}

const caller = (id) => matrix.callers.find((it) => it.id === id) ?? assert.fail(`no caller ${id} in the matrix`);

async function refusedBecause(service, token, reason) {
    const answer = await service.ask(GUARDED, { token });
    assert.equal(answer.status, 401);
    assert.equal(await service.reasonFor(answer), reason);
}

async function accepted(service, token) {
    const answer = await service.ask(GUARDED, { token });
    assert.equal(answer.status, 200, await answer.text());
}

async function everyOperationAnswersEveryCallerAsTheMatrixSays() {
    await withBoth(async (tenant, service) => {
        const differences = [];
        for (const who of matrix.callers.filter(({ kind }) => kind !== 'poc')) {
            const token = await tokenOf(tenant, who);
            for (const { method, path, answers } of matrix.operations) {
                const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => SAMPLES[name] ?? assert.fail(`no sample for ${name}`));
                const { status } = await service.ask(filled, { token, method, body: method === 'GET' ? undefined : {} });
                const expected = answers[who.id];
                // An empty body and an unknown id are past the guard.
                const agrees = expected === 'allow' ? ![401, 403].includes(status) && status < 500 : status === Number(expected);
                if (!agrees) differences.push(`${method} ${path} for ${who.id}: ${expected} expected, got ${status}`);
            }
        }
        assert.deepEqual(differences, []);
    });
}

async function aSignedInPersonIsWhoTheIssuerSays() {
    await withBoth(async (tenant, service) => {
        const token = await tokenOf(tenant, caller('user:Analyst'));
        const { oid } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
        const me = await (await service.ask('/api/v1/me', { token })).json();
        assert.equal(me.object_id, oid);
        assert.deepEqual(me.roles, ['Analyst']);
    });
}

async function anIdTokenOpensNothing() {
    await withBoth(async (tenant, service) => {
        const idTokenFor = async (clientId) => {
            const asked = { person: 'user:Admin', clientId, resource: API_URI, scope: 'openid user_impersonation' };
            const { access_token, id_token } = await signIn(tenant, asked);
            await accepted(service, access_token);
            return id_token;
        };
        await refusedBecause(service, await idTokenFor(PUBLIC_CLIENT_ID), 'audience_not_accepted');
        await refusedBecause(service, await idTokenFor(API_CLIENT_ID), 'id_token_not_access_token');
    });
}

async function aTokenForAnotherApiOpensNothing() {
    await withBoth(async (tenant, service) => {
        for (const id of ['user:Admin', 'application:Ingest']) {
            await refusedBecause(service, await tokenOf(tenant, caller(id), OTHER_API_URI), 'audience_not_accepted');
        }
    });
}

async function anAlteredTokenOpensNothing() {
    await withBoth(async (tenant, service) => {
        const [header, claims, signature] = (await tokenOf(tenant, caller('user:Viewer'))).split('.');
        const raised = { ...JSON.parse(Buffer.from(claims, 'base64url')), roles: ['Admin'] };
        const altered = Buffer.from(JSON.stringify(raised)).toString('base64url');
        await refusedBecause(service, [header, altered, signature].join('.'), 'signature_invalid');
    });
}

async function aRotationIsFollowedAndADroppedKeyIsRefused() {
    await withBoth(async (tenant, service) => {
        const viewer = () => tokenOf(tenant, caller('user:Viewer'));
        const first = await viewer();
        await accepted(service, first);
        const before = tenant.keyRequests;

        tenant.rotate({ keepFormer: true });
        const second = await viewer();
        await accepted(service, second);
        assert.equal(tenant.keyRequests, before + 1, 'an unknown key causes one fetch');
        await accepted(service, first);

        tenant.rotate();
        const third = await viewer();
        await eventually('a token of the third key', async () => (await service.ask(GUARDED, { token: third })).status === 200);
        await refusedBecause(service, first, 'signing_key_unknown');
        await refusedBecause(service, second, 'signing_key_unknown');
        await accepted(service, third);
    });
}

async function withTheIssuerDownNobodyIsJudgedUntilItIsBack() {
    await withTenant(async (tenant) => {
        const token = await tokenOf(tenant, caller('user:Viewer'));
        tenant.goDown();
        await withService(app, tenant, async (service) => {
            const answer = await service.ask(GUARDED, { token });
            assert.equal(answer.status, 503);
            assert.equal((await answer.json()).code, 'keys_unavailable');
            assert.ok(Number(answer.headers.get('retry-after')) > 0);
            tenant.comeUp();
            await service.waitUntilReady();
            await accepted(service, token);
        });
    });
}

async function anotherApiIsCalledForTheSameUserAndNeverSeesHisToken() {
    const { jwk, pem } = makeCredential();
    await withTenant(async (tenant) => {
        const viewer = () => tokenOf(tenant, caller('user:Viewer'));
        const people = [await viewer(), await viewer()];
        const application = await tokenOf(tenant, caller('application:Ingest'));
        await callOnBehalf({ invoices, jose, tenant, pem, people, application });
    }, jwk);
}

const CLAIMS = [
    everyOperationAnswersEveryCallerAsTheMatrixSays,
    aSignedInPersonIsWhoTheIssuerSays,
    anIdTokenOpensNothing,
    aTokenForAnotherApiOpensNothing,
    anAlteredTokenOpensNothing,
    aRotationIsFollowedAndADroppedKeyIsRefused,
    withTheIssuerDownNobodyIsJudgedUntilItIsBack,
    anotherApiIsCalledForTheSameUserAndNeverSeesHisToken,
];

let failed = 0;
for (const claim of CLAIMS) {
    const name = claim.name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
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
