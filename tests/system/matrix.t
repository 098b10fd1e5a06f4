#!/bin/sh
# twinboot matrix: sound images pass, broken ones fail in the right cell with
# the cause, and the outcome is told in every form.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$tmp" || exit 1
matrix="$twinboot matrix"
"$B/kernelgen" --format bzimage --pad 200K -o vmlinuz || exit 1
head -c 100000 /dev/urandom >initrd
mkdir -p root/boot/grub
echo boot-record >root/boot/grub/twinboot.conf
build="$twinboot build --kernel vmlinuz --initrd initrd --root root --table mbr"
$build --append "a b" --boot bios -o good.img

# Debian's python3 has Debian's modules.
valid() {
	/usr/bin/python3 -c 'import json, jsonschema, sys
schema, *files = map(json.load, map(open, sys.argv[1:]))
for f in files: jsonschema.Draft202012Validator(schema).validate(f)' \
		"$here/../../docs/matrix.schema.json" "$@" >valid 2>&1
	ok $? "JSON by its schema: $*"
	grep -E 'Error|Failed' valid | sed 's/^/#  /'
}

# cell IMAGE STATUS FILTER WANTED NAME [OPTION...]: one matrix, one question
cell() {
	image=$1 status=$2 filter=$3 want=$4 name=$5
	shift 5
	timeout 300 $matrix "$image" --json m.json "$@" >tap 2>err
	is $? "$status" "$name: exit status"
	is "$(jq -r "$filter" m.json)" "$want" "$name"
	sed 's/^/#  /' err
}
cell good.img 0 '.cells[0] | .status, .boot.records[1].PROBE.cmdline' "PASS
a b" "a sound image passes" --paths bios
printf 'TAP version 14\n1..1\nok 1 - bios/virtio/default\n' >want
cmp -s tap want
ok $? "TAP on stdout"
cell good.img 0 '[.cells[] | .status] | unique | @csv' '"PASS"' \
	"BIOS profiles" --paths bios --profiles emulated,metal,nitro,pvhvm-like
cell good.img 0 '.cells[0].cost.tsc_own > 0' true "--count" --paths bios \
	--count
cp m.json count.json
cell good.img 1 '.cells[0] | .status, .why' "FAIL
no EFI system partition" "a path asked for that is not there" --paths uefi
cell good.img 0 '.cells[] | select(.path == "pv" or .path == "xen") | .status' \
	"$(jq -nr --arg n "$("$twinboot" run --help | grep -cE '^  (pv|xen) ')" \
	   'range($n | tonumber) | "SKIP"')" "no Xen notes: skipped when nobody asked"
cell good.img 0 '.cells[0].status' PASS "--expect that comes" --paths bios \
	--expect '^PROBE .*linux64'
cell good.img 1 '.cells[0].status' FAIL "--expect that does not come" \
	--paths bios --expect 'no such words'
$matrix good.img --paths bios --junit j.xml --table >out 2>/dev/null
grep -q 'tests="1" failures="0"' j.xml && grep -q 'name="bios/virtio/default"' \
	j.xml
ok $? "--junit"
grep -q '^bios/virtio: PASS' out && grep -q 'disk requests  [1-9]' out
ok $? "--table"

$matrix good.img --paths bios --html x.html --dir cells >/dev/null 2>&1
grep -q 'class="status PASS"' x.html && grep -q 'base64,iVBOR' x.html &&
! grep -qE '(src|href)="(https?:)?//|<script' x.html
ok $? "--html: one page, with the screen, nothing from elsewhere"
grep -q 'PROBE' cells/bios-virtio-1/console.txt &&
jq -e '.boot.command | test("^qemu-system-x86_64 .*good.img")' \
	cells/bios-virtio-1/result.json >/dev/null
ok $? "--dir: console and command"

# ---- broken in one way at a time ----
cp good.img bad.img
printf x | dd of=bad.img bs=1 seek=5000 conv=notrunc 2>/dev/null
cell bad.img 1 '.cells[0].why' "stage 2 is damaged, or not where the boot block \
looks (the loader gave up; it said: Twinboot: S)" "a damaged stage 2" --paths bios
printf 'default 0\ntimeout 0\ntitle a\nroot (hd0,0)\nkernel /boot/gone\n' >m
$build --menu m --boot bios -o bad.img
cell bad.img 1 '.cells[0].why' \
	"the loader waits for a key; it said: Error 15: File not found: /boot/gone" \
	"a kernel that is missing" --paths bios
