#!/bin/sh
# twinboot build: every output format holds the same disk, in the same bytes
# each time; and the files that say what is in it.
. "$(dirname "$0")/tap.sh"
checks=$(cd "$(dirname "$0")/.." && pwd)
cd "$tmp" || exit 1
build="$twinboot build --root root --kernel vmlinuz"
"$B/kernelgen" --format bzimage -o vmlinuz || exit 1
mkdir -p root/etc root/var/lib/dpkg root/usr/share/doc/p
head -c 700000 /dev/urandom >root/etc/noise
printf 'License: GPL-2+\n' >root/usr/share/doc/p/copyright
printf 'Package: p\nStatus: install ok installed\nVersion: 1.0\n%s\n\n%s\n' \
	'Architecture: all' 'Package: q
Status: deinstall ok config-files
Version: 2' >root/var/lib/dpkg/status
find root -exec touch -d @1000000000 {} +

$build -o raw 2>err || sed 's/^/#  /' err
twice() {
	name=$1
	shift
	$build "$@" -o "1$name" 2>err && sleep 1.1 &&
	$build "$@" -o "2$name" 2>>err
	cmp -s "1$name" "2$name"
	ok $? "$*$name: built twice, the same bytes"
	sed 's/^/#  /' err
}
for f in qcow2 vmdk vhdx vpc; do
	twice .$f -O $f
	qemu-img compare -f $f -F raw 1.$f raw >/dev/null
	ok $? "$f holds the disk"
done
# boots IMAGE FORMAT: in QEMU itself, as it is
boots() {
	rm -f con
	timeout 120 qemu-system-x86_64 -accel tcg -m 128 -display none \
		-no-reboot -serial file:con \
		-drive "file=$1,format=$2,snapshot=on,if=virtio" 2>err
	grep -q '^PROBE' con
	ok $? "$1 boots in QEMU"
	sed 's/^/#  /' err
}
boots raw raw
for f in qcow2 vmdk vhdx vpc; do
	boots 1.$f $f
done
for f in qcow2 vmdk; do
	twice .c.$f --compress -O $f
	qemu-img compare -f $f -F raw 1.c.$f raw >/dev/null
	ok $? "$f, compressed, holds the disk"
	boots 1.c.$f $f
