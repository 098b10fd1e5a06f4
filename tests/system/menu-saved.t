#!/bin/bash
# savedefault and default saved, over reboots, on every path: the file's ten
# bytes are written in place, by each path as by the others.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot/grub
menu='default saved\ntimeout 0\n'
n=0
for format in bzimage efi-app xenpv; do
	"$B/kernelgen" --format $format -o root/boot/$format || exit 1
	# Each entry names the next but the last, which is for once.
	menu+="title $n\nsavedefault $((n + 1))\nkernel /boot/$format $n\n"
	n=$((n + 1))
done
menu+="title 3\nsavedefault --once --default=0\nkernel /boot/bzimage 3\n"
printf "$menu" >menu.lst
printf '0\n#\n#\n#\n#\n#\n#\n# Do not edit.\n' >root/boot/grub/default
"$twinboot" build --root root --menu menu.lst --boot-dir "$B/boot" -o img \
	2>build.log || { echo "Bail out! $(tail -1 build.log)"; exit 1; }

boot() { # PATH ENTRY TEXT: it starts ENTRY, and the file begins with TEXT
	timeout 250 "$twinboot" run img --path $1 --write --timeout 200 >log 2>&1
	is "$(tr -d '\r' <log | sed -n 's/^PROBE //p' | jq -r .cmdline)" $2 \
		"$1 starts entry $2"
	is "$("$twinboot" cat img:/boot/grub/default 2>&1 | tr -s '\n' ' ')" \
		"$3" "and the file is right"
}
rest=' # # # Do not edit. '
boot bios 0 "1$rest"
boot uefi 1 "2$rest"
boot pv 2 "3$rest"
boot bios 3 "3:0$rest"
boot bios 0 "1$rest"
done_testing
