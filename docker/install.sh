#!/usr/bin/env bash
# The steps that make an image of gocir, called by docker/Dockerfile and in a plain Debian root by docker/test.sh:
#
#   install.sh system [NUMBER]         as root: Debian's packages, and the user gocir
#   install.sh dependencies BACKEND  as gocir, in the project's folder: all that code does not change
#   install.sh project BACKEND       as gocir, in the project's folder: the project itself
#
# BACKEND is cpu, cuda or go. Go comes from the image.
set -euo pipefail

release=bookworm # the packages' versions are this release's
home=/home/gocir
project=$home/gocir

stop() {
	printf 'install.sh: %s\n' "$1" >&2
	exit 1
}

system() {
	local uid=${1:-1000}
	[[ $(id -u) = 0 ]] || stop 'the stage system needs root.'
	[[ $uid =~ ^[1-9][0-9]*$ ]] || stop "the user's number is \"$uid\": give one above 0, such as 1000."
	grep -qx "VERSION_CODENAME=$release" /etc/os-release || stop "this is not Debian $release, whose packages these steps are made for."
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -qq --yes --no-install-recommends ca-certificates gcc git libc6-dev make python3-venv tini >/dev/null
	rm -rf /var/lib/apt/lists/*
	useradd --create-home --home-dir "$home" --uid "$uid" --user-group --shell /bin/bash gocir
	# Made here, the volumes' folders are the user's: a new volume takes over the owner of what it covers.
	install -d -o gocir -g gocir "$project"{,/datasets{,/data},/models{,/weights},/checkpoints{,/runs},/notebooks{,/work}}
}

dependencies() {
	inside
	case $1 in cpu | cuda | go) ;; *) stop "no backend is called \"$1\": cpu, cuda and go are." ;; esac
	go mod download
	make "$PWD/.local/lab/installed" "$PWD/.local/kernel/installed" "$PWD/.local/kernel/gopls/gopls"
	[[ $1 = go ]] || PATH=$PWD/.local/lab/bin:$PATH go run ./docker/plugin "$1" # with the pip that is there
}

project() {
	inside
	# The stage before made these from the go.mod and requirements that are here: Docker sees to that, but by contents,
	# while make goes by time.
	touch -c .local/lab/installed .local/kernel/installed
	make kernel build
	[[ $1 = go ]] || bin/cir setup -local -device "$1" # is there; now it is tried too
	# The first cell of every notebook, as the kernel runs it: what it downloads or compiles is then there.
	local cell
	cell=$(mktemp -d)
	(cd "$cell" && go mod init cell 2>/dev/null && GONB_DIR=$project/notebooks GOCIR=$project GOEXPERIMENT=simd GOMLX_BACKEND=go \
		bash "$project/notebooks/start.sh")
	rm -rf "$cell"
}

inside() {
	[[ $(id -u) != 0 ]] || stop 'this stage installs for the user gocir: run it as gocir, not as root.'
	[[ -f go.mod ]] || stop "run this stage in the project's folder: there is no go.mod in $PWD."
	command -v go >/dev/null || stop 'go is not on the PATH: the image golang brings it.'
}

case ${1:-} in
system | dependencies | project) "$1" "${@:2}" ;;
*) stop 'name a stage: system [NUMBER], dependencies BACKEND or project BACKEND.' ;;
esac
