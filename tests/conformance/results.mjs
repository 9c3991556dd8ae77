// What the suite found, from the files that it leaves for each scenario.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const COUNTED = ['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED'];

/** Why some scenarios of a set of requirements are run and not scored, by name. */
export function readNotScored(requirements) {
    const entries = readFileSync(requirements, 'utf8').matchAll(/- scenario: (\S+)\s+leg: server\s+reason: (\S+)/g);
    return new Map([...entries].map(([, name, why]) => [name, why]));
}

/** The scenarios in the order of the summary: name, ids of the checks, how many had which outcome, and whether any is amiss. */
export function readResults(printed, folder) {
    const folders = readdirSync(folder);
    const names = [...printed.matchAll(/^[✓✗] (\S+): \d+ passed/gm)].map(([, name]) => name);
    return names.map((name) => {
        const isOfScenario = new RegExp(`^server-${name}-\\d{4}-\\d{2}-\\d{2}T`);
        const place = folders.find((folder) => isOfScenario.test(folder));
        if (place === undefined) throw new Error(`no results of ${name}`);
        const checks = JSON.parse(readFileSync(join(folder, place, 'checks.json'), 'utf8'));
        const counts = Object.fromEntries(COUNTED.map((status) => [status, 0]));
        for (const { status } of checks) if (status in counts) counts[status] += 1;
        const ids = checks.map(({ id }) => id);
        return { name, ids, counts, flawed: counts.FAILURE + counts.WARNING > 0 };
    });
}
