#!/bin/sh
# twinboot inspect: the loader as a process, on images whole and broken.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
inspect="$twinboot inspect"
"$B/kernelgen" --format bzimage --pad 200K -o vmlinuz || exit 1
"$B/kernelgen" --format bzimage-pv -o vmlinuz-pv || exit 1
head -c 100000 /dev/urandom >initrd
mkdir root
build="$twinboot build --kernel vmlinuz --initrd initrd"

# says IMAGE STATUS JQ WANTED NAME [OPTION...]
says() {
	image=$1 status=$2 filter=$3 want=$4 name=$5
	shift 5
	$inspect "$image" --json "$@" >out 2>err
	is $? "$status" "$name: exit status"
	is "$(jq -rc "$filter" out)" "$want" "$name"
}
for how in "gpt ext4" "mbr ext2" "mbr fat32" "none ext4"; do
	set -- $how
	$build --table "$1" --fs "$2" --append "a=1  b" --boot bios -o x.img
	says x.img 0 '[.table, (.paths[0].starts | .format, .cmdline)]' \
		"[\"$1\",\"linux\",\"a=1  b\"]" "$how" --paths bios
done
says x.img 1 '.paths[] | select(.path == "pv") | .status' fails \
	"a kernel without Xen's notes does not start as PV"
says x.img 1 '.paths[0] | .status, .why' \
	"not there
no EFI system partition" "a path that was asked for is not there" --paths uefi

$build --table gpt --boot bios,uefi -o whole.img
says whole.img 0 '[.paths[].status]' '["ok","ok"]' "BIOS and UEFI" \
	--paths bios,uefi
cp whole.img x.img
printf x | dd of=x.img bs=1 seek=$((1048576 + 5000)) conv=notrunc 2>/dev/null
says x.img 1 '.paths[0].why' \
	"stage 2 is damaged, or not where the boot block looks" \
	"a damaged stage 2" --paths bios
cp whole.img x.img
printf x | dd of=x.img bs=1 seek=$((1048576 + 5000 +
	$(od -An -tu4 -j4 -N4 "$B/boot/stage2.bin"))) conv=notrunc 2>/dev/null
cp x.img second.img
says x.img 0 '.paths[0] | .status, .remark' "ok
the second part of stage 2 is damaged, or not where the boot block's list says" \
	"a damaged second part, of which the entry needs nothing" --paths bios

# What does need it: gzip'd files, Multiboot; then the next entry has its turn.
at=$((1048576 + 5000 + $(od -An -tu4 -j4 -N4 "$B/boot/stage2.bin")))
mkdir -p second/boot
gzip -nc vmlinuz >second/boot/vmlinuz.gz
cp vmlinuz second/boot/plain
cp "$B/boot/hv.elf" vmlinuz-pv second/boot
second() { # MENU
	printf "timeout 0\n$1" >m
	$twinboot build --root second --menu m --table gpt --boot bios -o x.img
	printf x | dd of=x.img bs=1 seek=$at conv=notrunc 2>/dev/null
}
gz='title a\nkernel /boot/vmlinuz.gz\n'
for entry in "$gz" 'title a\nkernel /boot/hv.elf\nmodule /boot/vmlinuz-pv\n'; do
	second "$entry"
	says x.img 1 '.paths[0].why' "Error 25: Disk read error: the second \
part of stage2.bin is damaged" "an entry that needs it" --paths bios
done
second "fallback 1\n${gz}title b\nkernel /boot/plain b\n"
says x.img 0 '.paths[0].starts.cmdline' b "the next does not" --paths bios

# What a failed entry unpacked is free for the next.
head -c 150M /dev/zero | gzip -n >second/boot/zero.gz
zero='title z\nkernel /boot/zero.gz\n'
printf "fallback 1 2\n$zero$zero$gz" >m
$twinboot build --root second --menu m --table gpt --boot bios -o x.img
$inspect x.img --paths bios --mem 256M -v >out 2>&1
is "$(grep -c 'Error 13: .*zero' out) $(grep -c 'Error 28' out)" "2 0" \
	"memory of failed entries is given back"
