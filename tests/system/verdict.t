#!/bin/sh
# What `twinboot inspect` says of machines that an image's kernel can drive is
# what `twinboot matrix` finds: initrds with virtio, NVMe, AHCI, Xen's front end,
# all of them, none.  LONG=1: each verdict of the six; without, some of two.
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$tmp" || exit 1
kernel=$B/debian/standard
version=$(ls "$kernel/lib/modules")

mkdir -p root/boot/grub "root/lib/modules/$version"
cp "$kernel/vmlinuz" root/boot/
cp "$kernel/lib/modules/$version/modules.builtin" "root/lib/modules/$version/"
# All drivers are in the root file system, where they come too late: the matrix
# boots, and is not content with their names.
(cd "$kernel/lib/modules/$version" && find kernel -name '*.ko*') \
	>"root/lib/modules/$version/modules.order"

# image NAME ROOT PV DRIVER...: PV is a line of menu.lst, or empty
image() {
	name=$1 dev=$2 pv=$3
	shift 3
	INITRAMFS_DRIVERS="crc32c_generic ext4 virtio_net e1000e xen_netfront $*" \
		"$here/../../images/initramfs" "$B/images/probe" \
		root/boot/initrd.img "$kernel" || exit 1
	printf '%s\n' 'timeout 0' "title $name" ${pv:+"$pv"} 'root (hd0,0)' \
		"kernel /boot/vmlinuz root=$dev console=ttyS0 console=hvc0" \
		'initrd /boot/initrd.img' >root/boot/grub/menu.lst
	echo boot-record >root/boot/grub/twinboot.conf
	"$twinboot" build --root root --label linux --boot bios,uefi,pv \
		-o "$name.img" 2>err || sed 's/^/# /' err
	[ "$pv" ] || "$twinboot" inspect "$name.img" --json >"$name.json"
}
advice() { # NAME PROFILE...: what is advised for each
	name=$1
	shift
	for p; do
		jq -r --arg p "$p" '.machines[0].on[] | select(.profile == $p) |
			.advice' "$name.json"
	done | tr '\n' ' '
}
machines='emulated pvhvm-like nitro metal vmware proxmox'
# told NAME ADVICE...: of $machines, in order
told() {
	name=$1
	shift
	# shellcheck disable=SC2086
	is "$(advice "$name" $machines)" "$* " "$name: advice"
}
# cells IMAGE PATH JSON PROFILE...: what matrix finds of them
cells() {
	image=$1 path=$2 json=$3
	shift 3
	[ $# -eq 0 ] || "$twinboot" matrix "$image.img" --paths "$path" \
		--profiles "$(echo "$*" | tr ' ' ,)" --timeout 400 --jobs 2 \
		--json "$json" >"$json.out" 2>&1
}
# confirm NAME PROFILE...: matrix by itself passes where "native" is advised and
# else does not; as a marked entry it passes where "pv" is, and else does not.
# Where it starts by itself nobody is told about the other.
confirm() {
	name=$1 marked=
	shift
	for p; do
		[ "$(advice "$name" "$p")" = 'native ' ] || marked="$marked $p"
	done
	cells "$name" bios native.json "$@" &
	# shellcheck disable=SC2086
	cells "$name-pv" bios+hv pv.json $marked
	wait
	for p; do
		native=$(status native.json "$p")
		case $(advice "$name" "$p") in
		'native ')	got=$native wanted=PASS ;;
		'pv ')		got="$native $(status pv.json "$p")"
				wanted='FAIL PASS' ;;
		'neither ')	got="$native $(status pv.json "$p")"
				wanted='FAIL FAIL' ;;
		*)		got=$native wanted=none ;;
		esac
		is "$got" "$wanted" \
			"$name on $p: $(advice "$name" "$p")is so"
	done
}
status() { # JSON PROFILE
	jq -r --arg p "$2" '.cells[] | select(.profile == $p) | .status' "$1"
}
both() { # NAME ROOT DRIVER...: the image, and the same with a marked entry
	of=$1 root=$2
	shift 2
	image "$of-pv" "$root" '#twinboot pv=always' "$@"
	image "$of" "$root" '' "$@"
}

sd="ahci sd_mod"
both front /dev/xvda1 xen_blkfront
image nvme LABEL=linux '' nvme
image virtio LABEL=linux '' virtio_pci virtio_blk
image ahci /dev/sda1 '' $sd
image all /dev/xvda1 '' xen_blkfront nvme $sd ata_piix virtio_pci virtio_blk \
	virtio_scsi vmw_pvscsi
image none LABEL=linux ''
told front pv pv pv pv neither pv
told nvme neither neither native neither neither neither
told virtio neither native neither neither neither neither
told ahci neither neither neither native neither neither
told all pv pv pv pv neither pv
told none neither neither neither neither neither neither
is "$(advice front xen-pv xen-pv-part)$(advice nvme xen-pv)" \
	'native neither neither ' "Xen's machines"
is "$("$twinboot" inspect front.img | sed -n '/^machines/,/^$/p')" \
'machines, for entry 0, "front":
  as a PV guest (pv=always)
    virtio emulated pvhvm-like nitro metal hyperv-gen1 hyperv-gen2 vmware-ahci vmware-nvme proxmox
  native
    xen-pv
  neither: the image has a partition table: it is no xvda1
    xen-pv-part
  neither: no vmw_pvscsi; as a PV guest: hv.elf does not drive pvscsi
    vmware' 'in words'
image all LABEL=linux '' nvme $sd ata_piix virtio_pci virtio_blk virtio_scsi \
	vmw_pvscsi
told all native native native native native native
# An initrd without a list of what is built in: the root file system has one.
cp root/boot/initrd.img .
echo . | cpio --quiet -o -H newc >root/boot/initrd.img
on_nitro() {
	"$twinboot" build --root root --boot bios -o x.img
	"$twinboot" inspect x.img --json | jq -c '.machines[0] | .release,
		(.on[] | select(.profile == "nitro") | .advice, .has_driver)' |
		tr '\n' ' '
}
is "$(on_nitro)" "\"$version\" \"neither\" false " 'modules.builtin of the root'
mv "root/lib/modules/$version/modules.builtin" .
is "$(on_nitro)" "\"$version\" \"unknown\" null " 'none'
mv modules.builtin "root/lib/modules/$version/"
mv initrd.img root/boot/
cat >>root/boot/grub/menu.lst <<END
title xen
root (hd0,0)
kernel /boot/none
title no initrd
root (hd0,0)
kernel /boot/vmlinuz root=LABEL=linux
END
sed -i '1idefault 2\nfallback 0' root/boot/grub/menu.lst
"$twinboot" build --root root --boot bios -o x.img
is "$("$twinboot" inspect x.img --json | jq -c '.machines[] |
	[.number, .title, .default, .on[5].advice]')" \
'[0,"all",false,"native"]
[2,"no initrd",true,"neither"]' 'each entry by itself'
is "$("$twinboot" inspect front.img --json --paths bios | jq .machines)" null \
	'only paths'

if [ "$LONG" ]; then
	both nvme LABEL=linux nvme
	both virtio LABEL=linux virtio_pci virtio_blk
	both ahci /dev/sda1 $sd
	both all /dev/xvda1 xen_blkfront nvme $sd ata_piix virtio_pci \
		virtio_blk virtio_scsi vmw_pvscsi
	both none LABEL=linux
	for name in front nvme virtio ahci all none; do
		# shellcheck disable=SC2086
		confirm $name $machines
	done
else
	confirm front nitro
	confirm nvme nitro
fi
done_testing
