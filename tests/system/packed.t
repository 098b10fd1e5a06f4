#!/bin/sh
# Packed PV kernels, by the loader that our hypervisor carries: every
# compression starts; what is broken gives one clear line.
. "$(dirname "$0")/tap.sh"

hv='timeout 200 qemu-system-x86_64 -accel tcg -m 128 -nodefaults
	-display none -no-reboot'

head -c 100003 /dev/urandom >"$tmp/initrd"
sum=$(sha256sum <"$tmp/initrd" | cut -d' ' -f1)
for method in gzip bzip2 lzma xz zstd lz4 lz4-frame lzo none; do
	# A build with LZO=0 goes without.
	[ $method != lzo ] || ldd "$B/kernelgen" | grep -q lzo || continue
	"$B/kernelgen" --format bzimage-pv --compress $method -o "$tmp/kernel"
	$hv -kernel "$B/boot/hv.elf" -serial stdio \
		-initrd "$tmp/kernel m=$method,$tmp/initrd" \
		>"$tmp/console" 2>/dev/null
	json=$(tr -d '\r' <"$tmp/console" | sed -n 's/^PROBE //p')
	is "$(echo "$json" |
		jq -r '"\(.entry) \(.cmdline) \(.initrd.sha256)"')" \
		"xenpv m=$method $sum" "$method"
done

# says TEXT NAME: the loader tells why not, and waits for a key.
says() {
	rm -f "$tmp/console"
	$hv -kernel "$B/boot/hv.elf" -serial "file:$tmp/console" \
		-initrd "$tmp/broken" 2>/dev/null &
	qemu=$!
	while kill -0 $qemu 2>/dev/null &&
		! grep -qs 'Press r' "$tmp/console"; do
		sleep 0.2
	done
	kill $qemu 2>/dev/null
	wait $qemu 2>/dev/null
	grep -q "$1" "$tmp/console"
	ok $? "$2"
}

"$B/kernelgen" --format bzimage-pv --compress xz -o "$tmp/kernel"
size=$(stat -c %s "$tmp/kernel")
head -c $((size / 2)) "$tmp/kernel" >"$tmp/broken"
says '^Error 14: .*kernel of .* bytes, its header says' 'a file cut short'

# In the payload, for less than a sector follows it.
cp "$tmp/kernel" "$tmp/broken"
printf 'twinboot' | dd of="$tmp/broken" bs=1 seek=$((size - 1200)) \
	conv=notrunc 2>/dev/null
says '^Error 3: .*xz: ' 'broken data'

truncate -s 600M "$tmp/zeroes"
"$B/kernelgen" --format bzimage-pv --compress zstd --elf "$tmp/zeroes" \
	-o "$tmp/broken"
says '^Error 28: .*629145600 bytes' 'more than the domain has memory'
done_testing
