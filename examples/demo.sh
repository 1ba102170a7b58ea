#!/bin/bash
# demo.sh: a first hour with lvsform in ten seconds, on a node that is a file: no root, no kernel module, nothing left
# behind. LVSFORM is the program (default: bin/lvsform, where "make" puts it).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(realpath "$(command -v "${LVSFORM:-$here/../bin/lvsform}")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cp "$here/web/web.lvs.hcl" .

say() { printf '\n# %s\n' "$*"; }
# lvsform ARGUMENTS: shows the command and runs it; wants the exit code in $want (default 0).
lvsform() {
	local code=0
	printf '\n$ lvsform'
	printf ' %q' "$@"
	printf '\n'
	"$program" "$@" < /dev/null 2>&1 || code=$?
	if [ "$code" != "${want:-0}" ]; then
		echo "demo.sh: exit code $code, and ${want:-0} was expected" >&2
		exit 1
	fi
}

say "The configuration of a director that is the file lb1.json:"
cat web.lvs.hcl
lvsform validate

say "What would change?"
want=2 lvsform plan --driver file:lb1.json --detailed-exitcode --out web.plan

say "Exactly that, please."
lvsform apply --driver file:lb1.json web.plan

say "A second plan finds nothing to do."
lvsform plan --driver file:lb1.json --detailed-exitcode
lvsform status --driver file:lb1.json

say "Somebody applies an older copy of the configuration ..."
mkdir older
sed 's/weight  = 3/weight  = 1/; s/"wlc"/"rr"/' web.lvs.hcl > older/web.lvs.hcl
lvsform apply --driver file:lb1.json --auto-approve older

say "... and that is noticed."
want=2 lvsform drift --driver file:lb1.json

say "Undo the first apply: weights to 0, wait for connections, delete. The node is empty again."
lvsform rollback --driver file:lb1.json --auto-approve web.plan
lvsform status --driver file:lb1.json
