#!/bin/sh
# Debian's kernels through the PV loader, on our hypervisor and on genuine Xen,
# from every layout of the disk: the root file system is found where it should
# be, command line and initrd arrive unchanged, so the same on both.
# LONG=1: also the standard kernel, every layout on Xen, and GPT ten times.
. "$(dirname "$0")/tap.sh"
uuid=7c4d1d6a-0b0e-4c53-9d1e-6f2a54b3e6d1
line="root=UUID=$uuid console=hvc0 retain_initrd quiet"

# image TABLE KERNEL: $tmp/KERNEL-TABLE
image() {
	"$twinboot" build --table "$1" --uuid $uuid --append "$line" \
		--kernel "$B/debian/$2/vmlinuz" \
		--initrd "$B/images/$2/initrd.img" -o "$tmp/$2-$1" \
		>"$tmp/out" 2>&1 || sed 's/^/# /' "$tmp/out"
}

# boots PATH KERNEL TABLE ROOT NAME [OPTION...]: to power-off, with ROOT mounted
boots() {
	path=$1 kernel=$2 table=$3 root=$4 name=$5
	shift 5
	"$twinboot" run "$tmp/$kernel-$table" --path "$path" --timeout 600 \
		--json "$@" >"$tmp/json" 2>"$tmp/out" </dev/null
	sum=$(sha256sum "$B/images/$kernel/initrd.img" | cut -d' ' -f1)
	is "$(jq -r '.end, (.records[].USERSPACE | values |
		.root, .fs, .disks, .cmdline, .initrd.sha256)' "$tmp/json")" \
		"power-off
$root
ext4
1
$line
$sum" "$path, $kernel kernel: $name"
	grep -q '"power-off"' "$tmp/json" || tail -20 "$tmp/out" | sed 's/^/# /'
}

# layouts PATH KERNEL
layouts() {
	boots "$1" "$2" gpt /dev/xvda1 GPT
	boots "$1" "$2" mbr /dev/xvda1 MBR
	boots "$1" "$2" none /dev/xvda 'no partitions'
	boots "$1" "$2" none /dev/xvda1 'exported as xvda1' --vdev xvda1
}

for k in cloud ${LONG:+standard}; do
	for table in gpt mbr none; do
		image $table $k
	done
	layouts pv $k
	if [ -n "$LONG" ]; then
		layouts xen $k
		for i in 2 3 4 5 6 7 8 9 10; do
			boots pv $k gpt /dev/xvda1 "GPT, boot $i of 10"
			boots xen $k gpt /dev/xvda1 "GPT, boot $i of 10"
		done
	fi
done
[ -n "$LONG" ] ||
	boots xen cloud none /dev/xvda1 'exported as xvda1' --vdev xvda1

timeout 600 "$twinboot" matrix "$tmp/cloud-none" "$tmp/cloud-gpt" --paths pv \
	--profiles xen-pv-part --json "$tmp/json" >"$tmp/out" 2>&1
is $? 0 'matrix: the profile xen-pv-part'
is "$(jq -r '.cells[] | .status, .why,
	(.boot.records[]?.USERSPACE | values | .root)' "$tmp/json")" "PASS

/dev/xvda1
SKIP
the image has a partition table: it is no xvda1" 'only without partitions'
done_testing
