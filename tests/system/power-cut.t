#!/bin/bash
# The power goes while Debian's kernel, a guest of the hypervisor, writes records
# with fsync: QEMU is killed, and what its log of writes (blklogwrites) has after
# the last flush is dropped or torn at random.  No record that was acknowledged is
# lost, and e2fsck mends the rest.
# LONG=1: every disk driver, five cuts each, 100 outcomes.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
cd "$tmp" || exit 1

mkdir root
cp "$here/power-cut.init" root/init
cp "$B/guest/records" root/
chmod 755 root/init
(cd root && printf '%s\n' init records | cpio --quiet -o -H newc) >init.cpio
cat "$B/images/cloud/initrd.img" init.cpio >initrd
"$B/kernelgen" --unpack "$B/debian/cloud/vmlinuz" -o kernel || exit 1
truncate -s 48M base
mke2fs -q -F -t ext4 base

# cut ACKS DEVICE...: kills a machine once that many records are acknowledged
cut() {
	acks=$1
	shift
	rm -f disk log console
	cp base disk
	: >log
	: >console
	qemu-system-x86_64 -accel tcg -m 256 -net none -display none -no-reboot \
		-serial file:console -monitor none -kernel "$B/boot/hv.elf" \
		-initrd "kernel console=hvc0 quiet,initrd" \
		-blockdev driver=file,filename=disk,node-name=f \
		-blockdev driver=file,filename=log,node-name=l \
		-blockdev driver=blklogwrites,file=f,log=l,node-name=d \
		"$@" </dev/null 2>err &
	pid=$!
	until grep -aqE "^ACK $acks|^RESULT" console; do
		kill -0 $pid 2>/dev/null || break
		sleep 0.05
	done
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	# The last line may lack its end.
	acked=$(tr -d '\r' <console | sed -n '$d;s/^ACK //p' | tail -n 1)
}

# outcomes NAME CUTS OUTCOMES DEVICE...
outcomes() {
	local name=$1 cuts=$2 n=$3 i status
	shift 3
	for ((i = 1; i <= cuts; i++)); do
		status=2
		# The log of a QEMU that was killed in the middle of writing it.
		for ((try = 0; status == 2 && try < 5; try++)); do
			cut $((RANDOM % (LONG ? 60 : 8) * 5 + 20)) "$@"
			"$here/../logwrites" log base out "$n" $RANDOM \
				"${acked:-0}" >said 2>&1
			status=$?
		done
		# The line that was waited for may be the one left out.
		[ $status = 0 ] && [ "${acked:-0}" -ge 15 ]
		ok $? "$name: cut after $acked records, $n outcomes: $(tail -n 1 said)"
		[ $status = 0 ] || { sort said | uniq -c | sed 's/^/# /' | head
			tail -5 console err | sed 's/^/# /'; }
	done
}
all() { # CUTS OUTCOMES
	outcomes virtio "$@" -device virtio-blk-pci,drive=d
	[ -n "$LONG" ] || return
	outcomes virtio-scsi "$@" -device virtio-scsi-pci -device scsi-hd,drive=d
	outcomes NVMe "$@" -device nvme,drive=d,serial=1
	outcomes AHCI "$@" -machine q35 -device ide-hd,drive=d
	outcomes IDE "$@" -device ide-hd,drive=d
}
if [ -n "$LONG" ]; then
	all 5 20
else
	all ${CUTS:-1} 10
fi
done_testing
