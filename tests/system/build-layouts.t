#!/bin/sh
# twinboot build: partitions beside the root, and recipes with all of that.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
build="$twinboot build"
"$B/kernelgen" --format bzimage -o k || exit 1
mkdir -p d sub/tree
echo data >d/file
echo sub >sub/tree/file

$build --kernel k --swap 20M --data d:ext4::data --data :fat32:40M:FATD \
	--data :empty:3M:raw --data d:ext2:9M --esp-file k:EFI/Linux/k.efi \
	--esp-size 40M --discoverable --pmbr-active -o x.img 2>err ||
	sed 's/^/#  /' err
sfdisk --verify x.img >/dev/null 2>&1
ok $? "sfdisk verifies the GPT"
sfdisk -J x.img 2>/dev/null | jq -r '.partitiontable.partitions[] |
	"\(.node | ltrimstr("x.img")) \(.type[0:8]) \(.name)"' >got
cat >want <<'W'
1 4F68BCE3 root
2 0657FD6D swap
3 0FC63DAF data
4 EBD0A0A2 FATD
5 0FC63DAF raw
6 0FC63DAF null
14 21686148 BIOS boot
15 C12A7328 ESP
W
cmp -s got want
ok $? "numbers, types and names"
is "$(od -An -tx1 -j446 -N1 x.img | tr -d ' ')" 80 "an active protective entry"
part() {
	sector=$(sfdisk -J x.img | jq -r ".partitiontable.partitions[] |
		select(.node == \"x.img$1\") | .start")
	dd if=x.img of=part bs=512 skip="$sector" 2>/dev/null
}
for n in 1 3 6; do
	part $n
	e2fsck -fn part >/dev/null 2>&1
	ok $? "partition $n: e2fsck finds nothing"
done
is "$(debugfs -R 'cat /file' part 2>/dev/null)" data "and its file is there"
part 2
is "$(blkid -p -o value -s TYPE part)" swap "swap"
part 4
fsck.fat -n part >/dev/null
ok $? "FAT of data: fsck.fat finds nothing"
part 15
mcopy -n -i part ::EFI/Linux/k.efi out && cmp -s out k
ok $? "--esp-file"
fsck.fat -n part >/dev/null
ok $? "ESP: fsck.fat finds nothing"

# ---- what partitions are called and are for ----
id() { printf '%08x-0000-4000-8000-000000000000' "$1"; }
$build --kernel k --swap 20M --data d:ext4::data --data d:fat32 -o x.img \
	--disk-uuid "$(id 7)" --partition "1:name=Wurzel \\: ä:uuid=$(id 1)" \
	--partition "1:flags=growfs,read-only,50" 2>err
grep -q "this partition was said before" err
ok $? "a partition is said once"
$build --kernel k --swap 20M --data d:ext4::data --data d:fat32 -o x.img \
	--disk-uuid "$(id 7)" --uuid "$(id 8)" \
	--partition "1:name=Wurzel \\: ä:uuid=$(id 1):flags=growfs,50:type=root" \
	--partition "2:uuid=$(id 2):fs-uuid=$(id 3)" \
	--partition "3:type=var:flags=read-only,no-auto:fs-uuid=$(id 4)" \
	--partition "4:type=01234567-89ab-cdef-0123-456789abcdef:name=" \
	--partition "14:flags=legacy-boot" --partition "15:name=EFI" 2>err ||
	sed 's/^/#  /' err
sfdisk -J x.img 2>/dev/null | jq -r '.partitiontable | .id, (.partitions[] |
	"\(.node | ltrimstr("x.img")) \(.type[0:8]) \(.name) \(.attrs)")' >got
cat >want <<W
$(id 7 | tr a-f A-F)
1 4F68BCE3 Wurzel : ä GUID:50,59
2 0657FD6D swap null
3 4D21B016 data GUID:60,63
4 01234567 null null
14 21686148 BIOS boot LegacyBIOSBootable
15 C12A7328 EFI null
W
cmp -s got want
ok $? "names, types and flags given"
cmp -s got want || diff got want | sed 's/^/#  /'
is "$(sfdisk --part-uuid x.img 1; sfdisk --part-uuid x.img 2)" \
	"$(id 1; echo; id 2)" "UUIDs of partitions given"
for n in 1:8 2:3 3:4; do
	part ${n%:*}
	is "$(blkid -p -o value -s UUID part)" "$(id ${n#*:})" \
		"the UUID on partition ${n%:*}"
done
$build --table mbr --kernel k --data d:ext4 -o x.img --disk-uuid 12ab34cd \
	--partition 1:flags= --partition 2:type=8e:flags=active 2>err || sed 's/^/#  /' err
is "$(sfdisk -J x.img | jq -r '.partitiontable | .id, (.partitions[] |
	"\(.type) \(.bootable)")' | tr '\n' ';')" \
	"0x12ab34cd;83 null;8e true;" "MBR: type, active, the disk's number"
$build --table mbr --kernel k --swap 20M --data d:ext4::data -o x.img 2>/dev/null
is "$(sfdisk -J x.img | jq -r '[.partitiontable.partitions[].type] | join(" ")')" \
	"83 82 83" "the same on MBR"

