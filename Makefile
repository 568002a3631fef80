# The project's commands. `make demo` needs Go only; the others say below what they need. All that is installed lands in
# .local, which git and the go command ignore.

GO     ?= go
PYTHON ?= python3

# The vector instructions of Go's experimental simd package make the pure Go backend several times faster.
export GOEXPERIMENT ?= simd

LOCAL       := $(CURDIR)/.local
VENV        := $(LOCAL)/venv
LAB         := $(LOCAL)/lab
BENCH       := $(LOCAL)/bench
KERNEL      := $(LOCAL)/kernel
GOPLS       := $(KERNEL)/gopls/gopls
GOFUMPT     := $(LOCAL)/gofumpt-v0.8.0/gofumpt
STATICCHECK := $(LOCAL)/staticcheck-v0.6.1/staticcheck
GOVULNCHECK := $(LOCAL)/govulncheck-v1.9.0/govulncheck

# An XLA plugin of your own: make test XLA_PLUGIN=/path/of/pjrt_c_api_cpu_plugin.so
XLA_PLUGIN ?= $(LOCAL)/pjrt/pjrt_c_api_cpu_plugin.so

.PHONY: help demo build test lint test-go test-race test-xla peers golden bench bench-quick bench-go plugin plugin-cuda test-docker torture kernel lab notebooks test-notebooks vulnerabilities licences clean

help:
	@echo 'make demo    train and evaluate everything on drawn data; a few minutes, needs Go only'
	@echo 'make build   bin/cir'
	@echo 'make lab     JupyterLab with the Go kernel, on the notebooks; needs Go and Python 3.11'
	@echo 'make notebooks       runs all notebooks and stores their outputs; kernel: only installs what they need'
	@echo 'make test    lint, tests on both backends, peers, notebooks; needs Go, a C compiler, Python 3.11 and Chromium'
	@echo 'make lint    gofumpt, go vet, staticcheck, licences of modules; also builds without cgo'
	@echo 'make vulnerabilities   is code called that is known to be vulnerable? asks vuln.go.dev. licences: writes docs/licences.md'
	@echo 'make test-race       tests on pure Go under the race detector; needs a C compiler'
	@echo 'make golden  compares both backends with the golden cases in testdata'
	@echo 'make peers   compares with the Python libraries safetensors and Pillow'
	@echo 'make bench   speed and memory beside PyTorch, JAX and ONNX Runtime; half an hour. bench-quick: do both sides agree?'
	@echo 'make bench-go        benchmarks of all packages'
	@echo 'make torture injures programs, files and input, and fuzzes all readers; the table in docs/reliability.md; half an hour'
	@echo 'make plugin  installs the XLA CPU plugin into .local/pjrt (bin/cir setup -local); plugin-cuda: the one for NVIDIA, 2.3 GB'
	@echo 'make test-docker     makes what an image would hold in a clean Debian root and tests it; needs root and debootstrap'
	@echo 'make clean   removes bin and demo; rm -r .local removes what was installed'

# On pure Go unless another backend is named: with the same one everywhere the numbers are the README's.
demo: build
	GOMLX_BACKEND=$${GOMLX_BACKEND:-go} bin/cir demo

build:
	$(GO) build -o bin/cir ./cmd/cir

test: lint test-go test-xla peers test-notebooks

# Formatting is checked in the go command's folders: the tool itself would walk into ignored ones.
lint: $(GOFUMPT) $(STATICCHECK)
	@unformatted="$$($(GOFUMPT) -l $$($(GO) list -tags peers,notebooks -f '{{.Dir}}/*.go' ./...))" && \
	if [ -n "$$unformatted" ]; then echo "not formatted, run $(GOFUMPT) -w on:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet -tags peers,notebooks ./...
	$(GO) vet -tags failpoints ./atomicfile ./cmd/cir
	$(STATICCHECK) -tags peers,notebooks ./...
	$(STATICCHECK) -tags failpoints ./atomicfile ./cmd/cir
	CGO_ENABLED=0 $(GO) build ./...
	$(GO) run ./scripts/licences -check

