# Hai lệnh chính: `make demo` (chạy thử) và `make test` (toàn bộ kiểm thử). Cả hai tự cài mọi thứ vào .venv.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test faults audit lint lock clean

demo: $(VENV)/.installed
	@$(BIN)/doithoai demo

test: $(VENV)/.installed-dev
	@sh tests/browser/chromium.sh
	@sh tests/office/libreoffice.sh
	@sh tests/postgres/postgres.sh
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal
	@$(BIN)/python -m tests.postgres.server $(BIN)/python -m pytest --numprocesses auto --dist worksteal @tests/postgres/again.txt

# Gây từng sự cố của bảng trong docs/reliability.md và ghi lại bảng ấy; mất chừng vài chục phút.
faults: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.faults

# Lỗ hổng đã biết của các thư viện trong requirements.lock; không tới được cơ sở dữ liệu thì nói rõ là chưa kiểm.
audit: $(VENV)/.installed-dev
	@$(BIN)/python .ci/audit

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Chạy lại khi đổi phụ thuộc trong pyproject.toml. Tệp khoá chỉ có phiên bản và mã băm, không có địa chỉ.
lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet -o requirements-dev.lock

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "Đang cài các thư viện vào $(VENV) (lần đầu mất chừng một phút)…"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python requirements-dev.lock pyproject.toml
	@echo "Đang cài các thư viện và công cụ kiểm thử vào $(VENV)…"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) *.egg-info
