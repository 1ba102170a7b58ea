# Sourced by uml-run and qemu-run: what both need around a guest kernel.
#
# A job is a directory that host and guest see under the same name:
#     env, cwd, cmd, mods   for guest-init: what to run, where, with which modules
#     out, rc               from guest-init: output as it appears, exit status
#     console               what the kernel itself had to say

# Debian keeps ip, modprobe and friends where an ordinary user does not look.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

die() { echo "${0##*/}: error: $*" >&2; exit 125; }

# job_create KIND MODULES COMMAND...: sets job.
job_create() {
	local kind=$1 mods=$2
	shift 2
	case $PWD/ in /proc/* | /sys/* | /dev/* | /run/*)
		die "the guest has a file system of its own over ${PWD}: work somewhere else" ;;
	esac
	job=$(mktemp -d /var/tmp/lvsform-job.XXXXXX) || exit 125
	guest=
	trap job_remove EXIT
	trap 'exit 130' INT TERM QUIT HUP
	export LVSFORM_IN_TEST_KERNEL=$kind
	export -p > "$job/env"
	printf '%s' "$PWD" > "$job/cwd"
	printf '%s' "$mods" > "$job/mods"
	{ printf exec; printf ' %q' "$@"; echo; } > "$job/cmd"
	: > "$job/out"
	cp "$here/guest-init" "$job/init"
	chmod 755 "$job/init"
	# A guest that dies would leave its whole memory as a core file.
	ulimit -c 0
}

job_remove() {
	[ -z "$guest" ] || kill "$guest" 2>/dev/null
	rm -rf "$job"
}

# job_run SECONDS PROGRAM...: starts the guest, shows its output, exits with the
# status of the command in it.  124: timed out.  125: the guest died.
job_run() {
	local seconds=$1 status tail
	shift
	# Without pdeathsig a guest survives kill -9 of this script.
	setpriv --pdeathsig TERM timeout -k 5 "$seconds" setpriv --pdeathsig TERM "$@" \
		</dev/null >> "$job/console" 2>&1 &
	guest=$!
	tail -s 0.1 -n +1 -f --pid="$guest" "$job/out" &
	tail=$!
	wait "$guest"
	status=$?
	guest=
	wait "$tail"
	[ -s "$job/rc" ] && exit "$(cat "$job/rc")"
	tail -n 30 "$job/console" >&2
	case $status in 124 | 137)
		echo "${0##*/}: error: timed out after $seconds s" >&2
		exit 124 ;;
	esac
	die "the guest ended without a status ($status)"
}