# The licences of all modules, as their own files have them, into docs/licences.md. lint fails where that is out of date.
licences:
	$(GO) run ./scripts/licences

# Fails where code is called that is known to be vulnerable, and where the database (GOVULNDB=URL: another one) can't be
# reached: that is status 4 of the script, and passes with UNCHECKED=FILE, which then says what was not checked.
vulnerabilities: $(GOVULNCHECK)
	scripts/vulnerabilities/check.sh $(GOVULNCHECK)

# With the tag, tests can make any file operation fail (GOCIR_FAILPOINT); without that variable it changes nothing.
test-go:
	GOMLX_BACKEND=go $(GO) test -tags failpoints -timeout 30m ./...

# The race detector. It turns on checks of pointers that GoMLX's pure Go matrix products don't pass, though they are no races:
# -d=checkptr=0 turns these off. A process under it waits a second for races when it ends; the tests start hundreds, so 10 ms.
# What takes longest and starts no goroutines of its own is left out: drawing plots, golden cases, outputs of notebooks, the
# command, whose tests start it hundreds of times, and of lab the demo and a training in bfloat16, whose parts its other tests run.
test-race:
	GORACE=atexit_sleep_ms=10 GOMLX_BACKEND=go $(GO) test -race -gcflags=all=-d=checkptr=0 -timeout 30m \
		-skip '^(TestDemoLeavesResultsRunsAndReport|TestBFloat16TrainsAsFloat32)$$' \
		$$($(GO) list ./... | grep -vE '^gocir/(cir/report|cir/verify|cmd/cir|notebooks)$$')

# The packages whose tests open a backend; the command's tests start a process each, and add nothing to these. XLA is
# told to compile fast: the tests run each program a few times only. What it compiled is kept for the next time.
test-xla: plugin
	packages="$$($(GO) list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... | sed -n 's/\.test .*gocir\/cir\/backend.*//p' | grep -v cmd/cir)" && \
	XLA_FLAGS=--xla_backend_optimization_level=0 GOCIR_PROGRAMS=$(LOCAL)/programs GOMLX_BACKEND=xla:$(XLA_PLUGIN) $(GO) test -timeout 30m $$packages

peers: $(VENV)/installed
	GOCIR_PYTHON=$(VENV)/bin/python $(GO) test -tags peers,notebooks -count=1 ./scripts/peers

golden: build plugin
	GOMLX_BACKEND=go bin/cir verify testdata/golden/a
	GOMLX_BACKEND=xla:$(XLA_PLUGIN) bin/cir verify testdata/golden/a

# The peers: PyTorch, JAX, ONNX Runtime; 6 GB. bench shows its table in README.md, and takes up to half an hour on a machine
# that should do nothing else; bench-quick only shows that every comparison runs and that its sides agree.
bench: build plugin $(BENCH)/installed
	bin/cir bench -python $(BENCH)/bin/python -backend xla:$(XLA_PLUGIN) -out docs -into README.md

bench-quick: build plugin $(BENCH)/installed
	bin/cir bench -quick -python $(BENCH)/bin/python -backend xla:$(XLA_PLUGIN)

bench-go:
	$(GO) test -run '^$$' -bench . -skip FullSize -benchmem ./...

# Half an hour at most, 10 minutes of it fuzzing of the readers of weights: TORTURE='-readers 1m -fuzztime 5s' is a short one.
torture:
	GOMLX_BACKEND=go $(GO) run ./scripts/torture -into docs/reliability.md $(TORTURE)

# The environment has a pip, which not every system's Python has.
SETUP = PATH="$(VENV)/bin:$$PATH" bin/cir setup -local

