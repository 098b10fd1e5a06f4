#!/bin/bash
# The menu as people see it, on a serial terminal of each path and on the PC's
# text screen: the bar, where it goes, colours, pages, what a line completes to.
here=$(cd "$(dirname "$0")/.." && pwd)
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
press() { # REGEX KEYS: wait until the console shows REGEX, then type KEYS
	local i
	for i in $(seq 600); do
		tr '\r' '\n' <console 2>/dev/null | grep -aqE "$1" && break
		sleep 0.1
	done
	printf "$2" >&3
}
start() { # PATH
	: >console
	rm -f keys monitor
	mkfifo keys
	timeout 250 sh -c "exec $("$twinboot" run img --path "$1" --print) \
		-monitor unix:monitor,server=on,wait=off" \
		>console 2>qemu.log <keys &
	pid=$!
	exec 3>keys
}
finish() {
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	exec 3>&-
}
row() { # FILE NUMBER: that row of it, from 1
	sed -n "$2p" "$1"
}
vga() { # the PC's text memory into the file vga
	/usr/bin/python3 - <<'END'
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("monitor")
s.sendall(b"pmemsave 0xb8000 4000 cells\n")
said = b""
while said.count(b"(qemu)") < 2:	# before the command, and after
	said += s.recv(4096) or exit(1)
END
	"$here/screen" --vga cells >vga
}
# screened FILE {ROW TEXT NAME}...: the screen, into FILE, has these rows, soon
screened() {
	local file=$1 i wrong=1
	shift
	for ((try = 0; wrong && try < 60; try++)); do
		sleep 0.2
		"$here/screen" console >$file
		wrong=0
		for ((i = 1; i < $#; i += 3)); do
			[ "$(row $file ${!i})" = "${@:i + 1:1}" ] || wrong=1
		done
	done
	while [ $# -gt 0 ]; do
		is "$(row $file $1)" "$2" "$path: $3"
		shift 3
	done
}
{
	printf 'default 1\ntimeout 60\ncolor %s\n' \
		'light-gray/black yellow/blue'
	for i in $(seq 0 19); do
		printf 'title Entry number %s\n' "$i"
		[ "$i" != 2 ] || echo '#twinboot pv=always'
		echo "kernel /boot/kernel $i"
	done
} >menu.lst
mkdir -p root/boot/unmistakable
echo x >root/boot/unmistakable/file
"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" -o img \
	2>build.log || { echo "Bail out! $(tail -1 build.log)"; exit 1; }

for path in bios uefi pv; do
	start $path
	press '1> Entry number 1  \(in' 'j'
	screened first 4 "     1  Entry number 1" 'the bar has left' \
		5 "*    2  [PV] Entry number 2" 'and is here' \
		21 "     2> [PV] Entry number 2" 'the line below'
	is "$(grep -c '^\*' first)" 1 "$path: it is one"
	[ $path != bios ] || {
		vga
		is "$(head -21 vga | cksum)" "$(head -21 first | cksum)" \
			"the text screen is the same"
		diff vga first | sed 's/^/# /'
	}
	printf '\033[F' >&3
	screened last 6 "*   19  Entry number 19" 'the next page' \
		7 "        (16 to 19 of 20)" 'is told' \
		9 "    19> Entry number 19" 'and below it'
	is "$(grep -c 'Entry' last)" 5 "$path: nothing is left of the other"
	printf 'c' >&3
	press 'twinboot> ' 'cat /boot/unm\tf\t'
	press 'unmistakable/file ' 'q'
	for try in $(seq 60); do
		"$here/screen" console >line
		grep -qx ' twinboot> cat /boot/unmistakable/file q' line && break
		sleep 0.5
	done
	ok $? "$path: completed" || sed 's/^/# /' line
	finish
done
done_testing
