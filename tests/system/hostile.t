#!/bin/bash
# The host tool against names, files and guests that mean no good; output that
# gets lost; one exit status for one kind of fault.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1
"$B/kernelgen" --format bzimage-pv -o vmlinuz || exit 1
export SOURCE_DATE_EPOCH=0

# status WANTED NAME COMMAND...: and no second word about it
status() {
	want=$1 name=$2
	shift 2
	"$@" >out 2>err </dev/null
	is $? "$want" "$name"
}

# ---- names ----
"$twinboot" build --table gpt --kernel vmlinuz --append "a b" -o good.img
for name in 'a:b.img' 'nbd:localhost:9' 'json:{}' 'a,b=c' '-x' 'a b' '$(touch X)' \
	'`touch X`' ';touch X' 'a@@1M' $'a\nb' $'no\374chern' 'a\b' '%n%s' \
	'fat:rw:.' "a'b" 'a"b' '~' '*'; do
	"$twinboot" build --table gpt --kernel vmlinuz --append "a b" \
		-o "$name" >out 2>err
	[ $? = 0 ] && cmp -s "./$name" good.img
	ok $? "build -o $(printf %q "$name")"
	[ "$name" = -x ] && set -- -- "$name" || set -- "$name"
	"$twinboot" inspect --paths bios --json "$@" >out 2>err
	is "$?$(jq -r '.paths[0].status' out)" 0ok "inspect $(printf %q "$name")"
	rm -f "./$name"
done
[ ! -e X ]
ok $? "no name was run"
# What menu.lst cannot say is refused by its name, not found missing later.
for name in 'a b' $'a\tb' $'a\nb' $'a\rb' 'a\'; do
	cp vmlinuz "$name"
	for c in "--kernel" "--kernel vmlinuz --initrd"; do
		fails "menu.lst cannot name this file" \
			"$twinboot" build $c "./$name" -o x.img
	done
done
for name in 'a:b' $'nbd:a\nb\374,x=y'; do
	cp good.img "$name"
	timeout 120 "$twinboot" run "$name" --path bios --json >out 2>/dev/null
	is "$?$(jq -r .end out)" 0power-off "run $(printf %q "$name")"
done
timeout 120 "$twinboot" matrix $'nbd:a\nb\374,x=y' --paths bios --json m.json \
	--dir d --junit j.xml >tap 2>err
is "$?$(grep -c '^ok 1 - bios/virtio/default$' tap)" 01 "matrix: such a name"
is "$(jq -r '.cells[0].image' m.json)" 'nbd:a
b\xfc,x=y' "matrix: the name in JSON"
"$twinboot" run --print --path bios 'a:b' >out
grep -q ',file.driver=file,file.filename=./a:b ' out
ok $? "run --print: the name, and no protocol"
printf '\033[31mred' >"$(printf '\033[2Jx')"
for c in inspect menu; do
	"$twinboot" $c "$(printf '\033[2Jx')" >out 2>err
	! grep -q "$(printf '\033')" out err
	ok $? "$c: no escape sequence reaches the terminal"
done

# Nor one out of a text, nor what turns the direction of writing.
evil=$(printf 'x\033[2J\302\233m\342\200\256y')
printf 'title %s\nroot %s\n%s\nkernel /%s %s\nmap %s\n' "$evil" "$evil" "$evil" \
	"$evil" "$evil" "$evil" >m
printf 'difference { cells = "*" fact = "%s" allow = "(" reason = "x" }\n' \
	"$evil" >d.conf
printf '"%s" = "%s"\n' "$evil" "$evil" >r.conf
printf '%s = %s\n' "$evil" "$evil" >s.conf
for c in "twinboot menu m" "twinboot build r.conf -o x" "twinboot $evil" \
	"twinboot build --kernel vmlinuz --settings s.conf -o x" \
	"twinboot matrix good.img --differences d.conf" \
	"twinboot inspect good.img --mem $evil" "twinboot run --path $evil x" \
	"kernelgen --format $evil -o x" "kernelgen --$evil" \
	"kernelgen --unpack $evil -o x"; do
	"$B"/$c >out 2>err
	! grep -qP '\x1b|\xc2\x9b|\xe2\x80\xae' out err
	ok $? "no escape sequence: ${c%%x*}"
done

