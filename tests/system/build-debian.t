#!/bin/bash
# twinboot build with LONG=1: Debian's own trees.  minbase as an ordinary user,
# held against the archive entry by entry; the same tree as pax tar, directory
# under fakeroot, OCI layout and docker archive; a systemd system that reaches its
# login prompt on every path; a kernel package that is installed and removed in
# the tree of an image, which then boots what its menu.lst says.
. "$(dirname "$0")/tap.sh"
if [ -z "$LONG" ]; then
	skip "with LONG=1" "Debian's trees"
	done_testing
	exit
fi
here=$(cd "$(dirname "$0")/.." && pwd)
minbase=$B/debian/minbase.tar system=$B/debian/systemd.tar
debian_trees minbase systemd
cd "$tmp" || exit 1
chmod 755 "$tmp"
unset SOURCE_DATE_EPOCH

# Somebody who is not root, in a directory of his own.
somebody=
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	somebody="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
mkdir one two
[ -z "$somebody" ] || chown nobody:nogroup two

# ---- minbase: what is in the archive is in the image, and nothing else ----
plain="--table none --boot pv"
(cd two && $somebody "$twinboot" build --root - $plain -o x.img \
	<"$minbase" 2>../err) || sed 's/^/#  /' err
e2fsck -fn two/x.img >out 2>&1
ok $? "minbase, as an ordinary user: e2fsck finds nothing"
"$here/same-tree" two/x.img 0 "$minbase" >out
ok $? "it is the archive: $(tail -1 out)"
tail -20 out | sed 's/^/#  /'
# What minbase has none of: attributes, lists, capabilities, odd times.
/usr/bin/python3 - "$minbase" more.tar <<'P'
import io, struct, sys, tarfile
old, new = tarfile.open(sys.argv[1]), tarfile.open(
    sys.argv[2], 'w', format=tarfile.PAX_FORMAT)
for m in old:
    m.pax_headers = dict(m.pax_headers)
    new.addfile(m, old.extractfile(m) if m.isreg() else None)
cap = struct.pack('<IIIII', 0x02000001, 0x2000, 0, 0, 0)
cap = cap.decode('latin-1')
for name, headers, data in (
        ('t/cap', {'SCHILY.xattr.security.capability': cap}, b'x'),
        ('t/many', {'SCHILY.xattr.user.n%d' % i: 'v' * (40 + i)
                    for i in range(30)}, b'y'),
        ('t/acl', {'SCHILY.acl.access': 'user::rw-,user:7:r-x:7,group::r--,'
                   'group:70000:rwx:70000,mask::rwx,other::---'}, b'z'),
        ('t/label', {'SCHILY.xattr.security.selinux':
                     'system_u:object_r:etc_t:s0'}, b''),
        ('t/old', {'mtime': '-5.25'}, b''),
        ('t/late', {'mtime': '15032385535.999999999'}, b'')):
    m = tarfile.TarInfo(name)
    # The list is what says the mode.
    m.size, m.mode = len(data), 0o670 if name == 't/acl' else 0o4674
    m.uid, m.gid = 70000, 4000000000
    m.pax_headers = headers
    if 'mtime' not in headers:
        m.mtime = 1234567890
        headers['mtime'] = '1234567890.123456789'
    new.addfile(m, io.BytesIO(data))
new.close()
P
$twinboot build --root more.tar $plain -o one/x.img 2>err || sed 's/^/#  /' err
"$here/same-tree" one/x.img 0 more.tar >out
status=$?
grep -v '^t: there' out | sed 's/^/#  /' | tail -20
is "$status $(tail -1 out)" "1 $(($(tar tf more.tar | wc -l))) entries, 1 differences" \
	"attributes, lists, capabilities, times: only the directory t was not named"

# ---- the same tree, four ways ----
fakeroot sh -ec "mkdir d && tar -C d -xpf '$minbase'
	exec '$twinboot' build --root d $plain -o one/dir.img" 2>err ||
	sed 's/^/#  /' err
rm -rf d
umoci init --layout oci && umoci new --image oci:m 2>err &&
	umoci raw add-layer --image oci:m "$minbase" 2>>err &&
	skopeo --insecure-policy copy -q oci:oci:m docker-archive:save.tar:m:m \
		2>>err || sed 's/^/#  /' err
$twinboot build --root oci $plain -o one/oci.img 2>err || sed 's/^/#  /' err
$twinboot build --root save.tar $plain -o one/save.img 2>err ||
	sed 's/^/#  /' err
for how in dir oci save; do
	cmp one/$how.img two/x.img >out 2>&1
	ok $? "$how: the image that the archive gives"
	sed 's/^/#  /' out
done
rm -rf one two oci save.tar more.tar

# ---- a whole system ----
$twinboot build "$here/../images/debian.conf" --root "$system" -o x.img 2>err ||
	sed 's/^/#  /' err
dd if=x.img of=part bs=1M skip=69 2>/dev/null
e2fsck -fn part >out 2>&1
ok $? "systemd: e2fsck finds nothing"
rm part
for path in bios uefi pv xen; do
	$twinboot run x.img --path $path --mem 768 --timeout 900 >console 2>err &
	pid=$!
	while kill -0 $pid 2>/dev/null && ! grep -aq ' login: ' console; do
		sleep 1
	done
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	grep -aq ' login: ' console
	status=$?
	ok $status "$path: systemd reaches its login prompt"
	[ $status = 0 ] || tail -15 console | sed 's/^/#  /'
done

# ---- kernels come and go ----
if [ "$(id -u)" = 0 ] && unshare --mount --pid --fork true 2>/dev/null; then
	$twinboot build "$here/../images/pv-hd0.conf" --root "$system" -o y.img \
		2>/dev/null
	mkdir tree && debugfs -R 'rdump / tree' y.img >out 2>&1
	cp /etc/resolv.conf tree/etc/
	inside() {
		unshare --mount --pid --fork --kill-child sh -ec '
			mount -t proc proc tree/proc
			mount --rbind /dev tree/dev
			exec chroot tree env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
				DEBIAN_FRONTEND=noninteractive "$@"' sh "$@" \
			>out 2>&1 || tail -5 out | sed 's/^/#  /'
	}
	kernels() {
		sed -n 's/^kernel[[:space:]]*\([^ ]*\).*/\1/p' \
			tree/boot/grub/menu.lst
	}
	is "$(kernels)" "$(cd tree && ls -d boot/vmlinuz-* | sed 's,^,/,')" \
		"one kernel"
	before=$(kernels)
	inside apt-get -qq update
	inside apt-get -qq install -y --no-install-recommends linux-image-amd64
	new=$(cd tree/boot && ls vmlinuz-* | grep -v cloud)
	is "$(kernels | sort)" "$(printf '%s\n' "$before" "/boot/$new" | sort)" \
		"a kernel package was installed: both are listed"
	is "$(kernels | head -n 1)" "$(kernels | sort -rV | head -n 1)" \
		"the newest is the first"
	is "$(grep -c "^initrd.*initrd.img-${new#vmlinuz-}" \
		tree/boot/grub/menu.lst)" 1 "and has its initrd"
	inside apt-get -qq purge -y linux-image-amd64 "linux-image-${new#vmlinuz-}"
	is "$(kernels)" "$before" "removed again: the list is what it was"
	$twinboot build --table none --fs ext3 --boot pv --root tree -o z.img \
		2>err || sed 's/^/#  /' err
	$twinboot inspect z.img --paths pv >out
	ok $? "the tree is an image that starts"
else
	skip "takes root and name spaces" "a kernel package in a chroot"
fi
done_testing
