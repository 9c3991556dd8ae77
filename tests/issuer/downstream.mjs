// On-behalf-of at an issuer by another hand: `oidc-provider` checks the API's signed assertion by its own code, and the
// other API verifies the token it is sent with the issuer's published keys.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import { API_CLIENT_ID, OTHER_API_URI, TENANT_ID } from './provider.mjs';
import { withService } from './service.mjs';

const SCOPE = 'Unrelated.Read';

/** The key pair of the API's registration, and the PEM text that its certificate is configured with. */
export function makeCredential() {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    // Of the certificate only the thumbprint is sent, which this issuer does not look at.
    const certificate = `-----BEGIN CERTIFICATE-----\n${Buffer.from('any DER').toString('base64')}\n-----END CERTIFICATE-----\n`;
    return { jwk: { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'PS256' }, pem: key + certificate };
}

/** Another API: keeps every header it is sent, verifies the token and answers with its claims. */
async function startBilling(tenant, jose) {
    const seen = [];
    const keys = jose.createRemoteJWKSet(new URL(`${tenant.issuer}/jwks`));
    const server = createServer(async (request, response) => {
        seen.push(request.rawHeaders.join('\n'));
        const token = request.headers.authorization?.replace('Bearer ', '');
        const audience = OTHER_API_URI.replace('api://', '');
        const verified = jose.jwtVerify(token, keys, { issuer: tenant.issuer, audience });
        await verified.then(
            ({ payload }) => response.end(JSON.stringify(payload)),
            (error) => response.writeHead(401).end(error.message),
        );
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    return { seen, server, url: `http://127.0.0.1:${server.address().port}` };
}

/** Calls the example service as each of the people and the service, and says who the other API saw. */
export async function callOnBehalf({ invoices, jose, tenant, pem, people, application }) {
    const billing = await startBilling(tenant, jose);
    const environment = {
        APP_DOWNSTREAM__BILLING__SCOPES: `${OTHER_API_URI}/${SCOPE}`,
        APP_AUTH__CLIENT_CERTIFICATE: pem,
        APP_APP__BILLING_URL: billing.url,
        APP_APP__DATABASE_URL: undefined,
    };
    try {
        const work = async (service) => {
            await service.waitUntilReady();
            for (const token of [...people, ...people]) {
                const incoming = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
                const answer = await service.ask('/api/v1/invoices', { token });
                assert.equal(answer.status, 200, `${await answer.clone().text()}\n${service.log()}`);
                const claims = JSON.parse(await answer.json());
                assert.equal(claims.oid, incoming.oid, 'the same user');
                assert.equal(claims.tid, TENANT_ID);
                assert.equal(claims.azp, API_CLIENT_ID, 'this API is the client');
                assert.equal(claims.scp, SCOPE);
            }
            const refused = await service.ask('/api/v1/invoices', { token: application });
            assert.equal(refused.status, 403);
            assert.equal((await refused.json()).code, 'user_required');
            for (const token of [...people, application]) {
                const signature = token.split('.')[2];
                assert.ok(!billing.seen.join().includes(signature), 'an incoming token was forwarded');
                assert.ok(!service.log().includes(signature), 'an incoming token is in the log');
            }
        };
        await withService(invoices, tenant, work, environment);
        assert.equal(billing.seen.length, 2 * people.length);
        assert.equal(tenant.exchanges, people.length, 'one exchange for each sign-in');
    } finally {
        billing.server.closeAllConnections();
        await new Promise((closed) => billing.server.close(closed));
    }
}
