// docs/generated/conformance.md: the totals of both revisions, and why what fails fails.

const INTRODUCTION = (version) => `# Conformance with the Model Context Protocol

Written by \`tests/run mcp-conformance\`: the official suite (\`@modelcontextprotocol/conformance\` ${version}), run against
\`runtime/examples/conformance.rs\` for each revision that has a frozen set of requirements. A scenario *passes* when no check
of it fails or warns; each message is also held against the schema of the revision. *Listed* ones are expected not to
pass, each for a reason that stands below, and fail the run when they do. What a revision runs and does not score
(extensions, scenarios that came later) counts in no total.
`;

const SHOWN = ['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED'];
const COLUMNS = 'checks passed | failed | warned | skipped';

/** The page, without anything that differs from run to run. */
export function renderPage({ version, runs, expected }) {
    return [INTRODUCTION(version), renderTotals(runs), ...runs.map(renderRun), renderReasons(expected, runs)].join('\n');
}

function renderTotals(runs) {
    const rows = runs.map(({ revision, notScored, scenarios }) => {
        const scored = scenarios.filter(({ name }) => !notScored.has(name));
        const flawed = scored.filter((scenario) => scenario.flawed);
        const checks = (status) => scored.reduce((total, { counts }) => total + counts[status], 0);
        const counts = [scored.length, scored.length - flawed.length, flawed.length, ...SHOWN.map(checks)];
        return `| ${[revision, ...counts].join(' | ')} |`;
    });
    return `| revision | scenarios required | pass | listed | ${COLUMNS} |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function renderRun({ revision, listed, notScored, scenarios }) {
    const rows = scenarios.map(({ name, counts, flawed }) => {
        const isListed = listed.some((entry) => entry.split(':')[0] === name);
        const verdict = !flawed ? 'passes' : isListed ? 'listed' : 'fails';
        const remark = notScored.has(name) ? `${verdict}; not scored (${notScored.get(name)})` : verdict;
        return `| ${[name, remark, ...SHOWN.map((status) => counts[status])].join(' | ')} |`;
    });
    return `## ${revision}

| scenario | | ${COLUMNS} |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function renderReasons(expected, runs) {
    const rows = expected.flatMap(({ reason, scenarios }) =>
        scenarios.map((entry) => {
            const revisions = runs.filter((run) => concerns(entry, run)).map(({ revision }) => revision);
            return `| ${entry} | ${revisions.join(', ')} | ${reason} |`;
        }),
    );
    return `## Why the listed ones fail

| scenario, or check of one | revisions | reason |
|---|---|---|
${rows.join('\n')}
`;
}

/** Whether an entry of the list names something that this run has had: a scenario, or `scenario:check`. */
function concerns(entry, { scenarios }) {
    const [name, id] = entry.split(':');
    return scenarios.some((scenario) => scenario.name === name && (id === undefined || scenario.ids.includes(id)));
}
