#!/bin/bash
# twinboot matrix on images that others' tools make: partitions by sfdisk, file
# systems by mke2fs and mtools, GRUB 2 for BIOS and UEFI, systemd-boot.  Nothing
# here was made by `twinboot build'.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
vmlinuz=$B/debian/cloud/vmlinuz initrd=$B/images/cloud/initrd.img
args='console=ttyS0 retain_initrd quiet'

# The layout of Debian's cloud images; where it puts things, in sectors.
core_at=2048 esp_at=8192 root_at=139264
disk() {	# disk IMAGE ROOT-DIRECTORY LABEL: partitions, ROOT in the first
	rm -f "$1"
	truncate -s 200M "$1"
	sfdisk -q "$1" <<-END
		label: gpt
		first-lba: 34
		1 : start=$root_at, type=L
		14 : start=$core_at, size=6144, type=21686148-6449-6E6F-744E-656564454649
		15 : start=$esp_at, size=131072, type=U
	END
	mke2fs -q -t ext4 -L "$3" -d "$2" -E offset=$((root_at * 512)) "$1" \
		130M
	mformat -i "$1@@$((esp_at * 512))" -F -T 131072 -h 255 -s 63 ::
}
esp() {		# esp IMAGE FILE DESTINATION
	local dir=
	for d in $(dirname "${3#/}" | tr / ' '); do
		dir=$dir/$d
		mmd -D s -i "$1@@$((esp_at * 512))" "::$dir" 2>/dev/null
	done
	mcopy -i "$1@@$((esp_at * 512))" "$2" "::$3"
}

