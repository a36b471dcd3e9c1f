# What a user types. Every target first installs missing Debian packages (scripts/setup.sh; it does
# nothing when all are there) and builds with CMake and Ninja.
#   make sim     train (or reuse) a model of every data set, then RTL against golden model
#   make synth   area, timing and power; LIBERTY="files" for another library
#   make power   the paper's Tables III and IV, on models trained with and without AxTrain
#   make table4  Table IV's accuracies over ten splits, AxTrain
#   make paper   every table and figure of the paper beside ours: build/paper/report.md (an hour; ARGS="--runs 2": a look)
#   make test    the regression
#   make bench   speed against named peers (PyTorch if python3-torch is installed)
#   make gates   the synthesised gates of the whole array in place of its RTL (minutes)
#   make configs the design in its other sizes (rtl/configs.txt), RTL against golden model
#   make fpga    does Yosys's synth_xilinx find the memories' block RAM, in the whole accelerator too (minutes)
#   make coverage  lines and signals of the RTL that the regression reaches (minutes)
#   make interop  ONNX Runtime on files that axnn reads and writes: classes and codes compared (npm)
#   make lint    RTL through Verilator, Icarus and Yosys
#   make clean   remove build/ and models/
# ARGS="..." is handed to the program, e.g. make sim ARGS=--json. AXNN_DATA names a folder with MNIST.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
ARGS ?=
AXNN := build/bin/axnn

.PHONY: help setup build sim synth power table4 paper test gates configs fpga coverage bench interop lint clean

help:
	@sed -n '3,17s/^# *//p' Makefile

setup:
	@scripts/setup.sh

# Ninja's one line on a terminal; in a log, that a build begins and ends.
build: setup
	@[ -f build/build.ninja ] || { echo "axnn: configuring" >&2; cmake --preset release >/dev/null; }
	@build="cmake --build --preset release -j $(JOBS) $(addprefix --target ,$(TARGETS))"; \
	  if [ -t 1 ]; then $$build; exit; fi; \
	  [ -d build/bin ] || echo "axnn: building, some minutes the first time" >&2; \
	  $$build | { grep -vE '^\[[0-9]+/[0-9]+\]|ninja: no work' || true; }; \
	  status=$${PIPESTATUS[0]}; [ $$status -ne 0 ] || echo "axnn: built" >&2; exit $$status

# --update: trained again only if what the network depends on is not what made the file: recipe, data, trainer.
.PHONY: always
models/%.axnn: always
	@mkdir -p $(@D)
	@$(AXNN) train --data $* --final --update --out $@ --threads 1 >&2

# One set of weights for all modes of a PE, and all voltages: the recipe has the folder's name. (Two rules,
# since one with two patterns makes both files at once.)
define axtrain
	@mkdir -p $(@D)
	@$(AXNN) train --data $* --recipe $(notdir $(@D)) --final --update --out $@ --threads 1 >&2
endef
models/axtrain/%.axnn: always
	$(axtrain)
models/axtrain-fig8/%.axnn: always
	$(axtrain)

# These need the program only; other targets build everything.
sim synth power table4 paper: TARGETS := axnn

sim: build
	@names=$$($(AXNN) data list --names) && plain=$$(printf 'models/%s.axnn ' $$names) && \
	  ax=$$(for n in $$names; do echo models/axtrain-fig8/$$n.axnn models/axtrain/$$n.axnn; done) && \
	  echo "axnn: training, by BP and by AxTrain for both PEs (nothing to do: what is there is up to date)" >&2 && \
	  $(MAKE) --no-print-directory -j $(JOBS) $$plain $$ax && \
	  echo "axnn: RTL against golden model, every output of every layer of every test sample" >&2 && \
	  $(AXNN) sim $$ax --plain $$plain $(ARGS)

synth: build
	@$(AXNN) synth $(if $(LIBERTY),--liberty $(LIBERTY)) $(ARGS)
	@$(if $(LIBERTY),echo "power: for the default library only; its scaling to 65 nm is known",$(AXNN) power $(ARGS))

power: build
	@names=$$($(AXNN) data list --names) && \
	  models=$$(for n in $$names; do echo models/$$n.axnn models/axtrain/$$n.axnn models/axtrain-fig8/$$n.axnn; done) && \
	  $(MAKE) --no-print-directory -j $(JOBS) $$models && $(AXNN) power $$models $(ARGS)

table4 paper: build
	@experiments/$@.py --jobs $(JOBS) $(ARGS)

test: build
	@ctest --test-dir build -j $(JOBS) --output-on-failure $(ARGS)

gates: TARGETS := test_gates
gates: build
	@build/bin/test_gates $(ARGS)

configs: setup
	@JOBS=$(JOBS) scripts/configs.sh $(ARGS)

fpga: setup
	@scripts/fpga.sh $(ARGS)

coverage: TARGETS := coverage_programs
coverage: build
	@scripts/coverage.py -j $(JOBS) $(ARGS)

bench: build
	@build/bin/bench_golden $(ARGS)
	@bench/bench_torch.py build/bin/bench_train
	@build/bin/bench_sim $(ARGS)

interop: TARGETS := axnn interop_cases
interop: build
	@models=$$(printf 'models/%s.axnn ' $$($(AXNN) data list --names)) && \
	  $(MAKE) --no-print-directory -j $(JOBS) $$models && scripts/interop.sh build $$models

lint: setup
	@scripts/lint.sh

clean:
	@rm -rf build models
