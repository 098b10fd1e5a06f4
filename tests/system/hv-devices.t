#!/bin/sh
# The hypervisor's backends against a guest that means no good to them
# (tests/hv/devices): block requests, packets, grants, rings, xenstore floods.  The
# disks are slow, so that requests are in flight when the guest wants them to be.
. "$(dirname "$0")/tap.sh"
truncate -s 2M "$tmp/a" "$tmp/b"

guest() { # DISK OPTIONS...: status in $status, console in $tmp/out
	timeout 600 qemu-system-x86_64 -accel tcg -m 32 -nodefaults -vga std \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/hv.elf" \
		-append 'vbd=xvda:hd0 vbd=xvdb:hd1,ro' \
		-initrd "$B/boot-test/devices.elf" -netdev user,id=n "$@" \
		</dev/null >"$tmp/out" 2>&1
	status=$?
}

# hostile NAME DISK OPTIONS...
# It discards all of the disk, which is full before.
hostile() {
	name=$1
	shift
	tr '\0' U </dev/zero | head -c 2M >"$tmp/a"
	guest "$@"
	[ $status = 0 ] && grep -aq '^1\.\.' "$tmp/out" &&
		! grep -aq '^not ok' "$tmp/out"
	ok $? "$name: $(grep -ac '^ok' "$tmp/out") tries, no harm done"
	[ $status = 0 ] || tail -5 "$tmp/out" | sed 's/^/# /'
	grep -a -A1 '^not ok' "$tmp/out" | sed 's/^/# /'
	grep -aq 'discard: yes' "$tmp/out" &&
		[ "$(stat -c %b "$tmp/a")" -lt 2048 ]
	ok $? "$name: discarded is given back"
}

slow=throttling.iops-total=300,discard=unmap
hostile 'virtio' -drive "file=$tmp/a,format=raw,if=virtio,$slow" \
	-drive "file=$tmp/b,format=raw,if=virtio" -device virtio-net-pci,netdev=n
hostile 'legacy virtio' -drive "file=$tmp/a,format=raw,if=none,id=a,$slow" \
	-drive "file=$tmp/b,format=raw,if=none,id=b" \
	-device virtio-blk-pci,drive=a,disable-modern=on,disable-legacy=off \
	-device virtio-blk-pci,drive=b,disable-modern=on,disable-legacy=off \
	-device virtio-net-pci,netdev=n,disable-modern=on,disable-legacy=off
# The legacy interface says how long the rings are, and that is that.
hostile 'legacy virtio, long rings' \
	-drive "file=$tmp/a,format=raw,if=none,id=a,$slow" \
	-drive "file=$tmp/b,format=raw,if=none,id=b" \
	-device virtio-blk-pci,drive=a,disable-modern=on,disable-legacy=off,queue-size=1024 \
	-device virtio-blk-pci,drive=b,disable-modern=on,disable-legacy=off,queue-size=128 \
	-device virtio-net-pci,netdev=n,disable-modern=on,disable-legacy=off,rx_queue_size=1024
hostile 'AHCI' -machine q35 -device e1000e,netdev=n \
	-drive "file=$tmp/a,format=raw,if=ide,$slow" \
	-drive "file=$tmp/b,format=raw,if=ide"
hostile 'NVMe' -drive "file=$tmp/a,format=raw,if=none,id=a,$slow" \
	-drive "file=$tmp/b,format=raw,if=none,id=b" \
	-device nvme,drive=a,serial=1 -device nvme,drive=b,serial=2
hostile 'IDE' -device e1000,netdev=n -drive "file=$tmp/a,format=raw,if=ide,$slow" \
	-drive "file=$tmp/b,format=raw,if=ide"
hostile 'virtio-scsi' -device virtio-scsi-pci,id=s \
	-drive "file=$tmp/a,format=raw,if=none,id=a,$slow" \
	-drive "file=$tmp/b,format=raw,if=none,id=b" \
	-device scsi-hd,drive=a,scsi-id=0,lun=2 \
	-device scsi-hd,drive=b,scsi-id=4

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
	grep -aqs 'menu.lst or grub.conf' "$tmp/out" && break
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

# One line for each disk: what it is, in the order of functions, targets, units.
timeout 600 qemu-system-x86_64 -accel tcg -m 64 -display none -no-reboot \
	-serial file:"$tmp/out" -monitor none -nodefaults -device VGA \
	-device isa-debug-exit,iobase=0xf4,iosize=4 \
	-drive "file=$tmp/a,format=raw,if=none,id=a" \
	-drive "file=$tmp/b,format=raw,if=none,id=b,read-only=on" \
	-drive "file=$tmp/b,format=raw,if=none,id=c,read-only=on" \
	-drive "file=$tmp/b,format=raw,if=none,id=d,read-only=on" \
	-drive "file=$tmp/b,format=raw,if=none,id=e,read-only=on" \
	-device virtio-blk-pci,drive=d,addr=6 \
	-device virtio-scsi-pci,id=s,addr=5 \
	-device scsi-hd,drive=b,bus=s.0,scsi-id=2,lun=200 \
	-device scsi-hd,drive=a,bus=s.0,scsi-id=2,lun=1,logical_block_size=4096,physical_block_size=4096 \
	-device scsi-hd,drive=e,bus=s.0,scsi-id=2,lun=7 \
	-device scsi-cd,drive=c,bus=s.0,scsi-id=1 \
	-device scsi-cd,bus=s.0,scsi-id=3 \
	-kernel "$B/boot/hv.elf" -append vbd=xvda:hd9
is "$(tr -d '\r' <"$tmp/out" | sed -n 's/^(hv) \(hd[^,]*\|virtio.*\), /\1, /p')" \
'hd0: virtio-scsi 28, target 1, LUN 0, 1024 sectors of 2048, read-only, write cache
hd1: virtio-scsi 28, target 2, LUN 1, 512 sectors of 4096, write cache
hd2: virtio-scsi 28, target 2, LUN 7, 4096 sectors of 512, read-only, write cache
hd3: virtio-scsi 28, target 2, LUN 200, 4096 sectors of 512, read-only, write cache
virtio 28: target 3, LUN 0: no usable medium
hd4: virtio-blk 30, 4096 sectors of 512, read-only, write cache, MSI-X' \
	'virtio-scsi: several units, 4,096-byte sectors, CD-ROMs; virtio-blk after it'
done_testing
