#!/bin/bash
# The commands of README.md and docs/*.md, word for word, as they stand: each
# document in an empty directory, its blocks "sh" one after the other.  "sh long"
# is for LONG=1, "sh elsewhere FILE" is run by FILE; "output" lists lines that the
# block before has printed.  No other block has commands, and every file that a
# document links to is there.
. "$(dirname "$0")/tap.sh"
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
export PATH=$B:$PATH

# split FILE: writes 1.sh, 2.output ... in order, of its fenced blocks.
split() {
	awk '/^```sh elsewhere / { next }
	/^```(sh|output)/ { name = sprintf("%03d.%s", ++n, substr($1, 4))
		if ($2 == "long") name = name ".long"
		printf "" >name; next }
	/^```/ { name = ""; next }
	name { print >name }' "$1"
}

# What README.md takes for granted.
suppose() {
	ln -s "$B" build
	"$B/kernelgen" --format bzimage-efi -o vmlinuz
	head -c 1000 /dev/zero >initrd.img
	mkdir root && echo a >root/file && tar -C root -cf rootfs.tar .
	"$twinboot" build --kernel vmlinuz --initrd initrd.img -q -o cloud.img
}

run_document() {
	local name block printed='' failed=''
	name=$(basename "$1")
	mkdir -p "$tmp/$name/blocks" "$tmp/$name/work"
	cd "$tmp/$name/blocks" && split "$1" && cd ../work || exit 1
	[ "$name" != README.md ] || [ -z "${LONG-}" ] || suppose
	for block in ../blocks/*; do
		[ -e "$block" ] || continue
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

cd "$docs" || exit 1
documents=$(grep -l '^```sh' "$docs"/*.md "$docs/../README.md")
for document in $documents; do
	run_document "$document"
done
[ "$(echo "$documents" | wc -l)" -ge 8 ]
ok $? "documents with commands are found"

cd "$docs" || exit 1
# Blocks, fenced or indented, that have commands and that nothing runs.
command='^ *\(build/\)\?\(twinboot\|kernelgen\|make\|qemu-[a-z]*\|apt-get\|sbsign\|mmdebstrap\|tests/\)[a-z0-9_/-]* '
for document in *.md ../README.md; do
	awk '/^```/ { open = !open; run = open && /^```(sh|output)/; next }
	open && !run || /^    [^ ]/ && !open' "$document" | grep "$command" |
		sed "s|^|$document: |"
	sed -n 's/^```sh elsewhere //p' "$document" | while read -r file; do
		[ -x "../$file" ] || echo "$document: no $file"
	done
done >"$tmp/unrun"
is "$(cat "$tmp/unrun")" "" "every command in a document is run by a test"
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
