#!/bin/sh
# A menu.lst entry over UEFI that becomes a guest of hv.efi, which the firmware
# starts from the ESP: marked, asked for by the settings, or with a kernel that
# can be nothing else; on the disks that hosts have; with Secure Boot.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$tmp" || exit 1

mkdir -p root/boot/grub
"$B/kernelgen" --format xenpv --pad 1M -o root/boot/pv
"$B/kernelgen" --format bzimage-pv -o root/boot/both
gzip -nc <root/boot/pv >root/boot/pv.gz
head -c 300001 /dev/urandom >root/boot/ramdisk
head -c 4096 /dev/urandom >root/boot/more

image() { # menu.lst on standard input, twinboot.conf, more options: img
	printf "$1" >root/boot/grub/twinboot.conf
	shift
	{ echo timeout 0; cat; } >menu.lst
	"$twinboot" build --root root --menu menu.lst --boot uefi -o img "$@" \
		2>err || sed 's/^/# /' err
}
entry() { # KERNEL [MARK]
	printf 'title a\n%sroot (hd0,0)\nkernel %s x  y=2\n' "$2" "$1"
	echo 'initrd /boot/ramdisk'
}
mark='#twinboot pv=always
'
run() { # ARGUMENT...: the console to out, the probe's line to probe
	timeout 300 "$twinboot" run img --path uefi --timeout 250 "$@" >out 2>&1
	tr -d '\r' <out | sed -n 's/^PROBE //p' >probe
}
# probe NAME WANTED SHA-256: boots, and the probe's entry and arguments are these.
probe() {
	run
	is "$(jq -r '"\(.entry) \(.cmdline) \(.initrd.sha256)"' probe)" \
		"$2 $(echo "$3" | cut -d' ' -f1)" "$1" ||
		tail -5 out | sed 's/^/# /'
}
ramdisk=$(sha256sum <root/boot/ramdisk)

entry /boot/pv | image ''
probe 'a kernel that is PV only, unmarked' 'xenpv x  y=2' "$ramdisk"
"$twinboot" inspect --json img >json
is "$(jq -rc '.paths[] | select(.path == "uefi") | .starts |
	[.format, .entry, .cmdline]' json)" '["hv","hv","x  y=2"]' \
	'inspect foretells it'
entry /boot/pv.gz | image ''
echo 'initrd /boot/more' >>menu.lst
"$twinboot" build --root root --menu menu.lst --boot uefi -o img
probe 'the same, gzip'"'"'d, with two initrds' 'xenpv x  y=2' \
	"$({ cat root/boot/ramdisk; head -c 3 /dev/zero; cat root/boot/more; } |
		sha256sum)"
entry /boot/both "$mark" | image 'boot-record\n'
probe 'one that is both, marked' 'xenpv x  y=2' "$ramdisk"
tr -d '\r' <out | sed -n 's/^TWINBOOT //p' >record
is "$(jq -rc '[.format, .files[].path]' record)" \
	'["hv","/boot/both","/boot/ramdisk"]' 'the boot record'
is "$(tr -d '\r' <out | grep -c '^(hv) domain 1: ')" 1 'hv starts it once'
entry /boot/both | image 'pv=always\nvbd=xvdq:hd0\n'
probe 'twinboot.conf: pv=always' 'xenpv x  y=2' "$ramdisk"
entry /boot/both "$mark" | image 'pv=never\n'
run
is "$(jq -r '"\(.entry) \(.cmdline)"' probe)" 'linux64-efi x  y=2' \
	'twinboot.conf: pv=never'

# What is on the ESP, and what is said when it is not.
carried() { # NAME STATUS
	offset=$("$twinboot" inspect --json img |
		jq '.partitions[] | select(.label == "ESP") | .first * 512')
	mdir -bi "img@@$offset" ::EFI/twinboot/hv.efi >/dev/null 2>&1
	is $? "$2" "$1"
}
says() { # NAME TEXT
	"$twinboot" inspect img >out 2>&1
	grep -q "$2" out
	ok $? "$1"
	grep -q "$2" out || sed 's/^/# /' out
}
entry /boot/both | image ''
carried 'no entry needs hv.efi: it is not there' 1
entry /boot/both | image '' --hv
carried '--hv: it is there' 0
{ entry /boot/both; entry /boot/both "$mark"; } | image ''
carried 'an entry that is not the default is marked' 0
entry /boot/pv | image 'pv=never\n'
says 'PV only, and none is wanted' \
	'Error 13.*/boot/pv: it can only be a PV guest'
