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
# What the kernel is told, by one that tells it.
told() { # NAME JQ WANTED: of MENU built with OPTIONS, on the machine "$@"
	name=$1 filter=$2 want=$3
	shift 3
	timeout 100 qemu-system-x86_64 -accel tcg -m 64 -net none -no-reboot \
		-display none -serial stdio "$@" </dev/null >"$tmp/log" 2>&1
	tr -d '\r' <"$tmp/log" | sed -n 's/^MBI //p' >"$tmp/mbi"
	is "$(jq -rc "$filter" "$tmp/mbi")" "$want" "$name" ||
		sed 's/^/# /' "$tmp/log"
}
disk() {
	echo "-drive file=$1,format=raw,if=virtio,snapshot=on"
}
mkdir -p "$tmp/tell/boot"
cp "$B/boot-test/multiboot.elf" "$tmp/tell/boot/"
image() { # TABLE ROOT: $tmp/img
	printf 'timeout 0\ntitle a\nroot %s\nkernel %s a  b=1\nmodule %s x\n' \
		"$2" "${3:-/boot/multiboot.elf}" "${3:-/boot/multiboot.elf}" \
		>"$tmp/menu.lst"
	"$twinboot" build --table "$1" --boot bios --root "$tmp/tell" \
		--menu "$tmp/menu.lst" -o "$tmp/img" 2>"$tmp/err" ||
		sed 's/^/# /' "$tmp/err"
}
image gpt '(hd0,0)'
told 'boot device, strings, module' \
	'[.magic, .boot_device, .cmdline, .loader, .modules, .module]' \
	"[1,$((0x8000ffff)),\"/boot/multiboot.elf a  b=1\",\"Twinboot\",1,\
\"/boot/multiboot.elf x\"]" $(disk "$tmp/img")
is "$(jq -c '[.upper > 60000, .upper < 65536, .lower >= 600,
	.ram >= .lower + .upper]' "$tmp/mbi")" '[true,true,true,true]' 'memory'
is "$(jq -c '[.config_length >= 8, .model]' "$tmp/mbi")" '[true,252]' \
	'the configuration table'
is "$(jq -c '[.apm, .apm_segment]' "$tmp/mbi")" \
	"[$((0x102)),$((0xf000))]" 'APM'
is "$(jq -c '[.section, .marker]' "$tmp/mbi")" "[\".rodata\",$((0x600d))]" \
	'sections and symbols'
is "$(jq -c '.flags' "$tmp/mbi")" $((0x7ef)) 'flags: all but a.out and VBE'
image none '(hd0)'
told 'a whole disk' .boot_device $((0x80ffffff)) $(disk "$tmp/img")
# The second disk is asked for by `root` alone, and once more by the file's name.
image mbr '(hd1,0)' '(hd0,0)/boot/multiboot.elf'
truncate -s 8M "$tmp/second"
printf 'label: dos\n2048,,83\n' | sfdisk -q "$tmp/second"
told 'the disk that `root` names, and the drives' \
	'[.boot_device, (.drives[] | .number, .mode, .heads > 0, .sectors > 0)]' \
	"[$((0x8100ffff)),128,1,true,true,129,1,true,true]" \
	$(disk "$tmp/img") $(disk "$tmp/second")

# GRUB 2, as Debian's upgrade from GRUB 0.97 starts it.
mkdir -p "$tmp/grub2/boot/grub"
printf 'serial --unit=0\nterminal_output serial\necho "ROOT=$root"\nhalt\n' \
	>"$tmp/cfg"
for how in 'gpt (hd0,0) (,gpt1) hd0,gpt1' 'mbr (hd0,0) (,msdos1) hd0,msdos1' \
	'none (hd0) () hd0'; do
	set -- $how
	grub-mkimage -O i386-pc -p "$3/boot/grub" -c "$tmp/cfg" \
		-o "$tmp/grub2/boot/grub/core.img" biosdisk part_gpt part_msdos \
		ext2 serial terminal echo halt
	printf 'timeout 0\ntitle a\nroot %s\nkernel /boot/grub/core.img\n' "$2" \
		>"$tmp/menu.lst"
	"$twinboot" build --table "$1" --boot bios --root "$tmp/grub2" \
		--menu "$tmp/menu.lst" -o "$tmp/img"
	timeout 120 "$twinboot" run "$tmp/img" --path bios --mem 128 \
		--timeout 100 >"$tmp/log" 2>&1 </dev/null
	is "$(tr -d '\r' <"$tmp/log" | grep -ao 'ROOT=[a-z0-9,]*')" \
		"ROOT=$4" "GRUB 2's core.img on a disk with table $1"
done
done_testing
