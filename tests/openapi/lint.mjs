// The strictest linters find nothing: neither in what `app openapi` prints nor in what a service gives out.
//
// Usage: lint.mjs path/to/app path/to/.tools

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { withDesk } from '../clients/desk.mjs';

const [app, tools] = process.argv.slice(2).map((path) => resolve(path));
const place = join(tools, 'openapi-lint');

// Rulesets are looked up beside their file.
for (const name of ['redocly.yaml', 'spectral.yaml']) copyFileSync(join(import.meta.dirname, name), join(place, name));

const printed = execFileSync(app, ['openapi'], { encoding: 'utf8' });
// Linters rightly refuse a server without TLS, so this one stands behind a proxy.
const behindProxy = { APP_SERVER__PUBLIC_URL: 'https://research-desk.contoso.com' };
const served = await withDesk(app, behindProxy, async ({ url }) => (await fetch(`${url}/openapi.json`)).text());

const linters = [
    ['redocly', ['lint', '--config=redocly.yaml', '--max-problems=1000']],
    ['spectral', ['lint', '--ruleset=spectral.yaml', '--fail-severity=hint', '--display-only-failures=false']],
];
let failed = 0;
for (const [name, document] of Object.entries({ printed, served })) {
    const file = `${name}.json`;
    writeFileSync(join(place, file), document);
    for (const [linter, flags] of linters) {
        const options = { cwd: place, stdio: 'inherit', env: { ...process.env, REDOCLY_TELEMETRY: 'off' } };
        const { status } = spawnSync(join('node_modules', '.bin', linter), [...flags, file], options);
        console.log(`${linter} on the ${name} document ... ${status === 0 ? 'ok' : 'FAILED'}`);
        if (status !== 0) failed += 1;
    }
}
process.exit(failed === 0 ? 0 : 1);
