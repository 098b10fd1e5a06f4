#!/bin/bash
# The BIOS stages when things are wrong: each gives its letter or line, on the
# serial line and on the screen, and none hangs silently or jumps into nothing.
. "$(dirname "$0")/tap.sh"
dir=$tmp
qemu() {
	exec timeout 120 qemu-system-x86_64 -accel tcg -m 64 -net none \
		-display none -no-reboot "$@" </dev/null 2>"$dir/qemu.log"
}
expect() { # NAME, REGEX, QEMU OPTIONS: the serial line shows REGEX
	local name=$1 regex=$2 found=1 pid
	shift 2
	rm -f "$dir/serial"
	qemu -serial file:"$dir/serial" "$@" &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		grep -aqE "$regex" "$dir/serial" 2>/dev/null && break
		sleep 0.2
	done
	grep -aqE "$regex" "$dir/serial" && found=0
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	ok $found "$name"
	[ $found = 0 ] || sed 's/^/# /' "$dir/serial" "$dir/qemu.log"
}
disk() { # IMAGE: as a virtio disk that is not written to
	echo "-drive file=$1,format=raw,if=virtio,snapshot=on"
}
image() { # TABLE: a fresh copy of the good image as $dir/bad
	cp --sparse=always "$dir/$1.img" "$dir/bad"
}
put() { # OFFSET, HEX BYTES: into $dir/bad
	printf "$(echo "$2" | sed 's/../\\x&/g')" |
		dd of="$dir/bad" bs=1 seek="$1" conv=notrunc status=none
}

mkdir -p "$dir/root/boot/grub"
head -c 100000 /dev/urandom >"$dir/root/boot/noise"
cat >"$dir/root/boot/grub/menu.lst" <<END
default 0
fallback 1
timeout 0
title One
kernel (hd0,0)/boot/noise
title Two
kernel (hd0,9)/boot/noise
END
for table in mbr none; do
	"$twinboot" build --table $table --boot bios --boot-dir "$B/boot" \
		--root "$dir/root" -o "$dir/$table.img" 2>"$dir/build.log" || {
		echo "Bail out! $(tail -1 "$dir/build.log")"
		exit 1
	}
done

# mbr.bin: its list of one extent is at 4: magic, n, u64 LBA, u32 sectors.
image mbr
lba=$(od -An -tu8 -j12 -N8 "$dir/bad")
put $((lba * 512)) 00000000
expect "M: what was read is no stage 2" "Twinboot: M" $(disk "$dir/bad")
image mbr
put $((lba * 512 + 4321)) 5555555555
expect "S: stage 2 is damaged" "Twinboot: S" $(disk "$dir/bad")
image mbr
put 20 01000000
expect "S: stage 2 is truncated" "Twinboot: S" $(disk "$dir/bad")
image mbr
put 8 00000000
expect "L: never installed" "Twinboot: L" $(disk "$dir/bad")
image mbr
put 20 80000000
expect "L: more sectors than stage 2 may have" "Twinboot: L" $(disk "$dir/bad")
image mbr
put 12 0000000001000000
expect "R: stage 2 lies beyond the disk" "Twinboot: R" $(disk "$dir/bad")
expect "R, on a machine without a screen" "Twinboot: R" -vga none \
	$(disk "$dir/bad")
truncate -s 1440K "$dir/floppy"
dd if="$dir/mbr.img" of="$dir/floppy" bs=512 count=1 conv=notrunc status=none
expect "E: no EDD" "Twinboot: E" -drive file="$dir/floppy",format=raw,if=floppy

# ext.bin: its list is the second sector.
image none
put 516 2b000000
expect "L: more extents than the list has" "Twinboot: L" $(disk "$dir/bad")
image none
put 512 00000000
expect "L: the list's sector was overwritten" "Twinboot: L" $(disk "$dir/bad")
image none
put 520 0000000001000000
expect "R: an extent beyond the disk" "Twinboot: R" $(disk "$dir/bad")

# Stage 2.
expect "a CPU without long mode" "this CPU has no 64-bit mode" -cpu qemu32 \
	$(disk "$dir/mbr.img")
expect "no kernel, then no partition" "Error 13: .*noise" $(disk "$dir/mbr.img")
expect "the fallback is tried" "Error 22: " $(disk "$dir/mbr.img")
expect "then the menu waits" "Press any key to go back to the menu" \
	$(disk "$dir/mbr.img")
block=$(debugfs -R "blocks /boot/noise" "$dir/none.img" 2>/dev/null |
	cut -d' ' -f1)
size=$(dumpe2fs -h "$dir/none.img" 2>/dev/null |
	sed -n 's/^Block size: *//p')
sed 's/(hd0,0)/(hd0)/' "$dir/root/boot/grub/menu.lst" >"$dir/menu"
debugfs -w -R "rm /boot/grub/menu.lst" "$dir/none.img" 2>/dev/null
expect "no menu.lst" "Error 15: File not found: no menu.lst or grub.conf in" \
	$(disk "$dir/none.img")
debugfs -w -R "write $dir/menu /boot/grub/menu.lst" "$dir/none.img" \
	>/dev/null 2>&1
expect "a sector that cannot be read" "Error 25: Disk read error: hd0: sector" \
	-drive if=virtio,driver=raw,read-only=on,file.driver=blkdebug,file.image.driver=file,file.image.filename="$dir/none.img",file.inject-error.0.event=read_aio,file.inject-error.0.errno=5,file.inject-error.0.sector=$((block * size / 512))

# The screen: what the text memory holds on a machine without serial line.
image mbr
put 8 00000000
screen_l=$(sed "s/./&\x07/g" <<<"Twinboot: L")	# grey on black
(
	sleep 1
	for i in $(seq 60); do
		echo "pmemsave 0xb8000 4000 \"$dir/text\""
		sleep 1
		grep -aq "$screen_l" "$dir/text" 2>/dev/null && break
	done
	echo quit
) 2>/dev/null | timeout 120 qemu-system-x86_64 -accel tcg -m 64 -net none \
	-display none -serial none -monitor stdio $(disk "$dir/bad") \
	>"$dir/qemu.log" 2>&1
grep -aq "$screen_l" "$dir/text"
ok $? "the letter is on the screen, without a serial line"
done_testing
