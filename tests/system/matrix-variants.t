#!/bin/sh
# twinboot matrix --entries and --probe-init: cells that need a changed copy of
# the image.  The image stays as it is, and nothing of a copy is left.
# LONG: initrds and modules in every packing.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
here=$PWD
mkdir copies
export TMPDIR="$here/copies"
matrix="$twinboot matrix"
build="$twinboot build"

# cell IMAGE STATUS FILTER WANTED NAME OPTION...: one matrix, one question
cell() {
	image=$1 status=$2 filter=$3 want=$4 name=$5
	shift 5
	sha256sum "$image" >sum
	timeout 900 $matrix "$image" --json m.json "$@" >tap 2>err
	is $? "$status" "$name: exit status"
	is "$(jq -r "$filter" m.json)" "$want" "$name"
	sha256sum --status -c sum && [ -z "$(ls -A copies)" ]
	ok $? "$name: the image is as it was, no file is left"
	sed 's/^/#  /' err
}

# ---- entries ----
"$B/kernelgen" --format bzimage --pad 200K -o vmlinuz || exit 1
head -c 100000 /dev/urandom >initrd
cat >menu <<'END'
default=1
fallback 0 1 \
 2
timeout 30
title a
root (hd0,0)
kernel /boot/vmlinuz number=0
title dropped, and so not counted
title b
root (hd0,0)
kernel /boot/vmlinuz number=1
initrd /boot/initrd
title c
root (hd0,0)
kernel /boot/gone
END
sed 's/$/\r/' menu >menu.crlf
told='.cells[] | .entry, .boot.records[0].PROBE.cmdline'
$build --table mbr --kernel vmlinuz --initrd initrd --menu menu.crlf \
	--boot bios -o ext.img || exit 1
cell ext.img 1 "$told, .status, .why" "0
number=0
PASS

1
number=1
PASS

2
null
FAIL
the loader waits for a key; it said: Error 15: File not found: /boot/gone" \
	"each entry, none hidden by another" --paths bios --entries all
printf 'ok 1 - bios/virtio/0\nok 2 - bios/virtio/1\nnot ok 3 - bios/virtio/2\n' \
	>want
grep ok tap | cmp -s - want
ok $? "TAP has the entries' numbers"
$build --table gpt --fs fat32 --kernel vmlinuz --initrd initrd --menu menu \
	--boot bios -o fat.img || exit 1
cell fat.img 0 "$told" "1
number=1
0
number=0" "FAT, two of them in this order" --paths bios --entries 1,0
sed 's/(hd0,0)/(hd0)/' menu >menu.bare
$build --table none --fs ext2 --kernel vmlinuz --initrd initrd \
	--menu menu.bare --boot bios -o bare.img || exit 1
cell bare.img 0 "$told" "0
number=0" "no partitions: stage 2's block list still holds" --paths bios \
	--entries 0
qemu-img convert -O qcow2 ext.img q.img
cell q.img 0 "$told" "0
number=0" "qcow2" --paths bios --entries 0
cell q.img 0 "$told" "default
number=1" "qcow2 as it is" --paths bios

fails "ext.img: menu.lst has no entry 3, it has 3 from 0 on" $matrix ext.img \
	--entries 0,3
for list in x 0, ,1 1x 99999999999 ''; do
	fails "--entries $list: not numbers with commas between, or all" \
		$matrix ext.img --entries "$list"
done
$matrix ext.img --entries 3 >/dev/null 2>&1
is $? 1 "an entry that is not there: exit status"
fails "nothere: No such file" $matrix nothere --entries 0
fails "nothere: No such file" $matrix nothere --probe-init
truncate -s 1M empty.img
fails "empty.img: no entry can be chosen: Error " $matrix empty.img --entries 0

# ---- what cannot be changed ----
cell ext.img 77 '.cells[0].why' \
	"the entry loads no initrd, which the probe would go into" \
	"nothing to put the probe into" --paths bios --entries 0 --probe-init
