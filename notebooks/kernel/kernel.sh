#!/usr/bin/env bash
# Starts the Go kernel of this project. Jupyter calls it with the path of a connection file; `make kernel` registers it.
set -euo pipefail

GOCIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export GOCIR # where the first cell of each notebook finds start.sh, whatever folder Jupyter was started in
tools=$GOCIR/.local/kernel

# The project's own goimports comes first. Last comes a stand-in for go, which says that Go is missing: without any go
# the kernel would end, and no cell could tell why.
export PATH="$tools/bin:$PATH:$GOCIR/notebooks/kernel/missing"

export GOFLAGS="'-ldflags=-s -w'" # nobody debugs a cell's program, and it links in half the time; stack traces stay
export GOWORK=                    # start.sh makes a workspace in the kernel's folder, whatever the shell had set
export GOEXPERIMENT="${GOEXPERIMENT-simd}"
export GOMLX_NO_AUTO_INSTALL=1 # XLA must not look for a plugin on the network

options=()
if [[ -n ${GOCIR_HEADLESS:-} ]]; then
	options+=(-raw_error) # compile errors as text, for those who read them in a terminal
else
	PATH="$tools/gopls:$PATH" # completion; costs a process and memory, so only where somebody types
fi

# The kernel's own log would else appear on Jupyter's terminal.
log=$tools/gonb.log
if [[ -f $log && $(stat -c %s "$log" 2>/dev/null || stat -f %z "$log") -gt 10000000 ]]; then
	: >"$log"
fi
exec "$tools/bin/gonb" --kernel "$1" -logtostderr=false -stderrthreshold=3 -extra_log="$log" ${options[@]+"${options[@]}"} # an old bash takes an empty list for unset
