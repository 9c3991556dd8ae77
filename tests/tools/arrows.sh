# The arrows between the crates, read from cargo and not from anybody's memory.

# Prints the direct dependencies of a crate that are ours, sorted, on one line.
own_dependencies() {
    local package=$1
    shift
    cargo tree --locked -p "$package" -e normal,build --depth 1 --prefix none "$@" |
        tail -n +2 | awk '{print $1}' | grep -E '^(portcullis|app$)' | sort -u | paste -sd' '
}

expect_dependencies() {
    local package=$1 expected=$2 actual
    shift 2
    actual=$(own_dependencies "$package" "$@")
    if [ "$actual" != "$expected" ]; then
        echo "$package depends on [$actual], the arrows say [$expected]" >&2
        return 1
    fi
    echo "$package -> [$actual]"
}

check_arrows() {
    local failed=0
    expect_dependencies portcullis-grammar "" || failed=1
    expect_dependencies portcullis-api-spec "portcullis-grammar" || failed=1
    expect_dependencies portcullis-macros "portcullis-grammar" || failed=1
    check_grammar_is_light || failed=1
    expect_dependencies portcullis-dev-issuer "" || failed=1
    expect_dependencies portcullis "portcullis-api-spec portcullis-dev-issuer portcullis-macros" || failed=1
    expect_dependencies portcullis "portcullis-api-spec portcullis-macros" --no-default-features || failed=1
    expect_dependencies app "portcullis" || failed=1
    check_plain_words || failed=1
    return "$failed"
}

# The macros are compiled before everything else that is ours: what they share with the vocabulary must not make them wait.
check_grammar_is_light() {
    local found
    found=$(cargo tree --locked -p portcullis-grammar -e normal,build --prefix none | tail -n +2)
    [ -z "$found" ] && return 0
    echo "portcullis-grammar depends on: $(paste -sd' ' <<<"$found")" >&2
    return 1
}

# api-spec is plain data and pure functions: none of these may come in, not even through another crate.
check_plain_words() {
    local found
    found=$(cargo tree --locked -p portcullis-api-spec -e normal --prefix none |
        awk '{print $1}' | sort -u | grep -xE 'axum|hyper|http|tokio|tower|tower-http|reqwest|rmcp|sqlx|figment|tracing')
    [ -z "$found" ] && return 0
    echo "portcullis-api-spec pulls in: $(paste -sd' ' <<<"$found")" >&2
    return 1
}

# What is deployed is built without default features; the dev issuer must not be in that tree.
check_dev_issuer_can_be_left_out() {
    local tree
    tree=$(cargo tree --locked -p app --no-default-features -e normal --prefix none) || return 1
    if grep -q '^portcullis-dev-issuer ' <<<"$tree"; then
        echo "the dev issuer is still in: cargo tree -p app --no-default-features -i portcullis-dev-issuer" >&2
        return 1
    fi
    echo "app without default features has no dev issuer"
}

# The test kit signs tokens and publishes keys: only dev-dependencies may switch it on, so that no build has it.
check_test_kit_is_left_out() {
    local flags
    for flags in "" "--no-default-features" "--all-features"; do
        # shellcheck disable=SC2086  # an empty string is no flag
        if cargo tree --locked -p app $flags -e normal,build --prefix none -f '{p} [{f}]' |
            grep -qE '^portcullis .*[[,]testing[],]'; then
            echo "the test kit is in what is built: cargo tree -p app $flags -e features -i portcullis" >&2
            return 1
        fi
    done
    echo "app has no test kit, whatever its features"
}
