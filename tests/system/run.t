#!/bin/sh
# twinboot run: how it ends, with boot sectors made here.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
run="$twinboot run --path bios"

# sector NAME TEXT HEX: prints TEXT on COM1, then runs the machine code HEX.
sector() {
	perl -e '
	my ($text, $hex) = @ARGV;
	my $code = "\xba\xf8\x03";			# mov dx, 0x3f8
	$code .= "\xb0$_\xee" for split //, "$text\n";	# mov al, C; out dx, al
	$code .= pack("H*", $hex) . "\xf4\xeb\xfd";	# hlt; jmp
	print $code, "\0" x (510 - length $code), "\x55\xaa";' "$2" "$3" >"$1"
	truncate -s 4M "$1"
}
# ends STATUS IMAGE TEXT NAME [OPTION...]
ends() {
	want=$1 image=$2 text=$3 name=$4
	shift 4
	$run "$image" --timeout 60 "$@" >out 2>err
	is $? "$want" "$name"
	grep -qF "$text" out
	ok $? "$name: the console is on stdout"
}
sector off "bye" ba0406b80020ef			# PIIX4: soft off
sector reboot "again" b0fee664			# keyboard controller: reset
sector triple "ouch" 0f011e007ecc		# an empty IDT, then INT3
sector panic "[1] Kernel panic - not syncing: no" ""
sector panics "[1] Kernel panic - not syncing: no" b0fee664
sector hang "waiting" ""

ends 0 off bye "power-off is 0"
ends 3 triple ouch "a triple fault is 3"
ends 3 panic "not syncing" "a kernel panic is 3"
ends 3 panics "not syncing" "a kernel panic that reboots at once is 3"
ends 5 reboot again "a reboot is 5"
ends 124 hang waiting "time-out is 124" --timeout 10
head -c 64K /dev/zero >blank
timeout 120 $run blank </dev/null >out 2>err
is "$?$(grep -c 'found nothing to boot' err)" 41 \
	"a disk that does not boot, and nobody there"
timeout 60 $run off >/dev/full 2>err </dev/null
is "$?$(cat err)" "1twinboot: standard output: No space left on device" \
	"output that gets lost"
timeout 60 $run off 2>err </dev/null >&-
is "$?$(cat err)" "1twinboot: standard output: Bad file descriptor" \
	"closed output"
for disk in virtio ide ahci nvme; do
	ends 0 off bye "disk $disk" --disk $disk
done

$run off --json >out 2>err
is "$(jq -c '[.end, .disks[0].name, .disks[0].reads >= 1]' out)" \
	'["power-off","hd0",true]' "--json: the end and the disk's requests"
grep -q bye err
ok $? "--json: the console is on stderr"
$run off --print >out
grep -q '^qemu-system-x86_64 .*-drive .*snapshot=on,.*file.filename=off ' out
ok $? "--print: the command"
cp off 'a,b'
ends 0 'a,b' bye "a comma in the name"

# An install path with what QEMU's options and Multiboot's command lines end at.
for dir in 'in st,all' 'in,stall'; do
	mkdir -p "$dir/boot"
	cp "$twinboot" "$dir/twinboot"
	cp "$B/boot/hv.elf" "$dir/boot"
	"$B/kernelgen" --format bzimage-pv -o kernel
	"$twinboot" build --kernel kernel --boot pv --append a=1 -o pv.img 2>err
	"./$dir/twinboot" run pv.img --path pv >out 2>err
	grep -q '"cmdline":"a=1"' out
	ok $? "the hypervisor in \"$dir\""
done
ln -s "$(cd "$B/xen" && pwd)" in,stall/xen
"./in,stall/twinboot" run pv.img --path xen --print >out
grep -q -- "-initrd '[^']*/in,,stall/boot/../xen/vmlinux console=[^']*/in,,\
stall/boot/../xen/guest.initrd'" out
ok $? "Xen's modules, commas doubled"
mkdir -p home/.cache/twinboot/xen
echo other >home/.cache/twinboot/xen/pvboot.sha256
env -u XDG_CACHE_HOME HOME="$tmp/home" "./in,stall/twinboot" run pv.img \
	--path xen --print >out 2>err
ok $? "a bed's sum is not that of another bed"
mkdir -p old/boot old/xen
cp "$twinboot" old/
cp "$B/boot/pvboot.elf.gz" old/boot/
cp "$B"/xen/guest.initrd "$B"/xen/pvboot.sha256 old/xen/
old/twinboot run pv.img --path xen --print >out
ok $? "a bed with our loader"
gzip -dc <"$B/boot/pvboot.elf.gz" | gzip -1n >old/boot/pvboot.elf.gz
fails "has another PV loader (twinboot xen-testbed --dir '$tmp/old/boot/../xen'" \
	old/twinboot run pv.img --path xen --print
ln -s "$(cd "$B/xen" && pwd)" 'in st,all/xen'
fails "--print: QEMU is given files by number" "./in st,all/twinboot" run pv.img \
	--path xen --print

