#!/bin/bash
# twinboot build: one tree as directory, tar, container image and under
# fakeroot is one image, and arrives exactly; what comes later replaces.
. "$(dirname "$0")/tap.sh"
checks=$(cd "$(dirname "$0")/.." && pwd)
cd "$tmp" || exit 1
build="$twinboot build --table none --boot pv"
export SOURCE_DATE_EPOCH=2000000000

fsck() {
	e2fsck -fn "$1" >fsck.log 2>&1
	ok $? "$2: e2fsck finds nothing"
}
stat_of() {
	debugfs -R "stat $2" "$1" 2>/dev/null
}

# ---- a tree with everything, made where chown works: under fakeroot ----
cat >make-tree <<'X'
mkdir -p t/etc t/dev t/a/b "t/odd
name" t/many
echo conf >t/etc/conf; chown 33:44 t/etc/conf; chmod 4751 t/etc/conf
ln t/etc/conf t/a/hard
ln -s etc/conf t/short
ln -s "$(printf %0200d 7)" t/long
mknod t/dev/null c 1 3; mknod t/dev/big b 259 70000; mkfifo t/a/fifo
mkdir t/a/sticky; chmod 1777 t/a/sticky; chown 5:6 t/a/sticky
truncate -s 3M t/sparse; echo end >>t/sparse
head -c 200000 /dev/zero >t/zeroes
printf 'latin \351' >"t/$(printf 'n\303\244me')"
chown 70000:80000 t/many
for i in $(seq 400); do : >t/many/some-name-$i; done
find t -exec touch -h -d @1234567890.123456789 {} +
X
cat >pack <<'X'
tar --format=pax --pax-option=delete=atime,delete=ctime -C t -cf t.tar .
mkdir -p oci/blobs/sha256 && python3 "$1" t.tar oci save.tar
"$2" build --table none --boot pv --root t -o dir.img
X
cat >containers.py <<'P'
import hashlib, io, json, os, sys, tarfile
layer = open(sys.argv[1], 'rb').read()
def blob(b):
    h = hashlib.sha256(b).hexdigest()
    open(sys.argv[2] + '/blobs/sha256/' + h, 'wb').write(b)
    return {'digest': 'sha256:' + h, 'size': len(b)}
conf = blob(b'{}')
man = blob(json.dumps({'config': conf, 'layers': [blob(layer)]}).encode())
open(sys.argv[2] + '/oci-layout', 'w').write('{"imageLayoutVersion":"1.0.0"}')
json.dump({'manifests': [man]}, open(sys.argv[2] + '/index.json', 'w'))
t = tarfile.open(sys.argv[3], 'w')
for n, b in ('l/layer.tar', layer), ('c.json', b'{}'), ('manifest.json',
        json.dumps([{'Config': 'c.json', 'Layers': ['l/layer.tar']}]).encode()):
    i = tarfile.TarInfo(n)
    i.size = len(b)
    t.addfile(i, io.BytesIO(b))
t.close()
P
if command -v fakeroot >/dev/null; then
	fakeroot sh -ec ". ./make-tree; . ./pack" pack containers.py "$twinboot" \
		2>err || sed 's/^/#  /' err
	# Positional parameters are not heard by `sh -c` through fakeroot's wrapper.
	for how in t.tar oci save.tar; do
		$build --root $how -o x.img 2>err || sed 's/^/#  /' err
		cmp -s x.img dir.img
		ok $? "$how: the image that the directory under fakeroot gives"
	done
	for z in gzip xz zstd bzip2 lz4; do
		command -v $z >/dev/null || continue
		$z -qc t.tar >t.$z
		$build --root t.$z -o x.img 2>/dev/null && cmp -s x.img dir.img
		ok $? "$z'd: the same"
	done
	cat t.tar | $build --root - -o x.img 2>/dev/null && cmp -s x.img dir.img
	ok $? "from a pipe: the same"
	mkfifo in && { cat t.gzip >in & } &&
	$build --root in -o x.img 2>/dev/null && cmp -s x.img dir.img
	ok $? "from a FIFO: the same"
	tar -C t -cf - --sparse . >s.tar
	mkdir -p oci2 && tar -C oci2 -xf t.tar 2>/dev/null

	fsck dir.img "the tree"
	is "$(stat_of dir.img /etc/conf | grep -c -e 'Mode:  04751' \
		-e 'User:    33   Group:    44' -e 'Links: 2' \
		-e 'mtime: 0x499602d2:1d6f3454')" 4 \
		"owner, mode, links and nanoseconds"
	stat_of dir.img /dev/big | grep -q 'number: 259:70000'
	ok $? "a device with large numbers"
	is "$(stat_of dir.img /sparse | sed -n 's/.*Project:.*Size: //p')" 3145732 \
		"the size of a sparse file"
	is "$(stat_of dir.img /sparse | sed -n 's/.*Blockcount: //p')" 8 \
		"and its hole"
	stat_of dir.img /long | grep -q 'Type: symlink.*Mode:  0777'
	ok $? "a long symbolic link"
	stat_of dir.img /many | grep -q 'User: 70000   Group: 80000'
	ok $? "owners above 65535"
	is "$(debugfs -R 'htree_dump /many' dir.img 2>/dev/null |
	      grep -c 'leaf block')" 3 "a directory is a hash tree"