# ---- beyond 2 TiB ----
for size in 2T 2049G; do
	fails "too large for an MBR" $build --table mbr --root d --boot pv \
		--size $size -o e.img
done
for how in "gpt 512" "gpt 4096" "mbr 4096" "none 512"; do
	set -- $how
	$build --table "$1" --sector "$2" --root d --boot pv --size 3T \
		-o x.img 2>err || sed 's/^/#  /' err
	is "$(stat -c %s x.img) $($twinboot cat x.img:/file)" \
		"3298534883328 data" "$how: 3 TiB"
	[ "$1" = none ] || is "$(fdisk -b "$2" -l x.img 2>&1 |
		grep -c -e '^x.img1.* \(3T\|2.9[0-9]*T\) ' -e mismatch)" 1 \
		"$how: fdisk finds nothing wrong"
	rm x.img
done

# ---- recipes ----
mkdir -p r/inc
cp k r/vm
cat >r/inc/base.conf <<'R'
# what several images share
table = "mbr"
append = "from base"	// overridden
label = 'base'
R
cat >r/x.conf <<'R'
include = "inc/base.conf"
kernel = "vm"
append = "a=${HOME}b '${NOT_SET}' \"q\" # no comment"
root = { "../d", "../sub" }
file = "../k:/opt/k:0600"
data = { "../sub/tree:ext4::one", ":empty:1M:two" }
minimize = yes
R
$build r/x.conf -o 1.img 2>err || sed 's/^/#  /' err
$build --table mbr --kernel r/vm --label base --minimize --root d --root sub \
	--append "a=\${HOME}b '\${NOT_SET}' \"q\" # no comment" \
	--file k:/opt/k:0600 --data sub/tree:ext4::one --data :empty:1M:two \
	-o 2.img 2>/dev/null
cmp -s 1.img 2.img
ok $? "a recipe and its options are one table"
cp 1.img x.img
part 1
is "$(blkid -p -o value -s LABEL part)" base "an included value"
strings -n 8 1.img | grep -qF "a=\${HOME}b '\${NOT_SET}' \"q\" # no comment"
ok $? "\${NAME} is what is written there"
printf 'append = a${X}\n' >r/bare.conf
fails 'bare.conf:1: ${ outside of quotes' $build r/bare.conf -o e.img
printf 'boot = "pv"\n/* root = "d"\n' >r/open.conf
fails 'r/open.conf:2: a comment without an end' $build r/open.conf -o e.img
# What a second comment has in it quotes nothing.
printf "/**//* ' */ kernel = \"\${HOME}\" // '\n" >r/two.conf
fails 'r/${HOME}: No such file' $build r/two.conf -o e.img
printf 'include = "loop.conf"\n' >r/loop.conf
fails "recipes include each other" $build r/loop.conf -o e.img
fails "r: a directory, not a recipe" $build r -o e.img

# ---- what cannot be ----
fails "need a partition table" $build --table none --kernel k --swap 1M -o e.img
fails "no size for swap" $build --kernel k --swap 4K -o e.img
fails "not [DIR]:FS[:SIZE" $build --kernel k --data ext4 -o e.img
fails "FS is none of" $build --kernel k --data :xfs:9M -o e.img
fails "LABEL is no UTF-8" $build --kernel k -o e.img \
	--data "d:ext4::$(printf 'a\351')"
fails "bytes are needed" $build --kernel k --data d:ext4:20K -o e.img
fails "more partitions than 3" $build --table mbr --kernel k --swap 1M \
	--data :empty:1M --data :empty:1M --data :empty:1M -o e.img
fails "there is no ESP" $build --table mbr --kernel k --esp-size 64M -o e.img
fails "there is no such partition" $build --kernel k -o e.img --partition 2:name=x
fails "there is no such partition" $build --kernel k -o e.img --partition x:name=x
fails "it needs a partition table" $build --table none --kernel k -o e.img \
	--partition 1:name=x
fails "more than 36 characters" $build --kernel k -o e.img \
	--partition "1:name=$(printf %037d 1)"
fails "no UTF-8" $build --kernel k -o e.img \
	--partition "1:name=$(printf '\351')"
fails "type is a GUID" $build --kernel k -o e.img --partition 1:type=83
fails "flags are required" $build --kernel k -o e.img --partition 1:flags=47
fails "keys are name" $build --kernel k -o e.img --partition 1:size=4
fails "two partitions of one UUID" $build --kernel k -o e.img \
	--partition "1:uuid=$(id 1)" --partition "15:uuid=$(id 1)"
fails "neither names" $build --table mbr --kernel k -o e.img \
	--partition 1:name=x
fails "is --uuid" $build --kernel k -o e.img --partition "1:fs-uuid=$(id 1)"
fails "not a UUID" $build --kernel k -o e.img --disk-uuid 12345678
fails "not 8 digits" $build --table mbr --kernel k -o e.img --disk-uuid "$(id 1)"
truncate -s 50M big
fails "give --esp-size" $build --kernel k --esp-size 36M -o e.img \
	--esp-file "$B/boot/stage2.bin:a" --esp-file big:big
is "$(ls e.img* 2>/dev/null)" "" "no failure left anything"
done_testing
