# Installs what the suites need beyond Rust; every function can be called again at no cost.
# Functions that answer with a path print it on standard output and everything else on standard error.

# Runs apt-get for Debian packages, as root or through sudo.
install_debian_packages() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "needs the Debian packages $*: install them as root, then run again" >&2
            return 1
        }
        as_root=(sudo --non-interactive)
    fi
    "${as_root[@]}" apt-get update -q >&2 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "$@" >&2
}

# Makes a virtual environment under .tools with one requirements file; a stamp says which content is installed.
install_virtual_environment() {
    local name=$1 requirements=$2
    local place=$tools/$name stamp=$tools/$name/installed.txt
    if ! cmp -s "$requirements" "$stamp"; then
        mkdir -p "$tools"
        command -v python3 >/dev/null || install_debian_packages python3 || return 1
        rm -rf "$place"
        if ! python3 -m venv "$place" >&2; then
            echo "python3 has no venv module; installing Debian's" >&2
            install_debian_packages python3-venv && python3 -m venv --clear "$place" >&2 || return 1
        fi
        "$place/bin/python" -m pip install --quiet --disable-pip-version-check \
            --requirement "$requirements" >&2 || return 1
        cp "$requirements" "$stamp"
    fi
    echo "$place"
}

# The interpreter that has the MCP client.
install_python_tools() {
    local place
    place=$(install_virtual_environment python "$root/tests/clients/requirements.txt") || return 1
    echo "$place/bin/python"
}

# The interpreter that has Schemathesis.
install_schemathesis() {
    local place
    place=$(install_virtual_environment schemathesis "$root/tests/openapi/schemathesis/requirements.txt") || return 1
    echo "$place/bin/python"
}

# The interpreter that has check-jsonschema.
install_check_jsonschema() {
    local place
    place=$(install_virtual_environment check-jsonschema "$root/tests/config/requirements.txt") || return 1
    echo "$place/bin/check-jsonschema"
}

# cargo-deny as a ready binary where one is published for this platform (building it takes longer than
# all suites together), else built once from source.
install_cargo_deny() {
    local place
    if command -v cargo-deny >/dev/null; then
        command -v cargo-deny
    elif [ "$(uname -sm)" = "Linux x86_64" ] &&
        place=$(install_virtual_environment cargo-deny "$root/tests/tools/cargo-deny.txt"); then
        echo "$place/bin/cargo-deny"
    else
        [ -x "$tools/bin/cargo-deny" ] ||
            cargo install cargo-deny --version 0.20.2 --locked --root "$tools" >&2 || return 1
        echo "$tools/bin/cargo-deny"
    fi
}

# cargo-fuzz, in the same way.
install_cargo_fuzz() {
    local place
    if command -v cargo-fuzz >/dev/null; then
        command -v cargo-fuzz
    elif [ "$(uname -sm)" = "Linux x86_64" ] &&
        place=$(install_virtual_environment cargo-fuzz "$root/tests/tools/cargo-fuzz.txt"); then
        echo "$place/bin/cargo-fuzz"
    else
        [ -x "$tools/bin/cargo-fuzz" ] ||
            cargo install cargo-fuzz --version 0.13.2 --locked --root "$tools" >&2 || return 1
        echo "$tools/bin/cargo-fuzz"
    fi
}

# Node.js packages under .tools, exact versions, no scripts of theirs run; a stamp says which content is installed.
install_node_packages() {
    local name=$1 manifest=$2
    local place=$tools/$name missing=()
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    [ ${#missing[@]} -eq 0 ] || install_debian_packages "${missing[@]}" || return 1
    cmp -s "$manifest" "$place/installed.json" && return 0
    rm -rf "$place"
    mkdir -p "$place"
    cp "$manifest" "$place/package.json"
    npm install --prefix "$place" --ignore-scripts --no-audit --no-fund --no-package-lock --silent >&2 || return 1
    cp "$manifest" "$place/installed.json"
}

# A Node.js of our own, for packages that want a newer one than Debian has. Prints its path; where none is published for
# this platform, that of the one on the path.
install_node() {
    local platform=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
    local node=$tools/node/node_modules/node-$platform/bin/node
    install_node_packages node tests/tools/node/package.json || return 1
    [ -x "$node" ] || node=$(command -v node)
    echo "$node"
}

# Debian's Chromium, and playwright-core without its own browser download.
install_browser() {
    [ -x /usr/bin/chromium ] || install_debian_packages chromium || return 1
    install_node_packages browser tests/browser/package.json
}

# Debian's promtool, which comes with the server.
install_promtool() {
    command -v promtool >/dev/null || install_debian_packages prometheus || return 1
    command -v promtool
}

# The interpreter that reads YAML and runs KQL.
install_alert_tools() {
    local place
    place=$(install_virtual_environment alerts "$root/tests/alerts/requirements.txt") || return 1
    echo "$place/bin/python"
}

# The interpreter that has hadolint and the schemas of Kubernetes.
install_deploy_tools() {
    local place
    place=$(install_virtual_environment deploy "$root/tests/deploy/requirements.txt") || return 1
    echo "$place/bin/python"
}

# Debian's kubectl is too old for components of kustomize.
check_kubectl() {
    command -v kubectl >/dev/null && return 0
    echo "needs kubectl 1.25 or later (\`kubectl kustomize\`)" >&2
    return 1
}

# Debian's nginx; it is only started by the suite.
install_nginx() {
    local missing=()
    [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v python3 >/dev/null || missing+=(python3)
    [ ${#missing[@]} -eq 0 ] || install_debian_packages "${missing[@]}" || return 1
    echo /usr/sbin/nginx
}

# Debian's PostgreSQL, of which the suite starts a server of its own. Prints the folder of its programs, which are not on
# the path; the newest where there are several.
install_postgres() {
    local missing=() programs
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    command -v openssl >/dev/null || missing+=(openssl)
    [ ${#missing[@]} -eq 0 ] || install_debian_packages "${missing[@]}" || return 1
    programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort --version-sort | tail -1)
    dirname "$programs"
}
