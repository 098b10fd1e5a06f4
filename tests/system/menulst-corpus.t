#!/bin/bash
# Real menu.lst files: what we read in them is what GRUB 0.97 and PV-GRUB read.
B=${B:-build}
corpus=../shared/menulst-corpus
[ -f $corpus/EXPECTED.gnu097.json ] || {
	echo "1..0 # skip skipped: no $corpus here"
	exit 0
}
echo 1..4
n=0
check() { # OK?, NAME
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
for dialect in gnu097 pvgrub; do
	wrong=0 files=0
	while read -r name; do
		files=$((files + 1))
		diff <(jq -S --arg n "$name" '.[$n]' $corpus/EXPECTED.$dialect.json) \
			<("$B"/twinboot menu --json --dialect $dialect \
				"$corpus/$name" | jq -S .) >/tmp/menu.$$ || {
			wrong=$((wrong + 1))
			sed "s|^|# $name: |" /tmp/menu.$$ | head -10
		}
	done < <(jq -r 'keys[]' $corpus/EXPECTED.$dialect.json)
	rm -f /tmp/menu.$$
	check $((files == 0)) "$dialect: the corpus has files ($files)"
	check $wrong "$dialect: every file as expected"
done
