#!/bin/sh
# Secure Boot, with OVMF's build for it and Debian's test keys: what is signed
# runs, and nothing else can be reached.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$tmp" || exit 1
# sign FILE OUT
sign() {
	"$here/../../images/sign" "$1" "$2" >sign.log 2>&1
	ok $? "signing $(basename "$1")"
	sed 's/^/# /' sign.log
}
# run IMAGE: with Secure Boot on; the console to out, the records to json
run() {
	timeout 300 "$twinboot" run "$1" --path uefi-secure --timeout 120 \
		--json >json 2>out
}
says() {
	is "$(tr -d '\r' <out | grep -acF -- "$1")" "${3:-1}" "$2"
}

objdump -h -j .sbat "$B/boot/twinboot.efi" >sbat 2>&1
ok $? "twinboot.efi has a section .sbat"
objcopy -O binary -j .sbat "$B/boot/twinboot.efi" sbat
is "$(tr -d '\0' <sbat | tail -n 1 | cut -d , -f 1-5)" \
	"twinboot,1,Twinboot,twinboot,$("$twinboot" --version | cut -d ' ' -f 2)" \
	"... that names its version"
mkdir -p boot root/boot/grub root/EFI
cp "$B"/boot/* boot
sign "$B/boot/twinboot.efi" boot/twinboot.efi
grep -q warning sign.log
is $? 1 "sbsign has nothing to say against its form"
"$B/kernelgen" --format bzimage-efi -o root/boot/unsigned
"$B/kernelgen" --format bzimage --entry 64 -o root/boot/no-stub
"$B/kernelgen" --format bzimage --entry 32 -o root/boot/linux32
"$B/kernelgen" --format pvh -o root/boot/pvh
"$B/kernelgen" --format efi-app -o root/EFI/unsigned.efi
cp "$here/../fuzz/corpus/multiboot2/elf" root/boot/multiboot2
sign root/boot/unsigned root/boot/signed
cp root/boot/signed root/boot/changed
printf 'X' | dd of=root/boot/changed bs=1 seek=8192 conv=notrunc status=none
sign root/EFI/unsigned.efi root/EFI/signed.efi
sign "$B/debian/cloud/vmlinuz" root/boot/linux
cp "$B/images/cloud/initrd.img" root/boot/initrd.img
cat >menu.lst <<END
timeout 0
fallback 1 2 3 4 5 6 7
title Unsigned
kernel /boot/unsigned evil
title Changed
kernel /boot/changed evil
title No stub
kernel /boot/no-stub evil
title 32-bit
kernel /boot/linux32 evil
title PVH
kernel /boot/pvh evil
title Application
chainloader /EFI/unsigned.efi evil
title Multiboot
kernel /boot/multiboot2 evil
title Signed
kernel /boot/linux console=ttyS0 retain_initrd quiet good
initrd /boot/initrd.img
END
"$twinboot" build --root root --menu menu.lst --boot uefi --boot-dir boot \
	-o secure.img
run secure.img
is $? 0 "signed: twinboot.efi and Debian's kernel"
says "Error 32: Must be authenticated: Secure Boot: /boot/unsigned is not signed" \
	"an unsigned kernel"
says "Error 32: Must be authenticated: Secure Boot is on, and nothing could \
verify this Multiboot kernel" "a Multiboot kernel, which nobody verifies"
says "Error 32: Must be authenticated: Secure Boot: /boot/changed is not signed" \
	"a kernel that was changed after it was signed"
says "Error 32: Must be authenticated: Secure Boot is on, and this kernel has no EFI stub" \
	"kernels without EFI stub: of 64 and 32 bits, by PVH" 3
for k in no-stub linux32 pvh; do
	says "kernel /boot/$k evil" "$k was tried"
done
says "Error 32: Must be authenticated: Secure Boot: /EFI/unsigned.efi" \
	"chainloader: an unsigned application"
is "$(jq -r '.records[].USERSPACE // empty | .cmdline' json)" \
	"console=ttyS0 retain_initrd quiet good" "the signed kernel runs"
is "$(jq '[.records[].PROBE // empty] | length' json)" 0 "no other kernel ran"
jq -e '.end == "power-off"' json >/dev/null || sed 's/^/#  /' out

# A signed application; the same machine with its keys.
cat >menu.lst <<END
timeout 0
title Application
chainloader /EFI/signed.efi good
END
"$twinboot" build --root root --menu menu.lst --boot uefi --boot-dir boot \
	-o app.img
run app.img
is "$(jq -r '.records[].PROBE // empty | "\(.entry) \(.cmdline)"' json)" \
	"efi-app good" "chainloader: a signed application"

# The firmware refuses us when we are not signed.
"$twinboot" build --root root --menu menu.lst --boot uefi -o unsigned.img
"$twinboot" run unsigned.img --path uefi-secure --timeout 300 >out 2>log &
pid=$!
while kill -0 $pid 2>/dev/null && ! grep -aq "Access Denied" out; do
	sleep 0.5
done
kill $pid 2>/dev/null
wait $pid
says "Access Denied" "an unsigned twinboot.efi is refused"
grep -aq PROBE out
is $? 1 "an unsigned twinboot.efi starts nothing"
done_testing
