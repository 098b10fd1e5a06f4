#!/bin/bash
# Firmware whose memory map overlaps, is in no order, wraps or has no end: a
# guest gets no frame twice and none that is reserved (tests/hv/frames.c, after
# tests/hv/told.S has put a map of ours in place of the firmware's).
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

# map TYPE START LEN ...: entries of Multiboot's map; numbers may be 0x...
map() {
	perl -e 'while (@ARGV) {
		my ($type, $start, $len) = map { oct } splice @ARGV, 0, 3;
		print pack "VQ<Q<V", 20, $start, $len, $type;
	}' $(for n in "$@"; do printf '0x%x ' "$n"; done) >map
}
# told MiB KEPT NAME: the guest has so many; KEPT are frames that it may not have
told() {
	rm -f out
	timeout 200 qemu-system-x86_64 -accel tcg -m 64 -net none -display none \
		-no-reboot -serial file:out -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/told.elf" -initrd "map,$B/boot-test/hv.elf,$B/boot-test/frames.elf kept=$2" \
		</dev/null >log 2>&1 &
	hv_ended $!
	grep -aq '^1\.\.3' out && ! grep -aq '^not ok' out
	ok $? "$3: no frame twice, none that is reserved"
	grep -aq '^1\.\.3' out || tail -5 out | sed 's/^/# /'
	grep -a '^not ok' out | sed 's/^/# /'
	is "$(sed -n 's/^(hv) \([0-9]*\) MiB, .*/\1/p' out)" "$1" \
		"$3: $1 MiB are counted"
}
# QEMU has its ACPI tables behind the RAM, in its last 128 KiB.
low='1 0 0x9f000' all='1 0x100000 0x3ee0000'

map $low $all
told 62 0 'as it is'
map $low $all $all 1 0x1000000 0x2000000 1 0 0x3fe0000
told 62 0 'all of it three times'
map 1 0x3000000 0xfe0000 1 0x100000 0x2000000 $low 1 0x2000000 0x1800000
told 62 0 'in no order, overlapping'
map 2 0x3800000 0x400000 $low $all 3 0x3400000 0x1000 $all
told 58 14336-15360/13312-13313 'reserved before and between'
map $low $all 1 0x2000000 -1 2 0x3c00000 -1 1 0x3c00000 0x300000 1 0 0 2 0x2800000 0
told 59 15360-16384 'ranges that wrap, and empty ones'

# told_pieces N LINES: so many, all but the first 64 KiB, with as much that is
# nobody's before each; what is not used is told in so many lines.
told_pieces() {
	map $low 1 0x100000 0x2000000 $(for ((i = 1; i < $1; i++)); do
		echo 1 $((0x2100000 + i * 0x20000)) 0x10000
	done)
	told $((32 + ($1 - 1) / 16)) 8448-8480/8496-8512/8528-8544 "$1 pieces"
	is "$(grep -ac '^(hv) .*pieces: [0-9]* KiB are not used' out)" $2 \
		"$1 pieces: what is not used is told in $2 lines"
}
# The guest's module lies in the first one, which makes two of it.
told_pieces 63 0
told_pieces 64 1
told_pieces 65 1
told_pieces 200 1

# Of what comes after the map is full nothing is added, but what is reserved goes.
map $low 1 0x100000 0x2000000 $(for ((i = 0; i < 600; i++)); do
	echo 1 $((0x2200000 + i * 0x2000)) 0x1000
done) 2 0x2000000 0x1000 $all
told 32 8192-8448/9000-16384 'more than fit into the map'
grep -aq '^(hv) more than 512 ranges of memory: not all are used' out
ok $? '... which is told'
done_testing
