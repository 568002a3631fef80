#!/usr/bin/env bash
# Looks for known vulnerabilities in the code that is called: ours, the modules', Go's own library. `make vulnerabilities` runs it.
#
#   check.sh GOVULNCHECK     the program; it asks the Go vulnerability database, or the one that GOVULNDB names
#
# Exit status: 0 none is known; 3 some are; 4 not checked, since the database can't be reached; anything else: govulncheck
# failed, also on a database of your own that gives no answer. Where UNCHECKED names a file, status 4 becomes 0, and what was
# not checked is written there: CI may have no network, and says at its end what it did not check.
set -euo pipefail
cd "$(dirname "$0")/../.."

said=$(mktemp)
trap 'rm -f "$said"' EXIT
database=${GOVULNDB:-https://vuln.go.dev}
database=${database%/}
outcome=0
"$1" -db "$database" -test -tags notebooks,peers ./... 2>"$said" || outcome=$?
cat "$said" >&2

# How govulncheck says that it got no answer, in a line that names the database: the network's errors, and the server's own.
unreachable='dial tcp|no such host|i/o timeout|TLS handshake timeout|connection (refused|reset)|network is unreachable|proxyconnect|EOF|unexpected status: (403|407|429|5[0-9][0-9])'
if [[ $outcome != 0 && $outcome != 3 ]] && grep -F "$database/" "$said" | grep -Eq "$unreachable"; then
	message="NOT CHECKED for known vulnerabilities: the database $database can't be reached. Run \`make vulnerabilities\` where it can."
	printf '%s\n' "$message" >&2
	[[ -n ${UNCHECKED:-} ]] || exit 4
	printf '%s\n' "$message" >"$UNCHECKED" || exit 1
	exit 0
fi
exit "$outcome"
