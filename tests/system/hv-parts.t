#!/bin/bash
# Machines without the old parts: no PIT, no 8259, no HPET, in all combinations
# that leave a clock; the clock that the guest gets is right against the RTC's
# ticks of QEMU; one without any says so in a line.
. "$(dirname "$0")/tap.sh"
truncate -s 2M "$tmp/a" "$tmp/b"

# guest MACHINE MODULE ARGUMENTS...: status in $status, console in $tmp/out
guest() {
	machine=$1 module=$2
	shift 2
	timeout 300 qemu-system-x86_64 -M "$machine" -accel tcg -m 64 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/hv.elf" -initrd "$module" "$@" \
		</dev/null >"$tmp/out" 2>&1
	status=$?
}
passed() { # NAME
	[ $status = 0 ] && grep -aq '^1\.\.' "$tmp/out" &&
		! grep -aq '^not ok' "$tmp/out"
	ok $? "$1"
	[ $status = 0 ] || tail -5 "$tmp/out" | sed 's/^/# /'
	grep -a '^not ok' "$tmp/out" | sed 's/^/# /'
}
khz() {
	sed -n 's/^(hv) .* TSC \([0-9]*\) kHz.*/\1/p' "$tmp/out"
}
# Within 1 % of what the PIT gave.  Under TCG the TSC is the host's clock.
near() {
	[ $(($1 > $2 ? $1 - $2 : $2 - $1)) -lt $(($2 / 100)) ]
}

guest pc "$B/boot-test/cpu.elf"
want=$(khz)
for parts in pit=off pit=off,hpet=off pit=off,pic=off; do
	for m in pc q35; do
		guest "$m,$parts" "$B/boot-test/cpu.elf"
		passed "$m,$parts"
		near "$(khz)" "$want"
		ok $? "$m,$parts: the TSC is measured"
	done
done

# Disks without 8259s.
guest pc,pic=off,pit=off "$B/boot-test/devices.elf" \
	-append 'vbd=xvda:hd0 vbd=xvdb:hd1,ro' \
	-drive "file=$tmp/a,format=raw,if=virtio,discard=unmap" \
	-drive "file=$tmp/b,format=raw,if=virtio"
passed 'virtio disks without 8259'
grep -aq '^(hv) no 8259: devices are asked' "$tmp/out"
ok $? 'which is told'
guest q35,pic=off,pit=off "$B/boot-test/devices.elf" \
	-append 'vbd=xvda:hd0 vbd=xvdb:hd1,ro' \
	-drive "file=$tmp/a,format=raw,if=ide,discard=unmap" \
	-drive "file=$tmp/b,format=raw,if=ide"
passed 'AHCI disks without 8259'

# The time of day against the host's, where the lines come in soonest.
timeout 300 qemu-system-x86_64 -accel tcg -m 64 -net none -display none \
	-no-reboot -serial stdio -monitor none -kernel "$B/boot-test/hv.elf" \
	-initrd "$B/boot-test/cpu.elf clock=1" </dev/null 2>"$tmp/err" |
while read -r word ns; do
	t=${EPOCHREALTIME/[.,]/}
	[ "$word" = NOW ] && ns=${ns%$'\r'} && echo $((t - ns / 1000))
done >"$tmp/late"
best=$(tail -10 "$tmp/late" | sort -n | head -1)
[ "$best" -gt -100000 ] && [ "$best" -lt 500000 ]
ok $? "the time of day is the host's"
echo "# ${best:-no answer} us late"

# An ISA machine has neither HPET nor ACPI.
guest isapc,pit=off "$B/boot-test/cpu.elf" -cpu qemu64,-hypervisor
if [ $status = 1 ]; then
	skip "this QEMU has no such machine" 'no clock'
else
	[ $status = 3 ] && grep -aq '^(hv) no clock: ' "$tmp/out"
	ok $? 'no clock: one line'
fi
done_testing
