#!/bin/bash
# The commands of docs/tutorial.md, docs/howto-*.md and docs/adopting.md, word for
# word, as they stand: each document in an empty directory, its blocks "sh" one
# after the other.
# "sh long" is for LONG=1; "output" lists lines that the block before has printed.
# Every file that a document links to is there.
. "$(dirname "$0")/tap.sh"
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
export PATH=$B:$PATH

# split FILE: writes 1.sh, 2.output ... in order, of its fenced blocks.
split() {
	awk '/^```(sh|output)/ { name = sprintf("%03d.%s", ++n, substr($1, 4))
		if ($2 == "long") name = name ".long"
		printf "" >name; next }
	/^```/ { name = ""; next }
	name { print >name }' "$1"
}

run_document() {
	local name block printed='' failed=''
	name=$(basename "$1")
	mkdir -p "$tmp/$name/blocks" "$tmp/$name/work"
	cd "$tmp/$name/blocks" && split "$1" && cd ../work || exit 1
	for block in ../blocks/*; do
		case $block in
		*.long)	[ -n "${LONG-}" ] || continue ;;
		esac
		case $block in
		*.output)
			[ -z "$failed" ] || continue
			lacks=$(while read -r line; do
				tr -d '\r' <"$printed" | grep -qF -- "$line" || echo "$line"
			done <"$block")
			is "$lacks" "" "$name: $(basename "$block")"
			continue ;;
		esac
		[ -z "$failed" ] || { skip "one before it failed" \
			"$name: $(basename "$block")"; continue; }
		printed=$tmp/$name/printed
		bash -e "$block" >"$printed" 2>&1 </dev/null || failed=1
		[ -z "$failed" ]
		ok $? "$name: $(basename "$block")"
		[ -z "$failed" ] || tail -n 5 "$printed" | sed 's/^/#  /'
	done
	cd "$tmp" && rm -rf "${tmp:?}/$name"
}

for document in "$docs"/tutorial.md "$docs"/howto-*.md "$docs"/adopting.md; do
	run_document "$document"
done

cd "$docs" || exit 1
for document in *.md ../README.md; do
	(cd "$(dirname "$document")" && grep -o '](\([^)#:]*\)[)#]' "$(basename "$document")" |
	sed 's/^](//; s/[)#]$//' | while read -r link; do
		[ -z "$link" ] || [ -e "$link" ] || echo "$document: $link"
	done)
done >"$tmp/broken"
is "$(cat "$tmp/broken")" "" "what documents link to is there"
for document in *.md; do
	grep -q "($document)" README.md || [ "$document" = README.md ] || echo "$document"
done >"$tmp/unnamed"
is "$(cat "$tmp/unnamed")" "" "docs/README.md names every document"
done_testing