# What a machine has besides.
mkdir seed
echo '#cloud-config' >seed/user-data
fails "--seed: seed/meta-data" $run off --seed seed
echo 'instance-id: x' >seed/meta-data
ends 0 off bye "--seed and --drive" --seed seed --drive hang --drive 'a,b'
$run off --seed seed --drive 'a,b' --print >out
grep -q 'file.driver=vvfat,file.label=CIDATA,file.dir=seed .*' out &&
grep -q "file.filename=a,,b" out
ok $? "--seed and --drive: QEMU's arguments"
fails "--drive: more than 4 disks" $run off --drive off --drive off --drive off \
	--drive off --drive off
fails "--accel x: not one of tcg, kvm" $run off --accel x
mkfifo fifo
for f in . fifo /dev/null; do
	fails "--drive $f: neither a file nor a block device" $run off --drive $f
	is $status 1 "... which is an error"
done
for o in "--drive none" "--seed none"; do
	fails "No such file" $run off $o
	is $status 1 "$o: an error, not wrong usage"
done
for s in 1500K 64MB 0 -1 1.5G 18446744073709551616 2T; do
	fails "--mem $s: not an amount of memory" $run off --mem $s
	is $status 2 "... which is wrong usage"
done
for s in 64 64M 64MiB 65536K 67108864K; do
	$run off --mem $s --print >out
	grep -qE -- '-m (64|65536) ' out
	ok $? "--mem $s"
done
if command -v swtpm >/dev/null; then
	mkdir state
	TMPDIR=$tmp/state $run off --tpm --timeout 60 >out 2>err
	is "$?$(ls state)" 0 "--tpm: nothing is left of it"
	fails "--print: the TPM would not be there" $run off --tpm --print
fi

# The image is not written to: this one would write its first sector.
sector writes "w" b80103bb007cb90300ba8000cd13ba0406b80020ef
cp writes before
ends 0 writes w "a guest that writes"
cmp -s writes before
ok $? "the image is as before"
ends 0 writes w "the same with --write" --write
cmp -s writes before
is $? 1 "--write: the image was written to"

alive() {
	case $(sed 's/.*) \(.\).*/\1/' /proc/$1/stat 2>/dev/null) in
	''|Z) return 1 ;;
	esac
}
# QEMU does not outlive us, whatever ends us.
for sig in TERM INT KILL; do
	$run hang >out 2>err &
	pid=$!
	for try in $(seq 100); do
		qemu=$(cat /proc/$pid/task/$pid/children 2>/dev/null)
		grep -q waiting out && break
		sleep 0.1
	done
	kill -$sig $pid
	wait $pid
	status=$?
	for try in $(seq 100); do
		alive "$qemu" || break
		sleep 0.1
	done
	[ -n "$qemu" ] && ! alive "$qemu"
	ok $? "SIG$sig: QEMU has ended too"
	[ $sig = TERM ] && is $status 143 "SIGTERM: the exit status"
done

# A guest that says no more, and a reader that has gone.
{ timeout 60 $run hang 2>err; echo $? >status; } | head -n 1 >/dev/null
is "$(cat status)" 141 "nobody reads the console: it ends"

fails "nothere: No such file" $run nothere
fails "--path nowhere" "$twinboot" run off --path nowhere
fails "give --path" "$twinboot" run off
fails "--vdev: only PV guests" $run off --vdev xvda1
for name in vda xvda01 sda16 xvda256 hdc 'xvda,ro' 'xvda ro' ''; do
	fails "--vdev $name: not the name" "$twinboot" run off --path pv \
		--vdev "$name"
done
"$twinboot" run off --path pv --vdev sda1 --print >out
grep -q -- "-append vbd=sda1:hd0 " out
ok $? "--vdev: what the hypervisor is told"
fails "--disk floppy" $run off --disk floppy
fails "--nic ne2000: not one of" $run off --nic ne2000
fails "--smp 17: hv.elf's guest has at most 16" \
	"$twinboot" run off --path pv --smp 17
fails "--nic: with --path xen" "$twinboot" run off --path xen --nic virtio
for nic in virtio e1000 e1000e; do
	ends 0 off bye "network card $nic" --nic $nic
done
"$twinboot" run off --path pv --nic none --print >out
! grep -q netdev out
ok $? "--nic none: no card"
"$twinboot" run off --path pv --nic e1000e --print >out
grep -q -- '-netdev .*user,id=net0.* -device .*e1000e,netdev=net0' out
ok $? "--nic e1000e: what QEMU is told"
fails "unable to find CPU model" $run off --cpu abacus
: >empty
fails "empty: not a disk image" $run empty
truncate -s 8M 4kn
printf 'EFI PART' | dd of=4kn bs=1 seek=4096 conv=notrunc 2>/dev/null
fails "sectors of 4096 bytes: SeaBIOS does not boot" $run 4kn
done_testing
