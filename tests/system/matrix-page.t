#!/bin/sh
# twinboot matrix --html, from JSON that is made here: whole, by itself, and what
# images and consoles say stays text.  With LONG=1 also what a browser makes of
# it: nothing is wider than a phone, every text has WCAG 2.1's contrast AA in light,
# dark and print, the boxes filter, and every cell is on paper.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

# A screen of 720 x 400.
screen=$(perl -MCompress::Zlib -MMIME::Base64 -e '
	sub chunk { pack("N", length $_[1]) . $_[0] . $_[1] .
		    pack("N", crc32($_[0] . $_[1])) }
	print encode_base64("\x89PNG\r\n\x1a\n" .
		chunk("IHDR", pack("NNC5", 720, 400, 1, 0, 0, 0, 0)) .
		chunk("IDAT", compress(("\0" . "\xaa" x 90) x 400)) .
		chunk("IEND", ""), "")')
base64=iVBORw0KGgo

# sample TEXT [JQ]: a matrix whose strings say TEXT, changed by JQ.
cat >sample.jq <<'END'
def paths: { bios: ["virtio", "emulated", "pvhvm-like", "nitro", "metal",
		    "hyperv-gen1", "vmware"],
	     uefi: ["virtio", "nitro", "metal", "hyperv-gen2", "vmware"],
	     "uefi-secure": ["virtio"], pv: ["virtio", "xen-pv"],
	     xen: ["virtio", "xen-pv"], direct: ["virtio"] };
def hash: "0123456789abcdef" * 4;
def fact($name; $got; $want; $verdict): { name: $name, got: $got, want: $want,
	verdict: $verdict, reason: (if $verdict == "declared" then $text
				    else "" end) };
def facts($line; $verdict): [
	fact("kernel file"; "/boot/" + $text; "/boot/" + $text; "same"),
	fact("command line"; $line; "root=/dev/vda1 console=ttyS0 " + $text;
	     $verdict),
	fact("initrd SHA-256"; hash; hash[1:] + "0"; "declared"),
	{ name: "memory (KiB)", got: "475792", verdict: "seen" },
	{ name: $text, got: $text, verdict: $text } ];
def boot: { command: ("qemu-system-x86_64 -m 512 -drive file=" + $text * 20),
	    end: "power-off", why: "the guest powered off", seconds: 4.5,
	    disks: [{ name: "hd0", reads: 667, read_bytes: 20766720,
		      writes: 4096, written_bytes: 20766720 }],
	    records: [{ TWINBOOT: { entry: $text }, ms: 400 }],
	    firmware: [{ file: ("/usr/share/" + $text), sha256: hash }] };
def times($kernel): [{ phase: "firmware", ms: 812 }, { phase: "loader",
	ms: 40 }, { phase: "kernel", ms: $kernel }, { phase: $text, ms: 500 }];
def cell: . + { image: ("image" + .image + $text), entry: .entry, tries: 1,
	status: "PASS", why: "", boot: boot, times: times(3000 + .n),
	facts: facts("root=/dev/vda1 console=ttyS0 " + $text; "same"),
	cost: { tsc_own: 3004117, tsc_firmware: 1301480,
		reset_to_kernel: 123456789012 },
	console: ("\u001b[2J\u001b[1;1H" + $text + "\r\n" + $text * 50),
	screen: $screen };
def judged:
	if .path == "uefi" and .profile == "nitro" then
		. + { status: "FAIL", why: $text,
		      facts: facts("root=/dev/vda1  " + $text * 30; "differs"),
		      times: times(240000) }
	elif .profile == "vmware" then
		{ image, path, profile, entry, status: "SKIP", why: $text }
	elif .path == "direct" then
		{ image, path, profile, entry, status: "ERROR",
		  why: ("QEMU " + $text), boot: { why: $text, seconds: 0.1 } }
	else . end;
[("1", "2") as $image | ("default", "1", "22") as $entry |
 paths | to_entries[] | { path: .key, profile: .value[] } +
 { image: $image, entry: $entry, n: 1 } | cell | judged] |
[to_entries[] | .value + { number: (.key + 1) }] |
{ schema: "twinboot-matrix-1", total: length, cells: .,
  runs: [{ date: "2026-01-02T03:04:05Z", host: $text, system: $text,
	   processors: 2, twinboot: "1.0", qemu: $text }] }
END
sample() {
	jq -n --arg text "$1" --arg screen "$screen" -f sample.jq |
	jq "${2:-.}" >m.json
}
# page NAME: m.json as NAME.html
page() {
	"$twinboot" matrix --merge m.json --html "$1.html" >/dev/null 2>err ||
	grep -q . "$1.html"
}
xpath() {
	xmllint --xpath "$2" "$1.html" 2>&1
}
# closed NAME: it is whole, and nothing in it is from elsewhere or runs.
closed() {
	xmllint --noout "$1.html"
	ok $? "$1: well-formed"
	is "$(xpath "$1" 'count(//script | //iframe | //object | //embed |
		//base | //form | //svg | //@*[starts-with(name(), "on")] |
		//@href[not(starts-with(., "#") or . = "data:,")] |
		//@src[not(starts-with(., "data:image/png;base64,"))])')" 0 \
		"$1: no script, nothing from elsewhere"
	! xpath "$1" '//style/text()' | grep -qE 'url\(|@import|http' &&
	! xpath "$1" '//@style' | grep -vE 'style="(width|left|--step):[0-9.]+%"'
	ok $? "$1: no style from elsewhere"
	is "$(xpath "$1" '//@id' | sort | uniq -d)" "" "$1: an id stands once"
	is "$(xpath "$1" '//a/@href' | grep -o 'c[0-9]*' | sort -u | tr '\n' ' ')" \
	   "$(xpath "$1" '//@id' | grep -o 'c[0-9]*' | sort -u | tr '\n' ' ')" \
		"$1: every link has its cell, every cell a link"
}
names() {
	jq -r '.cells[] | .path + "/" + .profile + "/" + .entry' m.json |
	sort -u
}

sample word
page plain
closed plain
elements=$(xpath plain 'count(//*)')
n=$(jq '.cells | length' m.json)
is "$(xpath plain 'count(//td/a[contains(@class, "status")])')" "$n" \
	"each of $n cells is in the picture"
is "$(xpath plain 'count(//section[starts-with(@class, "cell ")])')" \
   "$(jq '[.cells[] | select(.status != "SKIP")] | length' m.json)" \
	"each that was not skipped has a section"
xpath plain 'string(/)' >text
names | while read -r name; do
	grep -qF "$name" text || echo "#  $name is not there"
done >missing
is "$(cat missing)" "" "the names of all cells"
is "$(xpath plain "string(//p[@class='run'])")" "2026-01-02T03:04:05Z on word: \
Twinboot 1.0, QEMU word; word, processors: 2" "when, where and with what"
is "$(xpath plain "count(//label/input[@type='checkbox'])")" \
   "$(jq "[.cells[].status] | unique | length" m.json)" "a box for each state"
is "$(xpath plain "count(//section[starts-with(@class, 'cell ')]
	[h2/a/@href = concat('#', @id)])")" \
   "$(xpath plain "count(//section[starts-with(@class, 'cell ')])")" \
	"a heading is a link to itself"
is "$(xpath plain 'count(//table[contains(@class, "grid")]/thead/tr[2]
	/th[position() > 6])')" 0 "no more than six columns beside each other"
is "$(xpath plain 'count(//section[h2 = "Differences"]//h3)')" 2 \
	"what differs, fact by fact"
is "$(xpath plain 'substring(string((//h3[. = "command line"]/
	following-sibling::table//mark)[1]), 1, 3)')" "  w" \
	"two blanks for one are marked"
is "$(xpath plain 'count(//section[h2 = "Time"]//span[@class="line cut"])')" \
   "$(jq '[.cells[] | select(.status == "FAIL")] | length' m.json)" \
	"time lines that would press the others together are cut"
is "$(xpath plain 'count(//section[starts-with(@class, "cell ")]//img)')" \
   "$(jq '[.cells[] | select(.screen)] | length' m.json)" "the screens"
is "$(xpath plain 'count(//pre[starts-with(., "word")])')" \
   "$(jq '[.cells[] | select(.console) |
	   if .status == "PASS" then 1 else 2 end] | add' m.json)" \
	"the consoles, without terminal escapes"

"$twinboot" matrix --merge m.json --dir cells >/dev/null 2>&1
[ -s cells/bios-virtio-1/console.txt ] &&
! grep -q "$(printf '\033')" cells/*/console.txt
ok $? "--dir: nor do the files have any"

# ---- hostile text ----
hostile="</pre></td></style></title><script>parent.pwned=1</script>\
<img/src='x'onerror='parent.pwned=1'>\"onclick=\"parent.pwned=1\"'&lt;"
hostile=$hostile$(printf '\033[31m\033]0;t\a\b\302\233\342\200\256\357\277\276')
sample "$hostile"
page hostile
closed hostile
is "$(xpath hostile 'count(//*)')" "$elements" "hostile text makes no element"
xpath hostile 'string(//h2[starts-with(., "What")]/..//p)' |
grep -qF "</pre></td></style></title><script>parent.pwned=1</script>"
ok $? "it can be read as it is"
sample x '.cells[] |= (.path = "p\"><b>" | .profile = "</a>" | .number = "1" |
	.status = "PASS\"><script>" | .screen = "'$base64'\"><script>")'
sed 's/"number": "1"/"number": 1/' m.json >m2.json
jq '.total = 1' m2.json >m.json
page names
closed names
is "$(xpath names 'count(//td/a) + count(//img)')" 1 \
	"names, states and screens are no way in"

# ---- less than everything ----
sample word 'del(.runs, (.cells[] | .facts, .times, .cost,
	.boot.firmware))'
page old
closed old
sample word '.total += 2 | .cells |= .[0:2]'
page part
closed part
is "$(xpath part 'count(//a[contains(@class, "MISS")])')" \
   "$(jq .total m.json | awk '{ print $1 - 2 }')" "cells that no shard has"
sample word '.cells |= [.[0] | .console = "0123456789abcdef\n" * 200000] |
	.total = 1'
page long
closed long
[ "$(wc -c <long.html)" -lt 1300000 ] && grep -q 'bytes are left out' long.html
ok $? "a long console is cut, and it says so"

if [ -z "$LONG" ]; then
	done_testing
	exit
fi

# ---- in a browser ----
browser() {
	timeout 300 chromium --headless $([ "$(id -u)" = 0 ] && echo --no-sandbox) \
		--disable-gpu --hide-scrollbars --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update \
		--disable-sync --user-data-dir="$tmp/browser" \
		--allow-file-access-from-files "$@" 2>/dev/null
}
# look NAME WIDTH: how wide NAME.html gets in WIDTH, with all that can be
# opened open; the first element that sticks out; how many elements there are.
look() {
	cat >frame.html <<END
<!DOCTYPE html><iframe id="f" src="$1.html" style="border:0;width:$2px;height:800px">
</iframe><p id="out"></p><script>
onload = () => {
	const w = document.getElementById("f").contentWindow, d = w.document;
	d.querySelectorAll("details").forEach(e => e.open = true);
	const out = [...d.body.querySelectorAll("*")].find(e =>
		!e.closest(".line") && e.getBoundingClientRect().right > $2 + .5);
	document.getElementById("out").textContent = [
		d.documentElement.scrollWidth, out ? out.outerHTML.slice(0, 80) :
		"-", d.querySelectorAll("*").length,
		window.pwned || 0].join(" ");
}
</script>
END
	browser --virtual-time-budget=60000 --dump-dom "file://$tmp/frame.html" |
	sed -n 's/.*<p id="out">\(.*\)<\/p>.*/\1/p'
}
elements=$(look plain 1200 | cut -d' ' -f3)
for name in plain hostile names old part; do
	case $name in
	plain|hostile)	count=$elements ;;
	*)		count= ;;
	esac
	for width in 320 390 700 1024 1200; do
		seen=$(look $name $width)
		is "$(echo "$seen" | cut -d' ' -f1,2)" "$width -" \
			"$name: nothing is wider than $width pixels"
		[ -z "$count" ] ||
		is "$(echo "$seen" | cut -d' ' -f3,4)" "$count 0" \
			"$name: as many elements as there should be, none runs"
	done
