#!/bin/sh
# The BIOS path to the probe kernel: every table, disk and entry, little and
# much memory.  The probe tells what it was given.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

boot() { # NAME, KERNEL, TABLE, FS, twinboot run OPTIONS
	name=$1 kernel=$2 append="t=$1 'x  y' é" status=1
	"$twinboot" build --table "$3" --fs "$4" --boot bios \
		--boot-dir "$B/boot" --kernel "$kernel" --initrd initrd \
		--append "$append" -o image >log 2>&1
	shift 4
	"$twinboot" run image --path bios --json --timeout 120 "$@" \
		>out 2>>log
	jq -e --arg entry "$kernel" --arg args "$append" --arg sum "$sum" '
		.end == "power-off" and (.records[] | .PROBE // empty |
		.entry == $entry and .cmdline == $args and
		.initrd.sha256 == $sum)' out >/dev/null 2>&1 && status=0
	ok $status "$name"
	[ $status = 0 ] || cat log out | tail -20 | sed 's/^/#  /'
	rm -f image out
}

for entry in 64 32 16; do
	"$B/kernelgen" --format bzimage --entry $entry --pad 1M -o linux$entry
done
head -c 3000001 /dev/urandom >initrd
sum=$(sha256sum <initrd | cut -d' ' -f1)

boot "MBR, ext4, virtio" linux64 mbr ext4 --disk virtio
boot "GPT, ext4, IDE" linux64 gpt ext4 --disk ide
boot "no table, ext4, AHCI" linux64 none ext4 --disk ahci
boot "MBR, FAT32, NVMe" linux64 mbr fat32 --disk nvme
boot "no table, ext2, virtio" linux64 none ext2 --disk virtio
boot "32-bit entry" linux32 mbr ext4
boot "16-bit entry" linux16 mbr ext4
boot "32 MiB" linux64 mbr ext4 --mem 32
boot "6 GiB, 2 MiB pages" linux64 gpt ext4 --mem 6144 --cpu qemu64
boot "6 GiB, 1 GiB pages" linux64 gpt ext4 --mem 6144 --cpu max
boot "two processors" linux64 mbr ext4 --cpu max --smp 2
"$B/kernelgen" --format bzimage --protocol 2.05 --entry 32 -o linux32
boot "16 MiB, protocol 2.05" linux32 mbr ext4 --mem 16
done_testing