# ---- containers, and what is none ----
qemu-img convert -f raw -O qcow2 good.img q.qcow2
xz -k q.qcow2
for f in q.qcow2 q.qcow2.xz; do
	timeout 120 "$twinboot" matrix $f --paths bios >tap 2>err
	is "$?" 0 "matrix $f"
done
for f in qcow2 vmdk; do
	qemu-img convert -f raw -O $f good.img cut.$f
	truncate -s $(($(stat -c %s cut.$f) / 2)) cut.$f
	fails "cut.$f: a $f image that is damaged or cut short" \
		"$twinboot" inspect cut.$f
done
for f in parallels vdi; do
	qemu-img convert -f raw -O $f good.img cut.$f
	"$twinboot" inspect --paths bios cut.$f >out 2>err
	is $? 0 "inspect $f"
	truncate -s -1100000 cut.$f
	fails "cut.$f: a $f image that is " "$twinboot" inspect cut.$f
done
# By their headers: qemu-img measures its time for LUKS, and may fail to.
for how in 'qcow2 32 1' 'qcow2 32 2' 'qcow 36 1'; do
	# shellcheck disable=SC2086
	set -- $how
	qemu-img create -q -f $1 locked 1M
	printf "\\0\\0\\0\\$3" | dd of=locked bs=1 seek=$2 conv=notrunc 2>err
	fails "a $1 image that is encrypted" "$twinboot" inspect locked
done
tar -cf a.tar vmlinuz
printf 'PK\3\4' >a.zip
printf '7z\274\257\047\034' >a.7z
printf '\072\377\046\355' >a.simg
for f in a.*; do
	head -c 1M /dev/zero >>$f
	fails ", not a disk image: unpack it first" "$twinboot" inspect $f
done
fails "a.tar: a tar archive, not" "$twinboot" run --path bios a.tar
gzip -k good.img
cp good.img.gz cut.gz
for n in 1 4 8 100; do
	truncate -s -$n cut.gz
	"$twinboot" inspect cut.gz >out 2>err
	is "$?$(grep -ciE '^twinboot: cut.gz: .*(cut|truncated)' err)" 11 \
		"a gzip file without its last bytes"
done
gzip -c good.img.gz >twice.gz
fails "compressed twice" "$twinboot" inspect twice.gz
"$twinboot" run --print --path bios q.qcow2 | grep -q 'format=qcow2,'
ok $? "run --print of qcow2"
fails "compressed with xz" "$twinboot" run --path bios --write q.qcow2.xz
head -c 1M /dev/zero >secret
qemu-img create -q -f qcow2 -b secret -F raw evil.img
for c in inspect "run --path bios" "matrix --paths bios"; do
	fails "evil.img: a qcow2 image that reads another file" "$twinboot" $c evil.img
done
for o in "--kernel" "--kernel vmlinuz --initrd" "--kernel vmlinuz --menu"; do
	fails "/dev/zero: more than 67108864 bytes" \
		timeout 60 "$twinboot" build $o /dev/zero -o endless
done
mkfifo fifo
for c in inspect "run --path bios" matrix; do
	fails "fifo: neither a file nor a block device" timeout 10 "$twinboot" $c fifo
done
{ echo '<html>404</html>'; head -c 1M /dev/zero; } >page.img
status 1 "matrix: a page in place of an image is no skip" \
	timeout 60 "$twinboot" matrix page.img

# ---- output that is lost ----
echo '{"total":1,"cells":[{"number":1,"status":"PASS"}]}' >ok.json
for c in "inspect good.img" "inspect --json good.img" profiles --help --version \
	"menu --json /dev/null" "run --print good.img --path bios" \
	"matrix --merge ok.json" "matrix --merge ok.json --table" "run --help"; do
	"$twinboot" $c >/dev/full 2>err
	is "$?$(grep -c 'standard output' err)" 11 "$c >/dev/full"
	"$twinboot" $c >&- 2>err
	is $? 1 "$c >&-"
done
for o in json junit html dir; do
	fails "No such file" "$twinboot" matrix good.img --paths bios \
		--$o nothere/x
	! grep -q . out
	ok $? "--$o: refused before the first boot"
done
/usr/bin/python3 -c "import json; print(json.dumps({'total': 1, 'cells': [{
	'number': 1, 'status': 'FAIL', 'image': 'i', 'why': 'w' * 3000000}]}))" >big.json
for o in json junit html; do
	(ulimit -f 1000; exec "$twinboot" matrix --merge big.json --$o r.$o) \
		>out 2>err
	is "$?$(ls r.$o* 2>/dev/null)" 99 "--$o: no room, no file"