done
qemu-img convert -c -f raw -O qcow2 raw ref.qcow2
[ "$(stat -c %s 1.c.qcow2)" -le $(($(stat -c %s ref.qcow2) * 102 / 100)) ]
ok $? "and is no larger than qemu-img's"
for z in gz:zcat xz:xzcat zst:zstdcat; do
	twice .img.${z%:*}
	${z#*:} 1.img.${z%:*} | cmp -s - raw
	ok $? "${z%:*}: packed is the disk"
done
$build -O qcow2 -o - 2>/dev/null | cmp -s - 1.qcow2
ok $? "-o -: a pipe gets the same"
$build -O vhdx -o v.vhdx.gz 2>/dev/null && zcat v.vhdx.gz | cmp -s - 1.vhdx
ok $? "a container can be packed as well"


# ---- two users, two directories, two copies of the tree ----
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$tmp"
	mkdir -p other/place && cp -a vmlinuz root other/place &&
		chown -R nobody:nogroup other
	for f in raw.img qcow2.q vmdk.v vhdx.x vpc.p raw.img.gz raw.img.zst \
		raw.img.xz qcow2.q.gz; do
		$build -O "${f%%.*}" -o "a.$f" 2>err &&
		(cd other/place && exec setpriv --reuid=nobody --regid=nogroup \
			--clear-groups env -i PATH="$PATH" HOME=/nonexistent \
			TZ=Asia/Tokyo LC_ALL=C "$twinboot" build --root root \
			--kernel vmlinuz -O "${f%%.*}" -o "b.$f") 2>>err
		cmp -s "a.$f" "other/place/b.$f"
		ok $? "two users, two directories: $f"
		grep -v note: err | sed 's/^/#  /'
		rm -f "a.$f" "other/place/b.$f"
	done
else
	skip "takes root and setpriv" "two users"
fi

# ---- the environment changes nothing ----
fat="--esp-file vmlinuz:Long-Name.with.Dots --esp-file vmlinuz:lower.txt"
mkdir -p elsewhere
$build $fat -o plain.img 2>/dev/null
for e in MTOOLS_NAME_NUMERIC_TAIL=0 MTOOLS_NO_VFAT=1 MTOOLS_LOWER_CASE=1 \
	E2FSPROGS_FAKE_TIME=1000 TZ=Asia/Tokyo TMPDIR="$tmp/elsewhere"; do
	env $e $build $fat -o env.img 2>/dev/null && cmp -s env.img plain.img
	ok $? "the same bytes with $e"
done
(umask 077; $build $fat -o env.img 2>/dev/null; cmp -s env.img plain.img)
ok $? "and with another umask"

# ---- what is said of it ----
$build -o raw --bmap map --manifest man --sbom bom 2>/dev/null
perl -MDigest::SHA=sha256_hex -e '
	local $/; open F, "<", "map"; $_ = <F>; open I, "<", "raw"; $d = <I>;
	($own) = m,FileChecksum>(\w+),;
	s/$own/"0" x 64/e; die "own" if sha256_hex($_) ne $own;
	$out = "\0" x length $d; $n = 0;
	while (m,chksum="(\w+)">(\d+)(?:-(\d+))?<,g) {
		my $l = (($3 // $2) - $2 + 1) * 4096; $n += $l / 4096;
		my $p = substr $d, $2 * 4096, $l;
		die "range $2" if sha256_hex($p) ne $1;
		substr($out, $2 * 4096, $l) = $p;
	}
	m,MappedBlocksCount>(\d+), and $1 == $n or die "count";
	die "rest" if $out ne $d;' 2>err
ok $? "bmap: its sums are right and nothing is left out"
is "$(jq -r .sha256 man)" "$(sha256sum <raw | cut -d' ' -f1)" \
	"manifest: the image's hash"
is "$(jq -r '.files[] | select(.path == "etc/noise").sha256' man)" \
	"$(sha256sum <root/etc/noise | cut -d' ' -f1)" "manifest: a file's hash"
is "$(jq -r '.programs[].name' man | tr '\n' ' ')" \
	"mbr.bin stage2.bin twinboot.efi " "manifest: the boot programs"
is "$(jq -r '.packages[] | select(.name == "p") |
	.versionInfo + " " + .licenseComments' bom)" "1.0 GPL-2+" \
	"sbom: a package, its version and licence"
is "$(jq '[.packages[].name] | index("q")' bom)" null \
	"sbom: what is removed is not there"
is "$(jq -r '.files[] | select(.fileName == "./etc/noise").checksums[0] |
	.algorithm + " " + .checksumValue' bom)" \
	"SHA1 $(sha1sum <root/etc/noise | cut -d' ' -f1)" "sbom: a file"
"$checks/spdx-check" bom >out
ok $? "sbom: the rules of SPDX 2.3: $(tail -1 out)"
sed '$d; s/^/#  /' out
# Each rule that is broken is noticed.
while IFS= read -r broken; do
	jq "$broken" bom >bad && ! "$checks/spdx-check" bad >out
	ok $? "the check notices $broken"
done <<'X'
.spdxVersion = "SPDX-2.2"
.documentNamespace += "#x"
.creationInfo.created = "yesterday"
.creationInfo.creators = ["twinboot"]
.packages[1].SPDXID = .packages[0].SPDXID
.packages[1].SPDXID = "SPDXRef-a+b"
.packages[0].filesAnalyzed = false
.packages[0].packageVerificationCode.packageVerificationCodeValue = "00"
.packages[1].externalRefs[0].referenceLocator = "pkg:deb/debian/a+b@1"
.packages[1].licenseDeclared = "GPL-2+"
.files[0].fileName = "/etc/noise"
.files[0].checksums = [.files[0].checksums[1]]
.relationships[0].relatedSpdxElement = "SPDXRef-none"
.relationships[0].relationshipType = "HAS"
del(.relationships[0])
X
# Names and texts that mean no good; a package twice.
mkdir -p evil/var/lib/dpkg "evil/a%b" && printf x >"evil/a%b/$(printf '\351"\\')"
printf 'Package: l+\nStatus: install ok installed\nVersion: 1:2~3+b1\n%s\n\n' \
	'Architecture: all' 'Architecture: amd64' "X: $(printf '\351')" \
	>evil/var/lib/dpkg/status
for i in 1 2; do
	printf 'Package: l%b\nStatus: install ok installed\nVersion: "\n\n' '\351'
done >>evil/var/lib/dpkg/status
$twinboot build --root evil --table none --boot pv --sbom bad \
	-o "$(printf 'n\351.img')" 2>err || sed 's/^/#  /' err
"$checks/spdx-check" bad >out
ok $? "sbom: odd names and packages: $(tail -1 out)"
sed '$d; s/^/#  /' out
is "$(jq -r '[.packages[] | select(.name == "l+").externalRefs[].referenceLocator] |
	unique[]' bad | tr '\n' ' ')" \
	"pkg:deb/debian/l%2B@1%3A2~3%2Bb1 pkg:deb/debian/l%2B@1%3A2~3%2Bb1?arch=all pkg:deb/debian/l%2B@1%3A2~3%2Bb1?arch=amd64 " \
	"sbom: package URLs"
is "$(jq -r '([.packages[].SPDXID] + [.files[].SPDXID]) as $i |
	[.relationships[].relatedSpdxElement] - $i | length' bom)" 0 \
	"sbom: what is related is there"

# The manifest says what blkid and sfdisk find.
check_manifest() { # TABLE OPTION...
	table=$1
	shift
	$build --table "$@" -o p.img --manifest man 2>err || sed 's/^/#  /' err
	$twinboot build --root root --kernel vmlinuz --table "$@" --json \
		-o p.img 2>/dev/null >lay
	jq -e --slurpfile m man '($m[0] | del(.versions, .programs, .sha256,
		.files, .schema)) == del(.schema)' lay >/dev/null
	ok $? "$table: --json is the manifest without hashes"
	jq -r '.partitions | sort_by(.offset)[] | [.number, .offset / 512,
		.size / 512, (.type | ascii_upcase), .name] | @tsv' man >want
	sfdisk -J p.img | jq -r '.partitiontable.partitions |
		sort_by(.start)[] | [(.node | ltrimstr("p.img") | tonumber),
		.start, .size, (.type | ascii_upcase), .name] | @tsv' >got
	cmp -s got want
	ok $? "$table: partitions of the manifest are those of sfdisk"
	cmp -s got want || diff got want | sed 's/^/#  /'
	jq -r '.partitions[] | select(.fs) | [.offset, .size, .fs.type,
		.fs.uuid, .fs.label] | @sh' man | tr -d "'" >parts
	while read -r at size type uuid label; do
		blkid -p -O "$at" -S "$size" -o export p.img |
			sed -n 's/^\(TYPE\|UUID\|LABEL\)=//p' | sort | xargs >got
		printf '%s\n' $type $uuid $label | sort | xargs >want
		cmp -s got want
		ok $? "$table: $type at $at is as the manifest says"
		cmp -s got want || diff got want | sed 's/^/#  /'
	done <parts
}
printf x >small.efi
check_manifest gpt gpt --minimize --swap 20M --data root:ext2::DATA --data :fat32:36M:F \
	--esp-file small.efi:x.efi --partition 3:type=var:name=V:flags=growfs \
	--partition 15:fs-uuid=1234abcd-0000-4000-8000-000000000000
