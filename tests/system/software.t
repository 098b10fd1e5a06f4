#!/bin/bash
# What people have in a menu.lst beside Linux, as Debian's packages have it:
# memtest86+, iPXE, memdisk with a floppy; LONG=1: memtest86+ over UEFI, GNU
# Mach.  (GRUB 2's core image: chain.t and multiboot.t; Xen: uefi-xen.t.)
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot

# image FILE LINE...: img, an entry with LINEs and FILE as /boot/k
image() {
	cp "$1" root/boot/k
	shift
	{ printf 'timeout 0\ntitle a\n'; printf '%s\n' "$@"; } >menu.lst
	"$twinboot" build --root root --menu menu.lst -o img 2>err ||
		sed 's/^/# /' err
}
# seen TEXT NAME COMMAND...: the command's output has TEXT, before it is ended
seen() {
	text=$1 name=$2
	shift 2
	"$@" </dev/null >log 2>&1 &
	for try in $(seq 150); do
		# Terminals are told where to write, also within a word.
		tr -d '\r\0' <log | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g' >seen
		! grep -aq "$text" seen || break
		kill -0 $! 2>/dev/null || break
		sleep 1
	done
	kill $! 2>/dev/null
	wait $! 2>/dev/null
	grep -aq "$text" seen
	ok $? "$name" || tail -5 seen | sed 's/^/# /'
}
# drawn TEXT NAME: the PC's screen has TEXT, each byte followed by its colour
drawn() {
	cells=$(sed 's/[^ ]/&./g; s/ /&./g' <<<"$1")
	rm -f text
	(
		for try in $(seq 150); do
			sleep 1
			echo 'pmemsave 0xb8000 4000 text'
			! grep -aq "$cells" text 2>/dev/null || break
		done
		echo quit
	) 2>/dev/null | LC_ALL=C timeout 200 qemu-system-x86_64 -accel tcg -m 64 \
		-net none -display none -serial none -monitor stdio \
		-drive file=img,format=raw,snapshot=on >log 2>&1
	LC_ALL=C grep -aq "$cells" text
	ok $? "$2"
}
# A package of another release may have it elsewhere, or no more.
have() { # FILE PACKAGE
	[ -e "$1" ] || skip "$2 has no $1" "$2"
	[ -e "$1" ]
}

memtest=/boot/memtest86+x64
if have $memtest.bin memtest86+; then
	image $memtest.bin 'kernel /boot/k'
	drawn 'Memtest86+' 'memtest86+, BIOS'
fi
if have /boot/ipxe.lkrn ipxe; then
	image /boot/ipxe.lkrn 'kernel /boot/k'
	drawn 'iPXE' 'iPXE'
fi
if have /usr/lib/syslinux/memdisk syslinux-common; then
	"$B/kernelgen" --format bootsector -o floppy
	truncate -s 1440K floppy
	gzip -nc floppy >root/boot/floppy.gz
	image /usr/lib/syslinux/memdisk 'kernel /boot/k raw' \
		'initrd /boot/floppy.gz'
	seen '"entry":"bootsector","drive":"00"' 'memdisk with a floppy' \
		timeout 200 qemu-system-x86_64 -accel tcg -m 64 -net none \
		-no-reboot -display none -serial stdio \
		-drive file=img,format=raw,snapshot=on
	rm root/boot/floppy.gz
fi
[ -n "$LONG" ] || { done_testing; exit; }

for f in $memtest.efi $memtest.bin; do
	have $f memtest86+ || continue
	image $f 'kernel /boot/k console=ttyS0,115200'
	seen 'Memtest86+' "memtest86+ over UEFI: ${f##*.}" \
		"$twinboot" run img --path uefi --timeout 200
done
mach=$(ls /boot/gnumach*.gz 2>/dev/null | tail -1)
if have "${mach:-/boot/gnumach.gz}" gnumach; then
	image "$mach" 'kernel /boot/k console=com0'
	seen 'No bootstrap code loaded' 'GNU Mach, ELF64, gzip'\''d' \
		"$twinboot" run img --path bios --timeout 200
	grep -aq 'vm_page: page table size' seen
	ok $? 'it was told its memory'
fi
done_testing
