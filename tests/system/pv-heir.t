#!/bin/bash
# What the PV loader leaves to the kernel it starts: a domain as a builder makes
# it.  tests/hv/heir.c looks at every frame, port, grant and ring, at xenstore
# and the disks; on our hypervisor, whose test build recounts all frame types,
# and on genuine Xen.  Two loaders come before it; and none, for comparison.
# LONG=1: on Xen too, the heir at the loader's own addresses, and with its list
# of frames outside of the first map.
. "$(dirname "$0")/tap.sh"
bed=$(cd "$(dirname "$0")/.." && pwd)/xen-testbed

mkdir -p "$tmp/a/boot/grub" "$tmp/b"
cp "$B"/boot-test/heir{,-leap,-p2m}.elf "$tmp/a/boot/" || exit 1
"$B/kernelgen" --format bzimage-pv --compress zstd --elf "$B/boot/pvboot.elf" \
	-o "$tmp/a/boot/loader"
printf '%s\n' 'default 0' 'timeout 0' 'title another loader' \
	'kernel /boot/loader (hd0)/next' >"$tmp/a/boot/grub/menu.lst"
truncate -s 4M "$tmp/b.img"
mke2fs -q -F -t ext4 "$tmp/b.img"

# disk HEIR ARGUMENTS: $tmp/a.img, whose second loader starts that
disk() {
	printf '%s\n' 'default 0' 'timeout 0' 'title heir' \
		"kernel /boot/$1.elf $2" >"$tmp/a/next"
	rm -f "$tmp/a.img"
	truncate -s 16M "$tmp/a.img"
	mke2fs -q -F -t ext4 -d "$tmp/a" "$tmp/a.img"
}

ours() { # OPTION...
	timeout 600 qemu-system-x86_64 -accel tcg -m 256 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/hv.elf" \
		-drive "file=$tmp/a.img,format=raw,if=virtio" \
		-drive "file=$tmp/b.img,format=raw,if=virtio" \
		"$@" </dev/null >"$tmp/out" 2>&1
	status=$?
}

xen() { # KERNEL OPTION...
	"$bed" run "$B/xen" --kernel "$1" --timeout 600 --disk "$tmp/a.img" \
		--disk "$tmp/b.img" "${@:2}" </dev/null >"$tmp/out" 2>&1
	status=$?
}

sound() { # NAME
	[ $status = 0 ] && grep -aq '^1\.\.' "$tmp/out" &&
		! grep -aq '^not ok' "$tmp/out" && [ "$(grep -ac '^ok' "$tmp/out")" -gt 25 ]
	sound=$?
	ok $sound "$1: $(grep -ac '^ok' "$tmp/out") things are as they should be"
	[ $sound = 0 ] || {
		echo "# exit status $status"
		tail -60 "$tmp/out" | sed 's/^/# /'
	} >&2
}

disk heir 'disks=2 audit=1'
ours -initrd "$B/boot-test/heir.elf disks=2 audit=1"
sound 'our hypervisor, no loader'
for heir in heir heir-leap heir-p2m; do
	disk $heir 'disks=2 audit=1'
	ours
	sound "our hypervisor, two loaders, $heir"
done
for heir in heir ${LONG:+heir-leap heir-p2m}; do
	disk $heir 'disks=2'
	xen "$B/boot/pvboot.elf.gz"
	sound "Xen, two loaders, $heir"
done
if [ -n "$LONG" ]; then
	xen "$B/boot-test/heir.elf" --cmdline 'disks=2'
	sound 'Xen, no loader'
fi
done_testing
