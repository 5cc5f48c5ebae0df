# kommunebench: bare `make` lists what there is. `make demo` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OTHERS := .venv-others
READY := $(VENV)/.ready
export MPLBACKEND := Agg
# Some machines tell Python to keep no compiled modules: every process would then compile some three
# thousand anew, which takes it longer than Java takes to start.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo factsheet ui test long quick cluster crash lint evidence benchmark clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# Modules are compiled as they are used, which takes half a minute less than compiling all of them at once.
$(READY): setup.py deploy/constraints-local.txt deploy/prepare_machine.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "setting up $(VENV) (once; a few minutes, needs the package indexes)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --constraint deploy/constraints-local.txt --editable '.[local,dev]'
	@$(BIN)/python deploy/prepare_machine.py
	@touch $(READY)

setup: $(READY) ## virtual environment, Java if there is none, Delta jars

demo: $(READY) ## the main job on simulated registers: simulate, run, report (into ./demo)
	@$(BIN)/kommunebench demo

factsheet: $(READY) ## the fact sheet's five analyses on the same registers (into ./demo; simulates them where they are not there)
	@$(BIN)/kommunebench demo factsheet

ui: $(READY) ## browse the tracked runs of the demo
	@$(BIN)/mlflow ui --backend-store-uri sqlite:///$(CURDIR)/demo/store/mlflow.db

# Two processes on two cores: the threads of NumPy's linear algebra would only wait for each other.
test long: export OPENBLAS_NUM_THREADS := 1

test: $(READY) ## the tests, in two processes
	@$(BIN)/python -m pytest -q --numprocesses 2 --no-loadscope-reorder

long: $(READY) ## the few tests that take longest, apart from the others
	@$(BIN)/python -m pytest -q --numprocesses 2 --no-loadscope-reorder -m long tests

quick: $(READY) ## tests that need no Java
	@$(BIN)/python -m pytest -q tests/unit tests/reference

cluster: $(READY) ## the same job elsewhere: a cluster of two workers on this machine, Spark Connect, a catalog, another file system
	@$(BIN)/python -m pytest -q -m cluster tests/cluster

crash: $(READY) ## stop and kill runs at their writes, run ten at once: every table as undisturbed
	@$(BIN)/python -m pytest -q -m crash tests/crash

lint: $(READY) ## ruff (rules and format) and mypy
	@$(BIN)/ruff check lib jobs tests benchmarks deploy
	@$(BIN)/ruff format --check --quiet lib jobs tests benchmarks deploy
	@$(BIN)/mypy lib/kommunebench

evidence: $(READY) ## most long studies: coverage, cohort mixes, frontiers, recovery of the truth (some hours on two cores)
	@started=$$(date +%s); export OPENBLAS_NUM_THREADS=1; set -e; \
	$(BIN)/python -m benchmarks.coverage --processes 2; echo; \
	$(BIN)/python -m benchmarks.cohort_mix; echo; \
	$(BIN)/python -m benchmarks.recovery_seeds; echo; \
	$(BIN)/python -m benchmarks.small_countries; echo; \
	$(BIN)/python -m benchmarks.tiny_units; echo; \
	$(BIN)/python -m benchmarks.early_levels; echo; \
	$(BIN)/python -m benchmarks.frontier_study --samples 400; echo; \
	$(BIN)/kommunebench demo; $(BIN)/python -m benchmarks.recovery demo; echo; \
	$(BIN)/python -m benchmarks.cost_recovery demo --seeds 200; echo; \
	echo "### Studies among the tests"; $(BIN)/python -m pytest -q -m study tests/unit; \
	echo "all studies: $$(( $$(date +%s) - started )) s"

# Other packages the fits are compared with; coxstream's wheel does not load with a current C library, so that it is built.
$(OTHERS)/.ready:
	@$(PYTHON) -m venv $(OTHERS)
	@$(OTHERS)/bin/python -m pip install --quiet lifelines==0.30.3 statsmodels==0.15.0 scikit-survival==0.28.0 coxdev==0.4.1 h2o==3.46.0.12
	@$(OTHERS)/bin/python -m pip install --quiet --no-binary coxstream coxstream==0.3.0
	@touch $(OTHERS)/.ready

benchmark: $(READY) $(OTHERS)/.ready ## time and memory of the main job; fits and bootstrap against other packages, as ratios
	@$(BIN)/python -m benchmarks.main_job
	@$(BIN)/python -m benchmarks.cox_ratios --others $(OTHERS)/bin/python
	@$(BIN)/python -m benchmarks.bootstrap_ratios
	@$(BIN)/python -m benchmarks.spark_engine
	@$(BIN)/python -m benchmarks.ingestion
	@$(BIN)/python -m benchmarks.sas_memory
	@$(BIN)/python -m benchmarks.simulation
	@echo "### Every command of benchmarks/ at its smallest size"; $(BIN)/python -m pytest -q -m benchmark tests/benchmarks

clean: ## remove the demo and everything set up
	rm -rf demo dist build .pytest_cache .mypy_cache .ruff_cache $(VENV) $(OTHERS) .java .jars .cache
