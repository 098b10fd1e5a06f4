#!/bin/bash
# Entries of the Boot Loader Specification behind those of menu.lst, when the
# settings ask for them: on every path the same ones; started over BIOS and, from
# the ESP, over UEFI.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot/grub root/loader/entries
"$B/kernelgen" --format bzimage-pv -o root/boot/k
"$B/kernelgen" --format uki -o uki.efi
head -c 5001 /dev/urandom >root/boot/initrd
conf() { # NAME LINE...
	name=$1
	shift
	printf '%s\n' "$@" >"root/loader/entries/$name.conf"
}
conf linux-9 'title Old' 'linux /boot/k' 'options nine'
conf linux-10 'title New' 'version 10' 'linux /boot/k' 'initrd /boot/initrd' \
	'options ten  "a b"' 'options more'
conf none 'title Nothing' 'options only'
printf 'title Note\nlinux /boot/k\noptions note\n' >root/loader/entries/readme
image() { # NUMBER [SETTING]
	printf '%s\n' "default $1" 'timeout 0' 'title Menu' \
		'kernel /boot/k menu' >menu.lst
	echo "$2" >root/boot/grub/twinboot.conf
	"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" \
		--esp-file uki.efi:EFI/Linux/a.efi -o img 2>err ||
		sed 's/^/# /' err
}
starts() { # the command line on each path
	"$twinboot" inspect --json img 2>err |
		jq -rc '[.paths[].starts.cmdline]'
}
ten='ten  "a b" more'
image 1 bls
is "$(starts)" "$(jq -nc --arg c "$ten" '[$c, $c, $c]')" 'the newest first'
timeout 250 "$twinboot" run img --path bios --timeout 200 --json \
	2>console >json
is "$(jq -r '.records[].PROBE // empty | .cmdline, .initrd.bytes' json)" \
	"$ten
5001" 'started' || sed 's/^/# /' console
image 2 bls
is "$(starts)" '["nine","nine","nine"]' 'then the next'
image 3 bls
timeout 250 "$twinboot" run img --path uefi --timeout 200 --json \
	2>console >json
is "$(jq -r '.records[].PROBE // empty | .entry' json)" efi-app \
	"the ESP's, an image" || sed 's/^/# /' console
is "$("$twinboot" menu --image --json img | jq -c '[.entries[].title]')" \
	'["Menu","New (10)","Old","a.efi"]' 'twinboot menu --image has them'
"$twinboot" menu --image img >words
grep -q '^1: New (10)$' words
ok $? '... in words, too'
"$twinboot" menu --image --dialect pvgrub img >/dev/null 2>&1
is $? 2 '... as our loaders read'
timeout 250 "$twinboot" matrix img --entries 1,2 --paths bios --timeout 200 \
	--json json >out 2>console
is "$(jq -r '.. | .cmdline? // empty' json | grep -c '^nine$\|^ten ')" 2 \
	'matrix --entries starts them' || sed 's/^/# /' console
"$twinboot" matrix img --entries 4 --paths bios >/dev/null 2>err
grep -q 'no entry 4, it has 4' err
ok $? '... and knows how many there are' || sed 's/^/# /' err
for case in '4 bls' '1'; do
	set -- $case
	image "$1" $2
	is "$(starts)" '["menu","menu","menu"]' "entry $1, ${2:-without bls}"
done
done_testing
