#!/usr/bin/env bash
# Tests the image's steps without Docker: in a clean Debian root, by the instructions of the Dockerfile itself.
#
#   docker/test.sh [cpu|cuda|go]   all; cuda downloads 2.3 GB
#   docker/test.sh lint            hadolint, shellcheck, Compose
#
# Needs Linux on x86-64, root, debootstrap, unshare, ip, git, Python 3.11 with venv, Go, and apt set up for a mirror of
# Debian (or DEBIAN_MIRROR). Registries are reached as this machine reaches them. All happens below .local/docker and in
# namespaces of its own: no mount, process or port outlives it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
self=$PWD/docker/test.sh
cache=$PWD/.local/docker
release=bookworm

stop() {
	printf 'docker/test.sh: %s\n' "$1" >&2
	exit 1
}

step() { printf '\n== %s (%d s since the start)\n' "$*" "$SECONDS"; }

lint() {
	step lint
	local tools=$cache/lint
	if ! cmp -s docker/requirements.txt "$tools/installed"; then
		rm -rf "$tools"
		python3 -m venv "$tools"
		"$tools/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: -r docker/requirements.txt
		cp docker/requirements.txt "$tools/installed"
	fi
	"$tools/bin/hadolint" docker/Dockerfile
	"$tools/bin/shellcheck" docker/*.sh notebooks/*.sh scripts/vulnerabilities/check.sh notebooks/kernel/kernel.sh notebooks/kernel/missing/go .ci/run
	"$tools/bin/python" - <<-'python'
		import json, pathlib, re, yaml
		services = yaml.safe_load(pathlib.Path("docker/compose.yaml").read_text())["services"]
		for name, service in services.items():
		    for port in service.get("ports", []):
		        assert port.startswith("127.0.0.1:"), f"{name} is open to the network: {port}"
		mounted = {volume.rsplit(":", 1)[1] for volume in services["lab"]["volumes"]}
		declared = re.search(r"(?m)^VOLUME (.*)", pathlib.Path("docker/Dockerfile").read_text())[1]
		assert mounted == set(json.loads(declared)), "compose.yaml and the Dockerfile name different volumes"
	python
	if docker compose version >/dev/null 2>&1; then
		docker compose -f docker/compose.yaml --profile cuda config --quiet
		echo 'hadolint, shellcheck and docker compose config find nothing'
	else
		echo 'hadolint and shellcheck find nothing (no docker compose here to read compose.yaml)'
	fi
}

# needs says everything that is missing in one sentence.
needs() {
	local missing=() program
	[[ $(uname -sm) = 'Linux x86_64' ]] || stop "the image is for Linux on x86-64, this is $(uname -sm)."
	[[ $(id -u) = 0 ]] || missing+=("root's rights")
	for program in debootstrap chroot unshare ip git go python3; do
		command -v "$program" >/dev/null || missing+=("$program")
	done
	[[ ${#missing[@]} = 0 ]] || stop "this test makes a Debian root, and lacks: ${missing[*]} (on Debian: apt-get install debootstrap util-linux iproute2 git python3-venv; Go from https://go.dev/dl)."
	local want have
	want=$(sed -n "s/^FROM golang:\(.*\)-$release\$/\1/p" docker/Dockerfile)
	have=$(go env GOVERSION)
	[[ go$want = "$have" ]] || echo "note: the image's Go is $want, this test takes the one that is here, $have"
}

# sources prints the mirrors of this machine's apt that serve the release, as lines for sources.list.
sources() {
	if [[ -n ${DEBIAN_MIRROR:-} ]]; then
		echo "deb $DEBIAN_MIRROR $release main"
		return
	fi
	# shellcheck disable=SC2016 # $(...) is apt's, not the shell's
	apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v r="$release" '($3 == r || index($3, r "-") == 1) && $4 == "main"' | sort -u
}

# debian lays a clean Debian root in $1, from the tar of an earlier run where that is younger than a week.
debian() {
	local tar=$cache/$release.tar mirror
	sources >"$cache/sources.list"
	mirror=$(awk -v r="$release" '$3 == r { print $2; exit }' "$cache/sources.list")
	[[ -n $mirror ]] || stop "apt has no mirror of Debian $release here: name one with DEBIAN_MIRROR=..."
	if [[ -z $(find "$tar" -mtime -7 2>/dev/null) ]]; then
		debootstrap --variant=minbase "$release" "$1" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
			stop "debootstrap failed, $cache/debootstrap.log says how."
		tar --one-file-system -C "$1" -cf "$tar.new" .
		mv "$tar.new" "$tar"
	else
		tar -C "$1" -xf "$tar"
	fi
	cp "$cache/sources.list" "$1/etc/apt/sources.list"
}

# settings lets the root reach networks and registries as this machine does. An image gets none of this.
settings() {
	local file
	apt-config dump Acquire | grep -v -e IndexTargets -e '""' >"$1/etc/apt/apt.conf.d/90test" || true
	cp /etc/resolv.conf /etc/hosts "$1/etc/"
	mkdir -p "$1/usr/local/share/ca-certificates" "$1/etc/xdg/pip"
	for file in /usr/local/share/ca-certificates/*.crt; do
		[[ -f $file ]] && cp "$file" "$1/usr/local/share/ca-certificates/"
	done
	[[ -f /etc/pip.conf ]] && cp /etc/pip.conf "$1/etc/pip.conf"
	for file in ~/.pip/pip.conf ~/.config/pip/pip.conf; do
		[[ -f $file ]] && cp "$file" "$1/etc/xdg/pip/pip.conf"
	done
	for file in GOPROXY GOSUMDB GONOSUMDB GOPRIVATE; do
		export "$file=$(go env $file)"
	done
}

# inside runs in its own mount and process namespaces, which end with it.
inside() {
	local root=$1 backend=$2
	SECONDS=$3
	step "a clean Debian $release"
	debian "$root"
	settings "$root"
	# What the image golang adds to Debian.
	mkdir -p "$root/usr/local/go" "$root/go"
	chmod 1777 "$root/go"
	cp -a "$(go env GOROOT)/." "$root/usr/local/go/"
	mount -t proc proc /proc
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	step "the Dockerfile's instructions, BACKEND=$backend"
	python3 docker/root.py build "$root" "$backend"
	du -smx "$root" | awk '{ print "size without layers:", $1, "MB" }'
	step 'JupyterLab, in a network that reaches nothing'
	unshare --net bash -c 'ip link set lo up && exec python3 docker/check.py "$@"' check "$root" "$backend"
}

# cleanup ends the namespaces with all their processes. Out here nothing is mounted in the root: removing it removes
# nothing else.
cleanup() {
	if [[ -n ${child:-} ]]; then
		kill -KILL "$child" 2>/dev/null || true
		wait "$child" 2>/dev/null || true
	fi
	rm -rf --one-file-system "$root"
}

test_backend() {
	needs
	case $1 in cpu | cuda | go) ;; *) stop "no backend is called \"$1\": cpu, cuda and go are." ;; esac
	mkdir -p "$cache"
	lint
	root=$(mktemp -d "$cache/root.XXXXXX")
	chmod 755 "$root"
	trap cleanup EXIT
	unshare --mount --propagation private --pid --fork --kill-child -- "$self" inside "$root" "$1" "$SECONDS" &
	child=$!
	wait "$child"
	step "done: the image for $1 passed"
}

case ${1:-cpu} in
inside) inside "$2" "$3" "$4" ;;
lint) lint ;;
*) test_backend "${1:-cpu}" ;;
esac
