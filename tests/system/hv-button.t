#!/bin/bash
# The power button (QEMU's system_powerdown): Linux is asked by xenstore's
# control/shutdown and ends itself; a guest that does not listen is ended by a
# second press soon after the first.  On both chip sets.
. "$(dirname "$0")/tap.sh"

mkfifo "$tmp/mon.in" "$tmp/mon.out"

# guest MACHINE MODULES: runs with its console in $tmp/out, its monitor on 3
guest() {
	exec 3<>"$tmp/mon.in" 4<>"$tmp/mon.out"
	: >"$tmp/out"
	timeout 600 qemu-system-x86_64 -M "$1" -accel tcg -m 256 -net none \
		-display none -no-reboot -serial "file:$tmp/out" \
		-monitor "pipe:$tmp/mon" \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/hv.elf" -initrd "$2" &
	pid=$!
}
press() {
	echo system_powerdown >&3
}
# waits TEXT: until the console has it; fails when the machine ends first
waits() {
	while ! grep -aq "$1" "$tmp/out"; do
		kill -0 $pid 2>"$tmp/err" || return 1
		sleep 0.1
	done
}
ends() { # NAME
	wait $pid
	is $? 0 "$1: the machine is off"
	exec 3>&- 4>&-
}

mkdir -p "$tmp/root/bin" "$tmp/root/sbin" "$tmp/root/proc"
cp "$(command -v busybox)" "$tmp/root/bin/busybox"
cat >"$tmp/root/sbin/poweroff" <<'E'
#!/bin/busybox sh
exec >/dev/console
echo "ASKED to stop"
exec /bin/busybox poweroff -f
E
cat >"$tmp/root/init" <<'E'
#!/bin/busybox sh
echo "READY to stop"
while :; do /bin/busybox sleep 1; done
E
chmod 755 "$tmp/root/init" "$tmp/root/sbin/poweroff"
(cd "$tmp/root" && find . | cpio --quiet -o -H newc -R 0:0) >"$tmp/initrd"

for m in pc q35; do
	guest $m "$B/debian/cloud/vmlinuz console=hvc0 quiet,$tmp/initrd"
	waits 'READY' && press && waits 'ASKED to stop'
	ok $? "$m: Linux is asked"
	ends "$m"
	grep -aq '^(hv) domain 1 powers off' "$tmp/out"
	ok $? "$m: and ends itself"
done

guest pc "$B/boot-test/cpu.elf deaf=1"
waits 'READY' && press && waits 'is asked to shut down'
ok $? "a guest that does not listen is asked"
# On a machine so busy that five seconds pass, a press only asks again.
for ((i = 0; i < 60; i++)); do
	kill -0 $pid 2>"$tmp/err" || break
	press
	sleep 1
done
ends 'pressed again'
grep -aq 'is ended: the power button, twice' "$tmp/out"
ok $? "and ended"
done_testing
