#!/bin/sh
# twinboot ls, cat, cp, diff: files on images through the loader's readers.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/etc root/deep/er
echo motd >root/etc/motd
ln -s motd root/etc/link
head -c 3000000 /dev/urandom >root/deep/er/noise
for how in "gpt ext4" "mbr ext2" "none ext3"; do
	set -- $how
	$twinboot build --table "$1" --fs "$2" --boot pv --root root -o 1.img \
		2>/dev/null
	is "$($twinboot ls 1.img:/etc | tr -s ' ' | tr '\n' ';')" \
		" 5 link; 5 motd;" "$how: ls"
	is "$($twinboot cat 1.img:/etc/link)" motd "$how: cat follows a link"
	$twinboot cp 1.img:/deep/er/noise . && cmp -s noise root/deep/er/noise
	ok $? "$how: cp into a directory"
	$twinboot cp 1.img:/etc/motd copy && cmp -s copy root/etc/motd
	ok $? "$how: cp to a file"
done
echo other >root/etc/other
echo MOTD >root/etc/motd
$twinboot build --root root --data root:ext4::more -o 2.img 2>/dev/null
$twinboot diff 1.img 1.img >out
is "$? $(cat out)" "0 " "diff: an image and itself"
$twinboot diff 1.img 2.img >out
is "$?" 1 "diff: two that differ"
is "$(tr '\n' ';' <out)" \
	"differs: /etc/link;differs: /etc/motd;only in 2.img: /etc/other;" \
	"diff: what differs"
is "$($twinboot cat 2.img:/etc/other --partition 2)" other "--partition"
$twinboot build --root root -O vhdx -o 2.vhdx 2>/dev/null
is "$($twinboot cat 2.vhdx:/etc/other)" other "in a container"
$twinboot build --root root -o 2.img.zst 2>/dev/null
$twinboot diff 2.vhdx 2.img.zst >out
is "$? $(cat out)" "0 " "diff: two containers of one tree"
# Names are others': nothing that a terminal would obey, one line for each.
mkdir -p bad/d
touch "bad/d/$(printf '\033[2Jx')" "bad/d/$(printf 'a\nb')"
$twinboot build --root bad -o bad.img 2>/dev/null
mkdir -p none/d
$twinboot build --root none -o none.img 2>/dev/null
is "$($twinboot ls bad.img:/d | tr -s ' ' | tr '\n' ';')" \
	' 0 \x1b[2Jx; 0 a\x0ab;' "ls: hostile names"
is "$($twinboot diff none.img bad.img | tr '\n' ';')" \
	'only in bad.img: /d/\x1b[2Jx;only in bad.img: /d/a\x0ab;' \
	"diff: hostile names"
# Standard input is an image, too: a pipe, and what is packed.
is "$(cat 2.img.zst | $twinboot cat -- -:/etc/other)" other "-: a packed image from a pipe"
is "$($twinboot ls - <1.img)" "$($twinboot ls 1.img)" "-: ls"
$twinboot diff 1.img - <1.img >out
is "$? $(cat out)" "0 " "-: diff"
fails "nothing comes on standard input" $twinboot ls - </dev/null
echo named >a:b.img
fails "a:b.img" $twinboot ls a:b.img
fails "File not found" $twinboot cat 1.img:/none
fails "a directory" $twinboot cat 1.img:/etc
fails "not a directory" $twinboot ls 1.img:/etc/motd
fails "no-image" $twinboot cat no-image:/x
fails "too few words" $twinboot diff 1.img

# What fails is named by whose it is: the image's file, or where it goes to.
names() { # STATUS TEXT NAME COMMAND...
	want=$1 text=$2 name=$3
	shift 3
	"$@" 2>err
	is "$? $(grep -o "^twinboot: $text: " err)" \
		"$want twinboot: $text: " "$name"
}
cp 1.img hole.img
debugfs -w -R 'set_inode_field /etc/motd block[0] 0xfffffff0' hole.img 2>/dev/null
for to in motd.out dir/motd.out; do
	mkdir -p dir
	names 1 hole.img:/etc/motd "cp to $to: the image's file cannot be read" \
		$twinboot cp hole.img:/etc/motd "$to"
	[ ! -e "$to" ]
	ok $? "... and nothing is left"
done
names 1 hole.img:/etc/motd "cat: the image's file cannot be read" \
	$twinboot cat hole.img:/etc/motd
full() { "$@" >/dev/full; }
names 1 'standard output' "cat: standard output is full" \
	full $twinboot cat 1.img:/deep/er/noise
cp hole.img other.img
names 2 hole.img:/etc/link "diff: the first cannot be read" \
	$twinboot diff hole.img 1.img
names 2 hole.img:/etc/link "diff: the second cannot be read" \
	$twinboot diff 1.img hole.img
names 2 hole.img:/etc/link "diff: neither can be read" \
	$twinboot diff hole.img other.img
# What cannot be opened is not "the same"; what has no bytes is, by its name.
for field in 'size 0x7fffffffffffff' 'flags 0x800'; do
	cp 1.img lost.img
	debugfs -w -R "set_inode_field /etc/motd $field" lost.img 2>/dev/null
	cp lost.img other.img
	names 2 lost.img:/etc/link "diff: neither can be opened: $field" \
		$twinboot diff lost.img other.img
done
for change in 'mknod null c 1 3' 'mknod pipe p' 'symlink nowhere none' \
		'symlink self self'; do
	cp 1.img other.img
	printf 'cd /etc\n%s\n' "$change" | debugfs -w -f - other.img >out 2>&1
	set -- $change
	$twinboot ls other.img:/etc | grep -q " $2\$"
	ok $? "$change: is there"
	is "$($twinboot diff other.img other.img 2>&1; echo $?)" 0 \
		"diff: the same with $change"
done
fails "Error 2: Bad file or directory type: not a directory" \
	$twinboot ls 1.img:/etc/motd
done_testing
