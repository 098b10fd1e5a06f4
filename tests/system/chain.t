#!/bin/sh
# chainloader on BIOS: boot sectors by block list and file, of this disk and
# another, with drives mapped; GRUB 2's core image.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

"$B/kernelgen" --format bootsector -o sector
"$B/kernelgen" --format bzimage -o kernel
disk() { # FILE INTERFACE
	echo "-drive file=$1,format=raw,if=$2,snapshot=on"
}
boot() { # QEMU ARGUMENTS: the console to log
	timeout 40 qemu-system-x86_64 -accel tcg -m 64 -net none -no-reboot \
		-display none -serial stdio "$@" </dev/null >log 2>&1
}
# The second partition's boot sector is the probe, too.
image() { # FILE: with menu.lst
	rm -rf root
	mkdir -p root/boot
	cp sector core.img root/boot/ 2>/dev/null
	head -c 510 sector >root/boot/unsigned
	printf '\0\0' >>root/boot/unsigned
	"$twinboot" build --table mbr --boot bios --root root --data :empty:1M \
		--menu menu.lst -o "$1" 2>err || sed 's/^/# /' err
	at=$(partx -gbo START -n 2 "$1")
	dd if=sector of="$1" bs=512 seek="$((at))" conv=notrunc 2>/dev/null
}
menu() { # LINE...
	printf 'timeout 0\ntitle a\n' >menu.lst
	printf '%s\n' "$@" >>menu.lst
}
probed() { # NAME WANTED: what the probe said
	is "$(tr -d '\r' <log | sed -n 's/^PROBE //p' |
		jq -r '"\(.entry) \(.drive) \(.partition)"')" "$2" "$1" ||
		sed 's/^/#  /' log
}
entry() { # NUMBER: of one.img's table, in hexadecimal
	dd if=one.img bs=1 skip=$((430 + $1 * 16)) count=16 2>/dev/null |
		od -An -v -tx1 | tr -d ' \n' | tr a-f A-F
}

menu 'rootnoverify (hd0,1)' 'chainloader +1'
image one.img
boot $(disk one.img virtio)
probed "a partition's boot sector" "bootsector 80 $(entry 2)"

menu 'rootnoverify (hd0)' 'chainloader (hd0,1)0+1'
image one.img
boot $(disk one.img ide)
probed "root says what is told" "bootsector 80 00"

menu 'root (hd0,0)' 'chainloader /boot/sector'
image one.img
boot $(disk one.img virtio)
probed "a file" "bootsector 80 $(entry 1)"

menu 'root (hd0,0)' 'chainloader /boot/unsigned'
image one.img
boot $(disk one.img virtio) &
for try in $(seq 300); do
	! grep -q 'Error 13: .*unsigned' log || break
	sleep 0.3
done
pkill -P $!			# it waits for a key
wait
grep -q 'Error 13: .*unsigned' log
ok $? "a sector without a signature is refused"
menu 'root (hd0,0)' 'chainloader --force /boot/unsigned'
image one.img
boot $(disk one.img virtio)
probed "and started by force" "bootsector 80 $(entry 1)"

# Another disk, first as it is, then as the first disk.
cp sector two.img
truncate -s 1M two.img
menu 'rootnoverify (hd1)' 'chainloader +1'
image one.img
boot $(disk one.img virtio) $(disk two.img virtio)
probed "another disk" "bootsector 81 00"
menu 'map (hd0) (hd1)' 'map (hd1) (hd0)' 'rootnoverify (hd1)' \
	'chainloader +1'
image one.img
boot $(disk one.img virtio) $(disk two.img virtio)
probed "another disk as the first" "bootsector 80 00"

# A whole loader that finds itself on drive 80h, and loses no memory to the
# handler: ours.
printf 'timeout 0\ntitle b\nroot (hd0,0)\nkernel /boot/kernel other disk\n' \
	>other.lst
"$twinboot" build --table mbr --boot bios --kernel kernel --menu other.lst \
	-o two.img 2>/dev/null
for interface in virtio ide; do
	boot $(disk one.img $interface) $(disk two.img $interface)
	is "$(tr -d '\r' <log | sed -n 's/^PROBE //p' | jq -r .cmdline)" \
		'other disk' "$interface: another disk's loader and kernel"
done
mapped=$(tr -d '\r' <log | sed -n 's/^PROBE //p' | jq -r .memory)
boot $(disk two.img ide)
direct=$(tr -d '\r' <log | sed -n 's/^PROBE //p' | jq -r .memory)
is "$((direct - mapped))" 1024 "the kernel is not told of the handler's memory"

# GRUB 2's core image.
printf 'serial\nterminal_output serial\necho "core: $root"\nreboot\n' >cfg
grub-mkimage -O i386-pc -p '(,msdos1)/boot/grub' -c cfg -o core.img \
	biosdisk part_msdos ext2 serial terminal echo reboot 2>err ||
	sed 's/^/# /' err
for command in kernel chainloader; do
	menu 'root (hd0,0)' "$command /boot/core.img"
	image one.img
	boot $(disk one.img virtio)
	tr -d '\r' <log | grep -q "core: hd0,msdos1"
	ok $? "GRUB 2's core image by $command"
done
done_testing