done

# What is read is not written over, by whatever name.
mkdir own
for f in k k.lst k.conf k.tar k.twinboot k.img; do
	cp vmlinuz own/$f
done
printf 'title a\nkernel /boot/k\n' >own/k.lst
printf 'kernel = "k"\n' >own/k.conf
printf 'boot-record\n' >own/k.twinboot
tar -C own -cf own/k.tar k.lst
cp good.img own/k.img
ln own/k own/hard
ln -s k own/soft
(cd own && sha256sum k*) >sums
while read -r line; do
	fails "is read here: write to another file" \
		timeout 60 env -C own "$twinboot" $line
	(cd own && sha256sum --quiet -c ../sums)
	ok $? "... $line"
done <<'END'
build --kernel k -o k
build --kernel k -o hard
build --kernel soft -o k
build --kernel k --append a -o x --bmap k
build --kernel k --initrd k.tar --append a -o x --sbom k.tar
build --kernel k --menu k.lst -o k.lst
build k.conf -o k.conf
build --kernel k --file k.lst:/x -o ./k.lst
build --kernel k --esp-file k.lst:/x -o x --manifest k.lst
build --kernel k --settings k.twinboot -o k.twinboot
build --root k.tar -o k.tar
cp k.img:/boot/vmlinuz k.img
inspect k.img --svg k.img
install k.img --backup k.img
matrix k.img --paths bios --json k.img
matrix k.img --paths bios --html ../own/k.img
END
fails "two reports are to be written there" "$twinboot" matrix good.img \
	--json r.x --junit r.x
fails "vmlinuz: not a directory" "$twinboot" matrix good.img --dir vmlinuz

# ---- parts of a matrix ----
for s in '' ',"status":"fail"' ',"status":5' ',"status":"RUNS"' \
	',"status":"WAITS"' ',"status":null' ',"status":{}'; do
	echo "{\"total\":1,\"cells\":[{\"number\":1$s}]}" >m.json
	"$twinboot" matrix --merge m.json --junit j.xml >out 2>err
	is "$?$(grep -c '^not ok' out)" 991 "--merge: {$s}"
done
for s in UNCHECKED:1: UNCHECKED:0:--allow-unchecked FAIL:1:--allow-unchecked \
	SKIP:77: PASS:0:; do
	IFS=: read -r word want option <<<"$s"
	echo "{\"total\":1,\"cells\":[{\"number\":1,\"status\":\"$word\"}]}" >m.json
	status "$want" "--merge: $word $option" \
		"$twinboot" matrix --merge m.json $option --junit j.xml --html j.html
	xmllint --noout --schema "$OLDPWD/tests/ci/junit.xsd" j.xml 2>/dev/null
	ok $? "--merge: $word $option: JUnit"
	grep -q "$word" j.html
	ok $? "--merge: $word $option: on the page"
done
for n in -1 1e308 1e999 '"x"' null; do
	echo "{\"total\":1,\"cells\":[{\"number\":1,\"status\":\"PASS\",\"boot\":{
		\"seconds\":$n}}]}" >m.json
	"$twinboot" matrix --merge m.json --junit j.xml >out 2>&1 || continue
	xmllint --noout --schema "$OLDPWD/tests/ci/junit.xsd" j.xml 2>/dev/null
	ok $? "--merge: a boot of $n seconds"
done
for f in /dev/null good.img nothere; do
	status 1 "--merge $f" "$twinboot" matrix --merge $f
done

# ---- guests ----
# says FILE TEXT: a boot sector that prints TEXT on COM1 and powers off
says() {
	perl -e 'my $code = "\xba\xf8\x03";
	$code .= "\xb0$_\xee" for split //, "$ARGV[0]\n";
	$code .= pack("H*", "ba0406b80020ef") . "\xf4\xeb\xfd";
	print $code, "\0" x (510 - length $code), "\x55\xaa";' "$2" >"$1"
	truncate -s 1M "$1"
}
says forged.img 'PROBE {"cmdline":"x","memory":536870912}'
timeout 60 "$twinboot" matrix forged.img --paths bios --json m.json >tap 2>err
is "$?$(jq -r '.cells[0] | .status, (.facts | length), (.evidence | length)' \
	m.json | tr '\n' ' ')" "1UNCHECKED 2 0 " "a report of who is not there"
