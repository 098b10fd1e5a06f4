#!/bin/sh
# Two builds in two places are the same, byte for byte.
. "$(dirname "$0")/tap.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir "$tmp/a-longer-name"
(cd "$top" && git ls-files -z -co --exclude-standard |
 tar -c --null --no-recursion -T - 2>/dev/null) | tar -x -C "$tmp/a-longer-name"
make -s -C "$tmp/a-longer-name" -j2 B=elsewhere all >"$tmp/log" 2>&1
ok $? "builds in another place"
tail -3 "$tmp/log" | sed 's/^/#  /'
# -g keeps the compiler's command line in symbols: compare what runs as well.
for f in "$B"/boot/* "$B/twinboot" "$B/kernelgen"; do
	case $f in
	*.sym)	continue ;;
	esac
	cmp "$f" "$tmp/a-longer-name/elsewhere/${f#"$B"/}"
	ok $? "${f#"$B"/}"
done
done_testing
