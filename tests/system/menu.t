#!/bin/bash
# twinboot menu on files of our own: what it prints is in tests/golden/menu.
B=${B:-build}
golden=tests/golden/menu
n=0
check() { # NAME, COMMAND...
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}
same() { # GOLDEN FILE, COMMAND...
	diff "$1" <("${@:2}" 2>&1) | sed 's/^/# /'
	return "${PIPESTATUS[0]}"
}
status() { # STATUS, COMMAND...
	"${@:2}" >/dev/null 2>&1
	[ $? = "$1" ]
}
for f in ec2 corners dialects; do
	for d in gnu097 pvgrub; do
		check "$f, $d" same $golden/$f.$d.json \
			"$B"/twinboot menu --json --dialect $d $golden/$f.lst
	done
	check "$f, in words" same $golden/$f.txt "$B"/twinboot menu $golden/$f.lst
done
check "standard input" same $golden/ec2.txt "$B"/twinboot menu - <$golden/ec2.lst
check "help" status 0 "$B"/twinboot menu --help
check "no file named" status 2 "$B"/twinboot menu
check "no such dialect" status 2 "$B"/twinboot menu --dialect x $golden/ec2.lst
check "no such file" status 1 "$B"/twinboot menu $golden/none.lst
check "a directory" status 1 "$B"/twinboot menu $golden
check "a full disk" status 1 sh -c "$B/twinboot menu $golden/ec2.lst >/dev/full"
check "a full disk, JSON" status 1 \
	sh -c "$B/twinboot menu --json $golden/ec2.lst >/dev/full"
echo 1..$n