cell empty.img 77 '.cells[] | .why' "there is no initrd file that the probe \
could go into (a unified kernel image has it inside)" \
	"no menu.lst and no initrd" --paths bios --probe-init
cell fat.img 1 '.cells[0].why' "the loader waits for a key; it said: \
Error 15: File not found: /boot/gone" "an entry that fails anyway is left to fail" --paths bios \
	--entries 2 --probe-init

# with_fs COMMAND: full.img, its root file system changed by COMMAND
with_fs() {
	$build --table mbr --kernel vmlinuz --initrd initrd --boot bios \
		-o full.img || exit 1
	dd if=full.img of=part bs=1M skip=1 2>/dev/null
	sh -c "$1" >/dev/null 2>&1
	dd if=part of=full.img bs=1M seek=1 conv=notrunc 2>/dev/null
}
# refused TEXT NAME
refused() {
	cell full.img 99 '.cells[0].status' ERROR "$2" --paths bios \
		--probe-init
	grep -q "^twinboot: full.img: /boot/initrd: $1" err &&
	[ "$(wc -l <err)" = 1 ] && grep -q "/boot/initrd: $1" tap
	ok $? "$2: one line says so"
}
with_fs 'blocks=$(dumpe2fs -h part | sed -n "s/^Free blocks: *//p")
	 head -c $((blocks * 4096 - 1000000)) /dev/zero | tr "\0" x >fill
	 debugfs -w -R "write fill fill" part'
refused 'no room for 3[0-9]* bytes on its file system, [0-9]* KiB are missing' \
	"a file system that is full"
with_fs 'debugfs -w -R "feature needs_recovery" part'
refused 'its file system was not unmounted' "a journal to be replayed"

# ---- a copy goes with us, however we go ----
printf 'timeout 100\ntitle a\nroot (hd0,0)\npause\n' >m
$build --table mbr --kernel vmlinuz --menu m --boot bios -o wait.img
$matrix wait.img --paths bios --entries 0 >/dev/null 2>&1 &
pid=$!
for try in $(seq 600); do
	qemu=$(cat /proc/$pid/task/$pid/children 2>/dev/null)
	[ -n "$qemu" ] && break
	sleep 0.1
done
ls -l /proc/$pid/fd | grep -q "$TMPDIR/.*(deleted)"
ok $? "there is a copy"
kill -KILL $pid
wait $pid 2>/dev/null
[ -n "$qemu" ] && [ -z "$(ls -A copies)" ]
ok $? "killed: no file is left"

# ---- the probe in initrds made by others ----
# foreign PACK MODULES: "initrd" with microcode in front, with modules in
# MODULES' packing, with an /init of its own and none of our tools
kernel=$B/debian/cloud
release=$(ls "$kernel/lib/modules")
foreign() {
	rm -rf early root
	mkdir -p early/kernel/x86/microcode root/usr/bin \
		"root/usr/lib/modules/$release"
	head -c 5001 /dev/urandom >early/kernel/x86/microcode/GenuineIntel.bin
	ln -s usr/bin root/bin
	ln -s usr/lib root/lib
	ln -s usr/lib/theirs root/init
	echo 'not a program' >root/usr/lib/theirs
	chmod 755 root/usr/lib/theirs
	(cd "$kernel/lib/modules/$release" && find . -name 'ext4.ko' -o \
		-name 'jbd2.ko' -o -name 'mbcache.ko' -o -name 'crc*.ko' -o \
		-name 'virtio*.ko' -o -name '*xen*blk*.ko' -o \
		-name 'nls_cp437.ko' -o -name 'nls_ascii.ko' -o \
		-name '*fat.ko' | cpio --quiet -pd \
		"$here/root/usr/lib/modules/$release")
	find root -name '*.ko' -exec $2 {} +
	(cd early && find . | cpio --quiet -o -H newc) >initrd
	(cd root && find . | cpio --quiet -o -H newc) | $1 >>initrd
}
user='.cells[] | .status, .why, .boot.records[-1].USERSPACE'
uuid=c5b1cde5-ba23-8560-8bb6-8e1cc39e03c5
foreign 'xz --check=crc32' 'xz --check=crc32'
# No console on the serial line: it is heard all the same.
cat >menu <<END
title b
root (hd0,0)
kernel /boot/vmlinuz root=PARTUUID=$uuid a="b\\c" quiet shell
initrd /boot/initrd
END
$build --table gpt --kernel "$kernel/vmlinuz" --initrd initrd --menu menu \
	-o deb.img && sfdisk -q --part-uuid deb.img 1 $uuid || exit 1
