# The two to know: `make run` and `make test`. Both work in a fresh clone.

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

.PHONY: run test slow bench coverage screenshots check format lint types imports templates migrations variables deployment containers audit pins

run: .venv/run
	@$(BIN)/python -m clouder.runner

test: .venv/dev
	@$(BIN)/python -m clouder.testing $(ARGS)

slow: .venv/dev
	@$(BIN)/python -m clouder.testing -m slow $(ARGS)

bench: .venv/dev
	@$(BIN)/python -m clouder.bench $(ARGS)

# Which lines and branches the tests of one database walk through; fails below what pyproject.toml
# asks for.
coverage: .venv/dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

screenshots: .venv/dev
	@$(BIN)/python docs/screenshots.py

check: format lint types imports templates migrations variables deployment containers

format: .venv/dev
	$(BIN)/ruff format --check .

lint: .venv/dev
	$(BIN)/ruff check .

# mypy reads the settings of the tests and ends too abruptly to take their folder away.
types: export TEST_FOLDER := var
types: export TEST_NAME := types
types: export SANDBOX_PORT := 8001
types: .venv/dev
	$(BIN)/mypy .
	$(BIN)/mypy --config-file sandbox/mypy.ini sandbox

imports: .venv/dev
	$(BIN)/lint-imports
	$(BIN)/python docs/architecture.py --check

templates: .venv/dev
	$(BIN)/djlint --lint --quiet templates

migrations: .venv/dev
	DJANGO_SETTINGS_MODULE=clouder.test_settings $(MANAGE) makemigrations --check --dry-run

# .env.example lists what the settings read.
variables: .venv/dev
	$(BIN)/pytest -q clouder/tests/test_settings.py -k example

# With the settings of a public installation; the keys are made up, nothing is reached.
deployment: .venv/dev
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	FIELD_ENCRYPTION_KEYS=$$($(BIN)/python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())') \
	DEBUG=false ALLOWED_HOSTS=clouder.example SPOTIFY_CLIENT_ID=id SPOTIFY_CLIENT_SECRET=secret \
	DATABASE_URL=postgres://clouder@127.0.0.1/clouder CELERY_BROKER_URL=redis://127.0.0.1/0 \
	$(MANAGE) check --deploy --fail-level WARNING

containers: .venv/dev
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

audit: .venv/dev
	$(BIN)/pip-audit --strict --disable-pip --no-deps --requirement constraints.txt

# Pins all that requirements-dev.txt needs, as installed afresh today.
pins:
	rm -rf var/pins && $(PYTHON) -m venv var/pins
	sed '/^-c /d' requirements.txt > var/pins/requirements.txt
	sed '/^-c /d' requirements-dev.txt > var/pins/requirements-dev.txt
	var/pins/bin/pip install --quiet --requirement var/pins/requirements-dev.txt
	var/pins/bin/pip freeze > constraints.txt
	rm -rf var/pins

.venv/made:
	@test -n "$(PYTHON)" || { echo "Clouder needs Python 3.11 or newer; none was found. \
	Name yours: make run PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; \
	echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

.venv/run: .venv/made requirements.txt constraints.txt
	@echo "Installing what Clouder needs to run …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

.venv/dev: .venv/made requirements-dev.txt requirements.txt constraints.txt
	@echo "Installing what Clouder needs to run and to be tested …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@ .venv/run
