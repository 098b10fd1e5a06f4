#!/bin/bash
# Every format that kernelgen makes, as it is and gzip'd: how it is entered on
# each path, or why not; the probe says the same when it is started.  LONG=1:
# on every path, and together in one matrix.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot
head -c 5000 /dev/urandom >root/boot/initrd	# an EFI stub gets whole words
sum=$(sha256sum <root/boot/initrd | cut -d' ' -f1)

# wanted FORMAT: what it is entered as on bios, uefi and pv, or the reason
wanted() {
	case $1 in
	bootsector) echo 'bootsector;Error 13;not on this path' ;;
	bzimage) echo 'linux64;linux64-efi;no Xen notes' ;;
	bzimage-efi) echo 'linux64;efi-stub;no Xen notes' ;;
	bzimage-pv) echo 'linux64;linux64-efi;xenpv' ;;
	efi-app) echo 'carries no kernel;efi-app;carries no kernel' ;;
	fit) echo 'linux64;efi-stub;xenpv' ;;
	linux32) echo 'linux32;linux32-efi;no Xen notes' ;;
	linux16) echo 'linux16;cannot be used;no Xen notes' ;;
	multiboot) echo 'multiboot;for BIOS only;a 32-bit kernel' ;;
	multiboot64) echo 'multiboot;for BIOS only;no Xen notes' ;;
	multiboot2) echo 'for UEFI only;multiboot2;a 32-bit kernel' ;;
	pvh) echo 'pvh;pvh;for PVH only' ;;
	uki) echo 'linux64;efi-app;xenpv' ;;
	xenpv) echo 'xenpv;xenpv;xenpv' ;;
	esac
}
# How the probe is entered there, in inspect's words.
entered() {
	case $1-$2-$3 in
	*-uefi-linux*) echo "${3%-efi}" ;;
	efi-app-* | uki-uefi-*) echo efi-stub ;;
	xenpv-bios-* | xenpv-uefi-*) echo hv ;;
	*) echo "$3" ;;
	esac
}
modules() { # FORMAT: the line of its initrd
	case $1 in
	multiboot*) echo 'module /boot/initrd' ;;
	bootsector | efi-app) ;;
	*) echo 'initrd /boot/initrd' ;;
	esac
}
entry() { # FORMAT FILE
	command=kernel
	[ "$1" != bootsector ] || command=chainloader
	printf 'title %s\nroot (hd0,0)\n%s /boot/%s one  two\n' "$2" $command \
		"$2"
	modules "$1"
}
image() { # FORMAT FILE: img
	rm -f img
	{ printf 'timeout 0\n'; entry "$1" "$2"; } >menu.lst
	"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" \
		-o img 2>err || sed 's/^/# /' err
}
inspected() { # FORMAT: of img, what is entered or fails, as wanted() has it
	"$twinboot" inspect --json img >json 2>err
	for i in 0 1 2; do
		p=$(jq -r ".paths[$i].path" json)
		w=$(wanted "$1" | cut -d';' -f$((i + 1)))
		got=$(jq -r ".paths[$i] | .starts.entry // .why" json)
		[ "$got" = "$(entered "$1" "$p" "$w")" ] ||
			[[ "$got" = Error* && "$got" = *"$w"* ]] ||
			echo "$p: $got, wanted $w"
	done
}
# What only these are told: the picture that they ask for; of a BIOS, APM,
# drives, sections, VBE.
told() { # FORMAT
	want='[1,1024,768,32]'
	filter=.picture
	if [ "$1" = multiboot ]; then
		want='[258,1,true,true,"VESA",[1,1024,768,32]]'
		filter='[.apm, .drives, .sections > 0, .vbe >= 16640,
			.vbe_signature, .picture]'
	fi
	is "$(jq -rc ".records[].PROBE // empty | $filter" json)" "$want" \
		"$1: what it is told" || sed 's/^/# /' console
}
started() { # FORMAT PATH ENTRY
	timeout 250 "$twinboot" run img --path "$2" --timeout 200 --json \
		2>console >json
	got=$(jq -r '.records[].PROBE // empty | .entry' json)
	is "$got" "$3" "$1: $2 starts it" || sed 's/^/# /' console
	case $1 in
	multiboot*) told "$1" ;;
	esac
	[ -n "$(modules "$1")" ] && [ "$1-$2" != uki-uefi ] || return
	is "$(jq -r '.records[].PROBE // empty | .initrd.sha256' json)" "$sum" \
		"$1: $2: its initrd" || sed 's/^/# /' console
}

"$B/kernelgen" --format bzimage --entry 32 -o root/boot/linux32
"$B/kernelgen" --format bzimage --entry 16 -o root/boot/linux16
formats=$("$B/kernelgen" --list | cut -d' ' -f1)
for f in $formats; do
	"$B/kernelgen" --format $f -o root/boot/$f
	"$B/kernelgen" --format $f --gzip -o root/boot/$f.gz
done
# What no other test starts.
once='multiboot-bios multiboot2-uefi pvh-bios pvh-uefi linux32-uefi'
objcopy -O elf64-x86-64 root/boot/multiboot root/boot/multiboot64
for f in $formats linux32 linux16 multiboot64; do
	image $f $f
	is "$(inspected $f)" '' "$f: as expected" || sed 's/^/# /' err
	for i in 1 2 3; do
		p=$(echo bios uefi pv | cut -d' ' -f$i)
		w=$(wanted $f | cut -d';' -f$i)
		case $w in
		*\ * | multiboot?for*) continue ;;
		esac
		[ -n "$LONG" ] || [[ " $once " = *" $f-$p "* ]] || continue
		started $f $p "$w"
	done
done
is "$("$B/kernelgen" --format pvh --pad 1M -o x 2>&1; ls x 2>/dev/null)" \
	'kernelgen: Error 30: Invalid argument: --pad: not for --format pvh' \
	'padding is refused where there is none'

# gzip'd as a whole: everything that is a file of its own (a boot sector is not).
for f in $formats; do
	case $f in
	bootsector | efi-app | fit | uki) continue ;;
	esac
	image $f $f.gz
	is "$(inspected $f)" '' "$f.gz: the same" || sed 's/^/# /' err
done
image uki uki.gz
"$twinboot" inspect --json img >json 2>err
is "$(jq -rc '[.paths[0,1].starts.entry]' json)" '["linux64","efi-stub"]' 'uki.gz'
done_testing
