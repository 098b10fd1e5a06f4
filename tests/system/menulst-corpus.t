#!/bin/bash
# The kinds of menu.lst that people have: what we read in them is what GRUB 0.97
# and PV-GRUB read.  The files are written for this test, after what is found in
# public repositories.
. tests/system/tap.sh
kinds=tests/golden/menu/kinds
for file in $kinds/*.lst; do
	name=$(basename "$file" .lst)
	for dialect in gnu097 pvgrub; do
		is "$("$twinboot" menu --json --dialect $dialect "$file" |
			jq -cS .)" "$(jq -cS . $kinds/"$name".$dialect.json)" \
			"$name, $dialect"
	done
	"$twinboot" menu "$file" >"$tmp/out"
	ok $? "$name, in words"
done
is "$(jq -s 'map(.entries | length) | add' $kinds/*.gnu097.json)" 32 \
	"the files have entries"
done_testing