says late.img 'title PROBE {"memory":1}'
timeout 60 "$twinboot" matrix late.img --paths bios --json m.json \
	--allow-unchecked >tap 2>err
is "$?$(jq -r '.cells[0] | .status, (.boot.records | length)' m.json |
	tr '\n' ' ')" "0UNCHECKED 0 " "words within a line are no report"
grep -q '^ok 1 - ' tap && grep -q '^# UNCHECKED: ' tap
ok $? "--allow-unchecked: TAP says so"
timeout 60 "$twinboot" matrix late.img --paths bios --expect '^title' \
	--json m.json >tap 2>err
is "$?$(jq -c '.cells[0].evidence' m.json)" '0["--expect"]' \
	"what was expected is evidence"
timeout 60 "$twinboot" matrix good.img --paths bios --json m.json >tap 2>err
is "$?$(jq -c '.cells[0].evidence' m.json)" '0["probe kernel"]' \
	"a probe kernel's word is evidence"

# ---- words ----
for c in inspect "run --path bios" matrix menu build; do
	[ "$c" = build ] && c="build -o x.img"
	status 1 "$c: a file that is missing" "$twinboot" $c nothere
	status 2 "$c: no such option" "$twinboot" $c --nosuch
	status 0 "$c -h" "$twinboot" ${c%% *} -h
	grep -q '^usage: twinboot' out
	ok $? "$c -h: on stdout"
	status 0 "$c --version" "$twinboot" ${c%% *} --version
done
# A file that is not there, that is a directory, that is something else.
mkdir dir
printf 'include = "nothere"\n' >include.conf
printf 'tabel = "mbr"\n' >key.conf
while read -r want line; do
	status "$want" "$line" timeout 60 "$twinboot" $line
	is "$(grep -cv '^twinboot: note:' err)" 1 "... in one line"
done <<'END'
1 build nothere -o x.img
1 build dir -o x.img
1 build vmlinuz -o x.img
1 build include.conf -o x.img
2 build key.conf -o x.img
1 build --kernel vmlinuz --initrd dir -o x.img
1 build --kernel vmlinuz --settings nothere -o x.img
1 build --root nothere -o x.img
1 build --root vmlinuz -o x.img
1 build --kernel vmlinuz --file nothere:/x -o x.img
1 build --kernel vmlinuz -o nothere/x.img
2 build --kernel vmlinuz --size 1.5G -o x.img
2 build --kernel vmlinuz --esp-size 1M -o x.img
2 build --kernel vmlinuz --swap 4KB -o x.img
2 build --kernel vmlinuz --data :ext4:-1 -o x.img
1 verify good.img dir
1 adopt nothere -o x.img
1 adopt good.img -o nothere/x.img
2 adopt good.img -o x.img --swap 1.5G
1 install nothere
1 install good.img --restore nothere
1 ls nothere
1 ls good.img:/nothere
1 cat nothere:/x
1 cat good.img:/nothere
1 cp good.img:/boot/vmlinuz nothere/x
1 env nothere get
2 env good.img
2 env good.img set x
2 env good.img set =x
2 ls good.img -p 0
2 run good.img --path bios --smp 0
2 run good.img --path bios --timeout 0
2 matrix good.img --jobs 0
2 matrix good.img --silence 0
2 matrix good.img --entries x
2 matrix good.img --entries 0,,1
1 matrix good.img --entries 7
2 diff good.img
2 cp good.img:/boot/vmlinuz
2 ls
1 run good.img --path bios --drive nothere
1 run good.img --path bios --seed nothere
2 run good.img
2 run good.img --path none
1 matrix good.img --paths bios --drive dir
1 matrix good.img --paths bios --differences nothere
1 matrix good.img --paths bios --differences dir
1 matrix good.img --paths bios --differences /dev/zero
1 matrix good.img --paths bios --baseline dir
1 matrix --merge dir
1 matrix --merge vmlinuz
2 matrix --merge
2 matrix good.img --shard 0/2
2 xen-testbed x
END
status 1 "menu: a file without an end" timeout 60 "$twinboot" menu /dev/zero
status 2 "no such command" "$twinboot" nosuch
status 2 "help of no such command" "$twinboot" help nosuch
for w in "--help x" "--version x" "help build x"; do
	status 2 "$w: a word too many" "$twinboot" $w
