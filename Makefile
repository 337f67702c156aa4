# Two commands do everything: make ask Q="..." and make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: ask test lint format clean train benchmark lock

ask: $(READY)
	@test -n "$$Q" || { echo 'Cách dùng / usage: make ask Q="Ai chủ trì hội nghị ngày 26/3/2021?"' >&2; exit 2; }
	@$(BIN)/hoidap reload >&2 || true
	@$(BIN)/hoidap ask -- "$$Q"

# A question goes to the shell as an environment variable, so that no character of it is read as
# shell or make syntax.
override export Q := $(value Q)

test: lint
	$(BIN)/pytest

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Makes the shipped encoder again: make train DATA=FOLDER, with the texts that
# embeddings/encoder/README.md names.
train: $(READY)
	@test -n "$(DATA)" || { echo 'usage: make train DATA=FOLDER' >&2; exit 2; }
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,train]'
	$(BIN)/python embeddings/train.py --data $(DATA) --out embeddings/encoder

# Measures quality and speed beside plain BM25 and txtai and writes docs/: make benchmark DATA=FOLDER,
# a folder of folders in BEIR layout. TEXTS=FILE: news articles for indexes of up to a million paragraphs
# (see tests/benchmarks/paragraphs.py), else they are made up.
benchmark: $(READY)
	@test -n "$(DATA)" || { echo 'usage: make benchmark DATA=FOLDER [TEXTS=FILE]' >&2; exit 2; }
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,benchmark]'
	$(BIN)/python -m tests.benchmarks.quality --data $(DATA) --out docs
	$(BIN)/python -m tests.benchmarks.scale $(if $(TEXTS),--texts $(TEXTS)) --out docs

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

# Pins what is installed now; run after changing a version in pyproject.toml.
lock: $(READY)
	{ head -n 1 constraints.txt; $(BIN)/pip freeze --exclude-editable | sed 's/+cpu$$//'; } > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
