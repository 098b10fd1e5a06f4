#!/bin/sh
# twinboot adopt: a PV image as EC2 had them (a bare ext4, an initramfs with
# nothing but Xen's front ends, menu.lst with `root (hd0)') boots as an HVM
# machine, as PV guest with its root on xvda1 and its network up; what is carried
# over is the same bytes; what cannot be adopted is refused and leaves nothing.
# LONG=1: every disk and card, qcow2, an MBR that begins at sector 63, Xen.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
cd "$tmp" || exit 1
export SOURCE_DATE_EPOCH=1600000000

# initrd KERNEL: its modules are front ends and what ext4 needs
initrd() {
	mkdir -p initrd/bin initrd/modules
	cp /bin/busybox initrd/bin/
	cp "$here/adopt.init" initrd/init
	chmod 755 initrd/init
	for m in crc32c_generic libcrc32c crc16 mbcache jbd2 ext4 \
			xen-blkfront xen-netfront; do
		file=$(find "$B/debian/$1/lib" -name "$m.ko" -o \
			-name "$m.ko.xz")
		case $file in
		'')	continue ;;
		*.xz)	xz -dc "$file" >"initrd/modules/$m.ko" ;;
		*)	cp "$file" initrd/modules/ ;;
		esac
		echo "$m" >>initrd/modules/order
	done
	cp "$B"/debian/"$1"/lib/modules/*/modules.builtin initrd/modules/
	(cd initrd && find . | cpio --quiet -o -H newc | gzip -1)
}

mkdir -p root/boot/grub root/etc
initrd standard >root/boot/initrd.img
cp "$B/debian/standard/vmlinuz" root/boot/vmlinuz
echo old >root/etc/issue
printf '%s\n' '/dev/xvda1 / ext4 defaults 0 1' '/dev/xvda3 none swap sw 0 0' \
	'/dev/xvdb /mnt ext3 nobootwait 0 2' >root/etc/fstab
menu() { # ARGUMENTS...
	printf '%s\n' 'default 0' 'timeout 0' hiddenmenu 'title old' \
		'root (hd0)' "kernel /boot/vmlinuz $*" \
		'initrd /boot/initrd.img' >root/boot/grub/menu.lst
}
bare() { # FILE: a file system of 200 MiB from root/
	rm -f "$1"
	truncate -s 200M "$1"
	mke2fs -q -F -t ext4 -d root "$1"
}
adopt() {
	"$twinboot" adopt "$@" --json >json 2>err || sed 's/^/# /' err
}
start() { # IMAGE: of its first partition, in bytes
	echo $(($(sfdisk -d "$1" | sed -n 's/^[^ ]*1 : start= *\([0-9]*\),.*/\1/p') \
		* 512))
}
part() { # IMAGE SIZE: that many bytes of its first partition
	tail -c +$(($(start "$1") + 1)) "$1" | head -c "$2"
}

menu root=/dev/xvda1 console=hvc0
bare old
sum=$(sha256sum <old | cut -d' ' -f1)

# What it says and carries.
adopt old --dry-run
is "$(jq -rc '.entries[] | [.default, .pv, .native, .notes[]]' json)" \
	'[true,true,""]' 'dry run: the entry'
ls new* >/dev/null 2>&1
is $? 2 'dry run: nothing is written'
adopt old -o new --verify
is "$(jq -rc '.carried[].sha256, .new.guest, .new.settings' json)" "$sum
xvda1
pv=always
vbd=xvda1:hd0,0
hd0=hd0,0" 'a bare file system: hash, name, settings'
is "$(part new 209715200 | sha256sum | cut -d' ' -f1)" "$sum" \
	'its bytes are partition 1'
sfdisk -Vq new >out 2>&1 && fsck.fat -n "$(
	dd if=new of=esp bs=1M skip=5 count=64 2>/dev/null; echo esp)" >out 2>&1
ok $? 'the table and the ESP are sound'
[ "$(du -k new | cut -f1)" -lt "$(($(du -k old | cut -f1) + 8192))" ]
ok $? 'sparse stays sparse'
qemu-img convert -O qcow2 -c old old.qcow2
adopt old.qcow2 -o other
cmp new other
ok $? 'from qcow2: the same image'
grep -q 'vdev=xvda, access=rw, target='"$tmp/other" other.xl
ok $? 'a configuration for xl'
rm -f other other.xl old.qcow2

