#!/bin/sh
# A menu.lst entry over BIOS that becomes a guest of hv.elf: marked, asked for
# by twinboot.conf, or with a kernel that can be nothing else.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

mkdir -p root/boot/grub root/boot/twinboot
cp "$B/boot/hv.elf" root/boot/twinboot/
"$B/kernelgen" --format xenpv --pad 1M -o root/boot/pv
"$B/kernelgen" --format bzimage-pv -o root/boot/both
"$B/kernelgen" --format xenpv --pad 1M -o plain && gzip -n <plain >root/boot/pv.gz
head -c 300001 /dev/urandom >root/boot/ramdisk

# The boot programs but hv.elf: then it is looked for among the root's files.
mkdir some && cp "$B/boot/mbr.bin" "$B/boot/ext.bin" "$B/boot/stage2.bin" some/
without='--boot-dir some'
image() { # menu.lst on standard input, twinboot.conf as the argument: img
	printf "$1" >root/boot/grub/twinboot.conf
	{ echo timeout 0; cat; } >menu.lst
	"$twinboot" build --root root --menu menu.lst --boot bios -o img \
		$without 2>err || sed 's/^/# /' err
}
# probe NAME WANTED: boots, and the probe's entry and arguments are these.
probe() {
	"$twinboot" run img --path bios --timeout 200 $run_with >console 2>&1
	tr -d '\r' <console | sed -n 's/^PROBE //p' >probe
	is "$(jq -r '"\(.entry) \(.cmdline) \(.initrd.sha256)"' probe)" \
		"$2 $(sha256sum <root/boot/ramdisk | cut -d' ' -f1)" "$1" ||
		tail -5 console | sed 's/^/# /'
}
entry() { # KERNEL [MARK]
	printf 'title a\n%sroot (hd0,0)\nkernel %s x  y=2\n' "$2" "$1"
	echo 'initrd /boot/ramdisk'
}
mark='#twinboot pv=always
'

entry /boot/pv | image ''
probe 'a kernel that is PV only, unmarked' 'xenpv x  y=2'
"$twinboot" inspect --json img >json
is "$(jq -rc '.paths[] | select(.path == "bios") | .starts |
	[.format, .entry, .cmdline]' json)" '["hv","hv","x  y=2"]' \
	'inspect foretells it'
entry /boot/pv.gz | image ''
probe 'the same, gzip'"'"'d' 'xenpv x  y=2'
entry /boot/both "$mark" | image 'boot-record\n'
probe 'one that is both, marked' 'xenpv x  y=2'
tr -d '\r' <console | sed -n 's/^TWINBOOT //p' >record
is "$(jq -rc '[.format, .files[].path]' record)" \
	'["hv","/boot/both","/boot/ramdisk"]' 'the boot record'
entry /boot/both | image ''
probe 'unmarked it is started by itself' 'linux64 x  y=2'
entry /boot/both | image 'pv=always\n'
probe 'twinboot.conf: pv=always' 'xenpv x  y=2'
entry /boot/both "$mark" | image 'pv=never\npv=sometimes\n'
probe 'twinboot.conf: pv=never' 'linux64 x  y=2'
grep -q '(twinboot.conf: pv=sometimes: not understood)' console
ok $? 'what is not understood is told'

# What inspect says; of what cannot be it is one line of error.
says() { # NAME TEXT
	"$twinboot" inspect img >out 2>&1
	grep -q "$2" out
	ok $? "$1"
	grep -q "$2" out || sed 's/^/# /' out
}
entry /boot/pv | image 'pv=never\n'
says 'PV only, and none is wanted' \
	'Error 13.*/boot/pv: it can only be a PV guest'
entry /boot/both "$mark" | image ''
"$twinboot" build --root root --menu menu.lst --boot uefi -o img
says 'over UEFI it is started so too' 'format    hv, entered as hv (EFI'
# Where /boot is a file system of its own, hv.elf is beside its /grub.
mkdir -p own/grub own/twinboot
cp root/boot/pv own/ && cp "$B/boot/hv.elf" own/twinboot/
printf 'timeout 0\ntitle a\nroot (hd0,0)\nkernel /pv z\n' >own/grub/menu.lst
"$twinboot" build --root own --boot bios $without -o img
says '/boot as a file system of its own' 'format    hv, entered as hv'
rm root/boot/twinboot/hv.elf
entry /boot/pv | image ''
says 'no hv.elf' 'Error 15.*/boot/twinboot/hv.elf'