grep -q 'TAP' tap && ! grep -q uefi tap
ok $? "the diagnosis names no other path"

# Real userspace: the root file system that is not there.
line="root=UUID=00000000-1111-2222-3333-444444444444 console=ttyS0 quiet"
"$twinboot" build --table mbr --kernel "$B/debian/cloud/vmlinuz" \
	--initrd "$B/images/cloud/initrd.img" --append "$line" --boot bios \
	-o bad.img
cell bad.img 1 '.cells[0].why' "no root file system \
UUID=00000000-1111-2222-3333-444444444444" "a wrong root UUID" \
	--paths bios
cell bad.img 77 '.cells[0].why' "the kernel has no ahci driver" \
	"no driver: skipped with the reason" --paths bios --profiles metal

valid count.json m.json
jq '.cells[0].facts[0].verdict = "odd"' count.json >odd.json
! valid odd.json | grep -q '^ok'
ok $? "and what is not by the schema is refused"

# ---- what is declared ----
printf 'difference { cells = "bios/*" fact = "disks" allow = "2" reason = "r" }' \
	>diff
cell good.img 0 '.cells[0].status' PASS "declared, but not met" --paths bios \
	--differences diff
grep -q 'note: difference "bios/\*", disks: declared, but no cell has it' err
ok $? "which is noted"
fails "no such option" $matrix good.img --differences m

# ---- shards ----
p=emulated,pvhvm-like,nitro
for i in 1 2; do
	$matrix good.img --paths bios --profiles $p --shard $i/2 \
		--json s$i.json >/dev/null 2>&1
	is $? 0 "shard $i of 2"
done
$matrix --merge s1.json s2.json --json all.json >tap
is "$?$(grep -c '^ok' tap)" 03 "shards merged"
$matrix --merge s1.json --json all.json >tap
is "$?$(grep -c '^not ok' tap)" 991 "a shard that is missing is not forgotten"
fails "--shard 3/2" $matrix good.img --shard 3/2
fails "--jobs 33: at most 32" $matrix good.img --jobs 33
fails "--jobs 999999: at most 32" $matrix good.img --jobs 999999
fails "--paths nowhere" $matrix good.img --paths bios,nowhere
fails "--profiles moon" $matrix good.img --profiles moon
fails "nothere: No such file" $matrix nothere

# Bytes of another encoding, and a line that is cut.
{
	printf 'timeout 0\ntitle a\nroot (hd0,0)\nkernel /boot/vmlinuz a=\351 '
	head -c 1600 /dev/zero | tr '\0' x
} >m
mkdir -p latin1/boot/grub
cp m latin1/boot/grub/menu.lst
cp vmlinuz latin1/boot
"$twinboot" build --root latin1 --boot bios -o latin1.img
$matrix latin1.img --paths bios --json l.json >tap 2>err
is $? 0 "Latin-1 and a line too long"
is "$(jq -rc '.cells[0].facts[] | select(.name == "command line") |
	[.verdict, .got[0:6]]' l.json)" '["same","a=\\xe9"]' "the same bytes"
ok $((! $(grep -c "of a line that it runs only the first 1500" err))) \
	"the matrix tells that the line is cut"

# ---- an interruption ----
printf 'timeout 100\ntitle a\nroot (hd0,0)\nkernel /boot/vmlinuz\n' >m
$build --menu m --boot bios -o wait.img
$matrix wait.img --paths bios --json i.json >tap 2>/dev/null &
pid=$!
for try in $(seq 100); do
	qemu=$(cat /proc/$pid/task/$pid/children 2>/dev/null)
	[ -n "$qemu" ] && break
	sleep 0.1
done
kill -INT $pid
wait $pid
is $? 130 "SIGINT ends it"
[ -n "$qemu" ] && [ ! -e "/proc/${qemu% }" ]
ok $? "and its QEMU"
done_testing