adopt old -o new --swap 64M --ephemeral 32M
is "$(jq -rc '[.new.added[] | select(.guest != "") | .number, .guest],
	([.notes[] | select(test("fstab"))] | length)' json)" \
	'[1,"xvda1",3,"xvda3",2,"xvdb"]
0' 'swap and ephemeral disk, as fstab wants them'
is "$(for p in 2 3; do
	at=$(sfdisk -d new | sed -n "s/^new$p : start= *\([0-9]*\),.*/\1/p")
	tail -c +$((at * 512 + 1)) new | head -c 32M >"p$p"
	blkid -p -o value -s TYPE "p$p"
done)" 'ext3
swap' 'and what is on them'

# Names by root=, fstab and menu.lst.
name() { # ARGUMENTS NAME
	menu "$1"
	bare named
	adopt named -n
	is "$(jq -r .new.guest json)" "$2" "root is $2: $1"
}
name 'root=/dev/sda1' sda1
name 'root=/dev/xvde ro' xvde
name 'root=LABEL=x' xvda1
mv root/etc/fstab .
name 'root=LABEL=x' xvda1
fails '--swap: /etc/fstab wants no such device' \
	"$twinboot" adopt named -o x --swap 64M
fails '--boot-dir .: mbr.bin is not there' \
	"$twinboot" adopt named -o x --boot-dir .
mv fstab root/etc/

# An MBR: moved when it begins at sector 63, with its logical partitions.
menu root=/dev/xvda1 console=hvc0
mbr() { # FIRST LINE...: a disk whose partition 1 is `old'
	rm -f mbr
	truncate -s 260M mbr
	first=$1
	shift
	printf '%s\n' 'label: dos' 'label-id: 0x12345678' \
		"$first,409600,83,*" "$@" | sfdisk -q --force mbr
	dd if=old of=mbr bs=512 seek="$first" conv=notrunc status=none
}
mbr 63 409700,4000,82 '417792,100000,5' 417855,30000,83 450000,20000,83
adopt mbr -o new --verify
is "$(jq -c '[.new.moved_by, (.carried | length)]' json)" '[1016320,4]' \
	'MBR at sector 63: moved'
is "$(sfdisk -d new | sed -n 's/^new\([0-9]\) : start= *\([0-9]*\), size= *\([0-9]*\), type=\([0-9a-f]*\).*/\1 \2 \3 \4/p;s/label-id: //p')" \
	'0x12345678
1 2048 409600 83
2 411685 4000 82
3 419777 100000 5
4 534528 131072 ef
5 419840 30000 83
6 451985 20000 83' 'and all of it is where it should be'
is "$(part new 209715200 | sha256sum | cut -d' ' -f1)" "$sum" 'and the same'
mbr 2048 411700,100,82 411900,100,83 412100,100,83
adopt mbr -o new --verify
is "$(jq -c '.new.moved_by, .new.added' json; sfdisk -d mbr | tail -4 |
	cut -c4- | sha256sum)" "0
[]
$(sfdisk -d new | tail -4 | cut -c4- | sha256sum)" \
	'an MBR without a free entry: nothing moves, no ESP'
jq -r '.notes[]' json | grep -q 'no UEFI boot: the table has no free primary'
ok $? 'and that is said'

# fstab's xvda3 and xvdb beside a table that keeps its own: a partition of that
# number, and one that is a disk to the guest.
mbr 2048
adopt mbr -o new --verify --swap 64M --ephemeral 32M
is "$(sfdisk -d new | sed -n 's/^new\([0-9]\) : .*type=\([0-9a-f]*\).*/\1 \2/p')
$(jq -r '.new.settings, .notes[]' json)" '1 83
2 83
3 82
4 ef
pv=always
vbd=xvda:hd0
vbd=xvdb:hd0,1
hd0=hd0,0' 'an MBR: swap and ephemeral disk'
is "$(blkid -p -o value -s TYPE -O $(($(sfdisk -d new | sed -n \
	's/^new3 : start= *\([0-9]*\),.*/\1/p') * 512)) new)" swap 'what is on it'
