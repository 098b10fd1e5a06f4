#!/bin/sh
# twinboot build: what it writes, what it refuses, what it leaves behind.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
build="$twinboot build"

"$B/kernelgen" --format bzimage -o vmlinuz || exit 1
head -c 300000 /dev/zero | tr '\0' i >initrd
mkdir -p root/etc root/usr/bin root/deep/er
echo motd >root/etc/motd
ln root/etc/motd root/etc/issue
ln -s usr/bin root/bin
head -c 5000000 /dev/zero >root/deep/er/hole
for i in $(seq 300); do echo $i >root/deep/file-with-a-longish-name-$i; done

# ---- the same bytes ----
for how in "gpt ext4" "gpt fat32" "mbr ext3" "mbr fat32" "none ext2"; do
	set -- $how
	[ "$2" = fat32 ] && from= || from="--root root"
	for n in 1 2; do
		$build --table "$1" --fs "$2" $from --kernel vmlinuz \
			--initrd initrd --append "a=b" -o $n.img 2>err ||
			sed 's/^/#  /' err
		[ $n = 2 ] || sleep 2	# FAT counts in steps of two seconds
	done
	cmp -s 1.img 2.img
	ok $? "$how: built twice, the same bytes"
done

# ---- what is in it ----
fs() {
	dd if="$1" of=part bs=1M skip="$2" 2>/dev/null
}
for how in "gpt ext4 69" "mbr ext3 1" "none ext2 0"; do
	set -- $how
	$build --table "$1" --fs "$2" --root root --kernel vmlinuz \
		--uuid 01234567-89ab-cdef-0123-456789abcdef -o x.img 2>/dev/null
	fs x.img "$3"
	e2fsck -fn part >fsck.log 2>&1
	ok $? "$how: e2fsck finds nothing"
	is "$(dumpe2fs -h part 2>/dev/null |
	      sed -n 's/^Filesystem UUID: *//p')" \
		01234567-89ab-cdef-0123-456789abcdef "$how: the UUID asked for"
	debugfs -R "dump /boot/vmlinuz out" part 2>/dev/null
	cmp -s out vmlinuz
	ok $? "$how: the kernel is whole"
	is "$(debugfs -R 'stat /etc/issue' part 2>/dev/null |
	      sed -n 's/.*Links: \([0-9]*\).*/\1/p')" 2 "$how: a hard link"
	is "$(debugfs -R 'ls -p /deep' part 2>/dev/null | grep -c longish)" \
		300 "$how: a directory of many names"
done
$build --table mbr --fs fat32 --kernel vmlinuz --label LBL -o x.img 2>/dev/null
fs x.img 1
fsck.fat -n part >/dev/null
ok $? "fsck.fat finds nothing"
mcopy -n -i part ::boot/vmlinuz out
cmp -s out vmlinuz
ok $? "FAT: the kernel is whole"
$build --kernel vmlinuz --initrd initrd --append "a b=c" -o x.img 2>/dev/null
fs x.img 69
debugfs -R "cat /boot/grub/menu.lst" part 2>/dev/null >out
printf '%s\n' 'default 0' 'timeout 0' hiddenmenu '' 'title vmlinuz' \
	'root (hd0,0)' 'kernel /boot/vmlinuz a b=c' 'initrd /boot/initrd' >want
cmp -s out want
ok $? "the menu.lst that is written"
is "$(sfdisk -l -o Device,Type x.img | sed -n 's/^x.img//p' | tr -s ' ' |
      tr '\n' ';')" "1 Linux filesystem;14 BIOS boot;15 EFI System;" \
	"GPT: the partition numbers of Debian's cloud images"
sfdisk --verify x.img >/dev/null 2>&1
ok $? "sfdisk verifies the GPT"