# hv.elf beside stage 2, where build puts it when an entry needs it.
without=
extent() { # lba or sectors of the third one in sector 0's list
	od -An -tu4 -j$((4 + 8 + 2 * 12 + $1)) -N4 img | tr -d ' '
}
placed() { # NAME WANTED: whether it is there
	[ "$(extent 8)" -gt 0 ]
	is $? "$2" "$1"
}
entry /boot/both | image ''
placed 'no entry needs it' 1
entry /boot/both | image 'pv=always\n'
placed 'pv=always' 0
entry /boot/both "$mark" | image ''
placed 'a marked entry' 0
entry /boot/pv.gz | image ''
placed 'a gzip'"'"'d kernel that is PV only' 0
for disk in virtio ide scsi ahci nvme; do
	run_with="--disk $disk" probe "beside stage 2: $disk" 'xenpv x  y=2'
done
cat root/boot/ramdisk >root/boot/more
{ entry /boot/pv; echo 'initrd /boot/more'; } | image ''
"$twinboot" run img --path bios --timeout 200 2>&1 | tr -d '\r' |
	sed -n 's/^PROBE //p' >probe
for i in 1 2; do cat root/boot/ramdisk; printf '\0\0\0'; done >two
is "$(jq -r .initrd.sha256 probe)" "$(sha256sum <two | cut -d' ' -f1)" \
	'two initrds, each filled up to 4 bytes'
entry /boot/pv | image ''
printf X | dd of=img bs=1 seek=$(($(extent 0) * 512 + 100000)) conv=notrunc status=none
says 'damaged' 'Error 25.*hv.elf beside stage 2 is damaged'
"$twinboot" run img --path bios --timeout 60 >console 2>&1
grep -qa 'Error 25.*hv.elf beside stage 2 is damaged' console
ok $? 'so does the BIOS stage'
"$twinboot" build --root root --menu menu.lst --table none --boot bios -o img
is "$("$twinboot" ls img:/boot/twinboot | awk '{ print $NF }' | sort | xargs)" \
	'hv.elf stage2.bin' 'without a table it is a file'
entry /boot/both | image ''
fails '--hv: hv.elf is not there' "$twinboot" build --root root \
	--menu menu.lst --boot bios --boot-dir some --hv -o no

# Debian's kernel, root on xvda1 and on a disk that twinboot.conf names.
linux() { # NAME TABLE CONF DISK ROOT
	printf "$3boot-record\n" >root/boot/grub/twinboot.conf
	[ "$2" = none ] && dev='(hd0)' || dev='(hd0,0)'
	cat >menu.lst <<-END
		default 0
		timeout 0
		title Debian
		#twinboot pv=always
		root $dev
		kernel /boot/vmlinuz root=$5 console=hvc0 quiet
		initrd /boot/initrd.img
	END
	cp "$B/debian/cloud/vmlinuz" root/boot/vmlinuz
	cp "$B/images/cloud/initrd.img" root/boot/initrd.img
	"$twinboot" build --root root --table "$2" --menu menu.lst \
		--boot bios -o img 2>err || sed 's/^/# /' err
	timeout 300 "$twinboot" run img --path bios --disk "$4" \
		--timeout 240 --json >out 2>log
	is "$(jq -rc '[.end, (.records[].USERSPACE // empty | .root, .fs)]' \
		out)" "[\"power-off\",\"$5\",\"ext4\"]" "$1" ||
		tail -20 log | sed 's/^/# /'
}
linux 'Debian, GPT, virtio' gpt '' virtio /dev/xvda1
linux 'Debian, a bare file system as xvda1, IDE' none \
	'vbd=xvda1:hd0\nvif=none\n' ide /dev/xvda1
done_testing
