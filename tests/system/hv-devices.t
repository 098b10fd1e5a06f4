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

# Which functions may be bus master once the hypervisor runs: those with a driver
# that uses them.  QEMU's monitor reads configuration space by its ports.
# master SLOT: bit 2 of the command register, 1 or 0
master() {
	sed -n "s/.*portw\\[0x0cfc\\] = //p" "$tmp/mon" | tr -d '\r' |
	sed -n "$1p" | { read -r v; echo $(( (v >> 2) & 1 )); }
}
slots='3 4 5 6 7'
mkfifo "$tmp/in"
timeout 600 qemu-system-x86_64 -S -accel tcg -m 64 -display none \
	-serial file:"$tmp/out" -monitor stdio -nodefaults -device VGA \
	-device qemu-xhci,addr=3 -device rtl8139,addr=4 \
	-device lsi53c895a,addr=5 \
	-drive "file=$tmp/a,format=raw,if=none,id=a" \
	-device virtio-blk-pci,drive=a,addr=6 \
	-device virtio-serial-pci,addr=7 \
	-kernel "$B/boot/hv.elf" <"$tmp/in" >"$tmp/mon" 2>&1 &
qemu=$!
exec 3>"$tmp/in"
# Before the firmware starts, all are made bus masters.
for s in $slots; do
	printf 'o/w 0xcf8 0x%x\no/h 0xcfc 7\n' $((0x80000004 + s * 0x800)) >&3
done
echo cont >&3
for i in $(seq 600); do
	grep -aq 'menu.lst or grub.conf' "$tmp/out" && break
	sleep 0.1
done
echo stop >&3
for s in $slots; do
	printf 'o/w 0xcf8 0x%x\ni/h 0xcfc\n' $((0x80000004 + s * 0x800)) >&3
done
echo quit >&3
exec 3>&-
wait $qemu
is "$(for i in 1 2 3 4 5; do master $i; done | tr -d '\n')" 00010 \
	'bus masters: only the disk that is driven'
is "$(grep -ac 'no driver for' "$tmp/out")" 2 \
	'the network card and the SCSI controller that nobody drives are named'
done_testing