done
"$twinboot" help build | cmp -s - <("$twinboot" build --help)
ok $? "help build"
status 2 "matrix: wrong usage" "$twinboot" matrix good.img --jobs many
status 2 "profiles: a word too many" "$twinboot" profiles x
status 1 "build: a missing kernel" "$twinboot" build --kernel nothere -o x.img
for p in '' , bios, ,bios bios,,uefi; do
	status 2 "inspect --paths '$p'" "$twinboot" inspect --paths "$p" good.img
done
for m in 0 -5 1x 512MB 99999999T ''; do
	status 2 "run --mem '$m'" "$twinboot" run good.img --path bios --mem "$m"
done
"$twinboot" run good.img --path bios --mem 1G --print -- -no-such 'a b' >out
grep -q -- "-m 1024 .* -no-such 'a b' -serial stdio$" out
ok $? "run --mem 1G, -- QEMU ARGUMENTS"
fails "invalid option" timeout 60 "$twinboot" run good.img --path bios -- -no-such
printf 'timeout 0\ntitle a\nkernel /nosuch\n' >m
"$twinboot" build --table mbr --kernel vmlinuz --menu m -o gone.img 2>/dev/null
status 4 "run: the loader waits for a key" \
	timeout 60 "$twinboot" run gone.img --path bios
printf 'title a\nkernel /boot/vmlinuz\n' >m
"$twinboot" build --table mbr --kernel vmlinuz --menu m -o menu.img 2>/dev/null
status 4 "run: the loader waits in its menu" \
	timeout 60 "$twinboot" run menu.img --path bios
# Who changes an image in place is alone with it.
cp good.img lone.img
for c in 'env lone.img set a=b' 'install lone.img'; do
	fails 'lone.img: another twinboot changes it' \
		flock lone.img "$twinboot" $c
	mkfifo held go
	qemu-io -f raw lone.img <go >held 2>&1 &
	exec 7>go 8<held
	echo 'read 0 512' >&7
	read -r line <&8
	fails 'lone.img: a machine runs from it' "$twinboot" $c
	exec 7>&- 8<&-
	wait
	rm held go
	cmp good.img lone.img
	ok $? "... which is as it was"
done
# Of what a machine writes to, no copy is made: it would be of no one time.
qemu-img convert -f raw -O qcow2 good.img busy.qcow2
for f in lone.img:raw:adopt busy.qcow2:qcow2:inspect busy.qcow2:qcow2:adopt; do
	IFS=: read -r f format c <<<"$f"
	mkfifo held go
	qemu-io -f $format $f <go >held 2>&1 &
	exec 7>go 8<held
	echo 'read 0 512' >&7
	read -r line <&8
	[ $c = adopt ] && set -- $f -o x.img || set -- $f
	fails "$f: a machine runs from it" "$twinboot" $c "$@"
	exec 7>&- 8<&-
	wait
	rm held go
done
# Where nothing can be written an image can be read.
status 0 "verify: in a directory without room" "$twinboot" verify \
	/proc/self/fd/9 --table gpt --kernel vmlinuz --append "a b" 9<good.img
# Nothing to wait for, nothing to read, or hours of nothing.
fails 'fifo: not a backup of ours' timeout 20 "$twinboot" install good.img \
	--restore fifo
for size in 0 1 511; do
	head -c $size /dev/zero >tiny.img
	for c in "env tiny.img get" "ls tiny.img" "install tiny.img" inspect\ tiny.img; do
		fails 'tiny.img: not a disk image' "$twinboot" $c
	done
done
truncate -s 8T holes.img
fails 'holes.img: no room for boot code' timeout 60 "$twinboot" install holes.img
rm holes.img
# Who is not to hear of a hang-up does not (nohup).
(trap '' HUP; exec "$twinboot" run menu.img --path bios --timeout 60 \
	>out 2>err </dev/null) &
pid=$!
until grep -q a out; do sleep 0.1; done
kill -HUP $pid
wait $pid
is $? 4 "run under nohup"
# A name as long as names can be, and one longer.
long=$(printf 'a%.0s' $(seq 250))
status 0 'a name of 250 bytes' "$twinboot" build --kernel vmlinuz -q -o "$long"
fails 'name too long' "$twinboot" build --kernel vmlinuz -o "${long}aaaaaa"
rm "$long"
mkdir empty
PATH=$tmp/empty "$twinboot" matrix good.img --paths bios,uefi >out 2>err
is "$?$(grep -c 'install the package qemu-system-x86' err)$(wc -l <err)" 111 \
	"no QEMU: said once"
done_testing
