#!/bin/sh
# Where there is too little memory below 4 GiB, a 64-bit kernel and its initrd
# go above: checked by the probe, which hashes what it got.
. "$(dirname "$0")/tap.sh"

# run LOW: boot $tmp/img with LOW MiB of RAM below 4 GiB, 536 above.
run() {
	timeout 200 qemu-system-x86_64 -accel tcg \
		-machine "pc,max-ram-below-4g=${1}M" -m $((536 + $1)) \
		-nodefaults -display none -serial stdio -no-reboot \
		-drive "file=$tmp/img,format=raw,if=virtio,snapshot=on" \
		2>/dev/null | tr -d '\r' | sed -n 's/^PROBE //p'
}

# check NAME LOW KERNEL INITRD
check() {
	"$twinboot" build --kernel "$3" --initrd "$4" --append "$1" \
		--boot bios -o "$tmp/img"
	json=$(run "$2")
	is "$(echo "$json" | jq -r '"\(.entry) \(.cmdline) \(.initrd.sha256)"')" \
		"linux64 $1 $(sha256sum <"$4" | cut -d' ' -f1)" "$1"
}

"$B/kernelgen" --format bzimage -o "$tmp/kernel"
head -c 100000 /dev/urandom >"$tmp/initrd"
cp "$tmp/kernel" "$tmp/large"
# init_size: 200 MiB, more than is left below.
printf '\000\000\200\014' |
	dd of="$tmp/large" bs=1 seek=$((0x260)) conv=notrunc 2>/dev/null
check kernel-above 128 "$tmp/large" "$tmp/initrd"

# 40 MiB do not fit between the kernel at 16 MiB and 48 MiB.
truncate -s 40M "$tmp/big"
head -c 100000 /dev/urandom >>"$tmp/big"
check initrd-above 48 "$tmp/kernel" "$tmp/big"

# The 32-bit entry cannot: one clear line, no jump into nothing.
"$B/kernelgen" --format bzimage --entry 32 -o "$tmp/kernel32"
"$twinboot" build --kernel "$tmp/kernel32" --initrd "$tmp/big" \
	--boot bios -o "$tmp/img"
timeout 200 qemu-system-x86_64 -accel tcg -machine pc,max-ram-below-4g=48M \
	-m 600 -nodefaults -display none -serial "file:$tmp/console" \
	-drive "file=$tmp/img,format=raw,if=virtio,snapshot=on" 2>/dev/null &
qemu=$!
# It waits for a key then; nothing else would end it.
while kill -0 $qemu 2>/dev/null && ! grep -qs 'Error' "$tmp/console"; do
	sleep 0.2
done
sleep 0.2
kill $qemu
grep -q 'Error 28: .*initrd.*no .* bytes free' "$tmp/console"
ok $? 'a 32-bit kernel says what does not fit'
done_testing