done
# The measure measures.
sed 's/<main>/<main><div style="width:391px">x<\/div>/' plain.html >wide.html
[ "$(look wide 390 | cut -d' ' -f1)" -gt 390 ]
ok $? "a page that is too wide is seen"

# contrast NAME WIDTH light|dark|print: WCAG 2.1's contrast (1.4.3) of each piece
# of text in NAME.html with all that can be opened open, by the colours that the
# browser reports: the texts looked at, the least ratio of those below AA, and
# the first of them; whether anything is wider than WIDTH.
contrast() {
	cat >frame.html <<END
<!DOCTYPE html><meta name="color-scheme" content="light dark">
<iframe id="f" src="$1.html" style="border:0;width:$2px;height:800px"></iframe>
<p id="out"></p><script>
const light = c => [c[0], c[1], c[2]].map(v => (v /= 255) <= .04045 ?
	v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) =>
	sum + v * [.2126, .7152, .0722][i], 0);
const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) /
	(Math.min(light(a), light(b)) + .05);
const colours = s => [...s.matchAll(/rgba?\(([^)]*)\)/g)].map(m =>
	m[1].split(/[ ,\/]+/).map(Number));
// What may be behind E: a pattern's colours, else the first that is solid.
const behind = (w, e) => {
	for (; e; e = e.parentElement) {
		const s = w.getComputedStyle(e);
		if (s.backgroundImage != "none" && s.backgroundSize == "auto")
			return colours(s.backgroundImage);
		const c = colours(s.backgroundColor);
		if (c.length && c[0][3] !== 0)
			return c;
	}
	return [[255, 255, 255]];
};
onload = () => {
	const w = document.getElementById("f").contentWindow, d = w.document;
	const dark = matchMedia("(prefers-color-scheme: dark)").matches;
	d.querySelectorAll("details").forEach(e => e.open = true);
	if ("$3" == "print")
		for (const sheet of d.styleSheets)
			for (const r of sheet.cssRules)
				if (r.media)
					r.media.mediaText = r.media.mediaText
						.replace("print", "all")
						.replace("screen", "tv");
	let n = 0, least = 99, first = "-";
	const texts = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT);
	for (let t; t = texts.nextNode(); ) {
		const e = t.parentElement, s = w.getComputedStyle(e);
		if (!t.data.trim() || !e.getClientRects().length)
			continue;
		const size = parseFloat(s.fontSize);
		const need = size >= 24 || (size >= 18.66 &&
			s.fontWeight >= 700) ? 3 : 4.5;
		const r = Math.min(...behind(w, e).map(b =>
			ratio(colours(s.color)[0], b)));
		n++;
		if (!(r >= need) && r < least) {
			least = r;
			first = e.outerHTML.slice(0, 60);
		}
	}
	document.getElementById("out").textContent = [n > 100 ? "many" : n,
		least == 99 ? "AA" : least.toFixed(2), dark ? "dark" : "light",
		d.documentElement.scrollWidth, first].join(" ");
}
</script>
END
	browser --blink-settings=preferredColorScheme=$([ "$3" = dark ] &&
		echo 0 || echo 1) --virtual-time-budget=60000 --dump-dom \
		"file://$tmp/frame.html" | sed -n 's/.*<p id="out">\(.*\)<\/p>.*/\1/p'
}
sample word '.cells[0].status = "UNCHECKED" | .cells[1].status = "ODD" |
	.cells[2].baseline = { verdict: "better", status: "FAIL" } |
	.cells[3] |= (del(.console) | .screen_text = "a\nb") | .total += 1'
