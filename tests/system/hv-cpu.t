#!/bin/bash
# The processor that the hypervisor gives a guest (tests/hv/cpu/cpu.c): what is
# granted works, what does not work is refused, on several models; nothing is
# left of what ran before (tests/hv/cpu/old.S fills memory and registers).
. "$(dirname "$0")/tap.sh"
OLD=8746397795573851499		# tests/hv/cpu/old.S, OLD_VALUE

# guest CPU KERNEL MODULES [MiB]: console in $tmp/out
guest() {
	timeout 600 qemu-system-x86_64 -accel tcg -cpu "$1" -m "${4:-64}" -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$2" -initrd "$3" </dev/null >"$tmp/out" 2>&1
	status=$?
}
# passes LEAST NAME: that many tests of the guest's, none wrong
passes() {
	n=$(grep -ac '^ok' "$tmp/out")
	[ $status = 0 ] && grep -aq '^1\.\.' "$tmp/out" && [ "$n" -ge "$1" ] &&
		! grep -aq '^not ok' "$tmp/out"
	ok $? "$2: $n"
	[ $status = 0 ] && ! grep -aq '^not ok' "$tmp/out" ||
		grep -a '^not ok\|^#\|^(hv)' "$tmp/out" | tail -30 | sed 's/^/# /'
}
hv=$B/boot-test/hv.elf
cpu=$B/boot-test/cpu.elf
for model in qemu64 max,la57=off EPYC Skylake-Client; do
	guest "$model" "$hv" "$cpu" 2>/dev/null
	passes 100 "$model"
done
for model in qemu64,vendor=GenuineIntel max,la57=off; do
	guest "$model" "$B/boot-test/old.elf" "$hv,$cpu left=$OLD"
	passes 100 "$model, after somebody else"
	grep -aq '^ok .*no page holds what was' "$tmp/out"
	ok $? "$model: memory was looked at"
done

# A program for x86-64-v3 is Linux' first.
mkdir "$tmp/root"
cp "$B/guest/v3" "$tmp/root/init"
(cd "$tmp/root" && echo init | cpio --quiet -o -H newc) >"$tmp/initrd"
for model in max,la57=off EPYC Skylake-Client; do
	guest "$model" "$B/boot/hv.elf" \
		"$B/debian/cloud/vmlinuz console=hvc0 quiet,$tmp/initrd" 256
	[ $status = 0 ] && grep -aq '^V3 ok' "$tmp/out"
	ok $? "$model: AVX in Linux"
	grep -aq '^V3 ok' "$tmp/out" || tail -5 "$tmp/out" | sed 's/^/# /'
done
done_testing
