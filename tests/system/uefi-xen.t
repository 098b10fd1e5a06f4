#!/bin/bash
# Genuine Xen with a Linux dom0 from menu.lst, as hosts of GRUB 0.97's time had
# it: gzip'd, by Multiboot 2 with boot services on under UEFI; LONG=1: also by
# Multiboot 1 over BIOS.  Secure Boot refuses it.
. "$(dirname "$0")/tap.sh"
mkdir -p "$tmp/root/boot" "$tmp/ramdisk"/{bin,dev,proc,sys}
cp "$(command -v busybox)" "$tmp/ramdisk/bin/busybox"
cat >"$tmp/ramdisk/init" <<'END'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
exec </dev/null >/dev/kmsg 2>&1
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
# XENFEAT_dom0 is bit 11 of the features.
f=$(/bin/busybox cat /sys/hypervisor/properties/features)
echo "DOM0 $(/bin/busybox cat /sys/hypervisor/type) $((0x$f >> 11 & 1))"
echo "CMDLINE $(/bin/busybox cat /proc/cmdline)"
/bin/busybox sleep 1
/bin/busybox reboot -f
END
chmod +x "$tmp/ramdisk/init"
(cd "$tmp/ramdisk" && find . | cpio -o -H newc 2>/dev/null) |
	gzip -1n >"$tmp/root/boot/initrd.gz"
gzip -1nc "$B/xen/xen" >"$tmp/root/boot/xen.gz"
cp "$B/debian/cloud/vmlinuz" "$tmp/root/boot/"
cat >"$tmp/menu.lst" <<'END'
timeout 0
title Xen
root (hd0,0)
kernel /boot/xen.gz com1=115200,8n1 console=com1 dom0_mem=384M
module /boot/vmlinuz console=hvc0 earlyprintk=xen mitigations=off random.trust_cpu=on x="a  b"
modulenounzip /boot/initrd.gz
END
"$twinboot" build --root "$tmp/root" --menu "$tmp/menu.lst" \
	--boot-dir "$B/boot" -o "$tmp/img" 2>"$tmp/err" || sed 's/^/# /' "$tmp/err"
"$twinboot" inspect "$tmp/img" --paths uefi >"$tmp/log" 2>&1
is "$(sed -n 's/.*entered as //p' "$tmp/log")" \
	"multiboot2 (64-bit, EFI boot services on)" "inspect"

# dom0 PATH MAP: where Xen has its memory map from
dom0() {
	"$twinboot" run "$tmp/img" --path "$1" --mem 1024 --timeout 200 \
		--cpu max,-smap,-monitor,-rdtscp 2>&1 </dev/null |
		tr -d '\r\0' >"$tmp/log"
	is "$(grep -ao 'DOM0 xen.*' "$tmp/log")" "DOM0 xen 1" \
		"$1: dom0 in user land"
	is "$(sed -n 's|^(XEN) \(.* RAM map\):*$|\1|p' "$tmp/log")" "$2 RAM map" \
		"$1: the firmware that Xen knows of"
	is "$(grep -ao 'CMDLINE .*' "$tmp/log" | grep -o 'console.*')" \
		'console=hvc0 earlyprintk=xen mitigations=off random.trust_cpu=on x="a  b"' \
		"$1: its command line" || tail -20 "$tmp/log" | sed 's/^/# /'
}
dom0 uefi EFI
[ -z "$LONG" ] || dom0 bios Xen-e820
done_testing