sed -i s/xvda3/xvda7/ root/etc/fstab
mv old keep
bare old
mbr 2048
fails '--swap: the table has no entry for /dev/xvda7' \
	"$twinboot" adopt mbr -o x --swap 64M
mv keep old
sed -i s/xvda7/xvda3/ root/etc/fstab

# A GPT grows; its own numbers, names and UUIDs stay.
rm -f gpt
truncate -s 202M gpt
u=11111111-2222-3333-4444-00000000000
printf '%s\n' 'label: gpt' "label-id: ${u}0" 'first-lba: 34' \
	"start=40,size=409600,uuid=${u}1,name=rootfs" | sfdisk -q gpt
dd if=old of=gpt bs=512 seek=40 conv=notrunc status=none
adopt gpt -o new --verify
is "$(jq -c '.new.moved_by, [.new.added[].number]' json)" '0
[14,15]' 'GPT: two partitions more'
is "$(sfdisk -d new | grep -c "label-id: ${u}0\|start= *40, .*uuid=${u}1, name=\"rootfs\"")" \
	2 'the others as they were'
sfdisk -Vq new >out 2>&1
ok $? 'and sound'
# A BIOS boot partition of its own gets our code, and is no file system to keep.
for size in 2048 900; do
	truncate -s 204M own
	printf '%s\n' 'label: gpt' 'start=2048,size=409600' \
		"start=411648,size=$size,type=21686148-6449-6E6F-744E-656564454649" |
		sfdisk -q own
	dd if=old of=own bs=512 seek=2048 conv=notrunc status=none
	dd if=/dev/urandom of=own bs=512 seek=411648 count=$size conv=notrunc \
		status=none
	adopt own -o new --verify
	is "$(jq -c '[.carried[].partition], [.paths[].status]' json)" "[1]
$([ $size = 900 ] && echo '["not there","ok","ok"]' || echo '["ok","ok","ok"]')" \
		"a BIOS boot partition of $size sectors"
done

