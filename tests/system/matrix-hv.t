#!/bin/sh
# The matrix where the image's own stage starts our hypervisor: bios+hv and
# uefi+hv, machines whose disk the guest's kernel does not drive, settings.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot/grub
"$B/kernelgen" --format bzimage-pv -o root/boot/k
image() { # [MARK]
	printf 'timeout 0\ntitle a\n%sroot (hd0,0)\nkernel /boot/k x\n' "$1" \
		>root/boot/grub/menu.lst
	echo boot-record >root/boot/grub/twinboot.conf
	"$twinboot" build --root root -o img
}
cells() { # ARGUMENT...: "ok" or "not ok", each cell's name
	"$twinboot" matrix img --timeout 200 "$@" >tap 2>err
	sed -n 's/^\(ok\|not ok\) [0-9]* - /\1 /p' tap
}
image '#twinboot pv=always
'
cells --paths bios+hv,uefi+hv >got
is "$(grep -c '^ok bios+hv/' got) $(grep -c '^ok uefi+hv/' got)" '1 1' \
	'a marked entry over bios+hv and uefi+hv' || sed 's/^/# /' tap err
cells --paths bios+hv --profiles nitro,proxmox,hyperv-gen1 >got
is "$(grep -c '^ok' got)" 3 'on NVMe, virtio-scsi and IDE' ||
	sed 's/^/# /' tap err
image ''
cells --paths bios+hv >got
grep -q 'its default entry is no PV guest there' tap
ok $? 'an entry that is none'

# A bare file system that wants to be xvda1 says so itself.
cp "$B/debian/cloud/vmlinuz" "$B/images/cloud/initrd.img" root/boot/
printf 'vbd=xvda1:hd0\nvif=none\nboot-record\n' >root/boot/grub/twinboot.conf
printf 'timeout 0\ntitle a\nroot (hd0)\nkernel /boot/vmlinuz %s\n%s\n' \
	'root=/dev/xvda1 console=hvc0' 'initrd /boot/initrd.img' \
	>root/boot/grub/menu.lst
"$twinboot" build --root root --table none --boot pv -o img
cells --paths pv >got
is "$(grep -c '^ok' got)" 1 'a bare PV image by vbd= of its settings' ||
	sed 's/^/# /' tap err
done_testing
