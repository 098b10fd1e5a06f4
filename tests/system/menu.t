#!/bin/bash
# twinboot menu on files of our own: what it prints is in tests/golden/menu.
. tests/system/tap.sh
golden=tests/golden/menu
check() { # NAME, COMMAND...
	"${@:2}"
	ok $? "$1"
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
			"$twinboot" menu --json --dialect $d $golden/$f.lst
	done
	check "$f, in words" same $golden/$f.txt "$twinboot" menu $golden/$f.lst
done
check "standard input" same $golden/ec2.txt "$twinboot" menu - <$golden/ec2.lst
check "help" status 0 "$twinboot" menu --help
check "no file named" status 2 "$twinboot" menu
check "no such dialect" status 2 "$twinboot" menu --dialect x $golden/ec2.lst
check "no such file" status 1 "$twinboot" menu $golden/none.lst
check "a directory" status 1 "$twinboot" menu $golden
check "a full disk" status 1 sh -c "$twinboot menu $golden/ec2.lst >/dev/full"
check "a full disk, JSON" status 1 \
	sh -c "$twinboot menu --json $golden/ec2.lst >/dev/full"
done_testing
