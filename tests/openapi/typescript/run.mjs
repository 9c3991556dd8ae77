// Typed clients: generated from the document, compiled under `tsc --strict`, run against the live service. The code of
// docs/guide/frontend.md is compiled with them.
//
// Usage: run.mjs path/to/app path/to/.tools

import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { withDesk } from '../../clients/desk.mjs';

const [app, tools] = process.argv.slice(2).map((path) => resolve(path));
const place = join(tools, 'typescript');
const bin = (name, flags) => {
    const options = { cwd: place, stdio: ['ignore', 'inherit', 'inherit'] };
    execFileSync(join(place, 'node_modules', '.bin', name), flags, options);
};

for (const name of ['generated', 'out']) rmSync(join(place, name), { recursive: true, force: true });
const sources = ['tsconfig.json', 'session.ts', 'with_openapi_fetch.ts', 'with_hey_api.ts'];
for (const name of sources) copyFileSync(join(import.meta.dirname, name), join(place, name));
writeFileSync(join(place, 'guide.ts'), codeOfTheGuide());
writeFileSync(join(place, 'openapi.json'), execFileSync(app, ['openapi']));

bin('openapi-typescript', ['openapi.json', '--output', 'generated/desk.ts']);
bin('openapi-ts', ['--input', 'openapi.json', '--output', 'generated/sdk', '--no-log-file', '--silent']);
bin('tsc', ['--project', '.']);
console.log('generated and compiled under --strict');

const failed = await withDesk(app, {}, async (session) => {
    let failed = 0;
    for (const program of ['with_openapi_fetch', 'with_hey_api']) {
        const { run } = await import(pathToFileURL(join(place, 'out', `${program}.js`)));
        failed += await run(session);
    }
    return failed;
});
process.exit(failed === 0 ? 0 : 1);

function codeOfTheGuide() {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/frontend.md'), 'utf8');
    const blocks = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
    if (blocks.length < 2) throw new Error('docs/guide/frontend.md has lost its code');
    return blocks.join('\n');
}