else
	skip "no fakeroot" "one tree, one image"
fi

# ---- attributes and access control lists ----
mkdir x && echo 1 >x/f && ln -s f x/l
if setfattr -n user.long -v "$(printf %0300d 1)" x/f 2>/dev/null &&
   setfacl -m u:1001:rwx,g:70000:r x/f && setfacl -d -m u:5:r x; then
	tar --format=pax --xattrs --acls -C x -cf x.tar .
	for from in x x.tar; do
		$build --root $from -o x.img 2>err || sed 's/^/#  /' err
		fsck x.img "$from with attributes"
		is "$(debugfs -R 'ea_list /f' x.img 2>/dev/null |
		      grep -c -e user.long -e posix_acl_access)" 2 \
			"$from: attributes of a file"
		debugfs -R 'ea_list /' x.img 2>/dev/null |
			grep -q posix_acl_default
		ok $? "$from: a directory's default list"
		is "$(stat_of x.img /f | sed -n 's/.*Mode: *\([0-7]*\).*/\1/p')" \
			"$(stat -c 0%a x/f)" "$from: the mode with a list"
	done
else
	skip "no attributes here" "attributes and access control lists"
fi

# ---- layers, roots in order, single files ----
mkdir -p l1/d l1/gone l1/o l2/o u
echo one >l1/d/f; echo x >l1/gone/x; echo low >l1/o/low
echo two >l2/d; : >l2/.wh.gone; : >l2/o/.wh..wh..opq; echo high >l2/o/high
tar -C l1 -cf l1.tar . && tar -C l2 -cf l2.tar .
python3 - <<'P'
import io, json, tarfile
t = tarfile.open('layers.tar', 'w')
for n, b in (('1.tar', open('l1.tar', 'rb').read()),
             ('2.tar', open('l2.tar', 'rb').read()), ('c', b'{}'),
             ('manifest.json', json.dumps([{'Config': 'c',
              'Layers': ['1.tar', '2.tar']}]).encode())):
    i = tarfile.TarInfo(n)
    i.size = len(b)
    t.addfile(i, io.BytesIO(b))
t.close()
P
$build --root layers.tar -o x.img 2>/dev/null
is "$(debugfs -R 'ls -p /' x.img 2>/dev/null | cut -d/ -f6 | sort | tr '\n' ' ')" \
	" . .. d lost+found o " "layers: what the second one hides"
is "$(debugfs -R 'ls -p /o' x.img 2>/dev/null | cut -d/ -f6 | sort | tr '\n' ' ')" \
	" . .. high " "layers: an opaque directory"
# A layer may give a lower layer's file another name; what replaces it in a third
# leaves that name alone.
mkdir l3 l4 && echo three >l3/three && ln l3/three l3/other && mkdir l5 &&
	tar -C l3 -cf l3.tar three && tar -C l3 -cf l4.tar three other &&
	/usr/bin/python3 - <<'P'
import io, json, tarfile
src, out = tarfile.open('l4.tar'), tarfile.open('l5.tar', 'w')
for m in src:
    if m.islnk():
        out.addfile(m)
out.close()
t = tarfile.open('links.tar', 'w')
for n, b in (('1.tar', open('l3.tar', 'rb').read()),
             ('2.tar', open('l5.tar', 'rb').read()), ('c', b'{}'),
             ('manifest.json', json.dumps([{'Config': 'c',
              'Layers': ['1.tar', '2.tar']}]).encode())):
    i = tarfile.TarInfo(n)
    i.size = len(b)
    t.addfile(i, io.BytesIO(b))
t.close()
P
$build --root links.tar -o x.img 2>err || sed 's/^/#  /' err
fsck x.img "a hard link from one layer to a lower one"
is "$(debugfs -R 'cat /other' x.img 2>/dev/null) $(stat_of x.img /three |
	sed -n 's/.*Links: \([0-9]*\).*/\1/p')" "three 2" "leads there"
mkdir -p m1/usr/lib m2/lib && ln -s usr/lib m1/lib && echo m >m2/lib/module
$build --root m1 --root m2 --file "x/f:/opt/f:0640:7:8" \
	--file 'x/f:/opt/a\:b' -o x.img 2>/dev/null
