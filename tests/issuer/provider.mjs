// An issuer that nobody here wrote: npm `oidc-provider`, set up to write the access tokens an Entra tenant writes.
//
// Only names and claims are ours (Microsoft's "Access token claims reference"); the code flow, PKCE, the signing and the
// key document are the package's own. Sign-in pages are its development pages: any account below, no password.

import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

export const TENANT_ID = 'a4c1f0d2-6b7e-4a35-9d18-3f2e5b9c7081';
export const API_CLIENT_ID = '5d0e8b36-2f94-4c7a-8e61-b7a3d9f04c12';
export const API_URI = `api://${API_CLIENT_ID}`;
/** Another API of the tenant, with the same names of roles and scopes. */
export const OTHER_API_URI = 'api://e7b2a9c4-1d53-4f86-a0c7-94d6e1b85f30';
/** A program on somebody's machine: no secret, PKCE. */
export const PUBLIC_CLIENT_ID = '9f3b6e71-c8d2-4054-b19a-2e7d5f8a6c43';
/** Nothing listens there: who walks the flow reads the code from the redirect. */
export const REDIRECT_URI = 'http://127.0.0.1/signed-in';

const MOUNT = `/${TENANT_ID}/v2.0`;
/** Where Entra has its token endpoint; the package has it below the issuer. */
const TOKEN_ENDPOINT = `/${TENANT_ID}/oauth2/v2.0/token`;
const SCOPES = 'user_impersonation Unrelated.Read';
const ON_BEHALF_OF = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A running tenant. `people` and `services` are `{ id, roles }`; the id of a person is what is typed at sign-in. */
export class Tenant {
    #Provider;
    #server;
    #provider;
    #keys = [];
    #people;
    #services;
    #isDown = false;
    #apiKey;
    #jose;
    keyRequests = 0;
    exchanges = 0;

    /** With `apiKey`, a public JWK, the API's own registration may exchange tokens on behalf of their users. */
    constructor({ Provider, jose }, { people, services, apiKey }) {
        this.#Provider = Provider;
        this.#jose = jose;
        this.#apiKey = apiKey;
        this.#people = new Map(people.map((person) => [person.id, person]));
        this.#services = new Map(services.map((service) => [service.id, { ...service, ...credentials() }]));
    }