is "$(jq -c '[.files[] | select(.path == "x.efi" or (.partition == 3 and
	.path == "etc/noise"))] | length' man)" 2 \
	"manifest: files of the ESP and of other partitions"
check_manifest mbr mbr --swap 20M --data root:ext3:9M --minimize
jq -e '.versions.twinboot and .versions.libarchive' man >/dev/null
ok $? "manifest: versions"

# ---- verify ----
verify="$twinboot verify"
again="--root root --kernel vmlinuz"
$verify raw $again 2>err
ok $? "verify: what was built is what is built"
$verify 1.vhdx $again -O vhdx 2>err
ok $? "verify: in another format"
cp raw changed
at=$(grep -abo 'License: GPL' raw | head -1 | cut -d: -f1)
printf X | dd of=changed bs=1 seek="$at" conv=notrunc 2>/dev/null
fails "byte $at, in the root file system: /usr/share/doc/p/copyright" \
	$verify changed $again
printf X | dd of=changed bs=1 seek=100 conv=notrunc 2>/dev/null
fails "byte 100, outside of the partitions" $verify changed $again
fails "not-there" $verify not-there $again

# ---- what cannot be ----
fails "--format vdi" $build -O vdi -o e.img
fails "--compress is for" $build --compress -o e.img
fails "--json and -o -" $build --json -o -
mkdir -p full
if unshare -rm mount -t tmpfs none full 2>/dev/null; then
	head -c 3000000 /dev/urandom >big
	for size in 1M 4M; do
		unshare -rm sh -c "mount -t tmpfs -o size=$size none full
			$build --file big:/big -O qcow2 -o full/e.img 2>err
			echo \$? \$(ls -A full)" >out
		is "$(cat out)" 1 "a full disk is an error, nothing left ($size)"
		is "$(grep -cv note: err)" 1 "in one line"
		sed 's/^/#  /' err
		grep -q 'no space left' err
	ok $? "that says so"
	[ $size = 4M ] || grep -q 'what goes in needs 3[0-9]* bytes' err
		ok $? "which comes before anything is written, when it can"
	done
