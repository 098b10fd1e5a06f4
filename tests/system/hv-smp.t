#!/bin/bash
# The hypervisor on several processors: Debian's kernels count them, take each
# but the first away and back, and end the machine from any of them; what the
# command line may ask for; machines that tell of none, or of odd ones; a guest
# whose processors write through old translations.
# LONG: both kernels on both machines and four processors, ten times; stress.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)

mkdir "$tmp/root"
cp "$here/hv-smp.init" "$tmp/root/init"
cp "$B/guest/stress" "$tmp/root/"
chmod 755 "$tmp/root/init"
(cd "$tmp/root" && find init stress | cpio --quiet -o -H newc) >"$tmp/init.cpio"
for k in cloud standard; do
	"$B/kernelgen" --unpack "$B/debian/$k/vmlinuz" -o "$tmp/$k" || exit 1
	cat "$B/images/$k/initrd.img" "$tmp/init.cpio" >"$tmp/initrd.$k"
done

# qemu OPTIONS: with the hypervisor
qemu() {
	timeout 900 qemu-system-x86_64 -accel tcg -m 256 -net none \
		-display none -no-reboot -serial stdio -monitor none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-kernel "$B/boot/hv.elf" "$@" </dev/null >"$tmp/out" 2>&1
	status=$?
}
# boot STATUS RESULTS KERNEL ARGUMENTS OPTIONS...
boot() {
	local want=$1 result=$2 kernel=$3 arguments=$4
	shift 4
	qemu -initrd "$tmp/$kernel console=hvc0 quiet $arguments,$tmp/initrd.$kernel" "$@"
	got=$(tr -d '\r' <"$tmp/out" | sed -n 's/^RESULT //p' | tr '\n' ' ')
	[ $status = "$want" ] && [ "$got" = "$result " ]
	ok $? "$kernel $arguments $*: $result, status $want"
	[ $status = "$want" ] && [ "$got" = "$result " ] || {
		echo "# status $status, result $got"
		tail -30 "$tmp/out" | sed 's/^/# /'
	}
}
says() { # REGEX: in a line of the hypervisor's
	grep -aqE "^\(hv\) $1" "$tmp/out"
	ok $? "says: $1" || tail -5 "$tmp/out" | sed 's/^/# /'
}
four='nproc 4 nproc 1 nproc 4'

boot 0 "$four ran" cloud test=all -smp 4 -cpu qemu64
says '4 processors'
boot 0 'nproc 2 nproc 1 nproc 2' standard '' -smp 4 -cpu max,la57=off -M q35 \
	-append vcpus=2
boot 3 'nproc 2 nproc 1 nproc 2' cloud test=crash -smp 2
says 'domain 1 crashed'
boot 0 'nproc 1' cloud test=reboot -smp 4 -M pc,acpi=off

qemu -smp 2 -append vcpus=3 -initrd "$B/probe/xenpv-raw.elf x"
says 'vcpus=3: there are only 2'
[ $status = 3 ]
ok $? "more than there are is refused"
qemu -smp 2 -append vcpus=17 -initrd "$B/probe/xenpv-raw.elf x"
says '.*1 to 16 vCPUs are possible'
qemu -smp 16 -initrd "$B/probe/xenpv-raw.elf x"
says '16 processors'
[ $status = 0 ]
ok $? "sixteen"
qemu -smp 3,maxcpus=8,sockets=4,cores=1,threads=2 \
	-initrd "$B/probe/xenpv-raw.elf x"
says '3 processors'

# hv.efi, which lies anywhere.
mkdir -p "$tmp/efi/boot" && cp "$B/probe/xenpv-raw.elf" "$tmp/efi/boot/pv" &&
printf 'timeout 0\ntitle x\nroot (hd0,0)\nkernel /boot/pv x\n' >"$tmp/menu" &&
"$twinboot" build --root "$tmp/efi" --menu "$tmp/menu" --boot uefi \
	-o "$tmp/img" 2>"$tmp/err" || sed 's/^/# /' "$tmp/err"
timeout 300 "$twinboot" run "$tmp/img" --path uefi --timeout 250 --smp 4 \
	>"$tmp/out" 2>&1 && grep -aq '^PROBE ' "$tmp/out"
ok $? 'hv.efi starts the probe on four processors'
says '4 processors'

# The other vCPUs write wherever they can; contexts that are refused.
for options in '-smp 4 -cpu qemu64' '-smp 2 -cpu max,la57=off -M q35'; do
	# shellcheck disable=SC2086
	qemu $options -m 32 -kernel "$B/boot-test/hv.elf" \
		-initrd "$B/boot-test/smp.elf rounds=${LONG:+20}200"
	[ $status = 0 ] && grep -aq '^1\.\.' "$tmp/out" &&
		! grep -aq '^not ok' "$tmp/out"
	ok $? "$options: $(grep -ac '^ok' "$tmp/out") tries of a guest" ||
		tail -5 "$tmp/out" | sed 's/^/# /'
done

# All vCPUs end the domain at once: one of them has its way.
for i in 1 2 3 ${LONG:+4 5 6 7 8 9}; do
	qemu -smp 4 -m 32 -kernel "$B/boot-test/hv.elf" \
		-initrd "$B/boot-test/smp.elf race=1"
	ends=$(grep -acE '^\(hv\) domain 1 (powers off|reboots|crashed)' "$tmp/out")
	[ "$ends" = 1 ] && ! grep -aqE '^not ok|^\(hv\) panic' "$tmp/out"
	ok $? "one end of four: $(sed -n 's/^(hv) domain 1 //p' "$tmp/out" |
		tr -d '\r' | tail -1), status $status" ||
		tail -5 "$tmp/out" | sed 's/^/# /'
done

if [ -n "$LONG" ]; then
	# stress-ng with the libraries that it needs.
	ng=$(command -v stress-ng) && mkdir "$tmp/ng" || exit 1
	# shellcheck disable=SC2046
	cp --parents "$ng" $(ldd "$ng" | grep -o '/[^ ]*') "$tmp/ng/"
	(cd "$tmp/ng" && find . | cpio --quiet -o -H newc) >"$tmp/ng.cpio"
	for k in cloud standard; do
		for machine in pc q35; do
			for i in 1 2 3 4 5; do
				boot 0 "$four ran" $k test=all -smp 4 \
					-M $machine
			done
		done
		for cpu in max,la57=off EPYC Skylake-Client; do
			boot 0 "$four ran" $k test=all -smp 4 -cpu $cpu
		done
		boot 0 "$four stressed" $k test=stress=60 -smp 4
		cat "$tmp/ng.cpio" >>"$tmp/initrd.$k"
		boot 0 "$four stress-ng" $k test=ng=60 -smp 4 -m 512
	done
fi
done_testing
