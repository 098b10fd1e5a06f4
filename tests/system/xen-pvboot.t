#!/bin/bash
# The PV loader under genuine Xen.  One boot, on a partitionless disk: every bad
# entry is refused with its one line and the next fallback taken; then loaders
# start loaders, each packed in another way and loaded at another place, and the
# last one a kernel that tells what it got.
# LONG=1: more places at random, domains of 96 MiB to 6 GiB, initrds of more
# than half of that, no disk, an empty disk.
. "$(dirname "$0")/tap.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
bed=$top/tests/xen-testbed
root=$tmp/root

# menu FILE COMMAND...: FILE is a menu with one entry of these lines
menu() {
	local file=$1
	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' 'default 0' 'timeout 0' 'title one' "$@" >"$file"
}

# image SIZE: $tmp/disk from $root
image() {
	rm -f "$tmp/disk"
	truncate -s "$1" "$tmp/disk"
	mke2fs -q -F -t ext4 -d "$root" "$tmp/disk"
}

# xen OPTION...: the loader in a domain, its console in $tmp/out
xen() {
	"$bed" run "$B/xen" --kernel "$B/boot/pvboot.elf.gz" --timeout 600 \
		"$@" </dev/null >"$tmp/out" 2>"$tmp/err"
	status=$?
	sed -i 's/\r//g' "$tmp/out"
}

says() {	# says TEXT: a line of the console is or begins with TEXT
	grep -qF -- "$1" "$tmp/out"
	ok $? "says: $1"
	[ $? = 0 ] && grep -qF -- "$1" "$tmp/out" || sed 's/^/# /' "$tmp/out"
}

probe_got() {	# the last PROBE line's value of a jq expression
	sed -n 's/^PROBE //p' "$tmp/out" | tail -1 | jq -r "$1" 2>&1
}

sha() { sha256sum "$1" | cut -d' ' -f1; }

at() {	# at ADDRESS: the loader linked to be loaded there
	make -s -C "$top" B="${B#"$top"/}" \
		"${B#"$top"/}/tests/pvboot-at-$1.elf" >&2
	echo "$B/tests/pvboot-at-$1.elf"
}

# chain FIRST FINAL... -- NAME...: menus that start /boot/NAME one after the
# other from menu FIRST on, and end with the lines FINAL
chain() {
	local n=$1 final=()
	shift
	while [ "$1" != -- ]; do final+=("$1"); shift; done
	shift
	for name; do
		menu "$root/m/$n" "kernel /boot/$name (hd0)/m/$((n + 1))"
		n=$((n + 1))
	done
	menu "$root/m/$n" "${final[@]}"
}

pack() {	# pack METHOD ELF: as a bzImage in /boot, named after the method
	"$B/kernelgen" --format bzimage-pv --compress "$1" --elf "$2" \
		-o "$root/boot/$1"
}

bad_entries() {
	local boot=$root/boot
	cp "$B/twinboot" "$boot/notpv"
	cp "$B/boot/hv.elf" "$boot/bits32"
	head -c 200000 "$boot/xz" >"$boot/cut"
	cp "$boot/zstd" "$boot/flipped"
	head -c 200000 "$boot/whole.gz" >"$boot/cutgz"
	printf '\377\377\377\377' |
		dd of="$boot/flipped" bs=1 seek=150000 conv=notrunc 2>/dev/null
	head -c 300M /dev/zero | gzip -1n >"$boot/bomb"
	truncate -s 400M "$boot/huge"
	{	printf '%s\n' 'default 0' 'fallback 1 2 3 4 5 6 7 8' 'timeout 0'
		for k in missing notpv bits32 cut cutgz flipped bomb; do
			printf 'title %s\nkernel /boot/%s\n' $k $k
		done
		printf 'title huge\nkernel /boot/probe\ninitrd /boot/huge\n'
		printf 'title good\nkernel /boot/gzip (hd0)/m/1\n'
	} >"$root/boot/grub/menu.lst"
}

mkdir -p "$root/boot/grub"
gzip -cn "$B/boot/pvboot.elf" >"$root/boot/whole.gz"
pack gzip "$(at 0x1000000)"		# above
pack bzip2 "$(at 0x80000)"		# across
for m in lzma xz lz4 zstd none; do pack $m "$B/boot/pvboot.elf"; done
pack lzo "$(at 0x8000000)" 2>/dev/null || cp "$root/boot/none" "$root/boot/lzo"
"$B/kernelgen" --format xenpv --hypercall-page -o "$root/boot/probe"
head -c 3000001 /dev/urandom >"$root/boot/initrd"
bad_entries
chain 1 'kernel /boot/probe of the menu' 'initrd /boot/initrd' -- \
	bzip2 lzma xz lz4 zstd lzo none whole.gz
