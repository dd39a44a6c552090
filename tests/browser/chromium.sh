#!/bin/sh
# Makes sure that a Chromium and its driver are there for the browser tests: found, or installed by the system's
# package manager when we are root, or a sentence that says what to install.
set -u

found() {
    { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1 &&
        command -v chromedriver >/dev/null 2>&1
}

found && exit 0
if [ "$(id -u)" = 0 ]; then
    echo "Đang cài Chromium cho phần kiểm thử trình duyệt…"
    if command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver fonts-noto-core >/dev/null 2>&1
    elif command -v dnf >/dev/null 2>&1; then
        dnf install -y -q chromium chromedriver google-noto-sans-fonts >/dev/null 2>&1
    fi
fi
found && exit 0
echo "Phần kiểm thử trình duyệt cần Chromium và chromedriver. Cài rồi chạy lại, ví dụ trên Debian:" >&2
echo "    sudo apt-get install chromium chromium-driver fonts-noto-core" >&2
exit 1
