# A PostgreSQL for the time of a suite: its own data, a free port of loopback, TLS, gone afterwards.
#
# Made to find differences: text sorts by the rules of a language, and every connection of the tests is encrypted.

# Starts it. Sets postgres_home (to be removed) and RESEARCH_DESK_POSTGRES, the URL by which tests make databases of
# their own; the URL's `sslrootcert` signed the certificate of `localhost`.
start_postgres() {
    local programs=$1 password attempt port
    postgres_home=$(mktemp -d "${TMPDIR:-/tmp}/research-desk-postgres.XXXXXX") || return 1
    # Whoever else is on the machine reaches the port, and a superuser of PostgreSQL may run programs.
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    (umask 077 && printf '%s\n' "$password" >"$postgres_home/password")
    make_postgres_certificates >"$postgres_home/openssl.log" 2>&1 || {
        cat "$postgres_home/openssl.log" >&2
        return 1
    }
    if [ "$(id -u)" -eq 0 ]; then
        chown -R postgres "$postgres_home" || return 1
    fi
    # The tests, which may be somebody else, read the certificate of the authority.
    chmod 711 "$postgres_home" && chmod 600 "$postgres_home"/*.key &&
        as_postgres "$programs/initdb" --pgdata "$postgres_home/data" --no-sync --username postgres \
            --pwfile "$postgres_home/password" --auth scram-sha-256 \
            --encoding UTF8 --locale C.UTF-8 --locale-provider icu --icu-locale en-US-u-ka-shifted \
            >"$postgres_home/initdb.log" 2>&1 || {
        cat "$postgres_home/initdb.log" >&2
        return 1
    }
    write_postgres_settings
    # Below the ports that systems hand out by themselves; who was faster at one is found out by binding it.
    for attempt in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 12000))
        as_postgres "$programs/pg_ctl" --pgdata "$postgres_home/data" --log "$postgres_home/server.log" \
            --wait --timeout 30 --options "-p $port" start >/dev/null 2>&1 || continue
        make_postgres_database "$programs/psql" "$password" "$port"
        return
    done
    cat "$postgres_home/server.log" >&2
    return 1
}

# A database whose owner is no superuser, as a service gets it, and one that cannot store every text.
make_postgres_database() {
    local psql=$1 password=$2 port=$3
    PGPASSWORD=$password "$psql" "postgres://postgres@localhost:$port/postgres" --no-psqlrc --quiet \
        --command "CREATE ROLE desk LOGIN PASSWORD '$password'" --command 'CREATE DATABASE desk OWNER desk' \
        --command "CREATE DATABASE latin1 OWNER desk ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0" \
        || return 1
    export RESEARCH_DESK_POSTGRES="postgres://desk:$password@localhost:$port/desk?sslrootcert=$postgres_home/ca.pem"
}

# Runs tests, says how long they took, and sees to it that they made databases: tests that made none have asked SQLite.
on_postgres() {
    local name=$1 started=$SECONDS outcome=0 before made
    shift
    before=$(count_test_databases) || return 1
    "$@" || outcome=1
    made=$(($(count_test_databases) - before))
    printf -- '--- %s: %d s, %d databases\n' "$name" $((SECONDS - started)) "$made"
    if [ "$made" -le 0 ]; then
        echo "$name: no test made a database on the server" >&2
        return 1
    fi
    return "$outcome"
}

# The black-box tests of data, among them those that wait for a PostgreSQL: each of these has to pass here, since no other
# run has them.
black_box_on_postgres() {
    local black_box=(cargo test --workspace --locked --test blackbox --) waiting passed left_out outcome=0
    waiting=$("${black_box[@]}" --list --ignored | sed -n 's/: test$//p' | sort)
    passed=$("${black_box[@]}" --test-threads 6 --include-ignored \
        access:: mcp:: postgres:: problems:: research_desk:: | tee >(cat >&2)) || outcome=1
    passed=$(sed -nE 's/^test (.*) \.\.\. ok$/\1/p' <<<"$passed" | sort)
    left_out=$(comm -23 <(echo "$waiting") <(echo "$passed"))
    if [ -z "$waiting" ] || [ -n "$left_out" ]; then
        printf 'tests that wait for a PostgreSQL, and did not pass on one:\n%s\n' "${left_out:-there is none any more}" >&2
        return 1
    fi
    return "$outcome"
}

# As tests/suite/harness/database.rs names them.
count_test_databases() {
    psql "$RESEARCH_DESK_POSTGRES" --no-psqlrc --tuples-only --no-align \
        --command "SELECT COUNT(*) FROM pg_namespace WHERE nspname LIKE 'test!_%' ESCAPE '!'"
}

# Stops it without waiting for clients, and removes what it leaves.
stop_postgres() {
    local programs=$1
    [ -n "${postgres_home:-}" ] || return 0
    as_postgres "$programs/pg_ctl" --pgdata "$postgres_home/data" --mode immediate stop >/dev/null 2>&1
    rm -rf "$postgres_home"
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && setpriv --reuid postgres --regid postgres --clear-groups "$@")
    else
        (cd / && "$@")
    fi
}

# Nothing needs to outlive a power cut. No socket file: everything goes over TCP, as between machines.
write_postgres_settings() {
    cat >>"$postgres_home/data/postgresql.conf" <<SETTINGS
listen_addresses = 'localhost'
unix_socket_directories = ''
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
ssl = on
ssl_cert_file = '$postgres_home/server.pem'
ssl_key_file = '$postgres_home/server.key'
SETTINGS
}

# An authority of our own, and a certificate for the name `localhost`, which 127.0.0.1 does not have.
make_postgres_certificates() {
    local name=$postgres_home/name.cnf
    printf 'subjectAltName = DNS:localhost\nbasicConstraints = CA:FALSE\n' >"$name"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj '/CN=authority of the tests' \
        -keyout "$postgres_home/ca.key" -out "$postgres_home/ca.pem" &&
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' \
            -keyout "$postgres_home/server.key" -out "$postgres_home/server.csr" &&
        openssl x509 -req -days 1 -in "$postgres_home/server.csr" -extfile "$name" \
            -CA "$postgres_home/ca.pem" -CAkey "$postgres_home/ca.key" -CAcreateserial -out "$postgres_home/server.pem"
}
