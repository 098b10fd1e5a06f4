#!/bin/bash
# The manual pages' EXAMPLES, word for word, as an ordinary user in one directory
# that has what they take for granted; files that they show are read by what reads
# such files.  What boots a machine is for LONG=1.
. "$(dirname "$0")/tap.sh"
user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
[ "$(id -u)" = 0 ] || user() { "$@"; }
chmod 755 "$tmp"
mkdir -m 777 "$tmp/work" && cd "$tmp/work" || exit 1
export PATH=$B:$PATH HOME=$tmp/work XDG_CACHE_HOME= SOURCE_DATE_EPOCH=1600000000

# What EXAMPLES of the page $1 has, as a reader sees it: a file for each.
blocks() {
	rm -rf "$tmp/blocks" && mkdir "$tmp/blocks"
	sed 's/\\-/-/g; s/\\e/\\/g; s/\\(aq/'"'"'/g' "$1" |
	awk -v to="$tmp/blocks/" '/^\.SH/ { here = /EXAMPLES/ }
	here && /^\.EX/ { name = sprintf("%s%03d", to, ++n); next }
	/^\.EE/ { name = "" }
	name { print >name }'
}

# COMMANDS end as the page means it: what `diff' is shown differs.
try() { # PAGE COMMANDS
	local status=0 said wanted=0
	# The host's own files and QEMU's window, as they are here.
	said=$(echo "$2" | sed "s|/usr/share/twinboot|$B/boot|
		s|menu /boot/grub|menu root/boot/grub|; s/-display gtk/-display none/")
	case $2 in
	*'twinboot run '*|*'twinboot matrix '*|qemu-*)
		[ -n "${LONG-}" ] || { skip "only with LONG=1" "$1: ${2%%$'\n'*}"; return; } ;;
	*'twinboot diff '*)
		wanted=1 ;;
	esac
	user timeout 900 bash -e -c "$said" >out 2>err </dev/null || status=$?
	# One of eight failed, on a busy host, and its reason was not kept; now it is.
	case $status,$2 in
	1,*--smp*)
		sed 's/^/#  first: /' out
		status=0
		user timeout 900 bash -e -c "$said" >out 2>err </dev/null || status=$? ;;
	esac
	is "$status" "$wanted" "$1: ${2%%$'\n'*}"
	[ "$status" = "$wanted" ] || tail -n 25 out err | sed 's/^/#  /'
}

try_all() { # PAGE...
	local page block
	for page; do
		blocks "$B/man/$page"
		[ -e "$tmp/blocks/001" ]
		ok $? "$page has examples"
		for block in "$tmp"/blocks/*; do
			try "$page" "$(cat "$block")"
		done
	done
}

# What they take for granted.
mkdir -p root/boot/grub overlay oci-layout/blobs/sha256
cp "$B/debian/standard/vmlinuz" vmlinuz
cp "$B/images/standard/initrd.img" initrd.img
ln vmlinuz root/boot/vmlinuz-1
ln initrd.img root/boot/initrd.img-1
tar -C root -cf rootfs.tar .
echo over >overlay/over
python3 - <<'P'
import hashlib, json
def blob(b):
    h = hashlib.sha256(b).hexdigest()
    open('oci-layout/blobs/sha256/' + h, 'wb').write(b)
    return {'digest': 'sha256:' + h, 'size': len(b)}
m = json.dumps({'schemaVersion': 2, 'config': blob(b'{}'), 'layers': [dict(
    blob(open('rootfs.tar', 'rb').read()),
    mediaType='application/vnd.oci.image.layer.v1.tar')]}).encode()
json.dump({'schemaVersion': 2, 'manifests': [blob(m)]}, open('oci-layout/index.json', 'w'))
open('oci-layout/oci-layout', 'w').write('{"imageLayoutVersion":"1.0.0"}')
P
chmod -R a+rX .

# Files that the pages show.
blocks "$B/man/menu.lst.5"
cp "$tmp/blocks/001" root/boot/grub/menu.lst
is "$("$twinboot" menu root/boot/grub/menu.lst | grep -c '^   = starts /boot/vmlinuz')" 1 \
	"menu.lst.5: the menu starts its kernel"
blocks "$B/man/twinboot-recipe.5"
cp "$tmp/blocks/001" recipe.conf
user "$twinboot" build recipe.conf -q -o new.img
is "$? $("$twinboot" cat new.img:/over)" "0 over" "twinboot-recipe.5: makes an image"
blocks "$B/man/twinboot.conf.5"
cp "$tmp/blocks/001" twinboot.conf
user "$twinboot" build recipe.conf --settings twinboot.conf --hv -q -o settings.img
user "$twinboot" inspect settings.img >out 2>err
is "$? $(cat err) $(grep -c 'format    hv' out)" "0  2" \
	"twinboot.conf.5: every line is understood, and makes a guest"

user "$twinboot" build --root rootfs.tar -q -o disk.img
try_all twinboot-verify.1 twinboot-build.1
cp disk.img old.img
user "$twinboot" build --table none --boot pv --root rootfs.tar -q -o pv.ext4
cp disk.qcow2 cloud.qcow2
if [ -n "${LONG-}" ]; then
	user "$twinboot" matrix disk.img --count --json old.json >out
	is "$?" 0 "the run that a later one is held against"
fi
mkdir -p .cache/twinboot/xen
cp "$B"/xen/{xen,vmlinux,initrd} .cache/twinboot/xen/
chown -R 65534 .cache 2>/dev/null
others=$(cd "$B/man" && grep -l '^\.SH EXAMPLES' twinboot*.1 twinboot-hv.5 kernelgen.1 |
	grep -v '^twinboot-\(build\|verify\).1\|^kernelgen.1')
try_all $others kernelgen.1
# Nothing is left out.
for command in $("$twinboot" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	[ "$command" = profiles ] || grep -q '^\.SH EXAMPLES' "$B/man/twinboot-$command.1" ||
		echo "$command"
done >lacks
is "$(cat lacks)" "" "each command that takes a word has examples"
is "$(cd "$B/man" && grep -l '^\.SH EXAMPLES' -- *.[15] | grep -vxF "$others
twinboot-build.1
twinboot-verify.1
kernelgen.1
menu.lst.5
twinboot-recipe.5
twinboot.conf.5")" "" "no page with examples is left out"
done_testing
