#!/bin/sh
# Debian's kernels from one image over the BIOS and the UEFI path: the command
# line and the initrd must arrive byte for byte, the same over both.
# LONG=1 boots every combination, else one of each kind.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

line='console=tty0 console=ttyS0 retain_initrd quiet x="a  b" name=Grüße'

# uuid TEXT: always the same for the same text
uuid() {
	printf %s "$1" | sha256sum | sed \
	's/\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'
}

# userspace OUT EXPRESSION: of the line that the initramfs wrote
userspace() {
	jq -r ".records[].USERSPACE // empty | $2" "$1"
}

# boot KERNEL DISK PATH
boot() {
	name="$1 kernel, $2, $3"
	initrd=$B/images/$1/initrd.img
	args="root=UUID=$(uuid "$1") $line"
	[ -f "$1.img" ] || "$twinboot" build --uuid "$(uuid "$1")" \
		--kernel "$B/debian/$1/vmlinuz" --initrd "$initrd" \
		--append "$args" --boot bios,uefi -o "$1.img"
	timeout 400 "$twinboot" run "$1.img" --path "$3" --disk "$2" \
		--timeout 360 --json >out 2>log
	is $? 0 "$name: boots and powers off"
	is "$(userspace out .cmdline)" "$args" "$name: the command line"
	is "$(userspace out .initrd.sha256)" \
		"$(sha256sum <"$initrd" | cut -d' ' -f1)" "$name: the initrd"
	is "$(userspace out .fs)" ext4 "$name: the root file system"
	jq -e '.end == "power-off"' out >/dev/null || tail -20 log | sed 's/^/#  /'
}

# The root file system as mke2fs makes it when nobody tells it anything.
default_ext4() {
	mkdir -p root/boot/grub
	cp "$B/debian/cloud/vmlinuz" root/boot/vmlinuz
	cp "$B/images/cloud/initrd.img" root/boot/initrd.img
	cat >root/boot/grub/menu.lst <<END
timeout 0
title Linux
root (hd0,0)
kernel /boot/vmlinuz root=LABEL=second $line
initrd /boot/initrd.img
END
	"$twinboot" build --root root --menu root/boot/grub/menu.lst \
		--size 160M --boot uefi -o "$1" || return 1
	set -- "$1" $(sfdisk -J "$1" |
		jq -r '.partitiontable.partitions[] |
		       select(.node | test("[^0-9]1$")) | "\(.start) \(.size)"')
	[ -n "$3" ] || return 1
	mke2fs -q -F -t ext4 -L second -d root -E offset=$(($2 * 512)) \
		"$1" $(($3 / 2))k 2>mke2fs.log
}

# OVMF starts the NVMe disk; the first disk has a menu.lst, but no ESP.
second_disk() {
	default_ext4 second.img
	ok $? "second disk: an image with the ext4 of mke2fs"
	mkdir -p decoy/boot/grub
	echo 'title Decoy' >decoy/boot/grub/menu.lst
	"$twinboot" build --table mbr --root decoy --boot bios \
		--menu decoy/boot/grub/menu.lst -o first.img
	first="-drive if=none,id=first,file=first.img,format=raw,snapshot=on \
		-device virtio-blk-pci,drive=first"
	eval "timeout 400 $("$twinboot" run second.img --path uefi --disk nvme --print |
		sed "s/-drive if=none,id=hd0/$(echo $first) &/")" \
		>out 2>log </dev/null
	sed -n 's/.*USERSPACE //p' out >second.json
	is "$(jq -r .cmdline second.json)" "root=LABEL=second $line" \
		"second disk: the command line"
	is "$(jq -r .initrd.sha256 second.json)" \
		"$(sha256sum <"$B/images/cloud/initrd.img" | cut -d' ' -f1)" \
		"second disk: the initrd"
	is "$(jq -r '"\(.root) \(.fs) \(.disks)"' second.json)" \
		"/dev/nvme0n1p1 ext4 2" "second disk: the root file system"
	[ -s second.json ] || tail -20 out log | sed 's/^/#  /'
}

if [ -n "$LONG" ]; then
	for path in bios uefi; do
		for disk in virtio ahci nvme; do
			for kernel in cloud standard; do
				[ $kernel$disk = cloudahci ] ||
				boot $kernel $disk $path
			done
		done
	done
else
	boot cloud virtio bios
	boot cloud virtio uefi
	boot standard ahci uefi
fi
second_disk
done_testing
