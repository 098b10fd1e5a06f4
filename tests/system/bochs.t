#!/bin/bash
# Another implementation of the processor than QEMU's: Bochs with its own BIOS.
# Stage 2 starts hv by a menu.lst entry, and Debian's cloud kernel has its root on
# xvda1, on a processor with SMEP and SMAP, by a timer that compares with the TSC.
# LONG: with UMIP, AMD's, two processors; the hostile guests on all three.  Debian's
# Bochs is built with its debugger, which wants to be told to continue, and draws
# on an X server.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

bochs --help cpu >models 2>&1 </dev/null
version=$(sed -n 's/^ *\(Bochs x86 Emulator [0-9.]*\)$/\1/p' models | head -1)
echo "# ${version:-no Bochs}"
echo c >continue
Xvfb -displayfd 3 -screen 0 1024x768x24 -nolisten tcp 3>display 2>/dev/null &
xvfb=$!
trap 'kill $xvfb $bochs 2>/dev/null; rm -rf "$tmp"' EXIT
for try in $(seq 100); do
	[ -s display ] && break
	sleep 0.1
done
export DISPLAY=:$(cat display)

# image MENU: from root/ and the lines of MENU, with its geometry in $cylinders.
image() {
	printf "timeout 0\ntitle a\n$1" >menu.lst
	"$twinboot" build --root root --menu menu.lst --boot bios -o img \
		2>err || sed 's/^/# /' err
	cylinders=$(($(stat -c %s img) / (16 * 63 * 512) + 1))
	truncate -s $((cylinders * 16 * 63 * 512)) img
}
# run MODEL SECONDS PROCESSORS: until hv's guest has ended; COM1 to out.
run() {
	cat >rc <<-END
		megs: 256
		cpu: model=$1, count=$3, ips=200000000, reset_on_triple_fault=0
		romimage: file=/usr/share/bochs/BIOS-bochs-latest
		vgaromimage: file=/usr/share/vgabios/vgabios.bin
		display_library: x
		boot: disk
		ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
		ata0-master: type=disk, path=img, mode=volatile, cylinders=$cylinders, heads=16, spt=63
		com1: enabled=1, mode=file, dev=com1
		log: log
		panic: action=fatal
		error: action=report
		clock: sync=none
	END
	: >com1
	timeout "$2" bochs -q -f rc -rc continue </dev/null >bochs.out 2>&1 &
	bochs=$!
	while kill -0 $bochs 2>/dev/null && ! grep -aqE \
		'^\(hv\) (domain 1 (powers off|crashes|is killed)|the machine)' com1
	do
		sleep 1
	done
	kill $bochs 2>/dev/null
	wait $bochs 2>/dev/null
	tr -d '\r' <com1 >out
}
has() { # MODEL: else says so
	grep -qx "$1" models && return
	skip "this Bochs has no $1" "$1"
	return 1
}

mkdir -p root/boot/grub root/boot/twinboot
cp "$B/boot/hv.elf" root/boot/twinboot/
cp "$B/debian/cloud/vmlinuz" "$B/images/cloud/initrd.img" root/boot/
linux() { # MODEL PROCESSORS
	has "$1" || return
	image '#twinboot pv=always
root (hd0,0)
kernel /boot/vmlinuz root=/dev/xvda1 console=hvc0 quiet
initrd /boot/initrd.img
'
	run "$1" 900 $2
	is "$(sed -n 's/^USERSPACE //p' out | jq -r '"\(.root) \(.fs)"') $(
		grep -ac '^(hv) domain 1 powers off' out)" \
		'/dev/xvda1 ext4 1' "$1, $2 processors: Debian's kernel" ||
		tail -5 out | sed 's/^/# /'
	[ $2 = 1 ] || is "$(grep -ac "^(hv) $2 processors" out)" 1 'all of them'
}
guest() { # MODEL GUEST PROCESSORS: of tests/hv
	has "$1" || return
	cp "$B/boot-test/hv.elf" "$B/boot-test/$2.elf" root/boot/
	image "root (hd0,0)\nkernel /boot/hv.elf vif=none
module /boot/$2.elf\n"
	run "$1" 1800 $3
	grep -aq '^1\.\.' out && ! grep -aq '^not ok' out
	ok $? "$1, $3 processors: $2.elf"
	grep -aE '^not ok|^\(hv\) panic' -A3 out | sed 's/^/# /'
}

linux corei7_skylake_x 1
if [ -n "$LONG" ]; then
	linux corei7_skylake_x 2
	linux corei7_icelake_u 1
	linux ryzen 1
	for model in corei7_skylake_x corei7_icelake_u ryzen; do
		guest $model cpu 1
		guest $model hostile 1
		guest $model smp 2
	done
fi
done_testing
