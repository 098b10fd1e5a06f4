#!/bin/bash
# Machines without the old parts: no PIT, no 8259, no HPET, in all combinations
# that leave a clock; the clocks that the guest gets are right; one without any
# says so in a line.  Time is counted in instructions, one in a nanosecond, so
# that a busy host changes nothing.
. "$(dirname "$0")/tap.sh"
truncate -s 2M "$tmp/a" "$tmp/b"

# guest MACHINE MODULE ARGUMENTS...: status in $status, console in $tmp/out
guest() {
	machine=$1 module=$2
	shift 2
	timeout 300 qemu-system-x86_64 -M "$machine" -accel tcg \
		-icount shift=0,sleep=off -m 64 -net none -display none \
		-no-reboot -serial stdio -monitor none \
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
# The TSC's ticks in a second are 10^9, and within 1 % what is measured.
near() {
	khz=$(sed -n 's/^(hv) .* TSC \([0-9]*\) kHz.*/\1/p' "$tmp/out")
	[ "${khz:-0}" -gt 990000 ] && [ "$khz" -lt 1010000 ]
	ok $? "$1: the TSC is measured"
}

for parts in '' ,pit=off ,pit=off,hpet=off ,pit=off,pic=off; do
	for m in pc q35; do
		guest "$m$parts" "$B/boot-test/cpu.elf"
		passed "$m$parts"
		near "$m$parts"
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

# The time of day is what the RTC began with and the TSC since then.
base=2031-07-09T11:13:17
guest pc "$B/boot-test/cpu.elf clock=1" -rtc base=$base,clock=vm
late=$(tr -d '\r' <"$tmp/out" | awk -v base="$(date -u -d "$base" +%s)" \
	'$1 == "NOW" { late = $3 / 1e3 - ($2 / 1e3 - base * 1e6) }
	END { printf "%d", late }')
grep -q '^NOW' "$tmp/out" && [ "$late" -gt -500000 ] && [ "$late" -lt 500000 ]
ok $? "the time of day is the RTC's"
echo "# $late us late"

# An ISA machine has neither HPET nor ACPI.
guest isapc,pit=off "$B/boot-test/cpu.elf" -cpu qemu64,-hypervisor
if [ $status = 1 ]; then
	skip "this QEMU has no such machine" 'no clock'
else
	[ $status = 3 ] && grep -aq '^(hv) no clock: ' "$tmp/out"
	ok $? 'no clock: one line'
fi
done_testing
