#!/bin/bash
# Machines without the old parts: no PIT, no 8259, no HPET, in all combinations
# that leave a clock, with devices that interrupt; the clocks that the guest gets are right; one without any
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

# Only the PIT, without the port of its gate: it tells whether it has overflown,
# so one measurement of 20 ms is enough.
guest microvm "$B/boot-test/cpu.elf clock=1"
if [ $status = 1 ]; then
	skip "this QEMU has no such machine" "microvm: the PIT alone"
else
	near microvm
	start=$(awk '$1 == "NOW" { print int($3 / 1e6); exit }' "$tmp/out")
	[ "${start:-999}" -lt 100 ]
	ok $? "... at once: the guest runs after $start ms"
fi

# Devices interrupt without 8259s: by messages, by a line of an IO-APIC, the
# second one of microvm's too.
l="-drive file=$tmp/a,format=raw,if=none,id=a,discard=unmap"
l="$l -drive file=$tmp/b,format=raw,if=none,id=b"
disks() { # NAME ASKED MACHINE WORDS OPTIONS...: ASKED devices are asked
	name=$1 asked=$2 machine=$3 words=$4
	shift 4
	guest "$machine" "$B/boot-test/devices.elf" \
		-append "vbd=xvda:hd0 vbd=xvdb:hd1,ro$words" $l "$@"
	passed "$machine: $name"
	is "$(grep -ac '^(hv) .* asked every millisecond' "$tmp/out")" "$asked" \
		"$asked are asked"
}
disks virtio 0 pc,pic=off,pit=off '' -device virtio-blk-pci,drive=a \
	-device virtio-blk-pci,drive=b,disable-modern=on,disable-legacy=off
disks NVMe 0 q35,pic=off,pit=off '' -device nvme,drive=a,serial=a \
	-device nvme,drive=b,serial=b
disks AHCI 0 q35,pic=off,pit=off '' -device ide-hd,drive=a,bus=ide.0 \
	-device ide-hd,drive=b,bus=ide.1
disks IDE 0 pc,pic=off,pit=off '' -device ide-hd,drive=a,bus=ide.0 \
	-device ide-hd,drive=b,bus=ide.1
disks virtio-scsi 0 pc '' -device virtio-scsi-pci \
	-device scsi-hd,drive=a -device scsi-hd,drive=b
disks 'no messages' 2 q35,pic=off '' -device virtio-blk-pci,drive=a,vectors=0 \
	-device virtio-blk-pci,drive=b,vectors=0
disks 'in memory' 0 microvm,pic=off " virtio_mmio.device=512@0xfeb02e00:47 \
virtio_mmio.device=512@0xfeb02c00:46" -device virtio-blk-device,drive=a \
	-device virtio-blk-device,drive=b

# The time of day is what the RTC began with and the TSC since then.
base=2031-07-09T11:13:17
guest pc "$B/boot-test/cpu.elf clock=1" -rtc base=$base,clock=vm
late=$(tr -d '\r' <"$tmp/out" | awk -v base="$(date -u -d "$base" +%s)" \
	'$1 == "NOW" { late = $3 / 1e3 - ($2 / 1e3 - base * 1e6) }
	END { printf "%d", late }')
grep -q '^NOW' "$tmp/out" && [ "$late" -gt -500000 ] && [ "$late" -lt 500000 ]
ok $? "the time of day is the RTC's"
echo "# $late us late"

# An ISA machine has neither HPET nor ACPI, a microvm no timer of ACPI's.
for m in isapc,pit=off microvm,pic=off,pit=off; do
	guest $m "$B/boot-test/cpu.elf" -cpu qemu64,-hypervisor
	if [ $status = 1 ]; then
		skip "this QEMU has no such machine" "$m: no clock"
	else
		[ $status = 3 ] && grep -aq '^(hv) no clock: ' "$tmp/out"
		ok $? "$m: no clock: one line"
	fi
done

# What is kept of the RAM, with holes in it and for many processors too, is at
# most 8 MiB and 1 %, and as the log's figures are whole MiB, one more.
kept() { # MACHINE OPTIONS...
	guest "$1" "$B/boot-test/cost.elf" -kernel "$B/boot/hv.elf" "${@:2}"
	has=$(sed -n 's/^(hv) \([0-9]*\) MiB, .*/\1/p' "$tmp/out")
	gives=$(sed -n 's/^(hv) domain 1: \([0-9]*\) MiB.*/\1/p' "$tmp/out")
	[ "${gives:-0}" -ge $((has - 9 - has / 100)) ]
	ok $? "$*: of $has MiB the guest has $gives"
}
kept pc -m 128
kept pc -m 512 -smp 16
kept pc,max-ram-below-4g=256M -m 512
kept q35,max-ram-below-4g=130M -m 640
done_testing
