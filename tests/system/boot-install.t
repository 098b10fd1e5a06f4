#!/bin/sh
# twinboot install: boot code put into images that others made, and renewed.
# Nothing but what --json names changes; wherever the power goes, BIOS and UEFI
# find the old code or the new, whole, also where the disk keeps writes back until
# it is told to sync.  LONG=1: power goes after each write and in the middle of each.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
cd "$tmp" || exit 1
export SOURCE_DATE_EPOCH=1600000000
cc -shared -fPIC -O1 -o cut.so "$here/cutwrites.c" -ldl

mkdir -p root/boot/grub
# A PV kernel: what starts it is not only the loader, but hv.elf or hv.efi, too.
"$B/kernelgen" --format xenpv -o root/boot/k
printf '%s\n' 'timeout 0' 'title a' 'kernel /boot/k' >root/boot/grub/menu.lst

# Another version of each program: the same but for one word, or longer.
mkdir next
cp "$B"/boot/mbr.bin "$B"/boot/ext.bin "$B"/boot/stage2.bin "$B"/boot/hv.e* \
	"$B"/boot/twinboot.efi next/
perl -0777 -i -pe 'my ($m, $size, $sum) = unpack "V3";
	my $at = $size - 8;
	substr($_, $at, 4) = pack "V", unpack("V", substr $_, $at, 4) + 1;
	substr($_, 8, 4) = pack "V", ($sum - 1) & 0xffffffff' next/stage2.bin
