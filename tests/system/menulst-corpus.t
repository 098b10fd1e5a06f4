#!/bin/bash
# Real menu.lst files: what we read in them is what GRUB 0.97 and PV-GRUB read.
corpus=../shared/menulst-corpus
[ -f $corpus/EXPECTED.gnu097.json ] || {
	echo "1..0 # skip skipped: no $corpus here"
	exit 0
}
. tests/system/tap.sh
for dialect in gnu097 pvgrub; do
	wrong=0 files=0
	while read -r name; do
		files=$((files + 1))
		diff <(jq -S --arg n "$name" '.[$n]' $corpus/EXPECTED.$dialect.json) \
			<("$twinboot" menu --json --dialect $dialect \
				"$corpus/$name" | jq -S .) >"$tmp/diff" || {
			wrong=$((wrong + 1))
			sed "s|^|# $name: |" "$tmp/diff" | head -10
		}
	done < <(jq -r 'keys[]' $corpus/EXPECTED.$dialect.json)
	ok $((files == 0)) "$dialect: the corpus has files ($files)"
	ok $wrong "$dialect: every file as expected"
done
done_testing
