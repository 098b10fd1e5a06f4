#!/bin/bash
# What menu, profiles, run and matrix give with --json is valid by their schemas,
# and no member is there that a schema does not name; every command with --json
# has a schema (those of images: schemas.t).
. "$(dirname "$0")/tap.sh"
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
cd "$tmp" || exit 1
cat >check <<'END'
import json, sys
from jsonschema import Draft202012Validator as Validator
def close(s):
    if isinstance(s, dict):
        if "properties" in s:
            s.setdefault("additionalProperties", False)
        for v in s.values():
            close(v)
    elif isinstance(s, list):
        for v in s:
            close(v)
    return s
schema = json.load(open(sys.argv[1]))
Validator.check_schema(schema)
open_members = {"TWINBOOT", "PROBE", "USERSPACE", "cost", "starts"}
errors = list(Validator(close(schema)).iter_errors(json.load(open(sys.argv[2]))))
for e in errors:
    if not open_members & set(map(str, e.absolute_path)):
        print("#  /" + "/".join(map(str, e.absolute_path)) + ": " + e.message[:200])
        sys.exit(1)
END
# valid COMMAND FILE NAME
valid() {
	/usr/bin/python3 check "$docs/$1.schema.json" "$2"
	ok $? "$1: $3"
	echo "$1" >>asked
}

mkdir -p root/boot/grub
"$B/kernelgen" --format bzimage-efi -o root/boot/vmlinuz
"$B/kernelgen" --format bzimage-pv -o root/boot/vmlinuz-pv
cat >root/boot/grub/menu.lst <<END
default 0
fallback 1
nonsense here
title a
root (hd0,0)
kernel /boot/vmlinuz a
wrong line
title b
#twinboot pv=always
kernel /boot/vmlinuz-pv
title nothing
END
"$twinboot" build --root root -o gpt.img 2>err
truncate -s 1M zeroes.img
for dialect in gnu097 pvgrub; do
	"$twinboot" menu root/boot/grub/menu.lst --dialect $dialect --json >menu.json
	valid menu menu.json $dialect
done
for file in "$docs"/../tests/golden/menu/*; do
	"$twinboot" menu "$file" --json >menu.json 2>err || continue
	/usr/bin/python3 check "$docs/menu.schema.json" menu.json || echo "# $file"
done >bad
is "$(cat bad)" "" "menu: every menu of tests/golden"
"$twinboot" build --table none --boot pv --kernel root/boot/vmlinuz-pv -o old.img 2>err
"$twinboot" adopt old.img -o new.img --json >adopt.json 2>err
valid adopt adopt.json "a bare file system"
"$twinboot" adopt gpt.img -o dry.img --pv auto --dry-run --json >adopt.json 2>err
valid adopt adopt.json "a disk with a table, a dry run"
"$twinboot" install gpt.img --dry-run --json >install.json 2>err
valid install install.json "new code for both"
"$twinboot" install old.img --dry-run --json >install.json 2>err
valid install install.json "no room, or no table"
"$twinboot" profiles --json >profiles.json
valid profiles profiles.json "all"
"$twinboot" run gpt.img --path bios --timeout 120 --json >run.json 2>err
valid run run.json "power-off"
"$twinboot" run zeroes.img --path bios --timeout 60 --json >run.json 2>err
valid run run.json "nothing to boot"
"$twinboot" matrix gpt.img zeroes.img --paths bios,direct --json matrix.json >out 2>err
valid matrix matrix.json "cells that pass and fail"

# What is wrong is noticed.
jq '.cells[0].status = "PERHAPS"' matrix.json >bad.json
[ -s bad.json ] && ! /usr/bin/python3 check "$docs/matrix.schema.json" bad.json >out
ok $? "a wrong word is noticed"
jq '.unheard_of = 1' profiles.json >bad.json
[ -s bad.json ] && ! /usr/bin/python3 check "$docs/profiles.schema.json" bad.json >out
ok $? "a member that no schema names is noticed"

for command in $("$twinboot" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	! "$twinboot" "$command" --help | grep -q -- '^  .*--json' ||
		[ -e "$docs/$command.schema.json" ] || echo "$command"
done >without
is "$(cat without)" "" "every command with --json has a schema"
done_testing
