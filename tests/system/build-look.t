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
done_testing
