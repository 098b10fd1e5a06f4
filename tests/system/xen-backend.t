#!/bin/bash
# The PV loader under genuine Xen when dom0 takes the disk away: in the middle
# of a long read, which a slow disk makes long, the backend is gone; the loader
# says so in one line and the fallback starts a kernel from another disk.
# LONG=1: also a backend that only leaves its driver, one whose disk hangs, one
# that is asked to go and waits, one that never connects, and one that goes
# before the first read; with and without a fallback.
. "$(dirname "$0")/tap.sh"
bed=$(cd "$(dirname "$0")/.." && pwd)/xen-testbed

# Two disks, the first of them slow, with a menu.
mkdir -p "$tmp/slow/boot/grub" "$tmp/good/boot/grub"
"$B/kernelgen" --format xenpv -o "$tmp/slow/boot/probe"
cp "$tmp/slow/boot/probe" "$tmp/good/boot/"
head -c 40M /dev/urandom >"$tmp/slow/boot/initrd"
head -c 100003 /dev/urandom >"$tmp/good/boot/initrd"
cat >"$tmp/slow/boot/grub/menu.lst" <<'END'
default 0
timeout 0
fallback 1
title slow
root (hd0)
kernel /boot/probe from hd0
initrd /boot/initrd
title good
root (hd1)
kernel /boot/probe from hd1
initrd /boot/initrd
END
sed 's/^fallback/#/' "$tmp/slow/boot/grub/menu.lst" \
	>"$tmp/slow/boot/grub/alone.lst"
sed '/^timeout/d' "$tmp/slow/boot/grub/menu.lst" >"$tmp/waits.lst"
cp "$tmp/slow/boot/grub/menu.lst" "$tmp/good/boot/grub/"
for d in slow good; do
	truncate -s 64M "$tmp/$d.img"
	mke2fs -q -F -t ext4 -d "$tmp/$d" "$tmp/$d.img"
done
two="disk=['format=raw,vdev=xvda,access=ro,backendtype=phy,target=/dev/vdb',
	'format=raw,vdev=xvdb,access=ro,backendtype=phy,target=/dev/vda']"
two=$(tr -d '\n\t' <<<"$two")

# xen LIMIT SH OPTION...: dom0 runs SH for xvda, which QEMU slows down to LIMIT
xen() {
	local limit=$1 sh=$2
	shift 2
	"$bed" run "$B/xen" --kernel "$B/boot/pvboot.elf.gz" --timeout 300 \
		--disk "$tmp/good.img" --config "$two" --qemu "-device
		virtio-blk-pci,drive=slow -drive if=none,id=slow,snapshot=on,$limit,file=$tmp/slow.img,format=raw" \
		--plugged "case \$b in */51712) $sh ;; esac" \
		--log "$tmp/log" "$@" </dev/null >"$tmp/out" 2>"$tmp/err"
	status=$?
	sed -i 's/\r//g' "$tmp/out"
}

# says TEXT NAME: TEXT is one of the console's lines, and is there once
says() {
	is "$(grep -cxF -- "$1" "$tmp/out")" 1 "$2: ${1:-(nothing)}"
	[ "$(grep -cxF -- "$1" "$tmp/out")" = 1 ] ||
		cat "$tmp/out" "$tmp/err" "$tmp/log/result" | sed 's/^/# /'
}

# starts DISK NAME: the probe ran, with what that disk has, all pages ours again
starts() {
	local sum
	sum=$(sha256sum "$tmp/$([ "$1" = hd0 ] && echo slow || echo good)/boot/initrd")
	is "$status $(sed -n 's/^PROBE //p' "$tmp/out" |
		jq -r '.cmdline + " " + .initrd.sha256')" \
		"0 from $1 ${sum%% *}" "$2: starts what $1 has"
	! grep 'its backend keeps' "$tmp/out"
	ok $? "$2: no backend keeps pages"
}

# after N SH: beside the guest, when N sectors of xvda have been asked for
after() {
	echo "{ until read n <\$v/statistics/rd_sect && [ \$n -gt $1 ]; do
		usleep 20000; done; $2; echo at \$n: \$?; } &"
}
slow=throttling.bps-read=2097152
hangs=throttling.bps-read=4096,throttling.bps-read-max=16777216
force='xl block-detach --force $i xvda'
unbind='echo ${v##*/} >/sys/bus/xen-backend/drivers/vbd/unbind'
gone='Error 25: Disk read error: hd0: the backend has gone'
silent='Error 25: Disk read error: hd0: the backend does not answer'

xen $slow "$(after 24576 "$force")"
says "$gone" 'detached by force'
starts hd1 'detached by force'
[ -n "$LONG" ] || { done_testing; exit; }

xen $slow "$(after 24576 "$force")" --cmdline '(hd0)/boot/grub/alone.lst' \
	--expect 'Press any key'
says "$gone" 'no fallback'
is $status 0 'no fallback: back to the menu'

# It stays connected, as far as xenstore knows.
xen $slow "$(after 24576 "$unbind")"
says "$silent" 'without its driver'
starts hd1 'without its driver'

# The disk hangs with pages of ours: no kernel may be started over them; what
# another disk has is read, into other pages.
xen $hangs : --expect 'Press any key'
says "$silent" 'a disk that hangs'
is "$status $(grep -c 'the backend of hd0 still has pages of ours' "$tmp/out")" \
	'0 1' 'a disk that hangs: nothing else is started'

# Asked politely, it serves us to the end.
xen $slow "$(after 24576 'xl block-detach $i xvda')"
starts hd0 'asked to go'

xen $slow "$unbind" --cmdline '(hd1)/boot/grub/menu.lst'
says "hd0: Error 21: Selected disk does not exist: device/vbd/51712: \
its backend does not connect" 'never connects'
says 'Error 21: Selected disk does not exist: (hd0) has no sectors' \
	'never connects'
starts hd1 'never connects'

xen $slow "$unbind" --expect 'Press r'
says 'Press r to try again, b to reboot.' 'never connects, no other disk'

# From the menu, which came as a ramdisk: nothing has been read.
xen $slow "{ until [ \"\$(xenstore-read /local/domain/\$i/device/vbd/51712/state)\" = 4 ]
	do usleep 50000; done; $force
	echo >\$(xenstore-read /local/domain/\$i/console/tty); } &" \
	--ramdisk "$tmp/waits.lst"
says "$gone" 'gone before the first read'
starts hd1 'gone before the first read'
done_testing