image 64M
xen --disk "$tmp/disk"
is $status 0 'power-off'
says 'Error 15: File not found: '
says 'not a Xen PV kernel: no Xen notes'
says 'a 32-bit kernel'
says 'Error 14: Filesystem compatibility error, cannot read whole file'
says 'if it is not cut short'
says 'Error 3: Bad or corrupt data while decompressing file: zstd'
says 'Error 28: Selected item cannot fit into memory'
says "the domain's 256 MiB are too small"
is "$(grep -c '^Twinboot PV loader' "$tmp/out")" 10 'loaders started loaders'
is "$(probe_got .cmdline)" 'of the menu' 'command line'
is "$(probe_got .initrd.sha256)" "$(sha "$root/boot/initrd")" 'initrd'
is "$(probe_got .memory)" $((256 << 20)) 'memory'

[ -n "$LONG" ] || { done_testing; exit; }

# random places and sizes of domains; an initrd of 60% of the domain
random_chain() {	# random_chain MB
	local n names=()
	rm -rf "$root"
	mkdir -p "$root/boot/grub"
	for n in 1 2 3 4 5; do
		cp "$(at $(printf '0x%x' $((RANDOM % ($1 / 3 * 256) * 4096))))" \
			"$root/boot/k$n"
		names+=("k$n")
	done
	"$B/kernelgen" --format xenpv -o "$root/boot/probe"
	head -c $(($1 < 1024 ? $1 * 629145 : 629145600)) /dev/urandom \
		>"$root/boot/initrd"
	chain 0 'kernel /boot/probe x' 'initrd /boot/initrd' -- "${names[@]}"
	mv "$root/m/0" "$root/boot/grub/menu.lst"
	image $(($1 < 1024 ? $1 : 1024))M
	xen --disk "$tmp/disk" --mem $1
	is "$(probe_got .initrd.sha256)" "$(sha "$root/boot/initrd")" \
		"$1 MiB: random places, a large initrd"
	is "$(probe_got .memory)" $(($1 << 20)) "$1 MiB: all of it"
	[ $status = 0 ] || sed 's/^/# /' "$tmp/out" "$tmp/err" | tail -40
}
RANDOM=${SEED:-1}
for mb in 96 129 256 1024 3072 6144; do random_chain $mb; done

xen --expect 'Press r'
says 'Error 21: Selected disk does not exist'
truncate -s 1M "$tmp/zeroes"
xen --disk "$tmp/zeroes" --expect 'Press r'
says 'no menu.lst or grub.conf'
menu "$tmp/menu" halt
xen --ramdisk "$tmp/menu"
says "Booting 'one'"
is $status 0 'halt'
rm "$root/boot/initrd"; menu "$root/boot/grub/menu.lst" reboot; image 16M
xen --disk "$tmp/disk"
is $status 5 'reboot'

# a file system exported under a partition's name, and a backend with bad sectors
bad_sector() {	# bad_sector SECTOR XEN-OPTION...: the disk is xvda1
	printf '[inject-error]\nevent = "read_aio"\nerrno = "5"\nsector = "%s"\n' \
		"$1" >"$tmp/errors"
	shift
	xen --qemu "-drive file=blkdebug:$tmp/errors:$tmp/disk,format=raw,if=none,id=dx -device virtio-blk-pci,drive=dx" \
		--config "disk=['format=raw,vdev=xvda1,access=ro,backendtype=phy,target=/dev/vda']" "$@"
}
rm -rf "$root"
mkdir -p "$root/boot/grub"
"$B/kernelgen" --format xenpv --pad 8M -o "$root/boot/probe" 2>/dev/null ||
	"$B/kernelgen" --format xenpv -o "$root/boot/probe"
head -c 8M /dev/urandom >"$root/boot/initrd"
menu "$root/boot/grub/menu.lst" 'root (hd0)' 'kernel /boot/probe root=/dev/xvda1' \
	'initrd /boot/initrd'
image 32M
bad_sector 99999999
is "$(probe_got .initrd.sha256)" "$(sha "$root/boot/initrd")" 'xvda1'
block=$(debugfs -R 'blocks /boot/initrd' "$tmp/disk" 2>/dev/null | cut -d' ' -f1000)
size=$(dumpe2fs -h "$tmp/disk" 2>/dev/null | sed -n 's/^Block size: *//p')
bad_sector $((block * size / 512)) --expect 'Press any key'
says 'Error 25: Disk read error'

# GRUB's own PV image as the kernel, on both hypervisors; it starts the probe
if [ -d /usr/lib/grub/x86_64-xen ] && command -v grub-mkimage >/dev/null; then
	printf '%s\n' 'search --set=root --file /boot/initrd' \
		'linux /boot/probe by GRUB' 'initrd /boot/initrd' boot >"$tmp/cfg"
	grub-mkimage -O x86_64-xen -c "$tmp/cfg" -p /boot/grub \
		-o "$root/boot/grub.xen" ext2 linux normal search search_fs_file
	menu "$root/boot/grub/menu.lst" 'kernel /boot/grub.xen'
	image 32M
	xen --disk "$tmp/disk"
	is "$(probe_got '.cmdline + .initrd.sha256')" \
		"by GRUB$(sha "$root/boot/initrd")" "GRUB's image on Xen"
	"$twinboot" run "$tmp/disk" --path pv --timeout 300 >"$tmp/out" 2>&1
	is "$(probe_got '.cmdline + .initrd.sha256')" \
		"by GRUB$(sha "$root/boot/initrd")" "GRUB's image on ours"
fi
done_testing
