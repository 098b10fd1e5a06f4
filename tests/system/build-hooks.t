#!/bin/sh
# zz-twinboot in an image: kernels come and go, the user's lines stay.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
mkdir -p root/boot
echo k >root/boot/vmlinuz-6.1.0-9
echo i >root/boot/initrd.img-6.1.0-9
$twinboot build --table none --boot pv --kernel-hooks --append "root=LABEL=x ro" \
	--root root -o x.img 2>/dev/null
for d in postinst.d postrm.d; do
	debugfs -R "dump /etc/kernel/$d/zz-twinboot $d" x.img 2>/dev/null
	cmp -s $d "$B/boot/zz-twinboot"
	ok $? "the image has it in $d"
done
debugfs -R "stat /etc/kernel/postrm.d/zz-twinboot" x.img 2>/dev/null |
	grep -q 'Mode:  0755'
ok $? "and can run it"
mkdir grub
$twinboot cat x.img:/boot/grub/menu.lst >grub/menu.lst
cp root/boot/* .
hook() {
	BOOT=$tmp sh ./postinst.d "$@" 2>err || sed 's/^/#  /' err
}
kernels() {
	sed -n 's/^kernel[[:space:]]*//p' grub/menu.lst | tr '\n' ';'
}
hook 6.1.0-9
is "$(kernels)" "/boot/vmlinuz-6.1.0-9 root=LABEL=x ro;" \
	"the entry that build wrote is one of the list"
printf '\n# mine\ntitle mine\nkernel /boot/mine\n' >>grub/menu.lst
sed -i '1i # above' grub/menu.lst
echo k >vmlinuz-6.1.0-41
hook 6.1.0-41
is "$(kernels)" "/boot/vmlinuz-6.1.0-41 root=LABEL=x ro;/boot/vmlinuz-6.1.0-9 root=LABEL=x ro;/boot/mine;" \
	"a new kernel is the first, the user's entry the last"
is "$(grep -c -e '^# above' -e '^# mine' grub/menu.lst)" 2 "the user's lines stay"
is "$(grep -c '^initrd.*initrd.img-6.1.0-9' grub/menu.lst)" 1 "an initrd"
cp grub/menu.lst before
hook
cmp -s before grub/menu.lst
ok $? "once more changes nothing"
rm vmlinuz-6.1.0-9
sed -i 's/^# groot=.*/&\n# pv=console=hvc0\n# alternative=true\n# howmany=1/' grub/menu.lst
hook
is "$(kernels)" "/boot/vmlinuz-6.1.0-41 root=LABEL=x ro console=hvc0;/boot/vmlinuz-6.1.0-41 root=LABEL=x ro console=hvc0 single;/boot/mine;" \
	"options, and a kernel that went"
$twinboot menu grub/menu.lst >out 2>&1
ok $? "the loader reads it"
sed -i '/^### END/d' grub/menu.lst
cp grub/menu.lst before
hook
cmp -s before grub/menu.lst
ok $? "a list without an end is left alone"
rm grub/menu.lst
hook
is "$?$(ls grub)" 0 "no menu.lst, nothing to do"
done_testing
