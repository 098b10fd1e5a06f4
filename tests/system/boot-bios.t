#!/bin/sh
# Debian's kernels over the BIOS path: tables, file systems and disks.  The
# initramfs says what the kernel got; it must be what we gave, byte for byte.
# LONG=1 boots every combination, else one of each kind.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

# boot KERNEL TABLE FS DISK
boot() {
	name="$1 kernel, $2, $3, $4"
	image=$1-$2-$3.img
	uuid=$(printf '%s' "$image" | sha256sum |
	       sed 's/\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/')
	# Of a FAT's UUID there are only eight digits.
	short=$(echo "$uuid" | tr a-f A-F |
		sed 's/\(....\)\(....\).*/\1-\2/')
	[ "$3" = fat32 ] && root=UUID=$short || root=UUID=$uuid
	line="root=$root console=ttyS0 retain_initrd quiet x=\"a  b\" $2"
	initrd=$B/images/$1/initrd.img
	[ -f "$image" ] || "$twinboot" build --table "$2" --fs "$3" \
		--uuid "$uuid" --kernel "$B/debian/$1/vmlinuz" \
		--initrd "$initrd" --append "$line" --boot bios -o "$image"
	timeout 300 "$twinboot" run "$image" --path bios --disk "$4" \
		--timeout 240 --json >out 2>log
	is $? 0 "$name: boots and powers off"
	is "$(jq -r '.records[].USERSPACE // empty | .cmdline' out)" "$line" \
		"$name: the command line"
	is "$(jq -r '.records[].USERSPACE // empty | .initrd.sha256' out)" \
		"$(sha256sum <"$initrd" | cut -d' ' -f1)" "$name: the initrd"
	is "$(jq -r '.records[].USERSPACE // empty | .fs' out |
	      sed 's/vfat/fat32/')" "$3" "$name: the root file system"
	jq -e '.end == "power-off"' out >/dev/null || tail -20 log | sed 's/^/#  /'
}

if [ -n "$LONG" ]; then
	for kernel in cloud standard; do
		for how in "gpt ext4" "mbr ext4" "mbr fat32" "none ext4"; do
			for disk in virtio ide ahci nvme; do
				[ $kernel$disk = cloudahci ] ||
				boot $kernel $how $disk
			done
		done
	done
else
	boot cloud gpt ext4 virtio
	boot cloud mbr fat32 ide
	boot cloud none ext4 virtio
	boot standard mbr ext4 ahci
	boot standard none ext4 ide
fi
done_testing
