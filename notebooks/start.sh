# shellcheck shell=bash
# The first cell of every notebook runs this in the kernel's temporary module: !*. "${GOCIR:-..}/notebooks/start.sh"
# It puts that module and the project into one workspace, so that cells import the project's packages as they stand on
# disk, and all others at the versions of the project's go.mod and go.sum. It changes nothing in the project, needs no
# network once modules are cached, and may be run again. What is wrong it says in one sentence.

stop() {
	printf '%s\n' "$1" >&2
	exit 1
}

# room FOLDER MEGABYTES: is there so much space?
room() {
	local free
	free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
	[[ -z $free || $free -ge $2 ]] || stop "The disk of $1 is full ($free MB left, $2 MB are needed): free some space and run this cell again."
}

root=${GOCIR:-$(cd "$GONB_DIR/.." && pwd)}
version=$(GOWORK=off go env GOVERSION 2>/dev/null)
[[ -n $version ]] || stop "Go is not on the PATH: install Go 1.26 (https://go.dev/dl) and start Jupyter again with \`make lab\`."
[[ -f $root/go.mod ]] || stop "gocir is not at $root: start Jupyter with \`make lab\` in the project's folder."

room "$PWD" 200
room "$(go env GOCACHE)" 200
work=${GOCIR_WORK:-$root/notebooks/work}
{ mkdir -p "$work" && [[ -w $work ]]; } 2>/dev/null || stop "The folder $work cannot be written: name another one in GOCIR_WORK and start Jupyter again."
room "$work" 200

rm -f go.work go.work.sum
go work init . "$root" 2>/dev/null || stop "No workspace could be made in $PWD: is the disk full, or go older than the project's go.mod asks for? (this is $version)"
if ! problem=$(go build -o check gocir/notebooks/check 2>&1); then
	case $problem in
	*'no space left'*) stop "The disk is full: free some space and run this cell again." ;;
	*'module lookup disabled'* | *'dial tcp'* | *'no such host'* | *'connection refused'* | *'missing go.sum entry'* | *'cannot find module'*)
		stop "The modules that gocir needs are not in the module cache, and there is no network to fetch them: connect, run \`make kernel\` once in the project's folder, and run this cell again." ;;
	esac
	stop "gocir does not compile: $problem"
fi
./check