rm -r second
cp whole.img x.img
mdel -i x.img@@5M ::EFI/BOOT/BOOTX64.EFI
says x.img 1 '.paths[0].why' "EFI system partition: Error 15: File not \
found: /EFI/BOOT/BOOTX64.EFI" "an ESP without our loader" --paths uefi
cp whole.img x.img
dd if=/dev/zero of=x.img bs=512 seek=1 count=1 conv=notrunc 2>/dev/null
says x.img 0 '.partitions | length' 3 "GPT: the backup header does" \
	--paths bios

printf 'default 0\ntimeout 0\ntitle a\nroot (hd0,0)\nkernel /boot/gone\n' >m
$build --menu m --table mbr --boot bios -o x.img
says x.img 1 '.paths[0].why' "Error 15: File not found: /boot/gone" \
	"a kernel that is missing" --paths bios
printf 'default 0\nfallback 1\ntimeout 0\ntitle a\nkernel /boot/gone
title b\nroot (hd0,0)\nkernel /boot/vmlinuz from=b\n' >m
$build --menu m --table mbr --boot bios -o x.img
says x.img 0 '.paths[0].starts.cmdline' from=b "fallback is followed" \
	--paths bios
printf 'title a\nroot (hd0,0)\nkernel /boot/vmlinuz waits\n' >m
$build --menu m --table mbr --boot bios -o x.img
says x.img 0 '.paths[0].starts.cmdline' waits \
	"a menu without a timeout: Enter is pressed" --paths bios
head -c 150000 vmlinuz >short
printf 'timeout 0\ntitle a\nkernel /boot/short\n' >m
"$twinboot" build --kernel short --menu m --table mbr --boot bios -o x.img 2>err
grep -q 'note: no boot path can start this image by itself: Error' err
ok $? "build says so"
$inspect x.img --paths bios >out
is $? 1 "a kernel shorter than its header says"
sed -n 's/^bios: /#  /p' out
head -c 3M whole.img >x.img
$inspect x.img >out 2>err
is $? 1 "a truncated image"
# Tables that lie.  An extended record that is its own successor:
rm x.img
truncate -s 32M x.img
printf 'label: dos\n2048,8192,83\n12288,40000,5\n14336,8192,83\n24576,8192,83\n' |
	sfdisk -q x.img
printf '\0\0\0\0' | dd of=x.img bs=1 seek=$((12288 * 512 + 446 + 16 + 8)) \
	conv=notrunc 2>/dev/null
says x.img 1 .remark "the extended boot record at 12288 was there before: a \
loop" "a loop of extended boot records"
is "$(jq '.partitions | length' out)" 3 "the partitions before it are there"
printf '\0\0\1\0' | dd of=x.img bs=1 seek=$((446 + 8)) conv=notrunc 2>/dev/null
says x.img 1 '.partitions[0].error' "Error 5: Partition table invalid or \
corrupt: (hd0,0): begins at sector 65536, but the disk has 65536" \
	"a partition past the disk's end"
# An image that was cut: what is there is read.
$build --table mbr --fs ext4 --boot bios --append cut -o x.img
truncate -s $(($(stat -c %s x.img) - 1048576)) x.img
says x.img 0 '.paths[0].starts.cmdline, (.partitions[0].fs.cut | type)' \
	"cut
string" "an image without its last megabyte" --paths bios

# What firmware starts: ours, or another program.
cp whole.img x.img
esp=$(sfdisk -d x.img | sed -n 's/.*start= *\([0-9]*\),.*C12A7328.*/\1/p')
"$B/kernelgen" --format efi-app -o other.efi
mcopy -o -i "x.img@@$((esp * 512))" other.efi ::/EFI/BOOT/BOOTX64.EFI
says x.img 0 '.paths[0] | .status, .why' "foreign
/EFI/BOOT/BOOTX64.EFI is a program of somebody else" "a foreign EFI program" \
	--paths uefi
