#!/bin/sh
# Settings outside of the file system with menu.lst: written by build, found on
# each boot path, the block before the file on the ESP before the root's.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot/grub
"$B/kernelgen" --format bzimage-pv -o root/boot/k
printf 'timeout 0\ntitle a\nroot (hd0)\nkernel /boot/k x\n' \
	>root/boot/grub/menu.lst
echo boot-record=hash >root/boot/grub/twinboot.conf
printf 'hd0=hd0,0\nboot-record\n' >conf

build() { "$twinboot" build --root root "$@" -o img 2>err ||
	sed 's/^/# /' err; }
# told PATH: the boot record's "hash" or "plain", and lines in brackets.
told() {
	"$twinboot" run img --path "$1" --timeout 200 >console 2>&1
	tr -d '\r' <console | grep -q '^PROBE {' || echo no probe
	tr -d '\r' <console | sed -n 's/^TWINBOOT //p' |
		jq -r 'if .files[0].sha256 then "hash" else "plain" end'
	tr -d '\r' <console | grep -a '^ (.*\(passed\|understood\)'
}
build --settings conf
for path in bios uefi pv; do
	is "$(told $path)" plain "the block: $path"
done
is "$("$twinboot" cat --partition 15 img:/EFI/twinboot/twinboot.conf)" \
	"$(cat conf)" 'the same text on the ESP'
"$twinboot" inspect img >out 2>&1
ok $? 'inspect: every path starts it'

# The block damaged: the ESP's copy counts.
printf '\377' | dd of=img bs=1 seek=$((5 * 1024 * 1024 - 4096 + 30)) \
	conv=notrunc status=none
for path in bios uefi pv; do
	is "$(told $path)" 'plain
 (settings block: damaged, passed over)' "a damaged block: $path"
done
# Without both, `root (hd0)' is what it always was, a disk with a table.
build --boot bios
"$twinboot" inspect img 2>&1 | grep -q 'Error 17: .*(hd0)'
ok $? 'without hd0= it is Error 17'

# Where there is no ESP, the block alone; where no boot area, the ESP alone.
build --table mbr --settings conf
is "$(told bios)" plain 'MBR'
build --boot uefi --settings conf
is "$(told uefi)" plain 'an ESP and no boot area'
printf 'boot-record\npv=maybe\n' >odd
fails 'odd: pv=maybe: not understood' \
	"$twinboot" build --root root --settings odd -o img
head -c 5000 /dev/zero | tr '\0' '#' >long
fails 'long: more than 4076 bytes' \
	"$twinboot" build --root root --settings long -o img
fails 'neither a boot area nor an ESP' \
	"$twinboot" build --root root --table none --settings conf -o none.img
[ ! -e none.img ]
ok $? 'and nothing is written'
done_testing
