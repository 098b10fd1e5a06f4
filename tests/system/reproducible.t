#!/bin/sh
# Built again in another directory, every program has the same bytes.
. "$(dirname "$0")/tap.sh"
cd "$(dirname "$0")/../.." || exit 1
mkdir -p "$tmp/else where/deeper" && copy="$tmp/else where/deeper"
# Whatever stands in the tree here, committed or not.
git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$copy"
make -C "$copy" -j2 B=out all >"$tmp/log" 2>&1
ok $? "it builds elsewhere"
[ -x "$copy/out/twinboot" ] || tail -20 "$tmp/log" | sed 's/^/#  /'
for file in twinboot kernelgen boot/mbr.bin boot/ext.bin boot/stage2.bin \
	boot/twinboot.efi boot/pvboot.elf boot/pvboot.elf.gz boot/hv.elf \
	boot/hv.efi boot/twinboot-env boot/probe-init.cpio; do
	cmp "$B/$file" "$copy/out/$file" >&2
	ok $? "$file: the same bytes"
done
is "$(cd "$B/boot" && ls ./*.bin ./*.efi ./*.elf ./*.gz ./*.cpio | wc -l)" 9 \
	"boot/ has no program that was not compared"
done_testing