# Boots: each time a PV guest, with the old root where it was.
boots() { # NAME IMAGE OPTION...
	name=$1 image=$2 want='PV root /dev/xvda1 old
disks xvda1'
	shift 2
	want="$want
address 10.0.2.15"
	timeout 900 "$twinboot" run "$image" --timeout 800 "$@" >console 2>&1 \
		</dev/null
	is "$(tr -d '\r' <console | sed -n '/written/d;s/ *$//;s/^RESULT //p')" \
		"$want" "$name"
	grep -q ^RESULT console || tail -15 console | sed 's/^/# /'
}
menu root=/dev/xvda1 console=hvc0 quiet ${LONG:+adopt.write}
bare old
adopt old -o new
boots 'BIOS, virtio, virtio-net' new --path bios --nic virtio
boots 'UEFI, NVMe, e1000' new --path uefi --disk nvme --nic e1000
if [ -n "$LONG" ]; then
	boots 'BIOS, IDE, e1000' new --path bios --disk ide --nic e1000
	boots 'BIOS, virtio-scsi' new --path bios --disk scsi --nic virtio
	boots 'UEFI, AHCI' new --path uefi --disk ahci --nic virtio
	timeout 900 "$twinboot" run new --path xen --timeout 800 >console 2>&1
	grep -q '^RESULT PV root /dev/xvda1 old' console
	ok $? 'genuine Xen'
	# Secure Boot: what firmware verifies is ours, and signed by the host.
	mkdir boot
	cp "$B"/boot/* boot
	"$here/../../images/sign" "$B/boot/twinboot.efi" boot/twinboot.efi \
		>sign 2>&1
	adopt old -o new --boot-dir boot
	timeout 300 "$twinboot" run new --path uefi-secure --timeout 60 \
		>console 2>&1 </dev/null
	is "$(tr -d '\r' <console | grep -a '^Error')" "Error 32: Must be \
authenticated: Secure Boot: /EFI/twinboot/hv.efi is not signed by a key that \
this firmware trusts" 'Secure Boot: an unsigned hv.efi is refused in one line'
	"$here/../../images/sign" "$B/boot/hv.efi" boot/hv.efi >sign 2>&1
	adopt old -o new --boot-dir boot
	boots 'Secure Boot' new --path uefi-secure --nic virtio
	adopt old -o new
	boots 'writes' new --path bios --write --nic virtio
	part new 209715200 >back
	is "$(debugfs -R 'cat /data' back 2>/dev/null | sha256sum)" \
		"$(debugfs -R 'cat /sum' back 2>/dev/null)" \
		'64 MiB written in the guest are on the image'
	e2fsck -fn back >out 2>&1
	ok $? 'and its file system is sound'
	qemu-img convert -O qcow2 old old.qcow2
	adopt old.qcow2 -O qcow2 -o new.qcow2
	boots 'qcow2, UEFI, virtio' new.qcow2 --path uefi --nic virtio
	mbr 63 409700,4000,82
	adopt mbr -o new
	disk() { # like boots, of a disk with its own table
		timeout 900 "$twinboot" run new --timeout 800 --nic virtio \
			"$@" >console 2>&1 </dev/null
		is "$(tr -d '\r' <console | sed -n 's/^RESULT \(PV.*\)/\1/p;
			s/^RESULT \(address\)/\1/p')" "PV root /dev/xvda1 old
address 10.0.2.15" "an MBR at sector 63: $*"
	}
	disk --path bios
	disk --path uefi --disk ahci
	disk --path bios --disk ide
fi

# What is refused; nothing is left.
refused() { # TEXT COMMAND...
	fails "$@"
	[ "$status" = 1 ] && ! ls x* >/dev/null 2>&1
	ok $? '... with status 1, and nothing is written'
}
head -c 100M old >cut
refused 'it is cut short' "$twinboot" adopt cut -o x
mbr 63 409700,4000,82
truncate -s 100M mbr
refused 'partition 1 ends at sector 409663' "$twinboot" adopt mbr -o x
head -c 1M /dev/zero >none
refused 'neither a partition table nor' "$twinboot" adopt none -o x
: >empty
refused 'not a disk image' "$twinboot" adopt empty -o x
# What nothing would find in NEW, or two ways to read OLD.
menu2() { # ROOT
	menu root=/dev/xvda1
	sed -i "s/root (hd0)/root $1/" root/boot/grub/menu.lst
	bare odd
}
menu2 '(hd0,1)'
refused 'No such partition: there is none but (hd0)' "$twinboot" adopt odd -o x
menu2 '(hd1)'
refused 'Selected disk does not exist' "$twinboot" adopt odd -o x
for first in 64 2048; do	# the latter is a copy of its superblock, in 4,096
	cp old odd
	printf 'start=%s, size=100, type=83\n' $first |
		sfdisk -q --force -w never -X dos odd
	refused 'lies in a file system over the whole disk, which has a partition' \
		"$twinboot" adopt odd -o x
done
cp gpt odd
perl -0777 -e 'use Compress::Zlib; open my $f, "+<", "odd" or die; binmode $f;
	seek $f, 1024 + 128, 0; print $f pack "H32 H32 Q<Q<", "af3dc60f838472478e79" .
		"3d69d8477de4", "01" x 16, 10, 20;
	seek $f, 1024, 0; read $f, my $e, 16384; seek $f, 512, 0; read $f, my $h, 92;
	substr($h, 88, 4) = pack "V", crc32($e); substr($h, 16, 4) = "\0" x 4;
	substr($h, 16, 4) = pack "V", crc32($h); seek $f, 512, 0; print $f $h'
refused 'partition 2 begins within the table' "$twinboot" adopt odd -o x
menu root=/dev/xvda1
refused 'is OLD itself' "$twinboot" adopt old -o ./old
"$twinboot" build --root root --sector 4096 --boot uefi -o large 2>err
refused "copy its root partition out" "$twinboot" adopt large -o x
"$B/kernelgen" --format xenpv -o kernel
# An ELF of 32 bits is another class in its fifth byte.
printf '\001' | dd of=kernel bs=1 seek=4 conv=notrunc status=none
cp kernel root/boot/vmlinuz
bare bits
refused 'the kernel of its default entry is a 32-bit one' \
	"$twinboot" adopt bits -o x
"$B/kernelgen" --format bzimage -o root/boot/vmlinuz
bare native
refused 'firmware can start it: --pv auto' "$twinboot" adopt native -o x
mv root/boot/initrd.img .
mkdir early
: >early/nvme.ko
cp initrd/modules/modules.builtin early/
(cd early && find . | cpio --quiet -o -H newc) >root/boot/initrd.img
bare drives
refused 'firmware can start it, and it drives by itself nvme: --pv auto' \
	"$twinboot" adopt drives -o x
mv initrd.img root/boot/
adopt native -o new --pv auto
is "$(jq -rc '.entries[0].paths, .new.settings' json)" \
	'{"bios":"starts it by itself","uefi":"starts it by itself","pv":"fails"}
pv=auto
vbd=xvda1:hd0,0
hd0=hd0,0' 'with --pv auto'
# Of the default and the fallbacks the first that can start is what NEW starts.
cp kernel root/boot/bits
"$B/kernelgen" --format xenpv -o root/boot/pv
chain() { # FALLBACKS KERNEL...: an entry for each, the first is the default
	printf '%s\n' 'default 0' "fallback $1" 'timeout 0'
	shift
	for kernel; do
		printf '%s\n' 'title a' 'root (hd0)' \
			"kernel /boot/$kernel root=/dev/$kernel"
	done
}
ln -s pv root/boot/sda1
chain '2 3 1' bits sda1 nothere vmlinuz >root/boot/grub/menu.lst
bare chain
adopt chain -o new
is "$(jq -rc '.new.guest, [.entries[] | [.default, .starts]], .notes[0]' json)" \
	"sda1
[[true,false],[false,true],[false,false],[false,false]]
entry 1 is started, a fallback: the default, entry 0, cannot be a PV guest: \
Error 13: Invalid or unsupported executable format: a 32-bit kernel: only 64-bit \
Xen PV kernels start" 'a fallback that can be a guest: it, and why'
timeout 300 "$twinboot" run new --path bios --timeout 200 >console 2>&1 </dev/null
grep -q '"cmdline":"root=/dev/sda1"' console
ok $? '... which the menu comes to, too'
adopt chain -o new --pv auto
is "$(jq -c '[.entries[].starts]' json)" '[false,false,false,true]' \
	'--pv auto: the first that either can start'
chain 1 bits nothere >root/boot/grub/menu.lst
bare chain
refused 'guest: entry 0, the default: Error 13: Invalid or unsupported executable format: a 32-bit kernel: only 64-bit Xen PV kernels start; entry 1, a fallback: Error 15: File not found: /boot/nothere' \
	"$twinboot" adopt chain -o x
chain 1 bits vmlinuz >root/boot/grub/menu.lst
bare chain
refused '; firmware can start one: --pv auto' "$twinboot" adopt chain -o x
rm root/boot/grub/menu.lst
bare nomenu
refused 'nomenu: no menu.lst' "$twinboot" adopt nomenu -o x
(ulimit -f 20000; "$twinboot" adopt old -o x >out 2>&1)
[ $? -eq 1 ] && ! ls x* >/dev/null 2>&1
ok $? 'no room: nothing is written'
# Ctrl-C, as soon as it is listened for.
mkfifo pipe
"$twinboot" adopt - -o x <pipe 2>err &
pid=$!
exec 3>pipe
head -c 1M old >&3
until grep -q '^SigCgt:.*7$' /proc/$pid/status; do
	kill -0 $pid 2>/dev/null || break
done
kill -INT $pid
wait $pid
is "$? $(cat err) $(ls x* 2>/dev/null)" '130 twinboot: interrupted ' \
	'Ctrl-C: one line, and nothing is written'
exec 3>&-
mkdir x.xl
fails 'x.xl: not a regular file' "$twinboot" adopt old -o x
is "$status $(ls -d x*)" '1 x.xl' 'NEW.xl cannot be written: neither is NEW'
rmdir x.xl
done_testing
