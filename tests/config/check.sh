#!/usr/bin/env bash
# The shipped layers as CI and editors see them: schema, layers, every environment, the example of variables.
# usage: check.sh APP CHECK_JSONSCHEMA, in the root of the repository
set -uo pipefail
app=$1 check_jsonschema=$2
schema=docs/generated/config.schema.json
failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
    echo "FAILED: $1" >&2
    failed=1
}

# Nothing of this machine decides; ids and a database address are what an operator gives.
desk() {
    env -i AZURE_TENANT_ID=8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c \
        AZURE_AD_CLIENT_ID=3a9d6f10-7c42-4b8e-a1d3-9e0f5b6c7d8a \
        APP_APP__DATABASE_URL=sqlite://desk.db "$app" "$@"
}

"$check_jsonschema" --check-metaschema "$schema" || fail "the schema is none of its dialect"
"$check_jsonschema" --schemafile "$schema" app/config/*.toml || fail "a shipped layer does not fit the schema"

for layer in app/config/*.toml; do
    named=$(sed -n '1s/^#:schema //p' "$layer")
    [ -n "$named" ] && [ "$(realpath "app/config/$named")" = "$(realpath "$schema")" ] ||
        fail "$layer does not name its schema in the first line"
done

# A schema that accepts everything would pass all of the above.
while IFS='|' read -r what line; do
    printf '%s\n' "$line" >"$scratch/wrong.toml"
    "$check_jsonschema" --schemafile "$schema" "$scratch/wrong.toml" >/dev/null &&
        fail "the schema accepts $what: $line"
done <<'TEXT'
a misspelt key|server.bnid = "127.0.0.1:8080"
an unknown section|[wheather]
a number where a duration belongs|server.request_timeout = 30
a value out of range|rate_limit.burst = 0
a word that is no choice|docs.access = "everybody"
TEXT

desk config check --all || fail "an environment is refused"
desk config check --all --config-dir app/config >/dev/null || fail "the files are refused as a folder"

# The example is read as `docker --env-file` reads it: lines as they stand.
mapfile -t example < <(grep -v '^#' docs/generated/prod.env | grep .)
env -i "${example[@]}" AZURE_TENANT_ID=8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c \
    AZURE_AD_CLIENT_ID=3a9d6f10-7c42-4b8e-a1d3-9e0f5b6c7d8a \
    APP_APP__DATABASE_URL=sqlite://desk.db "$app" config check >/dev/null ||
    fail "the example of variables is refused"

[ "$failed" -eq 0 ]