fi

# ---- how far it is ----
$build -o e.xz -O raw --progress json 2>err && rm e.xz
grep -v note: err | jq -es 'map(.progress) | index("reading") != null and
	index("writing the file system") != null' >/dev/null
ok $? "--progress json: an object a line"
$build -o e.vmdk -O vmdk --progress json 2>err && rm e.vmdk
grep -v note: err | jq -es 'map(select(.progress == "converting")) |
	(map(.done) | . == sort) and .[-1].done == .[-1].total' \
	>/dev/null
ok $? "how far qemu-img is, too"
$build -o e.gz 2>err && rm e.gz
is "$(grep -v note: err)" "" "nothing in a pipe"
if command -v script >/dev/null; then
	script -qec "$build -o e.gz" /dev/null >out && rm e.gz
	grep -q 'packing  *[0-9]* %  [0-9]* [KM]iB' out
	ok $? "bytes on a terminal"
	script -qec "$build --progress no -o e.gz" /dev/null >out && rm e.gz
	! grep -q packing out
	ok $? "--progress no: nothing there"
fi
# ---- what was asked for as well is there, or nothing is ----
for paper in bmap manifest sbom; do
	fails "none/p" $build -o e.img --manifest e.man --$paper none/p
	fails "e.img: two files are to be written there" $build -o e.img --$paper e.img
done
fails "standard output: No space left on device" sh -c "$build -o - >/dev/full"
fails "standard output: Bad file descriptor" sh -c "$build -O qcow2 -o - >&-"
fails "FAT holds no more than 2^32 sectors" $twinboot build --table none \
	--fs fat32 --kernel vmlinuz --boot pv --size 3T -o e.img
is "$(ls -A | grep -c '^e\.')" 0 "nothing is left"
fails "--progress x: not one of" $build --progress x -o e.img
is "$(ls e.img* 2>/dev/null)" "" "no failure left anything"
done_testing
