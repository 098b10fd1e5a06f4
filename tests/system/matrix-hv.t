#!/bin/sh
# The matrix where the image's own stage starts our hypervisor: bios+hv and
# uefi+hv, machines whose disk the guest's kernel does not drive, settings;
# processors and cards.
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
cells --paths pv --smp 2 --nic virtio --json got.json >got
is "$(grep -c '^ok' got)" 1 'a bare PV image by vbd= of its settings' ||
	sed 's/^/# /' tap err
fact() { # NAME: of the last matrix, what was got, wanted and thought of it
	jq -r --arg n "$1" '.cells[].facts[] | select(.name == $n) |
		[.got, .want, .verdict] | join(" ")' got.json
}
is "$(fact CPUs)" '2 2 same' 'two processors'
is "$(fact 'network cards')" 'none none same' 'no card, as vif=none says'

# What is missing differs, and is named: a processor that the kernel does not
# take; a card that it has no driver for.
sed -i 's/vif=none/vif=net0,mac=02:00:00:00:00:01/' root/boot/grub/twinboot.conf
sed -i 's/console=/nr_cpus=1 console=/' root/boot/grub/menu.lst
"$twinboot" build --root root --table none --boot pv -o img
cells --paths pv --smp 2 --nic e1000e --json got.json >got
is "$(fact CPUs)" '1 2 differs' 'a processor too few'
is "$(fact 'network cards')" "02:00:00:00:00:01 02:00:00:00:00:01 same" \
	'the address that vif= says'
is "$(jq -r '.cells[].why' got.json)" 'CPUs: "1", not "2"' '... is the reason'
"$twinboot" matrix "$B/images/demo.img" --paths direct,xen --nic e1000 \
	--timeout 200 --json got.json >tap 2>err
is "$(jq -r '.cells[].why' got.json)" "the network card would be dom0's
network cards: \"none\", not \"52:54:00:12:34:56\"" \
	'a card without a driver; and one for dom0' ||
	sed 's/^/# /' tap err
done_testing
