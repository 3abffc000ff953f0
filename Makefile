# The two commands: `make demo` and `make test`. Everything is installed into .venv with pinned versions.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := Scripts
else
BIN := bin
endif
RUN := .venv/$(BIN)
BENCH := .venv-bench/$(BIN)
INSTALL := -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint format bench bench-sound bench-words clean

# A home of its own, so that the films don't mix with what is imported later.
demo: .venv/.demo
	$(RUN)/limelight demo --home limelight-home

# A process a core; what they compute with many threads each, they compute with one.
test: .venv/.test lint
	OMP_NUM_THREADS=1 $(RUN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

lint: .venv/.test
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

format: .venv/.test
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

# Each script writes its tables and plots of docs/benchmarks.md.
bench: .venv-bench/.bench
	$(BENCH)/python benchmarks/next_item.py
	$(BENCH)/python benchmarks/networks.py
	$(BENCH)/python benchmarks/protocols.py
	$(BENCH)/python benchmarks/new_titles.py
	$(BENCH)/python benchmarks/blend.py
	$(BENCH)/python benchmarks/new_users.py
	$(BENCH)/python benchmarks/negative.py
	$(BENCH)/python benchmarks/scaling.py
	$(BENCH)/python benchmarks/speed.py
	$(BENCH)/python benchmarks/next_item_steps.py
	$(BENCH)/python benchmarks/reranking.py
	$(BENCH)/python benchmarks/import_speed.py --write

# What recordings.py names can be installed by apt, or be read from $LIMELIGHT_SOUNDS.
bench-sound: .venv/.bench-sound
	$(RUN)/python benchmarks/sound.py

# NEWS is bbc-summaries.jsonl.gz, FILMS the folder of tmdb_5000_movies.csv.
bench-words: .venv/.bench-words
	$(RUN)/python benchmarks/search.py "$(FILMS)"
	$(RUN)/python benchmarks/glove.py "$(NEWS)" "$(FILMS)"
	$(RUN)/python benchmarks/text_duplicates.py "$(NEWS)" "$(FILMS)"

clean:
	rm -rf .venv .venv-bench build dist

%/pyvenv.cfg:
	$(PYTHON) -m venv $*

.venv/.demo: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(RUN)/python $(INSTALL) -c constraints.txt -e '.[neural,report]'
	@touch $@

.venv/.test: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(RUN)/python $(INSTALL) -c constraints.txt -e '.[test]'
	@touch $@

.venv/.bench-sound: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(RUN)/python $(INSTALL) -c constraints.txt -e '.[bench-sound]'
	$(RUN)/python $(INSTALL) --no-deps pyrnnoise==0.4.5  # for RNNoise's library in it
	@touch $@

.venv/.bench-words: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(RUN)/python $(INSTALL) -c constraints.txt -e '.[bench-words]'
	@touch $@

# RecTools needs an older NumPy.
.venv-bench/.bench: .venv-bench/pyvenv.cfg pyproject.toml constraints-bench.txt
	$(BENCH)/python $(INSTALL) -c constraints-bench.txt -e '.[bench]'
	@touch $@
