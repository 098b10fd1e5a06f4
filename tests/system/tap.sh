# Shared by the system tests: TAP, a scratch directory that goes away, $B.
# shellcheck shell=sh
: "${B:=build}"
B=$(cd "$B" && pwd)
twinboot=$B/twinboot
tests=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

# ok STATUS NAME: STATUS 0 passes.
ok() {
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
	fi
}

# skip REASON NAME
skip() {
	tests=$((tests + 1))
	echo "ok $tests - $2 # SKIP $1"
}

# is GOT WANTED NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3"
	[ "$1" = "$2" ] || printf '#  got:    %s\n#  wanted: %s\n' "$1" "$2"
}

# debian_trees NAME...: build/debian/NAME.tar is made where it is missing, as one
# check.  The Makefile names what is below the tree without the tree's own name.
debian_trees() {
	top=$(cd "$(dirname "$0")/../.." && pwd)
	(
		for name; do
			set -- "$@" "${B#"$top"/}/debian/$name.tar"
			shift
		done
		make -C "$top" B="${B#"$top"/}" "$@"
	) >"$tmp/log" 2>&1
	status=$?
	ok $status "Debian's trees are there"
	[ $status = 0 ] && return
	tail -5 "$tmp/log" | sed 's/^/#  /'
	done_testing
	exit
}

# fails TEXT COMMAND...: ends non-zero with one line of error that has TEXT.
fails() {
	text=$1
	shift
	"$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -ne 0 ] && grep -v 'note:' "$tmp/err" | grep -qF -- "$text" &&
	[ "$(grep -cv 'note:' "$tmp/err")" = 1 ]
	ok $? "error: $text"
	[ $status -ne 0 ] || echo "#  it ended 0"
	sed 's/^/#  /' "$tmp/err"
}

# hv_ended PID: until the guest of hv has ended, by hv's console in the file out, or
# PID has; then PID ends, as not every machine powers off.
hv_ended() {
	until grep -aqsE '^\(hv\) (domain 1 [a-z]|panic)' out ||
		! kill -0 "$1" 2>/dev/null; do
		sleep 0.2
	done
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

done_testing() {
	echo "1..$tests"
}
