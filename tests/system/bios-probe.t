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
	"$twinboot" run image --path bios --json --timeout 300 "$@" \
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

# Holes in the kernel (of its padding, which is never run) and in the initrd;
# then several initrds, each from a multiple of four bytes on.
menu() { # NAME, MENU'S LAST LINES: boot image, its initrd's hash being $sum
	printf 'default 0\ntimeout 0\ntitle t\nroot (hd0)\n%s\n' "$2" >menu
	"$twinboot" build --table none --root root --menu menu --boot bios \
		--boot-dir "$B/boot" -o image >log 2>&1
	debugfs -w -R "punch /k 25 152" image 2>/dev/null
	debugfs -w -R "punch /i 740 980" image 2>/dev/null
	"$twinboot" run image --path bios --json --timeout 300 >out 2>>log
	is "$(jq -r '.records[] | .PROBE // empty | .cmdline +
		" " + .initrd.sha256' out)" "$1 $sum" "$1"
}
mkdir root
cp linux64 root/k
{ cat initrd; head -c 1M /dev/zero; cat initrd; } >root/i
printf 'first' >root/1
printf 'second' >root/2
sum=$(sha256sum <root/i | cut -d' ' -f1)
menu holes "kernel /k holes
initrd /i"
is "$(debugfs -R 'blocks /k' image 2>/dev/null | wc -w)" 128 \
	"the kernel's file has 128 blocks, and a hole of as many"
sum=$(printf 'first\0\0\0second\0\0first' | sha256sum | cut -d' ' -f1)
menu initrds "kernel /k initrds
initrd /1 /2 /1"
done_testing