# ---- a tar file keeps owners, devices and capabilities ----
perl -e '
sub member {
	my ($name, $mode, $uid, $gid, $type, $data, $major, $minor) = @_;
	my $h = pack("a100a8a8a8a12a12a8a1a100a6a2a32a32a8a8a155x12", $name,
		sprintf("%07o", $mode), sprintf("%07o", $uid),
		sprintf("%07o", $gid), sprintf("%011o", length $data),
		"00000000001", " " x 8, $type, "", "ustar", "00", "", "",
		sprintf("%07o", $major // 0), sprintf("%07o", $minor // 0), "");
	substr($h, 148, 8) = sprintf("%06o\0 ", unpack("%32C*", $h));
	return $h . $data . "\0" x (-length($data) % 512);
}
sub pax { my $s = " $_[0]=$_[1]\n"; my $n = length $s;
	$n++ while length($n) + length($s) != $n; return "$n$s"; }
print member("dev/null", 0666, 0, 0, "3", "", 1, 3),
	member("x", 0644, 0, 0, "x", pax("SCHILY.xattr.security.capability",
		pack("VVVVV", 0x02000001, 0x2000, 0, 0, 0))),
	member("./bin/ping", 0755, 1234, 70000, "0", "ping"),
	"\0" x 1024;' >t.tar
$build --table none --root t.tar -o x.img 2>/dev/null
is "$(debugfs -R 'stat /bin/ping' x.img 2>/dev/null |
      sed -n 's/^User: *\([0-9]*\) *Group: *\([0-9]*\).*/\1 \2/p')" \
	"1234 70000" "tar: owner and group"
debugfs -R 'ea_get -x /bin/ping security.capability' x.img 2>/dev/null |
	grep -q '01 00 00 02 00 20'
ok $? "tar: a capability"
debugfs -R 'stat /dev/null' x.img 2>/dev/null | grep -q '01:03'
ok $? "tar: a device"
e2fsck -fn x.img >/dev/null 2>&1
ok $? "tar: e2fsck finds nothing"

# ---- recipes ----
mkdir r
cp vmlinuz r/
printf 'table = "mbr"\nkernel = "vmlinuz"\nappend = "from the recipe"\n' \
	>r/x.conf
$build r/x.conf -o 1.img 2>/dev/null
$build --table mbr --kernel vmlinuz --append "from the recipe" -o 2.img \
	2>/dev/null
cmp -s 1.img 2.img
ok $? "a recipe means what the options mean"
$build r/x.conf --table none -o 1.img 2>/dev/null
is "$(blkid -p -o value -s TYPE 1.img)" ext4 "an option wins over the recipe"
echo 'tabel = "mbr"' >r/bad.conf
fails "no such option 'tabel'" $build r/bad.conf -o e.img

# ---- what is left out; an image never comes into itself ----
mkdir -p own/sub
echo x >own/sub/f
ln -s "$PWD/own" own-link
for o in own/e.img own/sub/e.img own-link/e.img "$PWD/own/sub/../e.img"; do
	for old in no old; do
		[ $old = no ] || echo old >"$o"
		fails "e.img lies inside of --root" \
			$build --root own --table none --boot pv -o "$o"
	done
	rm "$o"
done
fails "give --exclude sub/e.img" \
	$build --root own-link --table none --boot pv -o own/sub/e.img
fails "out.img lies inside of --root" sh -c '"$@" >own/sub/out.img' sh \
	$build --root own --table none --boot pv -o -
rm own/sub/out.img
for try in new again; do
	touch -d @1000000000 own/sub	# writing there changes its time
	$build --root own --exclude ./sub/e.img --table none --boot pv \
		-o own/sub/e.img 2>/dev/null
	ok $? "an image in its own tree that is excluded: $try"
	cp own/sub/e.img $try.img
done
cmp -s new.img again.img
ok $? "is the same again"
is "$($twinboot ls again.img:/sub | awk '{ print $2 }')" f \
	"and not in itself"
rm own/sub/e.img

# ---- what cannot be ----
fails "no output file" $build --kernel vmlinuz
fails "--table msdos" $build --table msdos -o e.img
fails "--size 12Q" $build --size 12Q -o e.img
fails "longer than 16 bytes" $build --kernel vmlinuz -o e.img \
	--label seventeen-letters
fails "longer than 11 bytes" $build --kernel vmlinuz -o e.img --fs fat32 \
	--label twelve-chars
fails "a control character in a label" $build --root r -o e.img --label 'a
b'
fails "FAT's labels have none of" $build --root r -o e.img --fs fat32 --label a:b
fails "--uuid 00000000-0000-0000-0000-000000000000: not a UUID" \
	$build --root r -o e.img --uuid 00000000-0000-0000-0000-000000000000
fails "--disk-uuid 00000000: not 8 digits" \
	$build --root r -o e.img --table mbr --disk-uuid 00000000
mkfifo fifo
fails "fifo: not a regular file" $build --kernel vmlinuz -o fifo
[ -p fifo ]
ok $? "what is no file is left as it is"
fails "--fs btrfs" $build --fs btrfs -o e.img
fails "nokernel: No such file" $build --kernel nokernel -o e.img
fails "noroot: No such file" $build --root noroot -o e.img
fails "--boot uefi: its ESP needs a GPT" \
	$build --table mbr --kernel vmlinuz --boot uefi -o e.img
fails "--boot bios: without partitions it needs an ext" \
	$build --table none --fs fat32 --kernel vmlinuz --boot bios -o e.img
fails "--boot bios: BIOS firmware does not take" \
	$build --sector 4096 --kernel vmlinuz --boot bios -o e.img
fails "--boot bios: mbr.bin is not there" \
	$build --boot-dir r --kernel vmlinuz --boot bios -o e.img
fails "FAT cannot hold links" $build --fs fat32 --root root -o e.img
mkdir lost
echo x >lost/f
if setfattr -n user.a -v 1 lost/f 2>/dev/null; then
	$build --table none --fs fat32 --root lost --boot pv -o e.img 2>err
	is "$?$(grep -c "/f: FAT cannot hold its extended attributes" err)" 01 \
		"attributes that FAT cannot hold are told"
	rm e.img
else
	skip "no attributes here" "attributes that FAT cannot hold are told"
fi
for when in '1975-05-05 1' '1969-12-31 1' '1979-12-31T23:59:59Z 1' \
	'1980-01-01T00:00:00Z 0'; do
	mkdir -p early
	touch -d "${when% *}" early/a early/b
	$build --table none --fs fat32 --root early --boot pv -o e.img 2>err
	is "$?$(grep -c "FAT cannot hold its time, before 1980" err)" \
		"0${when#* }" "a time that FAT cannot hold is told once: $when"
	TZ=UTC mdir -i e.img ::/a | grep -q 1980-01-01
	ok $? "... and becomes its first"
	rm -f e.img
done
fails "/d/Con: FAT cannot hold the name of a device" \
	$build --fs fat32 --file t.tar:d/Con -o e.img
fails "the image is too small" $build --kernel vmlinuz --size 2M -o e.img
fails "the image is too small: 2097152 bytes, needed are" \
	$build --table mbr --root root --size 2M --fs ext2 -o e.img
fails "--append is for" $build --menu want --append x -o e.img
head -c 3000 t.tar >cut.tar
fails "cut.tar" $build --root cut.tar -o e.img
fails "nodir" $build --kernel vmlinuz -o nodir/e.img
echo old >e.img
fails "nokernel" $build --kernel nokernel -o e.img
is "$(cat e.img)" old "a failure leaves an older image alone"
rm e.img
is "$(ls e.img* 2>/dev/null)" "" "no failure left anything"

# ---- a full disk (a file-size limit) and signals leave nothing ----
for fs in ext4 fat32; do
	(
		ulimit -f 8192	# blocks of 512 or 1024 bytes
		$build --table gpt --fs $fs --kernel vmlinuz -o e.img
	) >/dev/null 2>err
	[ $? = 1 ] && grep -q 'twinboot: ' err
	ok $? "$fs: a file-size limit is an error"
	is "$(ls e.img* 2>/dev/null)" "" "$fs: and leaves nothing"
done
mkdir big
head -c 100000000 /dev/urandom >big/file	# xz takes its time
$build --root big -o e.img.xz 2>/dev/null &
pid=$!
for try in $(seq 200); do
	[ -z "$(ls e.img.* 2>/dev/null)" ] || break
	sleep 0.05
done
ls e.img.* >/dev/null 2>&1
ok $? "an image being made has a temporary name"
kill -TERM $pid
wait $pid
is $? 143 "SIGTERM ends it"
is "$(ls e.img* 2>/dev/null)" "" "and leaves nothing"
mkdir full
if unshare -rm mount -t tmpfs none full 2>/dev/null; then
	head -c 9000000 /dev/urandom >noise
	for fs in ext4 fat32; do
		unshare -rm sh -c "mount -t tmpfs -o size=4M none full
			$build --kernel noise --fs $fs -o full/e.img 2>err
			echo \$? \$(ls full)" >out
		is "$(cat out)" 1 "$fs: a full disk is an error, nothing left"
		grep -v note: err | sed 's/^/#  /'
	done
else
	echo "# no user namespaces here: a full disk is not tried"
fi

# A kernel that is none would make an image that starts nowhere.
head -c 100000 /dev/urandom >noise
fails "noise: no boot path can start it: Error 13" $build --kernel noise -o e.img
[ ! -e e.img ]
ok $? "and no image is left"
fails "vmlinuz: no boot path can start it" $build --kernel vmlinuz --boot pv \
	-o e.img
done_testing