# word BYTES VALUE: little-endian, for patching
word() {
	local v=$2
	for _ in $(seq "$1"); do
		printf "\\x$(printf %02x $((v & 255)))"
		v=$((v >> 8))
	done
}
patch() { dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# What grub-install does for BIOS, on a file: the core image into its partition,
# the boot sector told where that is, the core told where its rest is.
grub_bios() {	# grub_bios IMAGE CONFIG
	local sectors
	grub-mkimage -O i386-pc -p '(hd0,gpt1)/boot/grub' -c "$2" -o core.img \
		biosdisk part_gpt ext2 normal configfile search \
		search_label linux linux16 multiboot legacycfg \
		test boot || return 1
	truncate -s %512 core.img
	sectors=$(($(stat -c %s core.img) / 512))
	{ word 8 $((core_at + 1)); word 2 $((sectors - 1)); } |
		patch core.img 500
	dd if=core.img of="$1" bs=512 seek=$core_at conv=notrunc status=none
	head -c 440 /usr/lib/grub/i386-pc/boot.img | patch "$1" 0
	word 8 $core_at | patch "$1" $((0x5c))
}
grub_uefi() {	# grub_uefi IMAGE CONFIG
	grub-mkimage -O x86_64-efi -p '(hd0,gpt1)/boot/grub' -c "$2" \
		-o grub.efi part_gpt fat ext2 normal configfile search \
		search_label linux boot || return 1
	esp "$1" grub.efi /EFI/BOOT/BOOTX64.EFI
}

# cell PATH FILTER WANTED NAME: a question on the last matrix
cell() {
	is "$(jq -r ".cells[] | select(.path == \"$1\") | $2" m.json)" "$3" \
		"$4"
}
matrix() {	# matrix STATUS NAME OPTION...
	local status=$1 name=$2
	shift 2
	timeout 500 "$twinboot" matrix "$@" --json m.json >tap 2>err
	is $? "$status" "$name"
	sed 's/^/# /' err
}

# ---- Debian's cloud images: GRUB 2 on both firmwares ----
mkdir -p cloud/boot/grub
cp "$vmlinuz" cloud/boot/vmlinuz
cp "$initrd" cloud/boot/initrd.img
cat >cloud/boot/grub/grub.cfg <<END
linux /boot/vmlinuz root=LABEL=cloudimg-rootfs ro $args
initrd /boot/initrd.img
boot
END
echo 'search --set=root --label cloudimg-rootfs
configfile ($root)/boot/grub/grub.cfg' >early.cfg
disk cloud.img cloud cloudimg-rootfs
grub_bios cloud.img early.cfg && grub_uefi cloud.img early.cfg
ok $? "an image in the shape of Debian's cloud images"
matrix 0 "it passes" cloud.img --paths bios,uefi
cell bios .status PASS "GRUB 2 by BIOS"
cell uefi .status PASS "GRUB 2 by UEFI"
cell bios '.facts[] | select(.name == "root device") | .got' /dev/vda1 \
	"the root device is told"
cell uefi '.facts[] | select(.name == "initrd SHA-256") | .got' \
	"$(sha256sum <"$initrd" | cut -d' ' -f1)" "so is the initrd"

# ---- systemd-boot, a boot loader specification entry on the ESP ----
mkdir empty
disk sd.img empty rootfs
cat >loader.conf <<END
timeout 0
END
cat >debian.conf <<END
title Debian
linux /debian/vmlinuz
initrd /debian/initrd.img
options root=LABEL=rootfs $args
END
esp sd.img /usr/lib/systemd/boot/efi/systemd-bootx64.efi /EFI/BOOT/BOOTX64.EFI
esp sd.img loader.conf /loader/loader.conf
esp sd.img debian.conf /loader/entries/debian.conf
esp sd.img "$vmlinuz" /debian/vmlinuz
esp sd.img "$initrd" /debian/initrd.img
matrix 1 "systemd-boot: one way of two" sd.img --paths bios,uefi
cell uefi .status PASS "systemd-boot by UEFI"
cell bios '.status, .why' "FAIL
no boot code" "and no BIOS code, as it says"
matrix 0 "a path that nobody asked for is no failure" sd.img --profiles \
	nitro --timeout 400
cell bios .status SKIP "BIOS is skipped"

# ---- a menu.lst that readers number differently ----
# GRUB 2 reads it, too, and counts a title without commands; GRUB 0.97 and
# PV-GRUB do not, and so do we.
mkdir -p dialect/boot/grub
cp "$vmlinuz" dialect/boot/vmlinuz
cp "$initrd" dialect/boot/initrd.img
cat >dialect/boot/grub/menu.lst <<END
default 2
timeout 0
title Debian
root (hd0,0)
kernel /boot/vmlinuz which=0 $args
initrd /boot/initrd.img
title ---- older kernels ----
title Debian, older
root (hd0,0)
kernel /boot/vmlinuz which=1 $args
initrd /boot/initrd.img
title Debian, oldest
root (hd0,0)
kernel /boot/vmlinuz which=2 $args
initrd /boot/initrd.img
END
echo 'search --set=root --label dialect
legacy_configfile ($root)/boot/grub/menu.lst' >early.cfg
disk dialect.img dialect dialect
grub_bios dialect.img early.cfg
ok $? "an image with a menu.lst that GRUB 2 reads, too"
matrix 1 "the ways do not agree" dialect.img --paths bios,pv --silence 240
cell pv .status PASS "PV starts what menu.lst says"
cell bios '.status, (.why | split("(")[0])' "FAIL
menu.lst has titles without commands, which GRUB 0.97 does not count and other \
readers do " "BIOS does not, and it is said why"
cell bios '.facts[] | select(.name == "command line") | .verdict, .got' \
	"differs
BOOT_IMAGE=/boot/vmlinuz which=1 $args" "what came of it is told as well"

# ---- a difference that is to be expected ----
# GRUB 2 puts a word before the command line.
sed -i '/older kernels/d' dialect/boot/grub/menu.lst
disk dialect.img dialect dialect
grub_bios dialect.img early.cfg
cat >differences <<END
difference {
	cells = "bios/*"
	fact = "command line"
	allow = "BOOT_IMAGE=/boot/vmlinuz which=2 $args"
	reason = "GRUB 2 says what it has loaded"
}
END
matrix 1 "a difference that is not declared" dialect.img --paths bios,pv
cell bios .status FAIL "fails where it is"
matrix 0 "the same, declared" dialect.img --paths bios,pv --differences differences
cell bios '.facts[] | select(.name == "command line") | .verdict, .reason' \
	"declared
GRUB 2 says what it has loaded" "passes, with the reason"
is "$(cat err)" "" "and every declaration was needed"
done_testing
