#!/bin/sh
# Makes sure that a PostgreSQL server can be started for the tests: found, or installed by the system's package manager
# when we are root, or a sentence that says what to install. Without it the tests run on SQLite only, in CI they fail.
set -u

found() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

found && exit 0
if [ "$(id -u)" = 0 ]; then
    echo "Đang cài PostgreSQL cho phần kiểm thử trên máy chủ dữ liệu…"
    if command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq >/dev/null
        # Only the programs: the tests start a server of their own.
        mkdir -p /etc/postgresql-common
        [ -e /etc/postgresql-common/createcluster.conf ] ||
            echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null 2>&1
    elif command -v dnf >/dev/null 2>&1; then
        dnf install -y -q postgresql-server >/dev/null 2>&1
    fi
fi
found && exit 0
echo "Phần kiểm thử trên PostgreSQL cần máy chủ PostgreSQL 14 trở lên. Cài rồi chạy lại, ví dụ trên Debian:" >&2
echo "    sudo apt-get install postgresql" >&2
[ -z "${CI:-}" ]
