#!/bin/bash
# Kernels and modules that are gzip'd as a whole, as menu.lst files of GRUB 0.97
# name them, over BIOS and UEFI; and stage 2's second part, which unpacks them
# on BIOS: where it lies, and when it is damaged.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot
"$B/kernelgen" --format bzimage --pad 300K -o root/boot/plain || exit 1
"$B/kernelgen" --format bzimage-efi --pad 300K -o efi || exit 1
"$B/kernelgen" --format xenpv --pad 1M -o guest || exit 1
gzip -nc root/boot/plain >root/boot/vmlinuz.gz
gzip -nc efi >root/boot/efi.gz
gzip -c guest >root/boot/guest.gz	# with its name in the header
gzip -nc "$B/boot/hv.elf" >root/boot/xen.gz
head -c 200001 /dev/urandom >disk
for name in a aa aaa aaaa; do	# an EFI stub gets whole words
	cp disk $name
	gzip -c $name >root/boot/disk.gz
	[ $(($(stat -c %s root/boot/disk.gz) % 4)) != 0 ] || break
done
packed=$(sha256sum <root/boot/disk.gz | cut -d' ' -f1)
unpacked=$(sha256sum <disk | cut -d' ' -f1)

build() { # MENU OPTION...
	printf "default 0\ntimeout 0\n$1" >menu.lst
	shift
	"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" \
		-o img "$@" >build.log 2>&1 || sed 's/^/# /' build.log
}
run() { # PATH: the console into log, PROBE's line into probe
	timeout 250 "$twinboot" run img --path "$1" --timeout 200 >log 2>&1
	tr -d '\r' <log | sed -n 's/^PROBE //p' >probe
}
says() { # REGEX NAME
	grep -aqE "$1" log
	ok $? "$2" || tail -30 log | sed 's/^/# /'
}

linux='title a\nkernel /boot/vmlinuz.gz one  two=3\ninitrd /boot/disk.gz\n'
for table in gpt mbr none; do
	build "$linux" --table $table --boot bios
	run bios
	is "$(jq -r '"\(.cmdline) \(.initrd.sha256)"' probe)" \
		"one  two=3 $packed" \
		"BIOS, $table: vmlinuz.gz, and an initrd that stays as it is"
done
"$twinboot" inspect img --paths bios >inspect 2>&1
is $? 0 "inspect says the same"

for table in gpt none; do
	build 'title a\nkernel /boot/xen.gz\nmodule /boot/guest.gz x=y
module /boot/disk.gz\n' --table $table --boot bios
	run bios
	is "$(jq -r '"\(.entry) \(.cmdline) \(.initrd.sha256)"' probe)" \
		"xenpv x=y $unpacked" "BIOS, $table: xen.gz, modules unpacked"
done
build 'title a\nkernel /boot/xen.gz\nmodule /boot/guest.gz x=y
modulenounzip /boot/disk.gz\n' --table mbr --boot bios
run bios
is "$(jq -r .initrd.sha256 probe)" "$packed" "modulenounzip is as it is"

build "$linux" --boot uefi
run uefi
is "$(jq -r '"\(.cmdline) \(.initrd.sha256)"' probe)" "one  two=3 $packed" \
	"UEFI: vmlinuz.gz without an EFI stub"
build 'title a\nkernel /boot/efi.gz one\ninitrd /boot/disk.gz\n' --boot uefi
run uefi
is "$(jq -r '"\(.entry) \(.cmdline) \(.initrd.sha256)"' probe)" \
	"efi-stub one $packed" "UEFI: an EFI stub"

# What is wrong with a file is one line; then the next entry has its turn.
head -c -3000 root/boot/vmlinuz.gz >root/boot/cut.gz
cp root/boot/vmlinuz.gz root/boot/crc.gz
size=$(stat -c %s root/boot/crc.gz)
printf zzzz | dd of=root/boot/crc.gz bs=1 seek=$((size - 8)) conv=notrunc \
	status=none
cp root/boot/vmlinuz.gz root/boot/bits.gz
printf '\377\377\377\377' | dd of=root/boot/bits.gz bs=1 seek=2000 \
	conv=notrunc status=none
