#!/bin/sh
# The ways into hv.elf beside Multiboot 1: Multiboot 2, by GRUB, and PVH, as QEMU
# does it when there is no Multiboot header.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

mkdir -p root/boot/grub
"$B/kernelgen" --format xenpv -o root/boot/pv
head -c 300001 /dev/urandom >root/boot/ramdisk
ramdisk=$(sha256sum <root/boot/ramdisk | cut -d' ' -f1)
cp "$B/boot/hv.elf" root/boot/
probed() { # NAME COMMAND-LINE SHA-256: what the probe said in out
	is "$(tr -d '\r' <out | sed -n 's/^PROBE //p' |
		jq -r '"\(.entry) \(.cmdline) \(.initrd.sha256)"')" \
		"xenpv $2 $3" "$1" || tail -5 out | sed 's/^/# /'
}

# GRUB leaves out the file's name in what it passes on: "placeholder" is there
# in its place, as Debian has it for Xen.
cat >cfg <<'END'
serial --unit=0
terminal_output serial
multiboot2 /boot/hv.elf placeholder mem=48M
module2 /boot/pv placeholder x  y=2
module2 /boot/ramdisk
boot
END
grub-mkimage -O i386-pc -p '(,gpt1)/boot/grub' -c cfg \
	-o root/boot/grub/core.img biosdisk part_gpt ext2 serial terminal \
	multiboot2 boot
printf 'timeout 0\ntitle a\nroot (hd0,0)\nkernel /boot/grub/core.img\n' >menu.lst
"$twinboot" build --boot bios --root root --menu menu.lst -o img
timeout 200 "$twinboot" run img --path bios --mem 128 --timeout 150 >out 2>&1 \
	</dev/null
probed 'Multiboot 2, by GRUB' 'x y=2' "$ramdisk"
grep -aq '^(hv) domain 1: 48 MiB' out
ok $? 'its command line'

# Our header's magic made unknown to QEMU.
perl -0pe 's/\x02\xb0\xad\x1b/\0\0\0\0/' <"$B/boot/hv.elf" >pvh.elf
! cmp -s pvh.elf "$B/boot/hv.elf"
ok $? 'a copy without Multiboot header'
pvh() { # MACHINE INITRD ARGUMENT...
	machine=$1 initrd=$2
	shift 2
	timeout 200 qemu-system-x86_64 -M "$machine" -accel tcg -m 128 -nodefaults \
		-display none -no-reboot -serial stdio -kernel pvh.elf \
		-initrd "$initrd" "$@" </dev/null >out 2>&1
}
none=$(sha256sum </dev/null | cut -d' ' -f1)
for machine in pc q35 microvm; do
	pvh $machine root/boot/pv -append mem=48M
	probed "PVH, $machine" '' "$none"
	grep -aq '^(hv) domain 1: 48 MiB' out
	ok $? 'its command line'
done
done_testing
