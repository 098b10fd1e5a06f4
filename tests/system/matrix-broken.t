#!/bin/bash
# An image with Debian's kernel, broken on purpose in one way at a time: the
# matrix names the cells that fail, and the cause; the others stay green.
# LONG=1: every path each time, genuine Xen among them.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
vmlinuz=$B/debian/cloud/vmlinuz initrd=$B/images/cloud/initrd.img
uuid=0123fedc-0000-4000-8000-00000000abcd
args="root=UUID=$uuid console=ttyS0 retain_initrd quiet"

build() {	# build OPTION...: bad.img
	"$twinboot" build --table gpt --fs ext4 --uuid $uuid --kernel "$vmlinuz" \
		--initrd "$initrd" --append "$args" -o bad.img "$@" >log 2>&1
	ok $? "an image to break"
	[ -s bad.img ] || sed 's/^/# /' log
}

# all NAME [+]PATH=STATUS... -- CAUSE: each path's status (+: only with LONG=1);
# every failure has CAUSE
all() {
	local name=$1 want='' paths='' wrong
	shift
	while [ "$1" != -- ]; do
		case $1 in +*) [ -n "$LONG" ] || { shift; continue; } ;; esac
		set -- "${1#+}" "${@:2}"
		want="$want$1 " paths=$paths,${1%%=*}
		shift
	done
	timeout 900 "$twinboot" matrix bad.img --paths "${paths#,}" \
		--json m.json >tap 2>err
	is "$(jq -r '.cells[] | "\(.path)=\(.status)"' m.json | tr '\n' ' ')" \
		"$want" "$name"
	wrong=$(jq -r --arg c "$2" '.cells[] | select(.status == "FAIL") |
		.why | select(contains($c) | not)' m.json)
	is "$wrong" "" "$name: the cause"
	sed 's/^/# /' err
}

build
all "nothing is broken" bios=PASS uefi=PASS pv=PASS +xen=PASS direct=PASS -- x

build --boot bios
all "no ESP" bios=PASS uefi=FAIL +pv=PASS +xen=PASS +direct=PASS -- \
	'no EFI system partition'

build
debugfs -w -R 'rm /boot/vmlinuz' "bad.img?offset=$(($(jq -n "$(sfdisk -J \
	bad.img)" | jq '.partitiontable.partitions[] |
	select(.node | endswith("1")) | .start') * 512))" >log 2>&1
all "no kernel" bios=FAIL +uefi=FAIL pv=FAIL +xen=FAIL direct=FAIL -- \
	'Error 15: File not found: /boot/vmlinuz'

"$B/kernelgen" --format bzimage-efi -o plain
build --kernel plain
all "a kernel without Xen's notes" bios=PASS uefi=PASS pv=FAIL +xen=FAIL \
	direct=PASS -- 'not a Xen PV kernel: no Xen notes'

# A file system tool has moved stage 2, the boot block looks where it was.
build --table none
debugfs -R 'dump /boot/twinboot/stage2.bin stage2' bad.img >log 2>&1
{	echo 'rm /boot/twinboot/stage2.bin'
	echo 'write plain /filler'
	echo 'write stage2 /boot/twinboot/stage2.bin'
} | debugfs -w bad.img >>log 2>&1
all "a stale stage 2" bios=FAIL pv=PASS +xen=PASS direct=PASS -- \
	'stage 2 is damaged, or not where the boot block looks'

head -c $(($(stat -c %s "$initrd") / 2)) "$initrd" >cut
build --initrd cut
all "an initrd that is cut short" bios=FAIL +uefi=FAIL +pv=FAIL +xen=FAIL \
	direct=FAIL -- 'the initrd is damaged: '

build --append "${args/$uuid/00000000-1111-4222-8333-444444444444}"
all "another root UUID" +bios=FAIL +uefi=FAIL pv=FAIL +xen=FAIL +direct=FAIL -- \
	'no root file system UUID=00000000-1111-4222-8333-444444444444'
done_testing
