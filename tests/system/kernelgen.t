#!/bin/bash
# kernelgen: file sizes, refusals, and the probe under QEMU's own loader.
B=${B:-build}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
n=0

ok() {	# ok DESCRIPTION COMMAND...
	local what=$1
	shift
	n=$((n + 1))
	if "$@" >"$t/out" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$t/out"
	fi
}
refuses() { ! "$B/kernelgen" "$@" 2>"$t/err" && grep -q 'Error' "$t/err"; }
size_is() { [ "$(stat -c %s "$1")" = "$2" ]; }
is() { echo "got $1, want $2"; [ "$1" = "$2" ]; }

# The probe's JSON as QEMU's -kernel gets it.
probe() {
	timeout 120 qemu-system-x86_64 -accel tcg -m 256 -display none \
		-serial stdio -monitor none -no-reboot "$@" |
		tr -d '\r' | sed -n 's/^PROBE //p'
}

ok 'a 64-bit kernel' "$B/kernelgen" --format bzimage --pad 8M -o "$t/k"
ok 'of exactly 8 MiB' size_is "$t/k" $((8 << 20))
"$B/kernelgen" --format bzimage --pad 8M -o "$t/k2"
ok 'the same each time' cmp "$t/k" "$t/k2"
ok 'too small a size is refused' refuses --format bzimage --pad 1K -o "$t/no"
ok 'entry 64 in protocol 2.06 is refused' \
	refuses --format bzimage --entry 64 --protocol 2.06 -o "$t/no"
ok 'nothing is left of it' test ! -e "$t/no"
ok 'a full disk leaves nothing' bash -c "
	(ulimit -f 100; trap '' XFSZ
	 ! '$B/kernelgen' --format bzimage --pad 8M -o '$t/no') &&
	! ls '$t'/no*"

# A device is not replaced by a file, and what gets lost is told.
mkfifo "$t/fifo"
ok 'no file in place of what is none' refuses --format bzimage -o "$t/fifo"
ok '... which stays' test -p "$t/fifo"
for what in --list --help --version; do
	ok "$what on a full disk" bash -c "
		! '$B/kernelgen' $what >/dev/full 2>'$t/err' &&
		grep -q 'standard output: No space left' '$t/err'"
done
ok 'its version is that of twinboot' is \
	"$("$B/kernelgen" --version)" "kernelgen $("$B/twinboot" --version |
	cut -d' ' -f2)"

head -c 100001 /dev/urandom >"$t/initrd"
sum=$(sha256sum <"$t/initrd")
for k in '2.00 16' '2.02 16' '2.07 16' '2.11 32' '2.15 64'; do
	set -- $k
	"$B/kernelgen" --format bzimage --protocol "$1" --entry "$2" -o "$t/k"
	json=$(probe -kernel "$t/k" -initrd "$t/initrd" -append 'a "b" \ ä=1')
	ok "protocol $1 runs" is "$(jq -r .entry <<<"$json")" linux16
	ok "protocol $1: command line" \
		is "$(jq -r .cmdline <<<"$json")" 'a "b" \ ä=1'
	ok "protocol $1: initrd" is \
		"$(jq -r '"\(.initrd.bytes) \(.initrd.sha256)"' <<<"$json")" \
		"100001 ${sum%% *}"
	ok "protocol $1: memory" \
		test "$(jq -r .memory <<<"$json")" -gt $((254 << 20))
done
# The PV probe, both ways of hypercalls, on our hypervisor.
for how in '' --hypercall-page '--pad 3M'; do
	"$B/kernelgen" --format xenpv $how -o "$t/pv"
	json=$(probe -m 32 -kernel "$B/boot/hv.elf" \
		-initrd "$t/pv a \\ b,$t/initrd")
	ok "xenpv $how runs" is "$(jq -r .entry <<<"$json")" xenpv
	ok "xenpv $how: command line" is "$(jq -r .cmdline <<<"$json")" 'a \ b'
	ok "xenpv $how: initrd" is \
		"$(jq -r '"\(.initrd.bytes) \(.initrd.sha256)"' <<<"$json")" \
		"100001 ${sum%% *}"
done

"$B/kernelgen" --format xenpv --pad 3M -o "$t/pv"
ok 'xenpv of exactly 3 MiB' size_is "$t/pv" $((3 << 20))
"$B/kernelgen" --format xenpv -o "$t/pv"
ok 'bzimage-pv carries the PV probe' "$B/kernelgen" --format bzimage-pv -o "$t/k"
"$B/kernelgen" --unpack "$t/k" -o "$t/pv2"
ok 'when no other is named' cmp "$t/pv" "$t/pv2"

# What is packed comes out again.
head -c 3000000 "$B/kernelgen" >"$t/elf"
for m in gzip bzip2 lzma xz zstd lz4 lz4-frame lzo; do
	# A build with LZO=0 goes without.
	[ $m != lzo ] || ldd "$B/kernelgen" | grep -q lzo || continue
	ok "$m: packed" "$B/kernelgen" --format bzimage-pv --compress $m \
		--elf "$t/elf" -o "$t/k"
	ok "$m: unpacked" "$B/kernelgen" --unpack "$t/k" -o "$t/elf2"
	ok "$m: the same" cmp "$t/elf" "$t/elf2"
done
gzip -9 <"$t/elf" >"$t/elf.gz"
ok 'a gzip file' "$B/kernelgen" --unpack "$t/elf.gz" -o "$t/elf2"
ok 'unpacks too' cmp "$t/elf" "$t/elf2"
ok 'no kernel at all is refused' refuses --unpack "$t/initrd" -o "$t/no"
ends() { # STATUS ARGUMENT...
	local want=$1
	shift
	"$B/kernelgen" "$@"
	is $? "$want"
}
for wrong in '' '--format none -o x' '--format fit --pad 4K -o x' '--none' -Z \
	'--format fit -o x more' '--format fit --unpack x -o x' --format \
	'--format bzimage --entry 12 -o x' '--format xenpv --entry 32 -o x' \
	'--format bzimage-pv --compress no -o x' \
	'--format xenpv --compress xz -o x' '--format fit --elf x -o x' \
	'--format bzimage --hypercall-page -o x' '--unpack x --pad 1M -o x' \
	'--format bzimage-efi --protocol 2.06 -o x' \
	'--format bzimage-pv --elf x --hypercall-page -o x' \
	'--format bzimage --pad 1MB -o x' '--format bzimage --pad -1 -o x'; do
	ok "wrong usage: $wrong" ends 2 $wrong
	ok '... in one line' is "$(grep -c . "$t/out")" 2	# and is()'s
done
for wrong in "--format fit -o $t/none/x" "--unpack $t/none -o $t/x" \
	"--unpack $t -o $t/x" "--unpack $t/initrd -o $t/x" \
	"--format bzimage-pv --elf $t -o $t/x"; do
	ok "an error: $wrong" ends 1 $wrong
done
ok 'what comes through a pipe' bash -c \
	"'$B/kernelgen' --unpack <(cat '$t/elf.gz') -o '$t/elf2'"
ok '... is the same' cmp "$t/elf" "$t/elf2"
echo "1..$n"
