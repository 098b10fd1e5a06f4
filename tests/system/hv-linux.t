#!/bin/bash
# Debian's kernels, unmodified, as guests of the hypervisor: unpacked and as
# they come, on two processors, in little and much memory; what the machine's
# end says; a stress that must leave the kernel's log clean.
# LONG: a minute of stress, both kernels everywhere.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)

mkdir "$tmp/root"
cp "$here/hv-linux.init" "$tmp/root/init"
cp "$B/guest/stress" "$tmp/root/"
chmod 755 "$tmp/root/init"
(cd "$tmp/root" && find init stress | cpio --quiet -o -H newc) >"$tmp/init.cpio"
for k in cloud standard; do
	"$B/kernelgen" --unpack "$B/debian/$k/vmlinuz" -o "$tmp/$k" || exit 1
	ln -s "$B/debian/$k/vmlinuz" "$tmp/$k.packed"
	cat "$B/images/$k/initrd.img" "$tmp/init.cpio" >"$tmp/$k.initrd"
done

# qemu MEMORY CPU KERNEL ARGUMENTS
qemu() {
	exec timeout 900 qemu-system-x86_64 -accel tcg -m "$1" -cpu "$2" \
		-net none -display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot/hv.elf" \
		-initrd "$tmp/$3 console=hvc0 quiet $4,$tmp/${3%.packed}.initrd"
}

# boot STATUS RESULT MEMORY CPU KERNEL ARGUMENTS
boot() {
	local want=$1 result=$2
	shift 2
	(qemu "$@") </dev/null >"$tmp/out" 2>&1
	status=$?
	got=$(tr -d '\r' <"$tmp/out" | sed -n 's/^RESULT //p' | tr '\n' ' ')
	[ $status = "$want" ] && [ "$got" = "$result " ]
	ok $? "$*: $result, status $want"
	[ $status = "$want" ] && [ "$got" = "$result " ] || {
		echo "# status $status, result $got"
		tail -30 "$tmp/out" | sed 's/^/# /'
	}
}
end() { # REGEX: the last words
	grep -aqE "^\(hv\) $1" "$tmp/out"
	ok $? "says: $1"
}

boot 0 up 256 qemu64 cloud
end 'domain 1 powers off'
boot 0 up 256 max,la57=off standard
boot 0 up 256 qemu64 cloud.packed
boot 0 up 96 qemu64 cloud
boot 0 up 128 qemu64 standard
boot 0 up 6144 qemu64 cloud
boot 0 up 256 qemu64 cloud test=reboot
end 'domain 1 reboots'
boot 3 up 256 qemu64 cloud test=crash
end 'domain 1 crashed'
end 'rip '
boot 0 'up STRESS ok' 256 qemu64 cloud "test=stress=$((LONG ? 60 : 10))"
echo 'so it is' >"$tmp/typed"
(sleep 1; for i in $(seq 60); do cat "$tmp/typed"; sleep 1; done) |
	(qemu 256 qemu64 cloud test=console) >"$tmp/out" 2>&1
grep -aq 'RESULT read so it is' "$tmp/out"
ok $? "what is typed arrives at hvc0"
if [ -n "$LONG" ]; then
	boot 0 up 256 max,la57=off cloud
	boot 0 up 256 qemu64 standard
	boot 0 up 256 max,la57=off standard.packed
	boot 0 up 2048 qemu64 cloud
	boot 0 up 2048 qemu64 standard
	boot 0 up 6144 qemu64 standard
	boot 0 'up STRESS ok' 256 max,la57=off standard test=stress=60
fi

# GRUB 2 as a PV guest reads the disk and starts Linux in its own place.
grub() {
	mkdir -p "$tmp/boot" && cp "$tmp/standard.initrd" "$tmp/boot/initrd" &&
	cp "$B/debian/standard/vmlinuz" "$tmp/boot/vmlinuz" &&
	mke2fs -q -t ext2 -d "$tmp/boot" "$tmp/disk" 64M &&
	cat >"$tmp/grub.cfg" <<-'END' &&
		insmod xzio
		linux (xen/xvda)/vmlinuz console=hvc0 quiet
		initrd (xen/xvda)/initrd
		boot
	END
	grub-mkstandalone -O x86_64-xen -o "$tmp/grub" \
		--install-modules="normal linux ext2 xzio gzio lzopio" \
		--modules="ext2 linux xzio" boot/grub/grub.cfg="$tmp/grub.cfg" &&
	timeout 600 qemu-system-x86_64 -accel tcg -m 512 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-kernel "$B/boot/hv.elf" -initrd "$tmp/grub" \
		-drive file="$tmp/disk",format=raw,if=virtio </dev/null
}
grub >"$tmp/out" 2>&1 && grep -aq 'RESULT up' "$tmp/out"
ok $? "GRUB 2 starts Debian's kernel from the disk"
if [ -n "$LONG" ] && [ -w /dev/kvm ]; then
	timeout 120 qemu-system-x86_64 -accel kvm -cpu host -m 256 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot/hv.elf" -initrd "$B/probe/xenpv-raw.elf kvm" \
		</dev/null >"$tmp/out" 2>&1 && grep -aq '^PROBE' "$tmp/out"
	ok $? "the probe under KVM # TODO docs/limits.md"
fi

# The probe kernel, with and without a hypercall page, in a small machine.
for k in raw page; do
	timeout 120 qemu-system-x86_64 -accel tcg -m 16 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot/hv.elf" -initrd "$B/probe/xenpv-$k.elf hello" \
		</dev/null >"$tmp/out" 2>&1
	[ $? = 0 ] && grep -aq '^PROBE .*"hello"' "$tmp/out"
	ok $? "the probe (xenpv-$k) in 16 MiB"
done

# What hv.elf takes up, without the loader it carries.
size=$(stat -c %s "$B/boot/hv.elf")
own=$((size - $(stat -c %s "$B/boot/pvboot.elf")))
[ "$own" -le 212992 ]
ok $? "hv.elf is $own bytes besides pvboot.elf"
done_testing
