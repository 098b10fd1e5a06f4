#!/bin/sh
# The hypervisor's backends against a guest that means no good to them
# (tests/hv/devices.c): block requests, grants, rings, xenstore floods.  The
# disks are slow, so that requests are in flight when the guest wants them to be.
. "$(dirname "$0")/tap.sh"
truncate -s 2M "$tmp/a" "$tmp/b"

guest() { # DISK OPTIONS...: status in $status, console in $tmp/out
	timeout 600 qemu-system-x86_64 -accel tcg -m 32 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/hv.elf" \
		-append 'vbd=xvda:hd0 vbd=xvdb:hd1,ro' \
		-initrd "$B/boot-test/devices.elf" "$@" \
		</dev/null >"$tmp/out" 2>&1
	status=$?
}

# hostile NAME DISK OPTIONS...
hostile() {
	name=$1
	shift
	guest "$@"
	[ $status = 0 ] && grep -aq '^1\.\.' "$tmp/out" &&
		! grep -aq '^not ok' "$tmp/out"
	ok $? "$name: $(grep -ac '^ok' "$tmp/out") tries, no harm done"
	[ $status = 0 ] || tail -5 "$tmp/out" | sed 's/^/# /'
	grep -a -A1 '^not ok' "$tmp/out" | sed 's/^/# /'
}

slow=throttling.iops-total=300
hostile 'virtio' -drive "file=$tmp/a,format=raw,if=virtio,$slow" \
	-drive "file=$tmp/b,format=raw,if=virtio"
hostile 'legacy virtio' -drive "file=$tmp/a,format=raw,if=none,id=a,$slow" \
	-drive "file=$tmp/b,format=raw,if=none,id=b" \
	-device virtio-blk-pci,drive=a,disable-modern=on,disable-legacy=off \
	-device virtio-blk-pci,drive=b,disable-modern=on,disable-legacy=off
hostile 'AHCI' -machine q35 \
	-drive "file=$tmp/a,format=raw,if=ide,$slow" \
	-drive "file=$tmp/b,format=raw,if=ide"
hostile 'NVMe' -drive "file=$tmp/a,format=raw,if=none,id=a,$slow" \
	-drive "file=$tmp/b,format=raw,if=none,id=b" \
	-device nvme,drive=a,serial=1 -device nvme,drive=b,serial=2
hostile 'IDE' -drive "file=$tmp/a,format=raw,if=ide,$slow" \
	-drive "file=$tmp/b,format=raw,if=ide"
done_testing
