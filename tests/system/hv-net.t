#!/bin/sh
# Debian's kernels as guests of the hypervisor use the machine's network cards:
# an address by DHCP, pings of all sizes, files both ways with the right sum, on
# QEMU's user network.  LONG=1: both kernels, 64 MiB, 10,000 pings.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
size=4M pings=40 kernels=cloud
[ -z "$LONG" ] || size=64M pings=10000 kernels='cloud standard'

mkdir "$tmp/www"
head -c $size /dev/urandom >"$tmp/www/file"
sum=$(sha256sum <"$tmp/www/file" | cut -d ' ' -f 1)
head -c $size /dev/urandom >"$tmp/disk"
disk=$(sha256sum <"$tmp/disk" | cut -d ' ' -f 1)
printf 'exec cat >%s\n' "$tmp/back" >"$tmp/take"

# prepare KERNEL: $tmp/KERNEL.elf and $tmp/KERNEL.initrd
prepare() {
	rm -rf "$tmp/root"
	mkdir -p "$tmp/root/net"
	cp "$here/hv-net.init" "$tmp/root/init"
	cp "$B/guest/netcopy" "$tmp/root/net/"
	module=$(find "$B/debian/$1/" -name 'xen-netfront.ko*')
	case $module in
	*.xz)	xz -dc "$module" >"$tmp/root/net/xen-netfront.ko" ;;
	*)	cp "$module" "$tmp/root/net/" ;;
	esac
	chmod 755 "$tmp/root/init"
	(cd "$tmp/root" && find . | cpio --quiet -o -H newc) >"$tmp/net.cpio"
	cat "$B/images/$1/initrd.img" "$tmp/net.cpio" >"$tmp/$1.initrd"
	"$B/kernelgen" --unpack "$B/debian/$1/vmlinuz" -o "$tmp/$1.elf"
}

# boot KERNEL WORDS APPEND OPTIONS...: what it said in $got
net="user,id=n,guestfwd=tcp:10.0.2.100:80-cmd:busybox httpd -i -h $tmp/www"
net="$net,guestfwd=tcp:10.0.2.101:9-cmd:sh $tmp/take"
boot() {
	kernel=$1 words=$2 append=$3
	shift 3
	rm -f "$tmp/back"
	timeout ${LONG:+3}600 qemu-system-x86_64 -accel tcg -m 320 -nodefaults -vga none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -netdev "$net" \
		-kernel "$B/boot/hv.elf" -append "$append" -initrd \
		"$tmp/$kernel.elf console=hvc0 quiet $words,$tmp/$kernel.initrd" \
		"$@" </dev/null >"$tmp/out" 2>&1
	got="status $? $(tr -d '\r' <"$tmp/out" | sed -n 's/^RESULT //p' |
		tr '\n' ' ')"
}

# card KERNEL NAME WORDS OPTIONS...
card() {
	kernel=$1 name=$2 words=$3 want=
	shift 3
	case $words in *disk*) want="disk $disk " ;; esac
	boot "$kernel" "net.cards=1 net.pings=$pings $words" '' "$@"
	is "$got" "status 0 eth0 52:54:00:12:34:56 address 10.0.2.15 \
lost 0 file $sum $want" "$kernel kernel, $name: DHCP, $pings pings, $size"
	[ "$(sha256sum <"$tmp/back" | cut -d ' ' -f 1)" = "$sum" ]
	ok $? "$kernel kernel, $name: and back"
}

for k in $kernels; do
	prepare $k
	card $k virtio-net '' -device virtio-net-pci,netdev=n
	card $k 'virtio-net, legacy, with the disk at once' net.disk=yes \
		-device virtio-net-pci,netdev=n,disable-modern=on,disable-legacy=off \
		-drive "file=$tmp/disk,format=raw,if=virtio"
	card $k e1000 '' -device e1000,netdev=n
	card $k 'e1000e, with the disk at once' net.disk=yes -machine q35 \
		-device e1000e,netdev=n \
		-drive "file=$tmp/disk,format=raw,if=ide"
done

two='-device e1000,mac=52:54:00:00:00:01 -device virtio-net-pci,mac=52:54:00:00:00:02'
# shellcheck disable=SC2086
boot cloud net.cards=2 '' $two
is "$got" 'status 0 eth0 52:54:00:00:00:01 eth1 52:54:00:00:00:02 ' \
	'two cards, in PCI order, with their own addresses'
# shellcheck disable=SC2086
boot cloud net.cards=2 'vif=net1,mac=02:00:00:aa:bb:cc vif=net0' $two
is "$got" 'status 0 eth0 02:00:00:aa:bb:cc eth1 52:54:00:00:00:01 ' \
	'vif= gives their order, and another address'
# shellcheck disable=SC2086
boot cloud net.cards=1 'vif=net2' $two
is "$got" 'status 3 ' 'vif= with a card that is not there'
grep -aq 'vif0: there is no net2' "$tmp/out"
ok $? '... is told'
# The card takes the guest's address for its own.
boot cloud "net.cards=1 net.pings=3" 'vif=net0,mac=02:00:00:aa:bb:cc' \
	-device e1000,netdev=n
is "$got" "status 0 eth0 02:00:00:aa:bb:cc address 10.0.2.15 lost 0 \
file $sum " 'an e1000 with another address'
done_testing