ifeq ($(XLA_PLUGIN),$(LOCAL)/pjrt/pjrt_c_api_cpu_plugin.so)
plugin: build $(VENV)/installed
	$(SETUP) -device cpu
else
plugin: ;
endif

plugin-cuda: build $(VENV)/installed
	$(SETUP) -device cuda

test-docker:
	docker/test.sh

# Notebooks: the Go kernel (GoNB and goimports, at go.mod's versions), JupyterLab, and the kernel's registration with it.
# Nothing is written in the home folder.
export JUPYTER_CONFIG_DIR ?= $(LOCAL)/jupyter/config
export JUPYTER_DATA_DIR   ?= $(LOCAL)/jupyter/data
export JUPYTER_RUNTIME_DIR ?= $(LOCAL)/jupyter/runtime
export IPYTHONDIR         ?= $(LOCAL)/jupyter/ipython
SPEC := $(LAB)/share/jupyter/kernels/gonb

kernel: $(LAB)/installed $(KERNEL)/installed
	@mkdir -p $(SPEC) $(IPYTHONDIR)
	@printf '{"argv": ["%s", "{connection_file}"], "display_name": "Go (gonb)", "language": "go", "interrupt_mode": "message"}\n' \
		$(CURDIR)/notebooks/kernel/kernel.sh > $(SPEC)/kernel.json
	$(GO) build -o $(KERNEL)/bin/ ./notebooks/...

$(KERNEL)/installed: go.mod
	@$(GO) version >/dev/null 2>&1 || { echo 'Go 1.26 is needed, and is not on the PATH: https://go.dev/dl'; exit 1; }
	GOFLAGS= GOEXPERIMENT= GOBIN=$(KERNEL)/bin $(GO) install tool
	touch $@

$(GOPLS):
	GOBIN=$(@D) $(GO) install golang.org/x/tools/gopls@v0.21.0

# Outputs are made from nothing, offline, on the pure Go backend unless another is named: it is there everywhere, and cells
# answer sooner with it, since each compiles its programs anew.
notebooks: kernel
	rm -rf $(LOCAL)/notebooks-work
	GOPROXY=off GOCIR_WORK=$(LOCAL)/notebooks-work GOCIR_WEIGHTS=/nonexistent GOCIR_DATA=/nonexistent GOMLX_BACKEND=$${GOMLX_BACKEND:-go} $(LAB)/bin/python notebooks/run.py --write notebooks/*.ipynb

# Also opens JupyterLab in Chromium, which has to be on the PATH.
test-notebooks: kernel
	GOCIR_PYTHON=$(LAB)/bin/python GOMLX_BACKEND=$${GOMLX_BACKEND:-go} $(GO) test -tags notebooks -count=1 -timeout 40m -v ./notebooks

# Jupyter wants root to say that it is meant.
lab: kernel $(GOPLS)
	$(LAB)/bin/python -m jupyter lab --notebook-dir=notebooks --MultiKernelManager.default_kernel_name=gonb $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_ARGS)

# The environments are made anew whenever their requirements change.
$(VENV)/installed: scripts/peers/requirements.txt
$(LAB)/installed: notebooks/requirements.txt
$(BENCH)/installed: cir/bench/peers/requirements.txt
$(VENV)/installed $(LAB)/installed $(BENCH)/installed:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version)'
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D) || { echo 'On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary=:all: -r $<
	touch $@

$(GOFUMPT):
	GOBIN=$(@D) $(GO) install mvdan.cc/gofumpt@$(patsubst gofumpt-%,%,$(notdir $(@D)))

$(STATICCHECK):
	GOBIN=$(@D) $(GO) install honnef.co/go/tools/cmd/staticcheck@$(patsubst staticcheck-%,%,$(notdir $(@D)))

$(GOVULNCHECK):
	GOBIN=$(@D) $(GO) install golang.org/x/vuln/cmd/govulncheck@$(patsubst govulncheck-%,%,$(notdir $(@D)))

clean:
	rm -rf bin demo
