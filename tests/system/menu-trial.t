#!/bin/bash
# An entry on trial: a kernel that panics is started as often as its mark says,
# and then left for the old one; one that is said to be good stays.  Linux
# panics, because nobody gives it a root, and comes back by panic=-1.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot
cp "$B/debian/cloud/vmlinuz" root/boot/new || exit 1
"$B/kernelgen" --format bzimage -o root/boot/bios || exit 1
"$B/kernelgen" --format efi-app -o root/boot/uefi || exit 1
"$B/kernelgen" --format xenpv -o root/boot/pv || exit 1
image() { # PATH CONSOLE MARK
	printf 'default 0\nfallback 1\ntimeout 0\ntitle New\n%s\n' "$3" >menu.lst
	printf 'kernel /boot/new console=%s panic=-1 quiet\n' $2 >>menu.lst
	printf 'title Old\nkernel /boot/%s old\n' $1 >>menu.lst
	"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" \
		-o img 2>build.log || sed 's/^/# /' build.log
}
run() { # PATH REBOOTS
	timeout 280 "$twinboot" run img --path $1 --write --reboots $2 \
		--timeout 270 >log 2>&1
}
trial() { # PATH CONSOLE
	image $1 $2 '#twinboot tries=3'
	"$twinboot" env img set note=here || cat build.log
	run $1 4
	is $? 0 "$1: it ends with a power-off"
	is "$(grep -ac 'Kernel panic' log)" 3 "$1: three panics"
	is "$(tr -d '\r' <log | sed -n 's/^PROBE //p' | jq -r .cmdline)" old \
		"$1: then the old kernel"
	grep -aq 'Error 9: .*it was started 3 times' log
	ok $? "$1: which is told"
	run $1 0
	is "$(grep -ac 'Kernel panic' log)" 0 "$1: and the new one no more"
	is "$("$twinboot" env img get note)" here "$1: the rest is kept"
}
trial bios ttyS0
if [ -n "$LONG" ]; then
	trial uefi ttyS0
	# A domain that panics is its host's to start again.
	image pv hvc0 '#twinboot tries=3'
	"$twinboot" env img set note=here || cat build.log
	for i in 1 2 3; do
		run pv 0
		is "$? $(grep -ac 'Kernel panic' log)" "3 1" "pv: panic $i"
	done
	run pv 0
	is "$? $(tr -d '\r' <log | sed -n 's/^PROBE //p' | jq -r .cmdline)" \
		"0 old" "pv: then the old kernel"
fi

# Without a boot area the block is on the ESP: two starts, then the old one.
printf '%s\n' 'default 0' 'fallback 1' 'timeout 0' 'title New' \
	'#twinboot tries=2' 'kernel /boot/uefi new' \
	'title Old' 'kernel /boot/uefi old' >menu.lst
"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" \
	--boot uefi -o esp 2>build.log || sed 's/^/# /' build.log
is "$("$twinboot" env esp set note=here 2>&1)" '' "--boot uefi: a block"
for want in new new old; do
	timeout 280 "$twinboot" run esp --path uefi --write --timeout 270 \
		>log 2>&1
	is "$(tr -d '\r' <log | sed -n 's/^PROBE //p' | jq -r .cmdline)" $want \
		"uefi, on the ESP: $want" || sed 's/^/# /' log
done
is "$("$twinboot" env esp get note)" here "the rest is kept"

# twinboot-env, as in the booted system.
last=$("$twinboot" env img get last)
is "$("$twinboot" env img get left-$last)" 0 "nothing is left of it"
"$B/boot/twinboot-env" -d img good && "$B/boot/twinboot-env" -d img once 1
is "$("$twinboot" env img get | tr '\n' ' ')" \
	"note=here last=$last left-$last=good once=1 " "twinboot-env"
is "$("$B/boot/twinboot-env" -d img get last)" "$last" "twinboot-env get"
"$B/boot/twinboot-env" -d img set once= && ! "$twinboot" env img get once 2>log
ok $? "removed"
for bad in 'set' 'set x' 'set =x' 'get none' 'get a b' 'none'; do
	"$twinboot" env img $bad >/dev/null 2>log
	[ $? != 0 ] && [ -s log ]
	ok $? "error: $bad"
done

# Where there is none and none can be made; in files.
"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" \
	--table none -o bare 2>build.log
fails 'no place for an environment block' "$twinboot" env bare set a=1
head -c 8192 /dev/zero >root/boot/grub.env
mkdir -p root/boot/grub
mv root/boot/grub.env root/boot/grub/twinboot.env
"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" \
	--table none --boot bios -o bare 2>build.log
"$twinboot" env bare set a=1 && is "$("$twinboot" env bare get a)" 1 \
	"twinboot.env beside menu.lst"
cmp -s <("$twinboot" cat bare:/boot/grub/twinboot.env | tail -c 8192 |
	grep -ao 'a=1') <(echo a=1)
ok $? "in the file's blocks"
qemu-img convert -O qcow2 img img.qcow2
fails 'only raw images' "$twinboot" env img.qcow2 set a=1
done_testing
