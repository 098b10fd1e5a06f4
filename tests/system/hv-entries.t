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
# QEMU 10 puts the end of this module over a microvm's ACPI tables, if it reaches so far.
cp root/boot/pv pv
truncate -s $((($(stat -c %s pv) + 4095) / 4096 * 4096 + 64)) pv
for machine in pc q35 microvm; do
	timeout 100 qemu-system-x86_64 -M $machine -m 128 -accel tcg -nodefaults \
		-display none -no-reboot -serial stdio -kernel pvh.elf \
		-initrd pv -append mem=48M </dev/null >out 2>&1
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

# What a loader should not say: tests/hv/pvh.S has hv.elf believe what the file
# "info" has, at 48 MiB, above all of the one module, which is the probe.
# pvh NAME WANTED MODULE-AT LINE-AT [LINE]: the probe's line, or the panic's
pvh() {
	perl -e '
	my ($at, $line_at, $line, $size) = @ARGV;
	my @map = map { oct } qw(0 0x9f000 1 0x9f000 0x1000 2
		0x100000 0x3400000 1 0x3500000 0xa00000 2 0x3f00000 0xe0000 1);
	my $map = "";
	$map .= pack "Q<Q<VV", splice(@map, 0, 3), 0 while @map;
	print pack "a128a32a512a*", pack("V4Q<4VV", 0x336ec578, 1, 0, 1,
			0x3000080, 0, 0, 0x30000a0, 5, 0),
		pack("Q<4", oct $at, $size, oct $line_at, 0x7b9400002000),
		$map, "$line\0";
	' "$3" "$4" "${5-pv x y=2}" "$(stat -c %s pv)" >info
	place=
	[ $(($3)) -ge $((0x4000000)) ] ||
		place="-device loader,file=pv,addr=$3,force-raw=on"
	rm -f out
	# shellcheck disable=SC2086
	timeout 200 qemu-system-x86_64 -accel tcg -m 64 -net none -display none \
		-no-reboot -serial file:out -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-device loader,file=info,addr=0x3000000,force-raw=on $place \
		-kernel "$B/boot-test/pvh.elf" -initrd "$B/boot/hv.elf" \
		</dev/null >log 2>&1 &
	hv_ended $!
	is "$(tr -d '\r' <out | sed -n 's/^PROBE //p' | jq -r '"[\(.cmdline)]"')$(
		tr -d '\r' <out | sed -n '/^(hv) panic/{n;s/^(hv) //p;}')" \
		"$2" "PVH: $1" || tail -5 out | sed 's/^/# /'
}
text=0x30002a0
pvh 'a module with a line' '[x y=2]' 0x2800000 $text
pvh 'a line above 4 GiB' '[]' 0x2800000 0x202000f18f5
pvh 'a line that is in no memory' '[]' 0x2800000 0xfee00000
pvh 'a line that is no text' '[]' 0x2800000 $text "$(printf 'pv \203\304\020x')"
pvh 'a line with a control character' '[]' 0x2800000 $text "$(printf 'pv x\001')"
for at in 0x34ff000 0x34ffff0 0x3600000 0x3ef0000; do
	pvh "a module at $at, not all in RAM" '[x y=2]' $at $text
	grep -aq '^(hv) module 0 was in memory that is not RAM' out
	ok $? '... which is told'
done
for at in 0x3fdf000 0x3ff0000 0xfffff000 0x100000000; do
	pvh "a module at $at, not all in memory" 'module 0 is not in RAM' $at 0
done

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