fsck x.img "two roots"
is "$(debugfs -R 'cat /usr/lib/module' x.img 2>/dev/null)" m \
	"a second root adds to what a link leads to"
is "$(stat_of x.img /opt/f | grep -c -e '0640' -e 'User:     7   Group:     8')" \
	2 "--file: mode and owner"
is "$(debugfs -R 'cat /opt/a:b' x.img 2>/dev/null)" 1 "--file: a name with a :"
$build --file x/f:/opt/in/ -o x.img 2>/dev/null
is "$(debugfs -R 'cat /opt/in/f' x.img 2>/dev/null)" 1 "--file: into a directory"
ln -s m1 through
for try in 1 2; do
	$build --root through --exclude /out.img -o through/out.img 2>err ||
		sed 's/^/#  /' err
done
ok $? "a link to a directory that the image lies in"
debugfs -R 'ls -p /' m1/out.img 2>/dev/null | grep -q out.img
[ $? = 1 ]
ok $? "the image is not in itself"

# ---- a kernel that is there ----
mkdir -p kr/boot
for v in 6.1.0-9 6.1.0-41; do echo k >kr/boot/vmlinuz-$v; done
echo i >kr/boot/initrd.img-6.1.0-41
$build --root kr -o x.img 2>/dev/null
debugfs -R 'cat /boot/grub/menu.lst' x.img 2>/dev/null >out
is "$(sed -n 's/^\(kernel\|initrd\) //p' out | tr '\n' ';')" \
	"/boot/vmlinuz-6.1.0-41 root=LABEL=root ro;/boot/initrd.img-6.1.0-41;" \
	"the newest kernel, its initrd, and the root by label"
is "$(blkid -p -o value -s LABEL x.img)" root "which the root has"
fails "names a root with a blank in its label" \
	$build --root kr --label 'a b' -o e.img
fails "there is no kernel" $build --root x --append y -o e.img

# ---- an mtree specification ----
printf '#mtree\n./etc type=dir mode=0755 uid=3 gid=4 time=5.0\n%s\n%s\n' \
	'./etc/f type=file mode=0600 uid=1 gid=2 contents=x/f time=7.0' \
	'./etc/n type=char mode=0666 uid=0 gid=0 device=native,1,3' >s.mtree
$build --root s.mtree -o x.img 2>err || sed 's/^/#  /' err
is "$(debugfs -R 'cat /etc/f' x.img 2>/dev/null)" 1 "mtree: contents"
stat_of x.img /etc/f | grep -q '0600'
ok $? "mtree: modes"
echo './gone type=file contents=not-there size=7' >>s.mtree
fails "gone" $build --root s.mtree -o e.img

# ---- what an archive says and nobody understands is no news to be lost ----
/usr/bin/python3 - <<'P'
import io, tarfile
for name, headers in (('acl', {'SCHILY.acl.access': 'user::rwx,bogus:zz'}),
                      ('attr', {'SCHILY.xattr.evil.x': 'v'})):
    t = tarfile.open(name + '.tar', 'w', format=tarfile.PAX_FORMAT)
    i = tarfile.TarInfo('the/file')
    i.size, i.pax_headers = 1, headers
    t.addfile(i, io.BytesIO(b'x'))
    t.close()
for size, name in ((512, 'x' * 200), (4096, 'long name ' + 'y' * 230)):
    t = tarfile.open('fat%d.tar' % size, 'w', format=tarfile.PAX_FORMAT)
    for n in range(300):
        for d in '', 'd/':
            i = tarfile.TarInfo(d + name[:250] + str(n))
            i.size = n
            t.addfile(i, io.BytesIO(b'x' * n))
    t.close()
P
for t in acl attr; do
	$build --root $t.tar -o e.img 2>err
	is "$? $(grep -v note: err | grep -c the/file)" "1 1" \
		"$t: what cannot be kept is one line that names the entry"
done
# A FAT directory grows by clusters; FAT16's root does not grow.
for size in 512 4096; do
	$build --fs fat32 --sector $size --root fat$size.tar -o x.img 2>err ||
		sed 's/^/#  /' err
	fsck.fat -n x.img >out 2>&1
	ok $? "FAT, sectors of $size: 600 long names, fsck.fat finds nothing"
	is "$(mdir -/ -b -i x.img :: | grep -c '[xy]')" 600 "and all are there"
done

