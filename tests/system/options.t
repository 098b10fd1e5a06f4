#!/bin/bash
# What is the same in every command, held for each that `twinboot --help' names:
# -q and -v, --json and its schema, - for an image, --path and --paths, and the
# machine of run and matrix.  A command that is added has to be added here.
. "$(dirname "$0")/tap.sh"
# shellcheck disable=SC2046,SC2086
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
cd "$tmp" || exit 1
"$B/kernelgen" --format bzimage-pv -o k && echo data >f &&
"$twinboot" build --kernel k --file f:/f --append a=1 -o x.img -q &&
"$twinboot" env x.img set a=1 b=2 && cp x.img same.img &&
"$twinboot" build --kernel k --file k:/f --append a=1 -o y.img -q &&
"$twinboot" build --table none --boot pv --kernel k -o old.img -q &&
printf 'default 0\ntitle a\nkernel /k\n' >menu.lst || exit 1

# A use of each that ends well, with IMG for an image that may be -.
use() {
	case $1 in
	adopt)	echo "adopt $2 -o new.img" ;;
	build)	echo "build --kernel k -o b.img" ;;
	cat)	echo "cat -- $2:/f" ;;
	cp)	echo "cp -- $2:/f copy" ;;
	diff)	echo "diff $2 same.img" ;;
	env)	echo "env $2 get" ;;
	inspect) echo "inspect $2" ;;
	install) echo "install $2 --dry-run" ;;
	ls)	echo "ls -- $2:/boot" ;;
	matrix)	echo "matrix $2 --path direct --timeout 300" ;;
	menu)	echo "menu $2" ;;
	profiles) echo "profiles" ;;
	run)	echo "run $2 --path bios --timeout 300" ;;
	verify)	echo "verify $2 --kernel k --file k:/f --append a=1" ;;
	xen-testbed) echo "xen-testbed --dir bed" ;;
	esac
}
image() {
	case $1 in
	adopt)	echo old.img ;;
	menu)	echo menu.lst ;;
	verify)	echo y.img ;;
	*)	echo x.img ;;
	esac
}
# The same but for its first words, options before a "--".
also() { # OPTION COMMAND...
	local option=$1 command=$2
	shift 2
	"$twinboot" "$command" "$option" "$@"
}

commands=$("$twinboot" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
for command in $commands; do
	set -- $(use "$command" "$(image "$command")")
	[ $# != 0 ]
	ok $? "$command: is known here"
	[ $# != 0 ] || continue
	"$twinboot" "$command" --help >help
	is "$(grep -E '.{81}' help)" "" "$command --help: in 80 columns"
	grep -q ' $' help
	is "$?" 1 "$command --help: no blanks at the end of a line"
	# Without a word it tells which are needed.
	words=$(sed -n '1s/^usage: twinboot [^ ]* //p' help)
	wanted=$("$twinboot" "$command" 2>&1 >/dev/null </dev/null)
	case $command,$words in
	build,*) is "$wanted" "twinboot: no output file: give -o IMAGE" "$command alone" ;;
	profiles,*|xen-testbed,*) ;;
	cp,*|diff,*|env,*)
		is "$wanted" "twinboot: give $words" "$command alone: all of its words" ;;
	*...\ *) is "$wanted" "twinboot: give at least one ${words%%...*}" "$command alone" ;;
	*)	words=${words%%[ :[]*}
		is "$wanted" "twinboot: give one $words" "$command alone" ;;
	esac
	if [ "$command" = xen-testbed ]; then
		# It fetches packages; install.t runs it.
		grep -q -- '-q, --quiet' help && grep -q -- '-v, --verbose' help
		ok $? "$command: -q and -v"
		continue
	fi
	also -q "$@" >out 2>err </dev/null
	is "$? $(cat err)" "0 " "$command -q: ends well and says nothing"
	also -v "$@" >out 2>err </dev/null
	is "$?" 0 "$command -v: ends well"

	# By name and from standard input: the same answer, but for the name.
	image=$(image "$command")
	case $command in
	build|profiles) ;;
	install)
		fails "-: standard input cannot be changed in place" \
			"$twinboot" install - --dry-run ;;
	*)	"$twinboot" $(use "$command" "$image") 2>err </dev/null |
			sed "s/$image/-/; s/[0-9.]* ms//" >by-name
		cat "$image" | "$twinboot" $(use "$command" -) 2>err |
			sed 's/[0-9.]* ms//' >by-input
		[ "${PIPESTATUS[1]}" = 0 ]
		ok $? "$command -: ends well"
		case $command in
		run|matrix)
			# What was booted says how long it took.
			grep -o '"cmdline":"[^"]*"\|^ok.*' by-name >a
			grep -o '"cmdline":"[^"]*"\|^ok.*' by-input >b
			sed -i 's/ #.*//' a b ;;
		*)	mv by-name a; mv by-input b ;;
		esac
		# These say nothing more than that all is well.
		case $command in
		cp)	cp copy a && cp f b ;;
		diff|verify) echo "$command" | tee -a a >>b ;;
		esac
		[ -s a ] && cmp a b >cmp.out 2>&1
		ok $? "$command -: the same answer"
		sed 's/^/#  /' cmp.out ;;
	esac

	# Bytes of a file are no JSON.
	case $command in
	cat|cp)	! grep -q -- '--json' help
		ok $? "$command: no --json" ;;
	matrix)	also --json=m.json "$@" >out 2>err
		ok $? "matrix --json" ;;
	*)	also --json "$@" >m.json 2>err
		ok $? "$command --json" ;;
	esac
	case $command in
	cat|cp) ;;
	*)	/usr/bin/python3 -c 'import json, jsonschema, sys
