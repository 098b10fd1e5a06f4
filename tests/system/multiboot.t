#!/bin/sh
# A Multiboot kernel with modules, named by menu.lst: our own hypervisor, with
# the PV probe as its guest, from the BIOS stages.
. "$(dirname "$0")/tap.sh"

mkdir -p "$tmp/root/boot"
cp "$B/boot/hv.elf" "$tmp/root/boot/"
"$B/kernelgen" --format xenpv --pad 1M -o "$tmp/root/boot/guest"
head -c 300001 /dev/urandom >"$tmp/root/boot/ramdisk"
cat >"$tmp/menu.lst" <<'E2'
default 0
timeout 0
title hypervisor
root (hd0,0)
kernel /boot/hv.elf
module /boot/guest one two=3
module /boot/ramdisk
E2
"$twinboot" build --root "$tmp/root" --menu "$tmp/menu.lst" --boot bios \
	-o "$tmp/img"
"$twinboot" run "$tmp/img" --path bios --timeout 200 >"$tmp/console" 2>&1
is $? 0 'it powers off'
json=$(tr -d '\r' <"$tmp/console" | sed -n 's/^PROBE //p')
is "$(echo "$json" | jq -r '"\(.entry) \(.cmdline)"')" 'xenpv one two=3' \
	'the first module is the guest, with its arguments'
is "$(echo "$json" | jq -r .initrd.sha256)" \
	"$(sha256sum <"$tmp/root/boot/ramdisk" | cut -d' ' -f1)" \
	'the second module is its initrd'

sed 's/^module .*ramdisk/initrd \/boot\/ramdisk/' "$tmp/menu.lst" \
	>"$tmp/wrong.lst"
"$twinboot" build --root "$tmp/root" --menu "$tmp/wrong.lst" --boot bios \
	-o "$tmp/img"
"$twinboot" inspect "$tmp/img" >"$tmp/inspect" 2>&1
grep -q 'Error 19: Linux kernel must be loaded before initrd' "$tmp/inspect"
ok $? 'initrd is for Linux only'
done_testing