    /** Listens on a free port. While it is down it hangs up on everybody. */
    async start() {
        this.#server = createServer((request, response) => this.#answer(request, response));
        this.#server.on('connection', (socket) => this.#isDown && socket.destroy());
        await new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening));
        this.authority = `http://127.0.0.1:${this.#server.address().port}`;
        this.issuer = `${this.authority}${MOUNT}`;
        this.rotate();
    }

    goDown() {
        this.#isDown = true;
        this.#server.closeAllConnections();
    }

    comeUp() {
        this.#isDown = false;
    }

    async stop() {
        this.#server.closeAllConnections();
        await new Promise((closed) => this.#server.close(closed));
    }

    /** Signs with a new key from now on. The former ones stay listed, or are dropped. */
    rotate({ keepFormer = false } = {}) {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
        // The package signs with the first key that fits; it takes new keys as it does in operation, by a restart.
        this.#keys = keepFormer ? [key, ...this.#keys] : [key];
        this.#provider = this.#build();
    }

    /** The client id and secret of a service. */
    credentialsOf(serviceId) {
        return this.#services.get(serviceId);
    }

    #answer(request, response) {
        request.originalUrl = request.url;
        if (request.url === TOKEN_ENDPOINT) {
            request.url = '/token';
        } else if (request.url.startsWith(`${MOUNT}/`)) {
            request.url = request.url.slice(MOUNT.length);
        } else {
            response.writeHead(404).end();
            return;
        }
        if (request.url === '/jwks') this.keyRequests += 1;
        this.#provider.callback()(request, response);
    }

    #build() {
        const provider = new this.#Provider(this.issuer, {
            clients: [publicClient(PUBLIC_CLIENT_ID), this.#apiRegistration(), ...[...this.#services.values()].map(confidentialClient)],
            claims: { openid: ['sub', 'tid', 'oid', 'ver', 'roles', 'nbf', 'uti', 'azp'] },
            conformIdTokenClaims: false,
            cookies: { keys: [randomUUID()] },
            features: {
                clientCredentials: { enabled: true },
                devInteractions: { enabled: true },
                resourceIndicators: { enabled: true, getResourceServerInfo: describeResource },
                userinfo: { enabled: false },
            },
            findAccount: (_, id) => this.#people.has(id) && this.#account(this.#people.get(id)),
            formats: { customizers: { jwt: (_, token, jwt) => this.#writeLikeEntra(token, jwt) } },
            jwks: { keys: this.#keys },
            scopes: ['openid', ...SCOPES.split(' ')],
            ttl: { AccessToken: 3600, ClientCredentials: 3600, Grant: 3600, IdToken: 3600, Interaction: 3600, Session: 3600 },
        });
        const parameters = ['assertion', 'requested_token_use', 'scope'];
        provider.registerGrantType(ON_BEHALF_OF, (context) => this.#exchange(context), parameters);
        return provider;
    }

    /** Without a key it signs in too, as a page would: its ID tokens have the API's audience. */
    #apiRegistration() {
        if (!this.#apiKey) return publicClient(API_CLIENT_ID);
        return {
            client_id: API_CLIENT_ID,
            token_endpoint_auth_method: 'private_key_jwt',
            token_endpoint_auth_signing_alg: 'PS256',
            jwks: { keys: [this.#apiKey] },
            grant_types: [ON_BEHALF_OF],
            response_types: [],
            redirect_uris: [],
        };
    }

    /** The package has authenticated the client before; the rest of the grant is written here. */
    async #exchange(context) {
        const { provider, client, params } = context.oidc;
        const { n, e } = this.#keys[0];
        const key = await this.#jose.importJWK({ kty: 'RSA', n, e }, 'RS256');
        const expected = { issuer: this.issuer, audience: API_CLIENT_ID };
        const { payload } = await this.#jose.jwtVerify(params.assertion, key, expected);
        const person = [...this.#people.values()].find(({ id }) => guidOf(id) === payload.oid);
        const [resource, scope] = params.scope.split(/\/(?=[^/]*$)/);
        if (params.requested_token_use !== 'on_behalf_of' || !person || !payload.scp || resource !== OTHER_API_URI) {
            throw new Error('not an exchange that this tenant knows');
        }
        const token = new provider.AccessToken({ accountId: person.id, client, scope, gty: ON_BEHALF_OF });
        token.resourceServer = new provider.ResourceServer(resource, describeResource(context, resource));
        const access_token = await token.save();
        this.exchanges += 1;
        context.body = { access_token, token_type: 'Bearer', expires_in: token.expiration, scope: params.scope };
    }

    /** The claims of an ID token: those of an access token, so that nothing but its kind tells it apart. */
    #account(person) {
        const claims = this.#claimsOf(person);
        return { accountId: person.id, claims: () => ({ sub: person.id, ...claims, nbf: unixNow() }) };
    }

    #writeLikeEntra(token, jwt) {
        const { iss, aud, iat, exp } = jwt.payload;
        const times = { iss, aud, iat, nbf: iat, exp, azp: token.clientId, azpacr: token.accountId ? '0' : '1' };
        if (token.accountId) {
            const person = this.#people.get(token.accountId);
            jwt.payload = { ...times, ...this.#claimsOf(person), sub: `pairwise-${person.id}`, scp: token.scope };
        } else {
            const service = [...this.#services.values()].find(({ clientId }) => clientId === token.clientId);
            const claims = this.#claimsOf(service);
            jwt.payload = { ...times, ...claims, sub: claims.oid, idtyp: 'app' };
        }
    }

    #claimsOf({ id, roles }) {
        // Entra leaves the claim out when nothing is assigned.
        const assigned = roles.length > 0 ? { roles } : {};
        return { tid: TENANT_ID, oid: guidOf(id), ver: '2.0', uti: randomUUID(), ...assigned };
    }
}

function describeResource(_, indicator) {
    return {
        // What Entra puts into `aud` of a v2 token: the bare client id.
        audience: indicator.replace('api://', ''),
        scope: SCOPES,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
    };
}

function publicClient(client_id) {
    return {
        client_id,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [REDIRECT_URI],
    };
}

function confidentialClient({ clientId, clientSecret }) {
    return {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
    };
}

const credentials = () => ({ clientId: randomUUID(), clientSecret: randomUUID() });

/** An object id that stays the same for one name. */
function guidOf(name) {
    const hex = createHash('sha256').update(name).digest('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

const unixNow = () => Math.floor(Date.now() / 1000);