for f in next/*.efi next/hv.elf; do head -c 5120 /dev/zero | tr '\0' x >>"$f"; done

# paths IMAGE: what BIOS and UEFI would do
paths() {
	"$twinboot" inspect "$1" --json | jq -rc \
		'[.paths[] | select(.path != "pv") | .status]'
}
# outside OLD NEW: how many bytes differ that the list of writes does not have
outside() {
	jq -r '.writes[] | "\(.offset) \(.size)"' json >ranges
	perl -e 'local $/; my @d = map { open my $f, "<", $_ or die; <$f> }
		@ARGV[0, 1];
		open my $r, "<", "ranges"; for (split /\n/, <$r>) {
			my ($at, $n) = split; substr($_, $at, $n) = "\0" x $n
				for @d; }
		print length($d[0]) == length($d[1]) ?
			(($d[0] ^ $d[1]) =~ tr/\0//c) : "sizes"' "$1" "$2"
}
# install IMAGE OPTION...
install() {
	"$twinboot" install "$@" --json >json 2>err || sed 's/^/# /' err
}

# Others' images: a GPT with a BIOS boot partition and an ESP, neither ours.
gpt() {
	rm -f img
	truncate -s 64M img
	printf '%s\n' 'label: gpt' \
		'start=2048,size=8192,type=21686148-6449-6E6F-744E-656564454649' \
		'start=10240,size=73728,type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B' \
		'start=83968,size=40960' | sfdisk -q img
	mke2fs -q -F -t ext4 -d root fs 20M >out 2>&1
	dd if=fs of=img bs=512 seek=83968 conv=notrunc status=none
	mkfs.fat -F 32 --offset 10240 img 36864 >out 2>&1
	export MTOOLS_SKIP_CHECK=1
	mmd -i img@@5M ::/EFI ::/EFI/BOOT ::/EFI/other
	head -c 200000 /dev/urandom >theirs
	mcopy -i img@@5M theirs ::/EFI/BOOT/BOOTX64.EFI
	mcopy -i img@@5M theirs "::/EFI/other/a long name.efi"
}
gpt
cp img before
is "$(paths img)" '["not there","fails"]' 'an image that is not ours'
install img --dry-run
cmp -s img before
ok $? 'dry run: nothing is written'
install img
is "$(paths img)" '["ok","ok"]' 'GPT: BIOS and UEFI'
is "$(outside before img)" 0 'nothing else changed'
mcopy -n -i img@@5M "::/EFI/other/a long name.efi" there && cmp -s there theirs
ok $? 'others'"'"' files are there'
dd if=img of=esp bs=1M skip=5 count=36 status=none
fsck.fat -n esp >out 2>&1
ok $? 'the ESP is sound'
install img
is "$(jq -c '.writes | map(select(.what | test("ESP|efi"))) | length' json)" 0 \
	'a second time the ESP stays as it is'

# A list of stage 2's sectors that means no good: ends beyond 2^64, begins at 0.
bytes() { # SECTORS: the table, and all behind the boot area
	sfdisk -d "$1"; tail -c +5242881 "$1" | cksum
}
for list in '2048 1 18446744073709551600 14' '2050 4294967295 0 0' \
	'0 64 18446744073709551615 4294967295'; do
	cp img evil
	perl -e 'my ($f, @n) = @ARGV; open my $d, "+<", $f or die; binmode $d;
		seek $d, 12, 0; print $d pack "(Q<V)3", @n, 0, 0' evil $list
	bytes evil >was
	"$twinboot" install evil >out 2>&1
	bytes evil | cmp -s - was
	ok $? "a list of sectors $list: the table stays, and what is behind"
done

# Power cuts while the code is renewed.
cp img old
install img --boot-dir next
cp img new
is "$(paths img)" '["ok","ok"]' 'renewed'
is "$(outside old img)" 0 'nothing else changed'
mcopy -n -i old@@5M ::/EFI/BOOT/BOOTX64.EFI old.efi
loader() { # the loader of cut: old, new or something else
	mcopy -n -i cut@@5M ::/EFI/BOOT/BOOTX64.EFI cut.efi 2>/dev/null </dev/null
	cmp -s cut.efi old.efi && echo old && return
	cmp -s cut.efi next/twinboot.efi && echo new || echo broken
}
# After how many writes power goes: each third of them, and the last of a kind,
# which has to be there before the next begins.
places() {
	jq -r --argjson step "$([ "$LONG" ] && echo 1 || echo 3)" '[.writes[].what] as $w |
		range($w | length + 1) |
		select(. % $step == 0 or $w[.] != $w[. - 1])' json
}
bad=0 seen=
for how in CUT_NOTHING=1 CUT_REORDER=1 CUT_TORN=1 ${LONG:+CUT_HALF=1 CUT_TORN=2}; do
	for n in $(places); do
		cp --reflink=auto old cut
		(export CUT_FILE="$tmp/cut" CUT_AFTER=$n $how \
			LD_PRELOAD="$tmp/cut.so"
		"$twinboot" install cut --boot-dir "$tmp/next" >out 2>&1)
		is=$(loader)
		[ "$(paths cut)" = '["ok","ok"]' ] && [ "$is" != broken ] || {
			bad=$((bad + 1))
			echo "# $how after $n writes: $is, $(paths cut)"
		}
		seen="$seen $is"
	done
done
is $bad 0 "power cuts: each image boots the old code or the new"
case $seen in *old*new*) true ;; *) false ;; esac
ok $? 'both were seen'
"$twinboot" install cut --boot-dir next >out 2>&1
is "$(paths cut) $(loader)" '["ok","ok"] new' 'and is mended by one more try'
dd if=cut of=esp bs=1M skip=5 count=36 status=none
fsck.fat -n esp >out 2>&1
ok $? 'also the ESP'

# Where old and new do not fit: a backup, and back from a cut.
gpt
dd if=/dev/urandom of=img bs=1M seek=1 count=4 conv=notrunc status=none
cp img before
fails 'give --backup FILE' "$twinboot" install img
cmp -s img before
ok $? 'nothing is written'
CUT_FILE=$tmp/img CUT_AFTER=$(($("$twinboot" install img --dry-run --json |
	jq '.writes | length') - 2)) CUT_HALF=1 LD_PRELOAD=$tmp/cut.so \
	"$twinboot" install img --backup kept >out 2>&1
cmp -s img before
is $? 1 'power goes in between'
"$twinboot" install img --restore kept && cmp -s img before
ok $? '--restore: as it was'
install img --backup kept2
is "$(paths img)" '["ok","ok"]' 'with a backup it goes in'
head -c 1000 kept >part
fails 'not a backup of ours, or not whole' "$twinboot" install img \
	--restore part
truncate -s 1M small
fails 'of another image' "$twinboot" install small --restore kept

# MBR: a gap of 2,047 sectors, or none.
mbr() { # FIRST
	rm -f img
	truncate -s 32M img
	printf 'label: dos\nlabel-id: 0x12345678\n%s,40960,83\n' "$1" |
	sfdisk -q --force img
	dd if=fs of=img bs=512 seek="$1" conv=notrunc status=none
}
mbr 2048
cp img before
install img
is "$(paths img)" '["ok","not there"]' 'MBR with a gap'
is "$(outside before img)" 0 'nothing else changed'
is "$(sfdisk -d img | grep -c 'label-id: 0x12345678\|start= *2048, size= *40960, type=83')" \
	2 'table and signature are as they were'
boots() { # IMAGE NAME
	"$twinboot" run "$1" --path bios --timeout 300 >console 2>&1
	grep -q '^PROBE' console
	ok $? "$2"
	grep -q '^PROBE' console || sed 's/^/# /' console
}
boots img 'it boots, as a PV guest'
mbr 63
cp img before
fails 'first partition are 62 sectors, needed are 2047' "$twinboot" install img
cmp -s img before
ok $? 'nothing is written'

# A file system without a table: a file of its own, then the boot block.
cp fs before
install fs
is "$(paths fs)" '["ok","not there"]' 'a bare ext4'
boots fs 'it boots, as a PV guest'
is "$(outside before fs)" 0 'nothing else changed'
e2fsck -fn fs >out 2>&1
ok $? 'it is sound' || sed 's/^/# /' out
cp fs old
install fs --boot-dir next
is "$(paths fs) $(e2fsck -fn fs >out 2>&1; echo $?)" '["ok","not there"] 0' \
	'renewed'
bad=0
for how in CUT_REORDER=1 CUT_TORN=1 ${LONG:+CUT_NOTHING=1 CUT_HALF=1 CUT_TORN=2}; do
	for n in $(places); do
		cp old cut
		(export CUT_FILE="$tmp/cut" CUT_AFTER=$n $how \
			LD_PRELOAD="$tmp/cut.so"
		"$twinboot" install cut --boot-dir next >out 2>&1)
		[ "$(paths cut)" = '["ok","not there"]' ] || {
			bad=$((bad + 1))
			echo "# $how after $n writes: $(paths cut)"
		}
	done
done
is $bad 0 'power cuts: it boots the old code or the new'
e2fsck -fy cut >out 2>&1
"$twinboot" install cut --boot-dir next >out 2>&1
is "$(paths cut) $(e2fsck -fn cut >out 2>&1; echo $?)" \
	'["ok","not there"] 0' 'e2fsck and one more try mend it'
debugfs -w -R 'feature needs_recovery' old >out 2>&1
fails 'the file system was not unmounted' "$twinboot" install old
head -c 15M fs >cut
cp cut before
fails 'it is cut short' "$twinboot" install cut
cmp -s cut before
ok $? 'nothing is written'
mbr 2048
truncate -s 15M img
cp img before
fails 'partition 1 ends at sector 43008, but the image has 30720: it is cut short' \
	"$twinboot" install img
cmp -s img before
ok $? 'nothing is written'
# No room for hv.elf: only the stages.
truncate -s 1100K tight
mke2fs -q -F -t ext2 -m 0 tight
"$twinboot" install tight >out 2>err
is "$? $(cat err)" "0 twinboot: note: no room for hv.elf: over BIOS nothing \
starts as a PV guest" 'little room: said'
qemu-img convert -O qcow2 img q
fails 'it is qcow2: make a raw image of it first' "$twinboot" install q
gzip -1c tight >tight.gz
fails 'it is gzip: unpack it first' "$twinboot" install tight.gz
"$twinboot" build --root root --sector 4096 --boot uefi -o large 2>err
cp large kept
fails 'its sectors are of 4096 bytes' "$twinboot" install large
cmp -s large kept
ok $? '... and stays as it is'
fails '--boot' "$twinboot" install img --boot pv
is "$status" 2 'wrong usage'
# A full ESP.
gpt
head -c 1M /dev/urandom >some
for i in $(seq 35) ; do
	mcopy -i img@@5M some "::/full$i" 2>/dev/null
done
cp img before
"$twinboot" install img >out 2>&1
is $? 1 'a full ESP is an error'
cmp -s img before
ok $? 'nothing is written'
done_testing
