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
$build --table mbr --kernel k --swap 20M --data d:ext4::data -o x.img 2>/dev/null
is "$(sfdisk -J x.img | jq -r '[.partitiontable.partitions[].type] | join(" ")')" \
	"83 82 83" "the same on MBR"

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
printf 'include = "loop.conf"\n' >r/loop.conf
fails "recipes include each other" $build r/loop.conf -o e.img
fails "r: a directory, not a recipe" $build r -o e.img

# ---- what cannot be ----
fails "need a partition table" $build --table none --kernel k --swap 1M -o e.img
fails "no size for swap" $build --kernel k --swap 4K -o e.img
fails "not [DIR]:FS:SIZE" $build --kernel k --data ext4 -o e.img
fails "FS is none of" $build --kernel k --data :xfs:9M -o e.img
fails "bytes are needed" $build --kernel k --data d:ext4:20K -o e.img
fails "more partitions than 3" $build --table mbr --kernel k --swap 1M \
	--data :empty:1M --data :empty:1M --data :empty:1M -o e.img
fails "there is no ESP" $build --table mbr --kernel k --esp-size 64M -o e.img
truncate -s 50M big
fails "give --esp-size" $build --kernel k --esp-size 36M -o e.img \
	--esp-file "$B/boot/stage2.bin:a" --esp-file big:big
is "$(ls e.img* 2>/dev/null)" "" "no failure left anything"
done_testing