# ---- sizes ----
$build --root l1 --minimize -o x.img 2>/dev/null
fsck x.img "--minimize"
small=$(stat -c %s x.img)
fails "needed are" $build --root l1 --size $((small - 8192)) -o e.img
# With a journal or without, the size that is told is the size that will do.
mkdir -p edge
for n in 3500000 4300000 7500000; do
	head -c $n /dev/urandom >edge/f
	$build --root edge --size 8M -o x.img 2>err ||
		$build --root edge -o x.img --size \
			"$(sed -n 's/.*needed are \([0-9]*\) bytes/\1/p' err)" 2>err
	fsck x.img "$n bytes and a size told or given"
done
mkdir huge && truncate -s 100G huge/hole
$build --root huge -o x.img 2>/dev/null
fsck x.img "a hole of 100 GiB"
[ "$(stat -c %s x.img)" -lt 40000000 ]
ok $? "costs nothing"
for fs in ext2 ext3; do
	python3 -c "
for name, places in ('near', (0, 100 << 10, 6 << 20)), ('far', (0, 5 << 30)):
    with open('huge/' + name, 'wb') as f:
        for at in places:
            f.seek(at)
            f.write(b'x' * 70000)"
	$build --fs $fs --root huge -o x.img 2>/dev/null
	fsck x.img "$fs: blocks at every depth"
	debugfs -R "dump /near out" x.img 2>/dev/null
	cmp -s out huge/near
	ok $? "$fs: the file is whole"
	rm -f huge/hole
done

# ---- trees that nobody would make, entry by entry ----
for seed in $(seq $((LONG ? 60 : 6))); do
	"$checks/random-tree" $seed r.tar
	how=$((seed % 3 ? 0 : 1))
	env -u SOURCE_DATE_EPOCH $build $([ $how = 0 ] || echo --minimize) \
		--root r.tar -o r.img 2>err
	if [ $? != 0 ]; then
		is "$(grep -v note: err | grep -c 'more attributes than ext')" 1 \
			"tree $seed: too many attributes are one line"
		continue
	fi
	e2fsck -fn r.img >out 2>&1 && "$checks/same-tree" r.img 0 r.tar >out 2>&1
	status=$?
	ok $status "tree $seed: $(tail -1 out)"
	[ $status = 0 ] || head -20 out | sed 's/^/#  /'
done
rm -f r.tar r.img

# ---- inodes of 128 bytes, as old loaders want them ----
unset SOURCE_DATE_EPOCH
mkdir small && echo x >small/f && touch -d @1000000000.5 small/f
for fs in ext2 ext3 ext4; do
	$build --fs $fs --inode-size 128 --root small -o x.img 2>err
	fsck x.img "$fs, inodes of 128 bytes"
	is "$(grep -c 'hold whole seconds: [1-9]' err)" 1 \
		"$fs: what does not fit is one line"
	is "$(dumpe2fs -h x.img 2>/dev/null | sed -n 's/^Inode size:[[:space:]]*//p')" \
		128 "$fs: their size"
	stat_of x.img /f | grep -q 'mtime: 0x3b9aca00'
	ok $? "$fs: the second is there"
done
touch -d @2147483648 small/f
fails "/f: its time is not between 1901 and 2038" $build --inode-size 128 \
	--root small -o e.img
fails "--inode-size 64" $build --inode-size 64 --root small -o e.img
if setfattr -n user.a -v "$(printf %0200d 1)" small/f 2>/dev/null; then
	touch -d @5 small/f
	$build --inode-size 128 --root small -o x.img 2>/dev/null
	fsck x.img "an attribute beside an inode of 128 bytes"
	debugfs -R 'ea_get /f user.a' x.img 2>/dev/null | grep -q "$(printf %0200d 1)"
	ok $? "and is whole"
fi
export SOURCE_DATE_EPOCH=2000000000

# ---- what cannot be ----
mkdir bad && ln -s . bad/lost+found
fails "lost+found" $build --root bad -o e.img
fails "not SRC:DST" $build --file x -o e.img
fails "octal" $build --file x/f:y:999 -o e.img
SOURCE_DATE_EPOCH=4354819200 fails "up to 2107" $build --root l1 -o e.img
SOURCE_DATE_EPOCH=soon fails "SOURCE_DATE_EPOCH=soon" $build --root l1 -o e.img
# A member whose header is damaged has no name that could be told.
mkdir two && echo 1 >two/a && echo 2 >two/b && tar -C two -cf two.tar a b
for at in 100 124 148; do
	cp two.tar bad.tar
	printf '\377' | dd of=bad.tar bs=1 seek=$((1024 + at)) conv=notrunc 2>/dev/null
	fails "twinboot: bad.tar: Damaged tar archive" $build --root bad.tar -o e.img
done
head -c 10000 t.gzip >cut.gz 2>/dev/null && fails "cut.gz" $build --root cut.gz -o e.img
is "$(ls e.img* 2>/dev/null)" "" "no failure left anything"
done_testing
