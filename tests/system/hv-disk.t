#!/bin/sh
# Debian's kernels as guests of the hypervisor use the machine's disk: 64 MiB of
# random data written in one boot are read back the same in the next.
# LONG=1: both kernels, all disks, ten boots each.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)

mkdir "$tmp/root"
cp "$here/hv-disk.init" "$tmp/root/init"
chmod 755 "$tmp/root/init"
(cd "$tmp/root" && echo init | cpio --quiet -o -H newc) >"$tmp/init.cpio"

# boot RESULT NAME MODULES APPEND DISK...
boot() {
	result=$1 name=$2 modules=$3 append=$4
	shift 4
	timeout 600 qemu-system-x86_64 -accel tcg -m 256 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot/hv.elf" -append "$append" -initrd "$modules" \
		"$@" </dev/null >"$tmp/out" 2>&1
	status=$?
	got=$(tr -d '\r' <"$tmp/out" | sed -n 's/^RESULT //p')
	[ $status = 0 ] && [ "$got" = "$result" ]
	ok $? "$name: $result"
	[ $status = 0 ] && [ "$got" = "$result" ] ||
		tail -20 "$tmp/out" | sed 's/^/# /'
}

# disk KERNEL: a fresh image with room in partition 1, modules, an ELF kernel
prepare() {
	rm -f "$tmp/disk"
	"$twinboot" build --table gpt --fs ext4 --size 220M --boot bios \
		--kernel "$B/debian/$1/vmlinuz" -o "$tmp/disk" >"$tmp/out" 2>&1 ||
		{ ok 1 "image"; cat "$tmp/out"; }
	"$B/kernelgen" --unpack "$B/debian/$1/vmlinuz" -o "$tmp/$1.elf"
	cat "$B/images/$1/initrd.img" "$tmp/init.cpio" >"$tmp/$1.initrd"
	args='root=/dev/xvda1 console=hvc0 quiet'
	kernel="$tmp/$1.elf $args,$tmp/$1.initrd"
	big="$tmp/$1.elf $args xen_blkfront.max_ring_page_order=2,$tmp/$1.initrd"
}

virtio="-drive file=$tmp/disk,format=raw,if=virtio"
sata="-machine q35 -drive file=$tmp/disk,format=raw,if=ide"
ide="-drive file=$tmp/disk,format=raw,if=ide"
scsi="-device virtio-scsi-pci -drive file=$tmp/disk,format=raw,if=none,id=d -device scsi-hd,drive=d"
nvme="-drive file=$tmp/disk,format=raw,if=none,id=d -device nvme,drive=d,serial=1"

# As few words as possible for a partition and for the whole disk.
prepare cloud
boot written 'cloud kernel, partition' "$kernel" 'vbd=xvda1:hd0,0' $virtio
boot same 'cloud kernel, whole disk' "$kernel" '' $virtio
boot same 'cloud kernel, whole disk, AHCI' "$kernel" '' $sata
boot same 'cloud kernel, whole disk, IDE' "$kernel" '' $ide
boot same 'cloud kernel, whole disk, NVMe, a ring of 4 pages' "$big" '' $nvme
boot same 'cloud kernel, whole disk, virtio-scsi' "$kernel" '' $scsi
if [ -n "$LONG" ]; then
	# The file system alone, on disks with sectors of 4,096 bytes.
	start=$(partx -rgo START -n 1 "$tmp/disk")
	dd if="$tmp/disk" of="$tmp/part" bs=512 skip="$start" status=none
	truncate -s %4096 "$tmp/part"
	file=file=$tmp/part,format=raw,if=none,id=d
	k4=logical_block_size=4096,physical_block_size=4096
	whole="$tmp/cloud.elf root=/dev/xvda console=hvc0 quiet,$tmp/cloud.initrd"
	for d in "-device virtio-blk-pci,drive=d,$k4" \
		"-device nvme,drive=d,serial=1,$k4" \
		"-device virtio-scsi-pci -device scsi-hd,drive=d,$k4"; do
		# shellcheck disable=SC2086
		boot same "cloud kernel, $d" "$whole" '' -drive $file $d
	done
	for k in cloud standard; do
		prepare $k
		boot written "$k kernel" "$kernel" 'vbd=xvda1:hd0,0' $virtio
		for i in 1 2 3 4 5 6 7 8 9; do
			boot same "$k kernel, boot $i" "$kernel" '' $virtio
		done
	done
fi
done_testing