cell deb.img 0 "$user | objects | del(.memory_kib, .kernel) | tojson" \
	'{"cmdline":"root=PARTUUID='$uuid' a=\"b\\c\" quiet shell",'\
'"root":"/dev/vda1","fs":"ext4","want":"PARTUUID='$uuid'","disks":1,"cpus":1,'\
'"cards":[],"initrd":null}' "BIOS, modules packed by xz, PARTUUID" --paths bios \
	--entries 0 --probe-init
is "$(jq -c '.cells[0] | .probe_init' m.json)" true "JSON says it is a probe"
foreign 'zstd -q' 'zstd -q --rm'
$build --table mbr --fs fat32 --kernel "$kernel/vmlinuz" --initrd initrd \
	--uuid 1234abcd-0000-4000-8000-000000000000 \
	--append "root=UUID=1234-ABCD retain_initrd" -o deb.img || exit 1
cell deb.img 0 "$user | objects | .root, .fs, .initrd.bytes >= 3500000" \
	"/dev/xvda1
vfat
true" "PV, FAT, modules packed by zstd; the initrd is compared" --paths pv \
	--probe-init
if [ "${LONG-}" ]; then
	for how in 'gzip gzip' 'bzip2 gzip' 'lzop gzip' 'cat true' 'lz4 -l' \
		   'xz --format=lzma'; do
		case $how in
		lz4*|*lzma) foreign "$how" true ;;
		*) foreign ${how% *} ${how#* } ;;
		esac
		$build --kernel "$kernel/vmlinuz" --initrd initrd \
			--append "root=/dev/xvda1" -o deb.img || exit 1
		cell deb.img 0 "$user | objects | .fs" ext4 "packed by $how" \
			--paths pv --probe-init
	done
fi

# ---- an image of somebody else's: systemd-boot, no menu.lst ----
id=0123456789abcdef0123456789abcdef
$build --table gpt --boot uefi --kernel vmlinuz --label THEIRS -o sd.img
part() { # FIELD NUMBER
	sfdisk -J sd.img | jq -r ".partitiontable.partitions[] |
		select(.node == \"sd.img$2\") | .$1"
}
esp="-i sd.img@@$(($(part start 15) * 512))"
dd if=sd.img of=part bs=512 skip="$(part start 1)" \
	count="$(part size 1)" 2>/dev/null
debugfs -w -R 'rm /boot/grub/menu.lst' part >/dev/null 2>&1
dd if=part of=sd.img bs=512 seek="$(part start 1)" conv=notrunc 2>/dev/null
printf 'linux /%s/6/linux\ninitrd /%s/6/initrd\noptions root=LABEL=THEIRS\n' \
	$id $id >entry.conf
mmd $esp ::/loader ::/loader/entries ::/$id ::/$id/6 &&
mcopy $esp entry.conf ::/loader/entries/entry.conf &&
mcopy $esp "$kernel/vmlinuz" ::/$id/6/linux &&
mcopy $esp initrd ::/$id/6/initrd &&
mcopy -o $esp /usr/lib/systemd/boot/efi/systemd-bootx64.efi \
	::/EFI/BOOT/BOOTX64.EFI || exit 1
cell sd.img 0 "$user | objects | .root, .fs" "/dev/vda1
ext4" "systemd-boot: its initrd is found by name" --paths uefi --probe-init
done_testing