mcopy -i "whole.img@@$((esp * 512))" ::/EFI/BOOT/BOOTX64.EFI ours.efi
head -c 20000 ours.efi >cut.efi
mcopy -o -i "x.img@@$((esp * 512))" cut.efi ::/EFI/BOOT/BOOTX64.EFI
says x.img 1 '.paths[0].why' "/EFI/BOOT/BOOTX64.EFI is cut short" \
	"our EFI loader, cut short" --paths uefi
echo text >x.efi
mcopy -o -i "x.img@@$((esp * 512))" x.efi ::/EFI/BOOT/BOOTX64.EFI
says x.img 1 '.paths[0].why' \
	"/EFI/BOOT/BOOTX64.EFI is no x86-64 EFI program" "no EFI program" \
	--paths uefi
# Two system partitions: the first that has the file counts.
truncate -s 96M two.img
sfdisk -q two.img <<END
label: gpt
start=2048, size=65536, type=U
start=67584, size=65536, type=U
END
for at in 2048 67584; do
	mformat -i "two.img@@$((at * 512))" -T 65536 -h 255 -s 63 ::
	mmd -i "two.img@@$((at * 512))" ::/EFI ::/EFI/BOOT
done
mcopy -i "two.img@@$((67584 * 512))" other.efi ::/EFI/BOOT/BOOTX64.EFI
says two.img 0 '.paths[0].status' foreign "the second has a loader" --paths uefi
mcopy -i "two.img@@$((2048 * 512))" ours.efi ::/EFI/BOOT/BOOTX64.EFI
says two.img 1 '.paths[0].status' fails "the first has ours" --paths uefi

# Kernels that the path's last step cannot start.
"$B/kernelgen" --format bzimage --entry 16 -o vmlinuz16
"$twinboot" build --kernel vmlinuz16 --boot bios,uefi -o x.img
says x.img 1 '[.paths[].status]' '["ok","fails"]' \
	"a kernel without a protected-mode entry" --paths bios,uefi
is "$(jq -r '.paths[1].why' out)" "Error 13: Invalid or unsupported executable \
format: /boot/vmlinuz16: its entry linux16 cannot be used on this path" \
	"says why"
# A line that loaders read only in part: build refuses it, others say so.
long=$(head -c 1600 /dev/zero | tr '\0' x)
fails "the menu.lst for --append, line 7: loaders read only its first 1500" \
	$build --append "$long last=1" -o x.img
printf 'timeout 0\ntitle a\nkernel /boot/vmlinuz %s last=1\n' "$long" >m
fails "m, line 3: loaders read only its first 1500 bytes" $build --menu m \
	-o x.img
mkdir -p long/boot/grub
cp m long/boot/grub/menu.lst
cp vmlinuz long/boot
"$twinboot" build --root long --table mbr --boot bios -o x.img 2>err
is "$(grep -c 'note: it starts, but of a line .* 1500' err)" 1 "build says so"
says x.img 0 '.paths[0].remark' "of a line that it runs only the first 1500 \
bytes count" "a line too long, told" --paths bios
# Bytes that are not UTF-8: an EFI stub's arguments are UTF-16.
printf 'timeout 0\ntitle a\nkernel /boot/stub a=\351\n' >m
"$B/kernelgen" --format bzimage-efi -o stub
"$twinboot" build --kernel stub --menu m -o x.img
says x.img 0 '[.paths[].remark]' "[null,\"its arguments are not UTF-8: \
the kernel gets other bytes on this path\"]" "Latin-1" --paths bios,uefi
# The machine's memory.
truncate -s 300M large
"$twinboot" build --kernel vmlinuz --initrd large --boot bios -o x.img
says x.img 0 '.mem_mb, .paths[0].status' '1024
ok' "a large initrd" --paths bios
says x.img 1 '.mem_mb, .paths[0].status' '256
fails' "a machine without the room for it" --paths bios --mem 256
says x.img 0 '.paths[0].status' 'ok' "8 GiB" --paths bios --mem 8192
fails "--mem 0: not an amount of memory" $inspect x.img --mem 0

