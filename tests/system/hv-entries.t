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
none=$(sha256sum </dev/null | cut -d' ' -f1)
for machine in pc q35 microvm; do
	timeout 100 qemu-system-x86_64 -M $machine -m 128 -accel tcg -nodefaults \
		-display none -no-reboot -serial stdio -kernel pvh.elf \
		-initrd root/boot/pv -append mem=48M </dev/null >out 2>&1
	is $? 0 "PVH, $machine: it powers off"
	probed "PVH, $machine" '' "$none"
	grep -aq '^(hv) domain 1: 48 MiB' out
	ok $? 'its command line'
done

# ended QEMU...: until the domain has ended: without ACPI nothing powers off.
ended() {
	rm -f out
	timeout 200 "$@" -accel tcg -nodefaults -display none -no-reboot \
		-serial file:out -kernel pvh.elf </dev/null >log 2>&1 &
	hv_ended $!
}

# Disk and card of a machine without PCI, by the words that QEMU has for Linux.
perl -0pe 's/\x02\xb0\xad\x1b/\0\0\0\0/' <"$B/boot-test/hv.elf" >pvh.elf
truncate -s 2M a b
for legacy in on off; do
	ended qemu-system-x86_64 -M microvm,acpi=off -m 64 \
		-global virtio-mmio.force-legacy=$legacy \
		-initrd "$B/boot-test/devices.elf" \
		-append 'vbd=xvda:hd0 vbd=xvdb:hd1,ro' \
		-drive file=a,format=raw,if=none,id=a,discard=unmap \
		-device virtio-blk-device,drive=a \
		-drive file=b,format=raw,if=none,id=b \
		-device virtio-blk-device,drive=b \
		-netdev user,id=n -device virtio-net-device,netdev=n
	grep -aq '^1\.\.' out && ! grep -aq '^not ok' out
	ok $? "virtio in memory, legacy $legacy"
	grep -aE '^not ok|^\(hv\) panic' -A1 out | sed 's/^/# /'
	is "$(grep -acE '^\(hv\) (hd[01]|net0): virtio' out)" 3 \
		'two disks and a card'
done
done_testing
