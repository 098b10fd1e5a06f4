#!/bin/sh
# The examples in docs/ci say what the program understands.
. "$(dirname "$0")/tap.sh"
ci=$(cd "$(dirname "$0")/../../docs/ci" && pwd)
top=$(dirname "$(dirname "$ci")")
cd "$tmp" || exit 1
"$twinboot" matrix --help >help
for file in "$ci"/*; do
	for option in $(grep -v '^#SBATCH' "$file" | grep -A9 'twinboot.*matrix' |
			grep -oE -- '--(json|junit|html|profiles|paths|shard|jobs|merge|expect)'); do
		grep -q -- "$option " help ||
		echo "#  ${file##*/}: $option is unknown"
	done | tee bad
	[ ! -s bad ]
	ok $? "${file##*/}: its options are the program's"
	for p in $(grep -oE -- '--profiles [a-z,-]+' "$file" | tr ', ' '\n\n' |
		   grep -v -- --profiles); do
		"$twinboot" profiles | grep -q "^$p "
		ok $? "${file##*/}: profile $p"
	done
done
for target in $(grep -hoE 'make build/[^ ]+ [^ ]+' "$ci"/*.yml |
		tr ' ' '\n' | grep build/ | sort -u); do
	make -C "$top" -n B=build "$target" >/dev/null 2>&1
	ok $? "make $target is a target"
done

# The Slurm script, as Slurm starts it.
"$B/kernelgen" --format bzimage -o vmlinuz
"$twinboot" build --table mbr --kernel vmlinuz --boot bios -o x.img 2>/dev/null
for i in 1 2; do
	PATH=$B:$PATH SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=2 \
		timeout 300 "$ci/slurm.sh" x.img >out 2>err
	case $? in
	0|1|77)	ok 0 "slurm.sh: task $i" ;;
	*)	ok 1 "slurm.sh: task $i"; sed 's/^/#  /' err ;;
	esac
done
"$twinboot" matrix --merge boot-1.json boot-2.json >out 2>&1
[ "$(grep -c '^\(not \)\?ok' out)" = "$(jq .total boot-1.json)" ]
ok $? "its parts are merged"
perl -e 'use strict; my $t = do { local $/; <> };
	die if $t =~ /\t/; die unless $t =~ /^kind: Job$/m &&
	$t =~ /completionMode: Indexed/;' "$ci/kubernetes.yaml"
ok $? "kubernetes.yaml: an Indexed Job, no tabs"
done_testing
