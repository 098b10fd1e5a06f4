#!/bin/bash
# The hypervisor against guests that mean no good (tests/hv): every try is
# refused, or the domain dies with a reason and the machine ends with status 3.
# A fuzzing guest meanwhile has all frame counts recomputed.
# LONG (make check-long): three million operations of 20 seeds instead of
# 100,000 of 4, and ten minutes of four vCPUs that play with the same frames;
# and two of what needs no lock of the hypervisor's.
B=${B:-build}
seeds=${LONG:+20}
seeds=${seeds:-4}
ops=${LONG:+150000}
ops=${ops:-25000}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
n=0
check() { # OK?, NAME
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" || {
		echo "not ok $n - $2"
		sed 's/^/# /' "$t/out" | tail -30
	}
}
guest() { # CPU, GUEST AND ITS OPTIONS, OTHER OPTIONS OF QEMU: status in $status, console in $t/out
	timeout 1200 qemu-system-x86_64 -accel tcg -cpu "$1" -m 32 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot-test/hv.elf" \
		-initrd "$B/boot-test/$2" "${@:3}" </dev/null >"$t/out" 2>&1
	status=$?
}
for cpu in qemu64 max,la57=off; do
	guest $cpu "hostile.elf"
	[ $status = 0 ] && grep -aq '^1\.\.' "$t/out" &&
		! grep -aq '^not ok' "$t/out"
	check $? "$cpu: $(grep -ac '^ok' "$t/out") refusals"
done
die() { # NAME, REASON
	guest qemu64 "hostile.elf die=$1"
	[ $status = 3 ] && grep -aqE "^\(hv\) domain 1 crashed: $2" "$t/out" &&
		grep -aq '^(hv) rip ' "$t/out"
	check $? "dies: $1"
}
die bad-stack 'its stack at .* cannot be written'
die hole-stack 'its stack at .* cannot be written'
die no-handler 'exception 6 .*without a handler'
die user-without-root 'iret to user mode without'
die iret-nowhere ''
die iret-ring0 'bad return frame'
die iret-no-frame 'iret: no frame'
die no-map 'its stack at .* cannot be written'
die own-crash 'it reports a crash'
guest qemu64 "hostile.elf die=too-deep"
grep -aq '^(hv) .*exception 8 ' "$t/out"
check $? "a stack of ours that is too small is a clean end"
icount="-icount shift=0,sleep=off"
guest qemu64 long.elf $icount
[ $status = 0 ] && grep -aq '^1\.\.' "$t/out" && ! grep -aq '^not ok' "$t/out"
check $? "the longest time without interrupts: $(grep -ao 'after [0-9]*' \
	"$t/out" | sort -nk2 | tail -1 | tr -d a-z' ') instructions"
for ((seed = 1; seed <= seeds; seed++)); do
	guest qemu64 "fuzz.elf seed=$seed ops=$ops"
	[ $status = 0 ] && grep -aq '^ok 2 - ' "$t/out"
	check $? "$ops random operations, seed $seed"
done
much=(ops=5000 'ops=200 alone=1')
[ -z "$LONG" ] || much=(seconds=600 'seconds=120 alone=1')
for m in "${much[@]}"; do
	guest qemu64 "fuzz.elf seed=99 $m" -smp 4
	[ $status = 0 ] && grep -aq '^ok 1 - 4 vCPUs' "$t/out" &&
		grep -aq '^ok 2 - ' "$t/out"
	check $? "four vCPUs, $m: $(sed -n 's/^ok 2 - //p' "$t/out" |
		tr -d '\r')"
done
# Where a frame lies: beyond 512 MiB, and beyond 4 GiB with a hole before.
for m in pc pc,max-ram-below-4g=512M; do
	guest qemu64 "fuzz.elf seed=7 ops=3000" -M $m -m 1024
	[ $status = 0 ] && grep -aq '^ok 2 - ' "$t/out"
	check $? "1 GiB, $m: $(sed -n 's/^ok 2 - //p' "$t/out" | tr -d '\r')"
done
echo "1..$n"