schema, doc = (json.load(open(f)) for f in sys.argv[1:3])
jsonschema.Draft202012Validator(schema).validate(doc)' \
			"$docs/$command.schema.json" m.json >out 2>&1
		ok $? "$command --json: as docs/$command.schema.json has it" ;;
	esac

	# --path and --paths: both, or neither.
	is "$(grep -c -- '^  --path ' help)" "$(grep -c -- '^  --paths ' help)" \
		"$command: --path and --paths"
done

# What is run to unpack an image is told by -v.
"$twinboot" build --kernel k --append a=1 -O qcow2 -o x.qcow2 -q || exit 1
for words in "inspect x.qcow2" "ls x.qcow2" "run x.qcow2 --path direct" \
	"matrix x.qcow2 --path direct"; do
	# shellcheck disable=SC2086
	also -v $words 2>&1 >out </dev/null | grep -q 'runs qemu-img convert'
	ok $? "${words%% *} -v: the commands that are run"
done

# Either name takes what the other does, and a second one is no second wish.
for command in $commands; do
	"$twinboot" "$command" --help | grep -q '^  --paths' || continue
	for name in --path --paths; do
		"$twinboot" "$command" x.img $name bios 2>err </dev/null >out
		echo "$? $(grep -c 'bios\|cmdline' out)"
	done >counts
	is "$(sort -u counts | wc -l) $(grep -c ' 0$' counts)" "1 0" \
		"$command: --path bios is --paths bios"
	fails "--paths uefi: bios was said before" \
		"$twinboot" "$command" x.img --path bios --paths uefi
	fails "no such" "$twinboot" "$command" x.img --path nowhere
done
"$twinboot" matrix x.img --path bios,direct >out 2>err
is "$(grep -c '^ok' out)" 2 "matrix --path LIST"

# The machine: what run has, matrix has.
for command in run matrix; do
	"$twinboot" $command --help |
		sed -n '/^  --smp/,/^  --drive/p' >"$command.machine"
done
[ -s run.machine ] && cmp run.machine matrix.machine
ok $? "run and matrix: the same machine"
grep -c -- '^  --\(accel\|tpm\|smp\|nic\|seed\|drive\) ' run.machine >n
is "$(cat n)" 6 "... accel, tpm, smp, nic, seed, drive"
is "$("$twinboot" profiles | grep -c ' $')" 0 \
	"profiles: no blanks at the end of a line"
for command in "run x.img --path direct --timeout 300" \
	"matrix x.img --paths direct"; do
	"$twinboot" $command --accel tcg >out 2>err
	ok $? "${command%% *} --accel tcg"
	fails "--accel quick" "$twinboot" $command --accel quick
	also -v $command --tpm >out 2>err </dev/null
	is "$? $(grep -c 'tpm-\(tis\|crb\)' err)" "0 1" "${command%% *} --tpm"
	tail -n 3 err | sed 's/^/#  /'
done
done_testing
