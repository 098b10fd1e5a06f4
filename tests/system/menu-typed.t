#!/bin/bash
# What people type at the serial console of every path: a password, an entry
# edited, commands, and a fallback that takes over when nobody types.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
press() { # REGEX KEYS: wait until the console shows REGEX, then type KEYS
	local i
	for i in $(seq 300); do
		tr '\r' '\n' <console 2>/dev/null | grep -aqE "$1" && break
		sleep 0.2
	done
	printf "$2" >&3
}
start() { # PATH
	: >console
	rm -f keys
	mkfifo keys
	timeout 200 sh -c "exec $("$twinboot" run img --path "$1" --print)" \
		>console 2>qemu.log <keys &
	pid=$!
	exec 3>keys
}
finish() {
	wait $pid
	exec 3>&-
}
shows() { # REGEX NAME
	tr '\r' '\n' <console | grep -aqE "$1"
	ok $? "$2" || tr '\r' '\n' <console | tail -30 | sed 's/^/# /'
}
paths='bios uefi pv'
for path in $paths; do
	mkdir -p root/boot
	case $path in
	bios) set -- bzimage ;;
	uefi) set -- efi-app ;;
	pv) set -- xenpv ;;
	esac
	"$B/kernelgen" --format "$1" -o root/boot/$path || exit 1
done
hash=$(openssl passwd -6 -salt saltstring secret)
cat >menu.lst <<END
default 0
fallback 1
timeout 4
password --encrypted $hash
title None
kernel /boot/none
title Locked BIOS
lock
kernel /boot/bios one
title Locked UEFI
lock
kernel /boot/uefi one
title Locked PV
lock
kernel /boot/pv one
END
"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" -o img \
	2>build.log || { echo "Bail out! $(tail -1 build.log)"; exit 1; }

n=0
for path in $paths; do
	n=$((n + 1))
	start $path
	# Nobody types: no file, and the fallback is locked.
	press 'Error 32: Must be authenticated: lock' 'x'
	press '1> Locked BIOS' 'epwrong\r'
	press 'wrong password' 'xpsecret\r'
	press '0> None' "${n}e"
	press 'kernel /boot/[a-z]* one' 'je'
	press 'edit> ' ' two\r'
	press "1  kernel /boot/$path one two" 'b'
	finish
	shows 'Error 15: File not found: /boot/none' "$path: no file"
	shows 'Must be authenticated: wrong password' "$path: a wrong password"
	shows 'PROBE .*"cmdline":"one two"' "$path: unlocked, and edited"
	start $path
	press '0> None' 'psecret\rc'
	press 'twinboot> ' "find /boot/$path\r"
	press '^ \(hd0,0\)' "kernel /boot/$path by hanx\177d\r"
	press "^kernel /boot/$path by hand" 'boot\r'
	finish
	shows 'PROBE .*"cmdline":"by hand"' "$path: commands"
	grep -aq secret console
	[ $? = 1 ]
	ok $? "$path: the password is not shown"
done
done_testing
