#!/bin/sh
# chainloader: another boot loader, systemd-boot, which finds its own files on
# the ESP only if it is told where it came from; it starts the probe.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
export MTOOLSRC=/dev/null MTOOLS_SKIP_CHECK=1
other=/usr/lib/systemd/boot/efi/systemd-bootx64.efi

mkdir -p root/boot/grub
cat >menu.lst <<END
timeout 0
title Another loader
chainloader (hd0,14)/EFI/systemd/systemd-bootx64.efi
END
"$twinboot" build --root root --menu menu.lst --boot bios,uefi -o chain.img
esp=chain.img@@$(sfdisk -J chain.img | jq '.partitiontable.partitions[] |
	select(.node | test("15$")) | .start * 512')
"$B/kernelgen" --format efi-app -o probe.efi
printf 'timeout 1\ndefault probe.conf\n' >loader.conf
printf 'title Probe\nefi /EFI/probe.efi\noptions from there\n' >probe.conf
mmd -i "$esp" ::/EFI/systemd ::/loader ::/loader/entries &&
mcopy -i "$esp" $other ::/EFI/systemd/ &&
mcopy -i "$esp" probe.efi ::/EFI/ &&
mcopy -i "$esp" loader.conf ::/loader/ &&
mcopy -i "$esp" probe.conf ::/loader/entries/
ok $? "an ESP with systemd-boot"
timeout 300 "$twinboot" run chain.img --path uefi --timeout 240 --json \
	>json 2>out
is "$(jq -r '.records[].PROBE // empty | "\(.entry) \(.cmdline)"' json)" \
	"efi-app from there" "it runs, and finds its configuration"

"$twinboot" run chain.img --path bios --timeout 300 >out 2>log &
pid=$!
while kill -0 $pid 2>/dev/null && ! grep -aq "Error " out; do
	sleep 0.5
done
kill $pid 2>/dev/null
wait $pid
grep -aq "Error 13: .*: no boot sector's signature" out
ok $? "under BIOS an error says so"
done_testing
