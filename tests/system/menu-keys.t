#!/bin/bash
# The menu on a real console: keys over the serial line choose an entry, the
# boot record tells what was loaded, a missing file leads back to the menu.
. tests/system/tap.sh
press() { # REGEX, KEYS: wait until the console shows REGEX, then type KEYS
	for _ in $(seq 300); do
		grep -aqE "$1" "$tmp/console" 2>/dev/null && break
		sleep 0.2
	done
	printf "$2" >&3
}
qemu() {
	exec timeout 90 qemu-system-x86_64 -accel tcg -m 64 -net none \
		-display none -no-reboot -serial stdio \
		-drive "file=$tmp/img,format=raw,if=virtio,snapshot=on" \
		>"$tmp/console" 2>"$tmp/qemu.log" <"$tmp/keys"
}
shows() { # NAME, REGEX
	local found=1
	grep -aqE "$2" "$tmp/console" && found=0
	ok $found "$1"
	[ $found = 0 ] || tr '\r' '\n' <"$tmp/console" | sed 's/^/# /' | tail -30
}

mkdir -p "$tmp/root/boot/grub"
"$B"/kernelgen --format bzimage -o "$tmp/root/boot/vmlinuz" ||
	{ echo "Bail out! no kernel"; exit 1; }
seq 5000 >"$tmp/root/boot/initrd"
echo boot-record=hash >"$tmp/root/boot/grub/twinboot.conf"
cat >"$tmp/root/boot/grub/grub.conf" <<END
title One
kernel /boot/none
title Two
kernel /boot/vmlinuz two
title Three
root (hd0,0)
kernel /boot/vmlinuz three  x=y
initrd /boot/initrd
END
ln -s grub.conf "$tmp/root/boot/grub/menu.lst"
"$twinboot" build --table gpt --boot bios --boot-dir "$B/boot" \
	--root "$tmp/root" -o "$tmp/img" 2>"$tmp/build.log" ||
	{ echo "Bail out! $(tail -1 "$tmp/build.log")"; exit 1; }
mkfifo "$tmp/keys"
qemu &
exec 3>"$tmp/keys"
press '0> One' '\n'
press 'Press any key' 'q\033[B'
press '1> Two' '\033[B'
press '2> Three' '\r'
wait $!
exec 3>&-
shows "an entry without its file" 'Error 15: File not found: /boot/none'
shows "the menu again, Down, Down, Enter" "Booting 'Three'"
shows "the kernel runs" 'PROBE .*"cmdline":"three  x=y"'
sum=$(sha256sum <"$tmp/root/boot/initrd" | cut -d' ' -f1)
shows "the initrd is whole" "PROBE .*\"initrd\":.*\"sha256\":\"$sum\""
shows "the boot record" "^TWINBOOT .*\"entry\":\"Three\".*\"sha256\":\"$sum\""
grep -a ^TWINBOOT "$tmp/console" | sed 's/^TWINBOOT //' | jq -e \
	'.path == "bios" and .tsc_own > 0 and .tsc_firmware > 0 and
	 (.files | map(.path)) == ["/boot/vmlinuz", "/boot/initrd"]' >/dev/null
ok $? "which is JSON"

# The command line, and an entry that is edited.
start() {
	: >"$tmp/console"
	qemu &
	exec 3>"$tmp/keys"
}
start
press '0> One' 'c'
press 'twinboot> ' 'find /boot/initrd\r'
press ' \(hd0,0\)' 'kernel /boot/vmlinuz by hanx\177d\r'
press 'kernel /boot/vmlinuz by hand' 'boot\r'
wait $!
exec 3>&-
shows "typed commands" 'PROBE .*"cmdline":"by hand"'
start
press '0> One' 'j'
press '1> Two' 'e'
press '0> kernel' 'e'
press 'edit> ' ' more\r'
press '0  kernel /boot/vmlinuz two more' 'b'
wait $!
exec 3>&-
shows "an edited entry" 'PROBE .*"cmdline":"two more"'
done_testing
