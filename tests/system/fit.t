#!/bin/sh
# FIT images as mkimage makes them, over three paths: data in the tree and
# behind it, packed, with every kind of hash, damaged.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

"$B/kernelgen" --format bzimage-pv --compress zstd -o linux
"$B/kernelgen" --format bzimage-efi -o stub
gzip -k linux
head -c 70004 /dev/urandom >initrd
mkdir -p root/boot

# made NAME KERNEL COMPRESSION HASHES [OPTION...]: root/boot/NAME
made() {
	{
		printf '/dts-v1/;\n/ { description = "t"; #address-cells = <1>;'
		printf 'images { kernel { description = "k"; type = "kernel";'
		printf 'data = /incbin/("%s"); compression = "%s";' "$2" "$3"
		printf 'arch = "x86_64"; os = "linux"; load = <0x100000>;'
		printf 'entry = <0x100000>;'
		for algo in $4; do
			printf 'hash-%s { algo = "%s"; };' "$algo" "$algo"
		done
		printf '}; initrd { description = "i"; type = "ramdisk";'
		printf 'data = /incbin/("initrd"); compression = "none";'
		printf 'arch = "x86_64"; os = "linux";'
		printf 'hash { algo = "sha256"; }; }; };\n'
		printf 'configurations { default = "c"; c { kernel = "kernel";'
		printf 'ramdisk = "initrd"; signature { sign-images = "kernel";'
		printf 'algo = "sha256,rsa2048"; key-name-hint = "k"; }; }; };'
		printf '};\n'
	} >its
	name=$1
	shift 4
	mkimage "$@" -f its "root/boot/$name" >out 2>err ||
		sed 's/^/# /' out err
}
image() { # FILE
	printf 'timeout 0\ntitle a\nkernel /boot/%s from the menu\n' "$1" \
		>menu.lst
	"$twinboot" build --root root --menu menu.lst -o img 2>err
}
run() { # PATH
	timeout 250 "$twinboot" run img --path "$1" --timeout 200 --json \
		2>console >json
	jq -r '.records[].PROBE // empty |
		"\(.entry) \(.cmdline) \(.initrd.sha256)"' json
}
sum=$(sha256sum <initrd | cut -d' ' -f1)

mkimage -f auto -A x86_64 -O linux -T kernel -C none -a 0x100000 -e 0x100000 \
	-d linux -i initrd root/boot/auto.itb >out 2>&1 || sed 's/^/# /' out
made packed.itb linux.gz gzip 'sha1 sha256'
made behind.itb stub none 'sha256 crc32' -E
made sha1.itb linux none sha1
made lzma.itb linux lzma crc32
made bad.itb linux none sha256
perl -e 'open my $f, "+<", "root/boot/bad.itb" or die; seek $f, 5000, 0;
	read $f, my $c, 1; seek $f, 5000, 0; print $f chr(ord($c) ^ 1)'

for t in auto:bios:linux64 auto:pv:xenpv packed:bios:linux64 \
		behind:uefi:efi-stub; do
	file=${t%%:*} path=${t#*:}
	image "$file.itb" || sed 's/^/# /' err
	is "$(run "${path%:*}")" "${path#*:} from the menu $sum" \
		"$file.itb, ${path%:*}" || sed 's/^/# /' console
	[ "$file" = auto ] && continue
	grep -qF "$file.itb: its signatures are not checked" console
	ok $? "$file.itb: told what is not checked"
done

refused() { # NAME TEXT
	image "$1.itb"
	"$twinboot" inspect img >out 2>&1
	is "$(grep -cE "^(bios|uefi|pv): fails: Error 13: .*$2" out)" 3 \
		"$1.itb: refused on every path"
}
refused sha1 'kernel has no hash that can be checked, but sha1'
refused lzma 'kernel is packed with lzma'
refused bad 'kernel is damaged: its sha256 is another'
done_testing
