#!/bin/sh
# Makes sure that LibreOffice, its fonts and the tools that read a PDF are there for the tests of printing and of files
# that somebody saved: found, or installed by the system's package manager when we are root, or a sentence that says
# what to install. Without them those tests are skipped, in CI they fail.
set -u

found() {
    { command -v soffice && command -v pdftotext && command -v pdfinfo; } >/dev/null 2>&1 &&
        fc-list 2>/dev/null | grep -q "Tinos"
}

found && exit 0
if [ "$(id -u)" = 0 ]; then
    echo "Đang cài LibreOffice cho phần kiểm thử bản in…"
    if command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui \
            libreoffice-writer-nogui fonts-croscore fontconfig poppler-utils >/dev/null 2>&1
    elif command -v dnf >/dev/null 2>&1; then
        dnf install -y -q libreoffice-calc libreoffice-writer google-croscore-tinos-fonts poppler-utils >/dev/null 2>&1
    fi
fi
found && exit 0
echo "Phần kiểm thử bản in cần LibreOffice, phông Tinos (cùng cỡ chữ với Times New Roman, có đủ chữ Việt) và poppler-utils. Cài rồi chạy lại, ví dụ trên Debian:" >&2
echo "    sudo apt-get install libreoffice-calc-nogui libreoffice-writer-nogui fonts-croscore poppler-utils" >&2
[ -z "${CI:-}" ]
