#!/bin/sh
# What the commands for images write with --json is what docs/*.schema.json says.
. "$(dirname "$0")/tap.sh"
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
cd "$tmp" || exit 1
"$B/kernelgen" --format bzimage -o k || exit 1
mkdir -p root/sub && echo x >root/f && ln -s none root/link &&
	echo y >"root/$(printf 'a%%\351')"
# Debian's python3 has Debian's modules.
valid() { # NAME FILE
	/usr/bin/python3 -c 'import json, jsonschema, sys
schema, doc = (json.load(open(f)) for f in sys.argv[1:3])
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(doc)
assert doc["schema"] == schema["title"]' "$docs/$1.schema.json" "$2" >out 2>&1
}
# as NAME COMMAND...: what it writes is as the schema has it
as() {
	name=$1
	shift
	"$twinboot" "$@" >j 2>err
	valid "$name" j
	ok $? "$name: $*"
	grep -E 'Error|Failed' out | sed 's/^/#  /'
}
# broken NAME FILTER: the schema notices
broken() {
	jq "$2" j >bad
	valid "$1" bad
	[ $? = 1 ]
	ok $? "$1 notices $2"
}
as build build --root root --kernel k --swap 20M --data root:ext2::D \
	--data :empty:1M:E --partition 1:flags=50 --json --manifest man -o x.img
broken build '.partitions[0].fs.type = "xfs"'
broken build 'del(.size)'
valid manifest man
ok $? "manifest: GPT"
cp man j
broken manifest '.files[0].sha256 = "0"'
for table in mbr none; do
	as build build --root root --kernel k --table $table --json \
		--manifest man -O vhdx -o y.img
	valid manifest man
	ok $? "manifest: $table"
done
again="--root root --kernel k --swap 20M --data root:ext2::D --data :empty:1M:E
	--partition 1:flags=50"
# shellcheck disable=SC2086
as verify verify x.img $again --json
is "$(jq .same j)" true "the same"
at=$(jq '.partitions[] | select(.number == 3).offset' man 2>/dev/null || :)
cp x.img z.img
at=$("$twinboot" inspect x.img --json --paths bios |
	jq '.partitions[] | select(.number == 3).first * 512')
printf X | dd of=z.img bs=1 seek=$((at + 2000)) conv=notrunc 2>/dev/null
# shellcheck disable=SC2086
as verify verify z.img $again --json
is "$(jq -c '[.same, .difference.where]' j)" '[false,"in partition 3"]' \
	"where it differs"
broken verify 'del(.difference)'
as ls ls x.img --json
is "$(jq -r '.entries[] | "\(.name) \(.directory) \(.size)"' j | tr '\n' ';')" \
	"a%25%E9 false 2;boot true null;f false 2;link false null;lost+found true null;sub true null;" \
	"what ls lists"
broken ls '.entries[0].size = "x"'
as diff diff x.img x.img --json
echo z >root/g && echo other >root/f
"$twinboot" build --root root --kernel k -o y.img 2>/dev/null
as diff diff x.img y.img --json
is "$(jq -c '[.same, [.differences[] | [.in, .path]]]' j)" \
	'[false,[["both","/f"],["second","/g"]]]' "what differs"
broken diff '.differences[0].in = "none"'
as inspect inspect x.img --json
as inspect inspect y.img --json --verbose --paths uefi
head -c 100000 /dev/zero >none
as inspect inspect none --json
"$twinboot" build --fs fat32 --table mbr --kernel k -o f.img 2>/dev/null
as inspect inspect f.img --json
broken inspect '.paths[0].status = "perhaps"'
broken inspect 'del(.table)'
done_testing
