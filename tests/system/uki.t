#!/bin/sh
# One unified kernel image over three paths: an EFI application where there is
# UEFI, its kernel, initrd and command line where there is none.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

"$B/kernelgen" --format efi-app -o app.efi
"$B/kernelgen" --format bzimage-pv --compress zstd -o linux
head -c 70001 /dev/urandom >initrd
printf 'from the image\n' >cmdline
objcopy --add-section .cmdline=cmdline --change-section-vma .cmdline=0x4000000 \
	--add-section .linux=linux --change-section-vma .linux=0x5000000 \
	--add-section .initrd=initrd --change-section-vma .initrd=0x6000000 \
	app.efi uki.efi 2>err || sed 's/^/# /' err
mkdir -p root/boot
cp uki.efi root/boot/
image() { # MENU LINE...: img
	printf 'timeout 0\ntitle a\n' >menu.lst
	printf '%s\n' "$@" >>menu.lst
	"$twinboot" build --root root --menu menu.lst -o img 2>err ||
		sed 's/^/# /' err
}
probed() { # PATH FILTER
	timeout 250 "$twinboot" run img --path "$1" --timeout 200 --json \
		2>console >json
	jq -r ".records[].PROBE // empty | $2" json
}
sum=$(sha256sum <initrd | cut -d' ' -f1)

image 'kernel /boot/uki.efi'
for path in bios:linux64 pv:xenpv; do
	is "$(probed ${path%:*} '"\(.entry) \(.cmdline) \(.initrd.sha256)"')" \
		"${path#*:} from the image $sum" "${path%:*}"
done
is "$(probed uefi .entry)" efi-app uefi
image 'kernel /boot/uki.efi from the menu' 'initrd /boot/uki.efi'
is "$(probed bios '"\(.cmdline) \(.initrd.bytes)"')" \
	"from the menu $((70004 + $(wc -c <uki.efi)))" \
	"the entry's arguments, and its initrd behind the image's" ||
	echo "# $(wc -c <uki.efi)"
done_testing
