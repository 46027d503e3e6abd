# Two commands on a fresh machine: `make demo` and `make test`. Both make their own virtual environment in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCHMARKS := train_step ops infer loading startup memory scaling
PYTEST := -m pytest -n 2 --dist loadfile -q
export MPLBACKEND := Agg

.PHONY: demo test test-nojit coverage lint bench bench-quick clean

demo: $(VENV)/installed
	$(BIN)/python -m minitorch_cv demo --out runs/demo

test: $(VENV)/installed-test
	$(BIN)/python $(PYTEST) tests

# With the JIT off plain Python runs the kernels' source, and what of it runs is seen. First what is made of kernels, then
# everything but tests that read sources, or compare whole programs in processes of their own: they say nothing new then.
test-nojit: TESTS := $(addprefix tests/,kernels ops nn optim vision/ops)
test-nojit: REPORT := --include='minitorch_cv/kernels/*,minitorch_cv/ops/*,minitorch_cv/nn/*,minitorch_cv/optim/*'
coverage: TESTS := tests --ignore=tests/house --ignore=tests/scripts --ignore=tests/benchmarks
test-nojit coverage: $(VENV)/installed-test
	rm -f .coverage*
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m coverage run $(PYTEST) $(TESTS)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report --skip-covered --fail-under=95 $(REPORT)

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/installed-test
	for name in $(BENCHMARKS); do $(BIN)/python benchmarks/$$name.py || exit 1; done

bench-quick: $(VENV)/installed-test
	for name in train_step ops infer loading; do $(BIN)/python benchmarks/$$name.py --quick || exit 1; done

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[test]"
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps torchvision==0.28.0
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed-test
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[dev]"
	@touch $@