mkdir -p some && cp "$B/boot/twinboot.efi" some/
entry /boot/pv | image '' --boot-dir "$PWD/some"
says 'no hv.efi' 'Error 15.*/EFI/twinboot/hv.efi'
fails '--hv: hv.efi is not there' "$twinboot" build --root root --menu menu.lst \
	--boot uefi --boot-dir "$PWD/some" --hv -o no.img
[ ! -e no.img ]
ok $? 'and nothing is made'
{ entry /boot/both "$mark" | sed "s/x  y=2/$(printf %01100d 0)/"
	entry /boot/both | sed 's/title a/title b/'; } | image ''
sed -i '1a fallback 1' menu.lst
"$twinboot" build --root root --menu menu.lst --boot uefi -o img
run
is "$(jq -r .entry probe) $(grep -c 'arguments are 1023 bytes at most' out)" \
	'linux64-efi 1' 'too many arguments: one line, and the next entry'

# Debian's kernel; its ELF is PV only, when nothing else is there.
cp "$B/images/cloud/initrd.img" root/boot/initrd.img
"$B/kernelgen" --unpack "$B/debian/cloud/vmlinuz" -o root/boot/vmlinux
cp "$B/debian/cloud/vmlinuz" root/boot/vmlinuz
rm root/boot/pv* root/boot/ramdisk root/boot/more
linux() { # NAME KERNEL CONF ROOT ARGUMENT...
	linux=$1 root=$4
	image "$3boot-record\n" <<-END
		title Debian
		$([ "$2" = vmlinux ] || echo '#twinboot pv=always')
		root (hd0,0)
		kernel /boot/$2 root=$root console=hvc0 quiet
		initrd /boot/initrd.img
	END
	shift 4
	timeout 400 "$twinboot" run img --path uefi --timeout 350 --json "$@" \
		>out 2>log
	is "$(jq -rc '[.end, (.records[].USERSPACE // empty | .root, .fs)]' \
		out)" "[\"power-off\",\"$root\",\"ext4\"]" "$linux" ||
		tail -20 log | sed 's/^/# /'
}
linux 'Debian, virtio' vmlinuz '' /dev/xvda1 --disk virtio
if [ -n "$LONG" ]; then
	linux 'Debian, NVMe' vmlinuz '' /dev/xvda1 --disk nvme
	linux 'Debian, AHCI' vmlinuz '' /dev/xvda1 --disk ahci
	linux 'Debian, virtio-scsi, 4 GiB' vmlinuz '' /dev/xvda1 \
		--disk scsi --mem 4G
	linux "Debian's ELF, PV only, virtio" vmlinux '' /dev/xvda1
	linux "Debian's ELF, NVMe, a partition as xvda1" vmlinux \
		'vbd=xvda1:hd0,0\n' /dev/xvda1 --disk nvme
	linux "Debian's ELF, AHCI" vmlinux '' /dev/xvda1 --disk ahci
fi

# Secure Boot: the firmware verifies hv.efi, and nobody has to verify the guest.
rm root/boot/vmlinu* root/boot/initrd.img
"$B/kernelgen" --format xenpv -o root/boot/pv
mkdir -p boot && cp "$B"/boot/*.efi boot
"$here/../../images/sign" "$B/boot/twinboot.efi" boot/twinboot.efi >sign 2>&1
"$here/../../images/sign" "$B/boot/hv.efi" signed.efi >>sign 2>&1
is "$(cat sign)" '' 'signing has nothing to say against their form'
printf 'title a\nkernel /boot/pv good\n' | image '' --boot-dir "$PWD/boot"
timeout 300 "$twinboot" run img --path uefi-secure --timeout 60 >out 2>&1
is "$(tr -d '\r' <out | grep -a '^Error')" "Error 32: Must be authenticated: \
Secure Boot: /EFI/twinboot/hv.efi is not signed by a key that this firmware \
trusts" 'an unsigned hv.efi is refused in one line'
grep -aq 'PROBE\|(hv)' out
is $? 1 'and does not run'
cp signed.efi boot/hv.efi
printf 'title a\nkernel /boot/pv good\n' | image '' --boot-dir "$PWD/boot"
timeout 300 "$twinboot" run img --path uefi-secure --timeout 250 >out 2>&1
is "$(tr -d '\r' <out | sed -n 's/^PROBE //p' | jq -r .cmdline)" good \
	'a signed one runs an unsigned guest'
done_testing
