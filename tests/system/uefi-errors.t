#!/bin/sh
# The UEFI path when things are wrong: each entry fails with a clear line, the
# next one is tried, and what the failed ones took is free again: one after the
# other could not be loaded if the memory of those before were not given back.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

# put FILE OFFSET HEX
put() {
	perl -e 'print pack "H*", $ARGV[0]' "$3" |
	dd of="$1" bs=1 seek="$(($2))" conv=notrunc status=none
}
# pe FILE: where its PE header is
pe() {
	od -An -tu4 -j60 -N4 "$1"
}
# grow FILE: by a hole, so that two of them do not fit into memory
grow() {
	truncate -s 160M "$1"
}
# says TEXT NAME [TIMES]: on the console
says() {
	is "$(tr -d '\r' <out | grep -acF -- "$1")" "${3:-1}" "$2"
}

mkdir -p root/boot/grub root/EFI
"$B/kernelgen" --format bzimage-efi -o probe
"$B/kernelgen" --format efi-app -o root/EFI/probe.efi

# The first section lies beyond the file.
cp probe root/boot/section
put root/boot/section "$(pe probe) + 24 + 160 + 20" 000000f0
grow root/boot/section
# An image of nearly 4 GiB.
cp probe root/boot/size
put root/boot/size "$(pe probe) + 24 + 56" 00f0ffff
grow root/boot/size
# The PE header lies beyond the file: not even an EFI application.
cp probe root/boot/header
put root/boot/header 60 f0ffff7f
put root/boot/header 0x202 00000000
grow root/boot/header
cp probe root/boot/probe
truncate -s 1G root/boot/initrd
echo text >root/EFI/text
# Older than 5.7: Debian's kernel, but it says that it takes no LoadFile2.
cp "$B/debian/cloud/vmlinuz" root/boot/old
put root/boot/old "$(pe root/boot/old) + 24 + 44" 0000
cp "$B/images/cloud/initrd.img" root/boot/initrd.img
args='console=ttyS0 retain_initrd quiet x="a  b" name=Grüße'
cat >menu.lst <<END
timeout 0
fallback 1 2 3 4 5 6 7 8
title Section
kernel /boot/section
title Size
kernel /boot/size
title Header
kernel /boot/header
title Initrd
kernel /boot/probe
initrd /boot/initrd
title Text
chainloader /EFI/text
title Sector
chainloader +1
title Section again
kernel /boot/section
title Size again
kernel /boot/size
title Old
kernel /boot/old $args
initrd /boot/initrd.img
END
"$twinboot" build --root root --menu menu.lst --boot uefi -o bad.img
"$twinboot" run bad.img --path uefi --mem 448 --timeout 300 --json >json 2>out
is $? 0 "the last entry boots"
says "Error 13: Invalid or unsupported executable format: the firmware does not load /boot/section (EFI error 3)" \
	"a section beyond the file, twice" 2
says "Error 28: Selected item cannot fit into memory: the firmware has no room to load /boot/size" \
	"an image larger than memory, twice" 2
says "Error 13: Invalid or unsupported executable format: /boot/header" \
	"a PE header beyond the file"
says "Error 28: Selected item cannot fit into memory: initrd of 1048576 KiB, " \
	"an initrd larger than memory"
says "Error 13: Invalid or unsupported executable format: /EFI/text" \
	"chainloader: not an EFI application"
says "Error 13: Invalid or unsupported executable format: +1" \
	"chainloader: a boot sector"
# OVMF writes "?" to a serial line for each character that is not ASCII.
says "name=Gr??e" "UTF-8 on the console"
is "$(jq -r '.records[].USERSPACE // empty | .cmdline' json)" "$args" \
	"a kernel without LoadFile2: the command line"
is "$(jq -r '.records[].USERSPACE // empty | .initrd.sha256' json)" \
	"$(sha256sum <root/boot/initrd.img | cut -d' ' -f1)" \
	"a kernel without LoadFile2: the initrd"

# Sectors that cannot be read: of a kernel; of an initrd, when it is fetched.
rm -r root
mkdir -p root/boot/grub
"$B/kernelgen" --format bzimage-efi --pad 1M -o root/boot/kernel
"$B/kernelgen" --format bzimage-efi -o root/boot/probe
cp "$B/debian/cloud/vmlinuz" root/boot/linux
head -c 1M /dev/urandom >root/boot/initrd
cat >menu.lst <<END
timeout 0
fallback 1 2
title Kernel
kernel /boot/kernel
title Initrd
kernel /boot/linux console=ttyS0
initrd /boot/initrd
title Good
kernel /boot/probe good
END
"$twinboot" build --root root --menu menu.lst --boot uefi -o read.img
start=$(sfdisk -J read.img | jq '.partitiontable.partitions[] |
	select(.node | test("[^0-9]1$")) | .start')
fs=read.img?offset=$((start * 512))
size=$(dumpe2fs -h "$fs" 2>/dev/null | sed -n 's/^Block size: *//p')
# sector FILE: in the middle of it, counted from the disk's first
sector() {
	set -- $(debugfs -R "blocks $1" "$fs" 2>/dev/null)
	shift $(($# / 2))
	echo $((start + $1 * size / 512))
}
kernel=$(sector /boot/kernel) initrd=$(sector /boot/initrd)
error=file.inject-error
drive=if=none,id=hd0,driver=raw,read-only=on,file.driver=blkdebug
drive=$drive,file.image.driver=file,file.image.filename=read.img
drive=$drive,$error.0.event=read_aio,$error.0.errno=5,$error.0.sector=$kernel
drive=$drive,$error.1.event=read_aio,$error.1.errno=5,$error.1.sector=$initrd
eval "timeout 300 $("$twinboot" run read.img --path uefi --print |
	sed "s/-drive if=none,id=hd0[^ ]*/-drive $drive/")" >out 2>log </dev/null
says "Error 25: Disk read error: (hd0): sectors " "read errors" 2
is "$(tr -d '\r' <out | sed -n 's/^PROBE //p' | jq -r .cmdline)" good \
	"after read errors the next entry"
cat out log | sed 's/^/#  /'

# No room on the ESP for what it is to carry.
mkdir boot
cp "$B"/boot/*.bin boot
truncate -s 200M boot/twinboot.efi
fails "the ESP's files do not fit on 64 MiB" "$twinboot" build --root root --menu menu.lst \
	--boot uefi --boot-dir boot -o no.img
test ! -e no.img
ok $? "no image is left"
done_testing
