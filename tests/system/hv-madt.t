#!/bin/bash
# Firmware that lies about processors and IO-APICs: tables of our own in a
# microvm that has none, four processors, and a guest that uses two disks.
# LONG: all lies.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
perl -0pe 's/\x02\xb0\xad\x1b/\0\0\0\0/' <"$B/boot-test/hv.elf" >pvh.elf
truncate -s 2M a b

# tables ENTRY...: for 0xe0000, as "cpu ACPI APIC", "x2 ACPI APIC",
# "io BASE FIRST", "isa IRQ LINE FLAGS" or hexadecimal bytes.
tables() {
	perl -e '
	sub sum { my ($t, $n, $at) = @_;
		substr($t, $at, 1) = chr(-unpack("%8C*", substr($t, 0, $n)) & 255);
		return $t;
	}
	sub table { my ($name, $body) = @_;
		my $len = 36 + length $body;
		return sum(pack("a4VCCa6a8Va4V", $name, $len, 1, 0, "TEST",
			"TEST", 1, "TEST", 1) . $body, $len, 9);
	}
	my $madt = pack("VV", 0xfee00000, 1);
	for (@ARGV) {
		my ($kind, @n) = split;
		@n = map { /^0x/ ? hex : $_ } @n if $kind ne "bytes";
		$madt .= pack("CCCCV", 0, 8, @n, 1) if $kind eq "cpu";
		$madt .= pack("CCvVVV", 9, 16, 0, $n[1], 1, $n[0]) if $kind eq "x2";
		$madt .= pack("CCvVV", 1, 12, 0, @n) if $kind eq "io";
		$madt .= pack("CCCCVv", 2, 10, 0, @n) if $kind eq "isa";
		$madt .= pack("H*", $n[0]) if $kind eq "bytes";
	}
	print sum("RSD PTR " . pack("Ca6CV", 0, "TEST", 0, 0xe0040), 20, 8),
		"\0" x 44, table("RSDT", pack("V", 0xe0100)),
		"\0" x (192 - 40), table("APIC", $madt), "\0" x 16;
	' "$@" >tables
}
# lie NAME PROCESSORS SILENT ENTRY...: so many run, so many do not answer
lie() {
	local name=$1 run=$2 silent=$3
	shift 3
	tables "$@"
	rm -f out
	timeout 200 qemu-system-x86_64 -M microvm,acpi=off -m 64 -smp 4 \
		-accel tcg -nodefaults -display none -no-reboot -monitor none \
		-serial file:out -device loader,file=tables,addr=0xe0000,force-raw=on \
		-kernel pvh.elf -initrd "$B/boot-test/devices.elf" \
		-append 'vbd=xvda:hd0 vbd=xvdb:hd1,ro' \
		-drive file=a,format=raw,if=none,id=a,discard=unmap \
		-device virtio-blk-device,drive=a \
		-drive file=b,format=raw,if=none,id=b \
		-device virtio-blk-device,drive=b </dev/null >log 2>&1 &
	hv_ended $!
	count=$(sed -n 's/^(hv) \([0-9]*\) processors.*/\1/p' out)
	is "${count:-1} $(grep -ac '^(hv) .* does not answer' out) $(
		grep -ac '^1\.\.' out) $(grep -ac '^not ok' out)" \
		"$run $silent 1 0" "$name" || tail -5 out | sed 's/^/# /'
}
all=('cpu 0 0' 'cpu 1 1' 'cpu 2 2' 'cpu 3 3')
io='io 0xfec00000 0'

lie 'gaps' 4 3 'cpu 0 0' 'cpu 1 77' 'cpu 2 1' 'cpu 3 200' 'cpu 4 2' \
	'cpu 5 254' 'cpu 6 3' "$io"
lie 'an IO-APIC where the local APIC is' 4 0 "${all[@]}" 'io 0xfee00000 0' "$io"
lie 'IO-APICs in memory, in the ROM, at odd places' 4 0 "${all[@]}" \
	'io 0x100000 0' 'io 0xfffffc00 0' 'io 0xfec00010 0' 'io 0xdead0000 0' "$io"
if [ -n "$LONG" ]; then
	lie 'as it is' 4 0 "${all[@]}" "$io"
	lie 'x2APIC IDs that nothing reaches' 4 0 'cpu 0 0' 'x2 1 1' \
		'x2 2 0x10001' 'x2 3 0xffffffff' 'x2 4 0xfffffffe' 'x2 5 0x100' \
		'x2 2 2' 'x2 3 3' "$io"
	lie 'all three times' 4 0 "${all[@]}" "${all[@]}" 'x2 1 1' 'x2 2 2' \
		"$io" "$io"
	lie 'the first one is not named' 4 0 "${all[@]:1}" "$io"
	lie 'nothing is named' 1 0
	mapfile -t none < <(for i in {100..119}; do echo "cpu $i $i"; done)
	lie 'fifteen that are not there' 1 15 'cpu 0 0' "$io" "${none[@]}"
	lie 'lines far away' 4 0 "${all[@]}" 'io 0xfec00000 0xfffffff0'
	lie 'no IO-APIC' 4 0 "${all[@]}"
	lie 'old lines beyond all' 4 0 "${all[@]}" "$io" \
		'isa 5 0xffffffff 0xffff' 'isa 12 0xffffffff 0xffff'
	lie 'an entry of no length' 2 0 "${all[@]:0:2}" 'bytes 0000' 'cpu 2 2'
	lie 'an entry that is cut' 3 0 "${all[@]:0:3}" 'bytes 000803'
fi
done_testing