# Disks with sectors of 4096 bytes.
for how in "gpt ext4" "mbr ext4" "mbr fat32" "none fat32"; do
	set -- $how
	"$twinboot" build --kernel vmlinuz-pv --initrd initrd \
		--table "$1" --fs "$2" --append 4k --sector 4096 --boot pv \
		-o x.img
	says x.img 1 '[.sector, .table, .paths[0].status]' \
		"[4096,\"$1\",\"not there\"]" "4Kn, $how" --paths bios
done
head -c 1048576 /dev/zero | tr '\0' '\n' >m
cat >>m <<END
default 0
timeout 0
title after a megabyte
kernel (hd0,0)/boot/vmlinuz a=1
END
$build --menu m --table mbr --boot bios -o x.img
says x.img 0 '.paths[0].starts.cmdline' a=1 "a menu.lst of 1 MB" --paths bios
"$twinboot" build --root root --table mbr --boot bios -o x.img 2>/dev/null
says x.img 1 '.paths[0].why' "Error 15: File not found: no menu.lst or \
grub.conf in /boot/grub or /grub of hd0 or its partitions" \
	"no menu.lst" --paths bios
fails "--paths floppy: no such name" $inspect x.img --paths bios,floppy
fails "nothere: No such file" $inspect nothere
: >empty
fails "empty: not a disk image" $inspect empty

# ---- what file systems have, and the disk drawn to scale ----
mkdir -p d && head -c 3000000 /dev/urandom >d/noise
$build --fs ext4 --data d:ext2:20M:two --data d:fat32:64M:FATTY --swap 20M \
	-o x.img 2>/dev/null
says x.img 0 '[.partitions[].fs.type]' \
	'["ext4","swap","ext2","fat",null,"fat"]' "types of file systems" --paths bios
says x.img 0 '.partitions[0].fs | .features | contains(["extent", "has_journal"])
	and (contains(["FEATURE"]) | not)' true "ext4's features" --paths bios
at=$(jq '.partitions[2].first * 512' out)
dd if=x.img of=part bs=512 skip=$((at / 512)) count=40960 2>/dev/null
is "$(jq '.partitions[2].fs | .free / .block' out)" \
	"$(dumpe2fs -h part 2>/dev/null | sed -n 's/^Free blocks: *//p')" \
	"what is free of ext2"
at=$(jq '.partitions[3].first * 512' out)
is "$(jq '.partitions[3].fs.free' out)" \
	"$(mdir -i x.img@@"$at" :: | sed -n 's/ bytes free//p' | tr -d ' ')" \
	"what is free of FAT"
$inspect x.img --svg x.svg --paths bios >/dev/null
xmllint --noout x.svg 2>/dev/null
ok $? "the drawing is XML"
is "$(xmllint --xpath 'count(//*[local-name()="g"])' x.svg)" 6 "each partition is in it"
if command -v script >/dev/null; then
	script -qec "$inspect x.img --paths bios" /dev/null | grep -q '^\.=.*#-.*\.'
	ok $? "a bar on a terminal"
fi
$inspect x.img --paths bios | grep -q '###'
is $? 1 "none in a pipe"
sfdisk -q --part-label x.img 1 '<&"]]>' 2>/dev/null
$inspect x.img --svg x.svg --paths bios >/dev/null
xmllint --noout x.svg 2>/dev/null
ok $? "a name that is markup stays text"
for n in 4 8 20 24; do	# numbers of the superblock that cannot be
	cp x.img bad.img
	printf '\377\377\377\377' | dd of=bad.img bs=1 conv=notrunc seek=$(($(
		jq '.partitions[2].first * 512' out) + 1024 + n)) 2>/dev/null
	timeout 20 $inspect bad.img --svg x.svg --paths bios >/dev/null 2>&1
	is $? 0 "a damaged number at $n of the superblock"
done
fails "/none/x.svg" $inspect x.img --paths bios --svg /none/x.svg
done_testing
