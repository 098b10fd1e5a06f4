#!/bin/sh
# The hypervisor's configuration on a machine: a device tree, a module as a
# disk, the second serial port, and what happens with nonsense.  (What the two
# parsers take is tests/unit/hvconfig_test.c's.)
. "$(dirname "$0")/tap.sh"
truncate -s 2M "$tmp/a" "$tmp/b"
guest=$B/boot-test/devices.elf

# run APPEND MODULES OPTIONS...
run() {
	append=$1 modules=$2
	shift 2
	timeout 600 qemu-system-x86_64 -accel tcg -m 32 -net none \
		-display none -no-reboot -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/hv.elf" -append "$append" \
		-initrd "$modules" -serial "file:$tmp/com1" \
		-serial "file:$tmp/com2" \
		-drive "file=$tmp/a,format=raw,if=virtio,throttling.iops-total=300" \
		"$@" </dev/null >"$tmp/out" 2>&1
	status=$?
}

# passed FILE NAME: the guest wrote its results there, all good
passed() {
	[ $status = 0 ] && grep -aq '^1\.\.' "$1" && ! grep -aq '^not ok' "$1"
	ok $? "$2"
	[ $status = 0 ] || tail -5 "$tmp/com1" | sed 's/^/# /'
}

run 'vbd=xvda:hd0 vbd=xvdb:mod1 console=com2' "$guest,$tmp/b"
passed "$tmp/com2" 'a module is a read-only disk, COM2 the console'
! grep -aq '^ok' "$tmp/com1"
ok $? 'nothing of the guest on COM1'

dtc -q -o "$tmp/tree" - <<'END'
/dts-v1/;
/ {
	chosen {
		domU1 {
			compatible = "xen,domain";
			memory = <0 0x4000>;
			cpus = <1>;
			bootargs = "one two";
			module@1 {
				compatible = "multiboot,kernel";
				module-index = <1>;
			};
			disk@0 {
				compatible = "twinboot,disk";
				device = "xvda";
				source = "hd0";
			};
			disk@1 {
				compatible = "twinboot,disk";
				device = "xvdb";
				module-index = <2>;
			};
		};
	};
};
END
run '' "$tmp/tree,$guest,$tmp/b"
passed "$tmp/com1" 'a device tree says it all'
grep -aq '^(hv) domain 1: 16 MiB' "$tmp/com1"
ok $? 'the memory it says'

# refused APPEND REASON
refused() {
	run "$1" "$guest" -drive "file=$tmp/b,format=raw,if=virtio"
	[ $status = 3 ] && grep -aq "^(hv) .*$2" "$tmp/com1"
	ok $? "refused: $1"
	grep -aq "^(hv) .*$2" "$tmp/com1" ||
		tail -3 "$tmp/com1" | sed 's/^/# /'
}

refused 'mem=lots' 'lots: a size like 256M is wanted'
refused 'memory=64M' 'memory=64M: no such option'
refused 'vbd=xvda:hd7' 'xvda: there is no hd7'
refused 'vbd=xvda:mod4' 'xvda: there is no mod4'
refused 'vbd=xvda1:hd0,0' 'xvda1: .*No such partition'
done_testing