# A bomb, and one whose end tells less than it is.
head -c 2G /dev/zero | gzip -1n >root/boot/bomb.gz
head -c 20M /dev/zero | gzip -n | head -c -4 >root/boot/lies.gz
printf '\0\20\0\0' >>root/boot/lies.gz
gzip -nc /dev/null >root/boot/empty.gz
# What zcat reads: two members, and a tape's padding.
{ head -c 9000 root/boot/plain | gzip -n; tail -c +9001 root/boot/plain |
	gzip -nc; head -c 700 /dev/zero; } >root/boot/parts.gz
head -c 5000 /dev/urandom | gzip -n >root/boot/noise.gz
# What the last four bytes are when it is cut is chance; here, 2 MiB.
printf '\0\0\40\0' >>root/boot/cut.gz
menu='fallback 1 2 3 4 5 6 7\n' n=0
for file in cut crc bits bomb lies empty noise; do
	menu="${menu}title $file\nkernel /boot/$file.gz\n"
done
menu="${menu}title good\nkernel /boot/parts.gz at=last\n"
cut='Error 3: [^:]*: /boot'
wrong() { # PATH
	run "$1"
	says "$cut/cut.gz: .*before byte [0-9]" "$1: a file that is cut"
	says "$cut/crc.gz: broken data" "$1: a wrong checksum"
	says "$cut/bits.gz: broken data" "$1: broken bits"
	says 'Error 28: .*: /boot/bomb.gz: no 2147483648 bytes free' \
		"$1: more than there is memory"
	says 'Error 3: .*: /boot/lies.gz: broken data' \
		"$1: more than its end tells"
	says 'Error 13: .*: /boot/empty.gz' "$1: nothing in it"
	says 'Error 13: .*: /boot/noise.gz' "$1: no kernel in it"
	is "$(jq -r .cmdline probe)" "at=last" "$1: the last entry boots"
}
build "$menu" --boot bios,uefi
wrong bios
wrong uefi
"$twinboot" inspect img --paths bios,uefi >log 2>&1
is $? 0 "inspect comes to the same entry"

# The second part is damaged, in each of its places: a byte, two words that change
# places, a sector that the boot block's list does not have, one that lies nowhere.
# Straight boots do not see it.
damage() { # HOW
	perl -e '
		my ($how) = @ARGV;
		open my $f, "+<:raw", "img" or die;
		sub get { seek $f, $_[0], 0; read $f, my $b, $_[1]; $b }
		sub put { seek $f, $_[0], 0; print $f $_[1] }
		my ($list) = grep { get($_, 4) eq "TWBL" } 4, 512;
		my $extent = $list + 8 + 12 * unpack "V", get($list + 4, 4);
		my ($lba, $sectors) = unpack "Q<V", get($extent, 12);
		my $at = 512 * $lba + 4096;
		my ($one, $two) = map { get($at += 8, 8) } 1, 2;
		($at += 8, $one = $two, $two = get($at, 8)) while $one eq $two;
		put($at, $two ^ "\20") if $how eq "byte";
		put($at - 8, $two . $one) if $how eq "words";
		put($extent + 8, pack "V", $sectors - 1) if $how eq "sector";
		put($extent, pack "Q<", 1 << 32) if $how eq "nowhere";
	' "$1"
}
damaged='Error 25: .*: the second part of stage2.bin is damaged'
for harm in byte words sector nowhere; do
	for table in gpt mbr none; do
		build "$linux" --table $table --boot bios
		damage $harm
		"$twinboot" inspect img --paths bios >inspect 2>&1
		is "$? $(grep -c "$damaged" inspect) $(grep -c Error inspect)" \
			"1 1 1" "inspect, $table: $harm" || sed 's/^/# /' inspect
	done
done
for how in byte-gpt words-none sector-mbr nowhere-mbr; do
	build "fallback 1\n${linux}title b\nkernel /boot/plain straight\n" \
		--table ${how#*-} --boot bios
	damage ${how%-*}
	run bios
	case $how in
	sector*) want='Error 25: .*: the boot block.s list of extents ends' ;;
	nowhere*) want='Error 24: .*: hd0: sectors 4294967296\+' ;;
	*) want=$damaged ;;
	esac
	says "$want" "BIOS: $how"
	is "$(jq -r .cmdline probe)" straight "... and the menu goes on without it"
done
done_testing