page states
for look in "1280 light" "1280 dark" "390 light" "390 dark" "688 print"; do
	set -- $look
	is "$(contrast states $look)" \
		"many AA $([ "$2" = dark ] && echo dark || echo light) $1 -" \
		"$2, $1 pixels: contrast AA everywhere, nothing is wider"
done
sed 's/--dim: #5a6570/--dim: #9aa4ae/' states.html >pale.html
is "$(contrast pale 1280 light | cut -c1-7)" "many 2." "one that is pale is seen"

# ---- the boxes ----
# With one box not ticked nothing of that state is shown, but what is linked to.
cat >filter.html <<'END'
<!DOCTYPE html><iframe id="f" src="states.html" style="width:1280px;height:800px">
</iframe><p id="out"></p><script>
onload = () => {
	const d = document.getElementById("f").contentWindow.document;
	const shown = s => [...d.querySelectorAll(".is-" + s)].filter(e =>
		e.getClientRects().length).length;
	const before = [shown("PASS"), shown("FAIL")];
	d.getElementById("show-PASS").click();
	document.getElementById("out").textContent = [before[0] > 10,
		shown("PASS"), shown("FAIL") == before[1] && before[1] > 1].join(" ");
}
</script>
END
is "$(browser --virtual-time-budget=60000 --dump-dom "file://$tmp/filter.html" |
	sed -n 's/.*<p id="out">\(.*\)<\/p>.*/\1/p')" "true 0 true" \
	"a box takes its state away, and no other"

browser --no-pdf-header-footer --print-to-pdf=plain.pdf "file://$tmp/plain.html"
pdftotext plain.pdf text
sample word
names | while read -r name; do
	grep -qF -- "$name" text || echo "#  $name is not on paper"
done >missing
is "$(cat missing)" "" "every cell is on paper"
grep -q 'Console, .* (not printed)' text
ok $? "a console that is closed is not, which is said"
pages=$(pdfinfo plain.pdf | sed -n 's/^Pages: *//p')
[ "$pages" -ge "$(xpath plain 'count(//section[starts-with(@class, "cell ")])')" ]
ok $? "cells begin on pages of their own: $pages pages"
done_testing
