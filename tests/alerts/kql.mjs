// Analyses the KQL alerts with Microsoft's own language service, against the tables and columns that they name.
//
// usage: node kql.mjs TOOLS

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "deploy/alerts/azure");
const require = createRequire(join(process.argv[2], "kusto/package.json"));
require("@kusto/language-service-next/bridge.min.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
const { KustoCode, GlobalState } = globalThis.Kusto.Language;
const { ColumnSymbol, DatabaseSymbol, ScalarTypes, TableSymbol } = globalThis.Kusto.Language.Symbols;

// Columns of the tables as Azure Monitor makes them for Container Apps.
const tables = {
    ContainerAppConsoleLogs_CL: {
        TimeGenerated: "DateTime", Log_s: "String", ContainerAppName_s: "String", RevisionName_s: "String",
        ContainerGroupName_s: "String", ContainerName_s: "String", ContainerImage_s: "String", Stream_s: "String",
        EnvironmentName_s: "String",
    },
    ContainerAppSystemLogs_CL: {
        TimeGenerated: "DateTime", Log_s: "String", ContainerAppName_s: "String", RevisionName_s: "String",
        ReplicaName_s: "String", Reason_s: "String", Type_s: "String", EventSource_s: "String",
        EnvironmentName_s: "String",
    },
};

function buildGlobals() {
    const symbols = Object.entries(tables).map(([name, columns]) => {
        const list = Object.entries(columns).map(([column, type]) => new ColumnSymbol(column, ScalarTypes[type]));
        return new TableSymbol.$ctor4(name, list);
    });
    const database = new DatabaseSymbol.$ctor3("workspace", null, symbols);
    return GlobalState.Default.WithDatabase(database);
}

function faultsOf(text, globals) {
    const code = KustoCode.ParseAndAnalyze(text, globals);
    const diagnostics = code.GetDiagnostics();
    const faults = [];
    for (let index = 0; index < diagnostics.Count; index += 1) {
        const diagnostic = diagnostics.getItem(index);
        if (diagnostic.Severity === "Suggestion" || diagnostic.Severity === "Information") continue;
        const line = text.slice(0, diagnostic.Start).split("\n").length;
        faults.push(`line ${line}: ${diagnostic.Severity}: ${diagnostic.Message}`);
    }
    return faults;
}

const globals = buildGlobals();
let failed = 0;
// A judge that finds nothing anywhere is none.
for (const [wrong, what] of [["ContainerAppConsoleLogs_CL | where Log_x == ''", "a column that is not there"],
    ["NoTable | count", "a table that is not there"], ["ContainerAppConsoleLogs_CL | wher true", "no KQL"]]) {
    if (faultsOf(wrong, globals).length === 0) {
        console.error(`the language service has no objection to ${what}`);
        failed += 1;
    }
}
const files = readdirSync(folder).filter((name) => name.endsWith(".kql")).sort();
for (const name of files) {
    for (const fault of faultsOf(readFileSync(join(folder, name), "utf8"), globals)) {
        console.error(`deploy/alerts/azure/${name}: ${fault}`);
        failed += 1;
    }
}
if (failed === 0) console.log(`${files.length} KQL alerts: no fault in syntax, names or types`);
process.exitCode = failed === 0 && files.length > 0 ? 0 : 1;
