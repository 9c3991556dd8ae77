// A person's browser reduced to what signing in takes: cookies, redirects, and forms filled in and sent.

import { createHash, randomBytes } from 'node:crypto';

import { REDIRECT_URI } from './provider.mjs';

/** Far more pages than a sign-in has. */
const PAGES = 20;

/**
 * Signs a person in by the authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636), consents to what is asked,
 * and gives the answer of the token endpoint.
 */
export async function signIn(tenant, { person, clientId, resource, scope }) {
    const found = await fetch(`${tenant.issuer}/.well-known/openid-configuration`);
    const discovery = await found.json();
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(16).toString('base64url');
    const authorize = new URL(discovery.authorization_endpoint);
    authorize.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: REDIRECT_URI,
        scope,
        resource,
        state,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
    });
    const redirected = await walk(authorize, person);
    if (redirected.get('state') !== state || redirected.get('iss') !== tenant.issuer || !redirected.has('code')) {
        throw new Error(`no code: ${redirected}`);
    }
    return await redeem(discovery.token_endpoint, {
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: REDIRECT_URI,
        code: redirected.get('code'),
        code_verifier: verifier,
        resource,
    });
}

/** Gets a service its token by client credentials (RFC 6749 section 4.4). */
export async function signInService(tenant, { service, resource }) {
    const found = await fetch(`${tenant.issuer}/.well-known/openid-configuration`);
    const { token_endpoint } = await found.json();
    const { clientId, clientSecret } = tenant.credentialsOf(service);
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    return await redeem(token_endpoint, { grant_type: 'client_credentials', resource }, { authorization });
}

async function redeem(endpoint, parameters, headers = {}) {
    const answer = await fetch(endpoint, { method: 'POST', headers, body: new URLSearchParams(parameters) });
    const tokens = await answer.json();
    if (answer.status !== 200) throw new Error(`no token: ${JSON.stringify(tokens)}`);
    return tokens;
}

/** Follows pages from `start` until one leads to the redirect URI; gives the query it was called with. */
async function walk(start, person) {
    const cookies = [];
    let next = { url: start };
    for (let page = 0; page < PAGES; page += 1) {
        const headers = { cookie: cookiesFor(cookies, next.url) };
        const answer = await fetch(next.url, { redirect: 'manual', headers, method: next.method, body: next.body });
        answer.headers.getSetCookie().forEach((line) => keepCookie(cookies, line));
        const location = answer.headers.get('location');
        if (location?.startsWith(`${REDIRECT_URI}?`)) return new URL(location).searchParams;
        if (location) {
            next = { url: new URL(location, next.url) };
        } else {
            next = fillIn(await answer.text(), next.url, person);
        }
    }
    throw new Error(`not signed in after ${PAGES} pages`);
}

/** The one form of the page with its hidden fields, the person's name, and a password that nobody checks. */
function fillIn(page, url, person) {
    const action = page.match(/<form[^>]* action="([^"]+)"/)?.[1];
    if (!action) throw new Error(`a page without a form: ${page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`);
    const body = new URLSearchParams();
    for (const [field] of page.matchAll(/<input[^>]*>/g)) {
        const name = field.match(/ name="([^"]+)"/)[1];
        body.set(name, field.match(/ value="([^"]*)"/)?.[1] ?? (name === 'login' ? person : 'anything'));
    }
    return { url: new URL(action, url), method: 'POST', body };
}

function keepCookie(cookies, line) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const separator = pair.indexOf('=');
    const attribute = (name) => attributes.find((it) => it.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
    const cookie = { name: pair.slice(0, separator), pair, path: attribute('path') ?? '/' };
    const former = cookies.findIndex(({ name, path }) => name === cookie.name && path === cookie.path);
    if (former >= 0) cookies.splice(former, 1);
    const expires = attribute('expires');
    if (!expires || Date.parse(expires) > Date.now()) cookies.push(cookie);
}

/** RFC 6265 section 5.1.4. */
function cookiesFor(cookies, { pathname }) {
    const isSent = ({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
    return cookies.filter(isSent).map(({ pair }) => pair).join('; ');
}
