#!/bin/sh
# The examples in docs/ci, each run as its pipeline runs it: with the pipeline's
# own program where Debian has that, else by what is written down of it.
# LONG=1: the steps for GitHub and GitLab in a fresh copy of the sources.
. "$(dirname "$0")/tap.sh"
ci=$(cd "$(dirname "$0")/../../docs/ci" && pwd)
top=$(dirname "$(dirname "$ci")")
tools=$top/tests/ci
cd "$tmp" || exit 1

# lacks PROGRAM NAME: skips NAME when there is no PROGRAM.
lacks() {
	command -v "$1" >/dev/null && return 1
	skip "$1 is not installed" "$2"
}

# holds FILE FILTER NAME: jq finds FILTER true.
holds() {
	jq -e "$2" "$1" >out 2>&1
	ok $? "$3"
}

# ---- images: sound, failing at once, without anything to boot ----
"$B/kernelgen" --format bzimage -o vmlinuz || exit 1
"$twinboot" build --table mbr --kernel vmlinuz --append "a b" --boot bios \
	-o good.img 2>/dev/null
cp good.img bad.img
printf '\352\360\377\000\360' | dd of=bad.img conv=notrunc 2>/dev/null	# reset
# An EFI program without an ESP: something that other ways could start.
"$B/kernelgen" --format efi-app -o app
printf 'timeout 0\ntitle a\nkernel /boot/app\n' >m
"$twinboot" build --table mbr --boot pv --kernel app --menu m -o none.img \
	2>/dev/null

# ---- what all of them have in common ----
"$twinboot" matrix --help >help
for file in "$ci"/*; do
	for option in $(grep -v '^ *#' "$file" | grep -A9 'twinboot.*matrix' |
			grep -oE -- '--(json|junit|html|profiles|paths|shard|jobs|merge|expect|lava)'); do
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
for file in action.yml github.yml gitlab.yml kubernetes.yaml lava.yaml; do
	/usr/bin/python3 -c 'import json, sys, yaml
print(json.dumps(yaml.safe_load(sys.stdin)))' <"$ci/$file" >"${file%.*}.json"
	ok $? "$file: YAML"
done

# ---- JUnit: every outcome, and names that mean no good ----
# valid FILE NAME: a report of the known form whose sums are right.
valid() {
	xmllint --noout --schema "$tools/junit.xsd" "$1" 2>xml.err
	ok $? "$2"
	grep -v ' validates$' xml.err | sed 's/^/#  /'
	for x in '//@tests=count(//testcase)' '@failures=count(//failure)' \
		 '@errors=count(//error)' '@skipped=count(//skipped)'; do
		xmllint --xpath "/testsuites[$(echo "$x" | sed 's,^//,,')]" \
			"$1" >/dev/null 2>&1
		ok $? "$2: $x"
	done
}

# A QEMU that does not get far with one of the machines.
mkdir broken
cat >broken/qemu-system-x86_64 <<END
#!/bin/sh
case "\$*" in *nvme*) echo "no & <such> device" >&2; exit 1 ;; esac
exec $(command -v qemu-system-x86_64) "\$@"
END
chmod +x broken/qemu-system-x86_64
evil="<\"&'> ]]> <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=x RESULT=pass> é
ok 99 .img"
cp bad.img "$evil"
PATH=$tmp/broken:$PATH timeout 300 "$twinboot" matrix good.img "$evil" \
	--profiles virtio,nitro --lava --junit j.xml --json j.json >tap 2>err
is $? 99 "every outcome in one matrix"
sed 's/^/#  /' err
valid j.xml "JUnit"
is "$(jq -r '[.cells[].status] | unique | join(" ")' j.json)" \
	"ERROR FAIL PASS SKIP" "JUnit: all outcomes are there"
is "$(xmllint --xpath 'count(//testsuite)' j.xml)" 2 "JUnit: a suite an image"
[ -n "$(xmllint --xpath "//testcase[@name='bios/virtio/default' and
	failure[contains(., 'it said')] and
	contains(system-out, 'qemu-system-x86_64 ')]" j.xml)" ]
ok $? "JUnit: a failure has its reason, the command and the console"
is "$(grep -c '^ok 99' tap)" 0 "TAP: a name does not make lines"

# The same from parts, with what only files of others can have.
jq '.cells[0] |= (.status = "FAIL" | .why = "\u0001\ufffe\uffff\u001b]]>\n" |
	.entry = "<&\"\u0007>" | .tries = 3 |
	.console = ("\u00e9\u0002x" * 9000) + "the end\r\n") | .total += 2 |
	.cells[1].id = "<a b>"' j.json >evil.json
"$twinboot" matrix --merge evil.json --junit m.xml --lava >merged 2>&1
is $? 99 "parts with hostile text, and a shard that is missing"
valid m.xml "JUnit from parts"
is "$(xmllint --xpath 'count(//error[@type="MISS"])' m.xml)" 2 \
	"JUnit: MISS is an error"
xmllint --xpath '//testcase[1]/system-out' m.xml >tail.txt
grep -q 'the end$' tail.txt && [ "$(wc -c <tail.txt)" -lt 20000 ] &&
grep -q 'tried 3 times' tail.txt
ok $? "JUnit: the end of a long console, and how often it was tried"
for change in 's/ name="bios[^"]*"//' 's/<skipped/<skiped/' \
	      's/time="[0-9]/&x/' 's/tests="/&-/' 's/&lt;/</'; do
	sed "$change" j.xml >broken.xml
	! xmllint --noout --schema "$tools/junit.xsd" broken.xml 2>/dev/null
	ok $? "the schema notices $change"
done

# ---- hints ----
"$twinboot" matrix good.img --paths bios --expect never >hint 2>err
grep -q 'names no serial console' hint
ok $? "a hint: no serial console"
"$twinboot" build --table mbr --kernel vmlinuz --append "console=ttyS0" \
	--boot bios -o serial.img 2>err
"$twinboot" matrix serial.img --paths bios --expect never >hint 2>err
! grep -q 'serial console' hint && grep -q 'did not come' hint
ok $? "none where there is one"
"$B/kernelgen" --format bzimage-pv -o vmlinuz-pv
"$twinboot" build --table none --kernel vmlinuz-pv --boot pv \
	--append "root=/dev/xvda1" -o part.img 2>err
"$twinboot" matrix part.img --paths pv --expect never >hint 2>err
grep -q 'try --profiles xen-pv-part' hint
ok $? "a hint: xvda1"

# ---- the action: its second step by bash -e, inputs as its variables ----
holds action.json '.runs.using == "composite" and
	(.runs.steps | all(.shell == "bash")) and (.inputs.image.required)' \
	"action.yml: a composite action"
# action IMAGE EXPECT [PATHS [PROGRAMS]]: every variable is set from the input that
# it names.
action() {
	jq -r '.runs.steps[1].run' action.json >step
	jq -r '.inputs as $in | .runs.steps[1].env | to_entries[] |
		(.value | capture("inputs.(?<n>[a-z]+)").n) as $n |
		"\(.key)=\($in[$n].default // "" | @sh)"' action.json >vars
	PATH=${4-$B}:$PATH bash -e -c '. ./vars; IMAGE=$1 EXPECT=$2 PATHS=$3
		export IMAGE PATHS PROFILES EXPECT REPORTS
		bash -e step' action "$1" "$2" "${3-bios}" >action.out 2>&1
}
action good.img ""
is $? 0 "action.yml: an image that boots"
valid twinboot-reports/boot.xml "action.yml: its report"
action bad.img ""
is $? 1 "action.yml: one that does not"
action good.img 'no such words'
is $? 1 "action.yml: what is expected does not come"
is "$(jq -r '.spec.template.spec.containers[].image' kubernetes.json)" \
	"localhost/$(sed -n 's/.*bud --tag \([a-z]*\) .*/\1/p' "$ci/Containerfile")" \
	"kubernetes.yaml: the image is the Containerfile's"
is "$(grep -cE '^(FROM scratch|ADD root.tar /)$' "$ci/Containerfile")" 2 \
	"Containerfile: from scratch, one archive"

# ---- LAVA ----
holds lava.json '(.metadata | .format == "Lava-Test Test Definition 1.0" and
	(.name | test("^[A-Za-z0-9_.-]+$"))) and
	(keys - ["metadata", "params", "run"] == []) and
	(.run.steps | length > 0 and all(type == "string" and
		(test("[|<>]") | not)))' "lava.yaml: a test definition"
"$tools/lava-read" <tap >ids
ok $? "--lava: signals as LAVA reads them"
is "$(grep -c . ids)" "$(jq .total j.json)" "--lava: a test case a cell"
want=$(jq -r '.cells[] | .id + " " + ({PASS: "pass", FAIL: "fail", SKIP: "skip"}
	[.status] // "unknown")' j.json)
is "$(cat ids)" "$want" "--lava: ids and results"
grep -q '^good.img-bios-virtio-default pass$' ids
ok $? "--lava: several images have ids of their own"
"$tools/lava-read" <merged >ids
is "$?$(grep -cE '^cell-[0-9]+ unknown$' ids)" 02 "--lava --merge"
"$twinboot" matrix good.img good.img --paths bios --lava --shard 2/2 |
	"$tools/lava-read" >ids
is "$(cat ids)" "bios-virtio-default-2 pass" "--lava: one image twice, a shard"

# lava IMAGE WANTED: the definition as the script that LAVA makes of it.
lava() {
	{
		jq -r '.params | to_entries[] | "\(.key)='\''\(.value)'\''"' \
			lava.json
		printf "IMAGE='%s'\nset -e\nset -x\n" "$1"
		jq -r '.run.steps[]' lava.json
	} >run.sh
	PATH=$tools:$B:$PATH sh -e run.sh 2>&1 | "$tools/lava-read" |
		grep -E '^(bios|matrix)' | tr '\n' ' ' >out
	is "$(cat out)" "$2" "lava.yaml: $1"
}
lava good.img "bios-virtio-default pass matrix pass "
lava bad.img "bios-virtio-default fail matrix fail "

# ---- GitHub and GitLab ----
# `on' is a YAML 1.1 boolean.
holds github.json '(.true | index("push")) and (.jobs | length == 1) and
	(.jobs[] | (."runs-on" | type == "string") and
	 (.steps | all((has("run") and (.run | type == "string")) !=
		(has("uses") and (.uses | test("^[a-z-]+/[a-z-]+@v[0-9]+$"))))) and
	 (.steps[-1] | .if == "always()" and
	  (.uses | startswith("actions/upload-artifact@"))))' \
	"github.yml: jobs, steps, reports kept also of a failure"
holds gitlab.json '.boot | (.image | type == "string") and
	(.script | all(type == "string")) and .artifacts.when == "always" and
	(.artifacts.reports.junit | type == "string")' \
	"gitlab.yml: script, a JUnit report also of a failure"

# The scripts of a pipeline, as each runs them: GitHub one by one.
steps() {
	case $1 in
	github)	jq -r '.jobs[].steps[] | select(.run) | .run | @base64' \
			github.json ;;
	gitlab)	jq -r '.boot.script | join("\n") | @base64' gitlab.json ;;
	esac
}
reports() {
	case $1 in
	github)	jq -r '.jobs[].steps[-1].with.path' github.json ;;
	gitlab)	jq -r '.boot.artifacts | .paths[], .reports.junit' gitlab.json ;;
	esac
}

# pipeline NAME DIRECTORY PROGRAMS: its exit status; PROGRAMS come first.
pipeline() {
	for script in $(steps "$1"); do
		echo "$script" | base64 -d >script
		(
			unset B LONG MAKEFLAGS MAKELEVEL
			cd "$2" && PATH=$3:$PATH timeout 900 sh -e ../script
		) >log 2>&1 || return $?
	done
}

# check_pipeline NAME DIRECTORY PROGRAMS STATUS
check_pipeline() {
	for file in $(reports "$1"); do
		rm -f "$2/$file"
	done
	pipeline "$1" "$2" "$3"
	status=$?
	is $status "$4" "$1: ends with $4 in $2"
	[ $status = "$4" ] || tail -20 log | sed 's/^/#  /'
	for file in $(reports "$1"); do
		[ -s "$2/$file" ]
		ok $? "$1: leaves $file"
	done
	valid "$2/boot.xml" "$1: JUnit"
}

# Packages are there already; what is to be made has to be a target.
mkdir -p programs real checkout/build/images
cat >real/apt-get <<END
#!/bin/sh
case "\$1 \$2" in "-qq update"|"-qq install") exit ;; esac
exec $(command -v apt-get) "\$@"
END
cp real/apt-get programs
cat >programs/make <<END
#!/bin/sh
exec $(command -v make) -C "$top" -n B=build "\$@" >/dev/null
END
chmod +x programs/* real/*
ln -s "$B/twinboot" checkout/build/twinboot
for name in github gitlab; do
	cp good.img checkout/build/images/demo.img
	check_pipeline $name checkout "$tmp/programs" 0
	cp bad.img checkout/build/images/demo.img
	check_pipeline $name checkout "$tmp/programs" 1
done
if [ -n "$LONG" ]; then
	mkdir -p fresh/build
	tar -C "$top" --exclude=./build --exclude=./.git -c . | tar -C fresh -x
	[ ! -d "$B/debian" ] || cp -a "$B/debian" fresh/build
	check_pipeline github fresh "$tmp/real" 0
	check_pipeline gitlab fresh "$tmp/real" 0
	[ "$(xmllint --xpath 'count(//testcase[not(*)])' fresh/boot.xml)" -ge 3 ]
	ok $? "the demo image passes over three paths or more"

	# The action, both steps, with an image that nothing of ours has made:
	# systemd-boot and Debian's kernel on an ESP.
	cat >real/sudo <<-'END'
	#!/bin/sh
	exec "$@" PREFIX="$ACTION"
	END
	chmod +x real/sudo
	jq -r '.runs.steps[0].run' action.json >install
	(
		unset B LONG MAKEFLAGS MAKELEVEL
		ACTION=$tmp/action SOURCE=$tmp/fresh/docs/ci/../.. \
			PATH=$tmp/real:$PATH bash -e install
	) >log 2>&1
	ok $? "action.yml: its first step installs Twinboot"
	truncate -s 120M theirs.img
	printf 'label: gpt\n2048,,U\n' | sfdisk -q theirs.img
	mformat -i theirs.img@@1M -F -T 239616 -h 255 -s 63 ::
	mmd -i theirs.img@@1M ::EFI ::EFI/BOOT ::loader ::loader/entries
	printf 'title Theirs\nlinux /vmlinuz\ninitrd /initrd\noptions %s\n' \
		"console=ttyS0 quiet" >entry.conf
	mcopy -i theirs.img@@1M /usr/lib/systemd/boot/efi/systemd-bootx64.efi \
		::EFI/BOOT/BOOTX64.EFI
	mcopy -i theirs.img@@1M "$B/debian/cloud/vmlinuz" ::vmlinuz
	mcopy -i theirs.img@@1M "$B/images/cloud/initrd.img" ::initrd
	mcopy -i theirs.img@@1M entry.conf ::loader/entries/theirs.conf
	action theirs.img "" uefi "$tmp/action/bin"
	is $? 0 "action.yml: somebody else's image boots"
	is "$(xmllint --xpath 'count(//testcase[not(*[name() != "system-out"])])' \
		twinboot-reports/boot.xml)" 1 "action.yml: and its report says so"
	[ -x action/bin/twinboot ]
	ok $? "action.yml: by the Twinboot that it has installed"
fi

# ---- meson ----
# meson_test IMAGE STATUS WORD
meson_test() {
	lacks meson "meson.build: $3" && return
	mkdir -p meson
	cp "$ci/meson.build" meson
	cp "$1" meson/disk.img
	(
		PATH=$B:$PATH
		[ -d meson/b ] || meson setup meson/b meson
		meson test -C meson/b
	) >log 2>&1
	is "$?$(sed -n 's,^1/1 boots *\([A-Z]*\) .*,\1,p' log)" "$2$3" \
		"meson.build: $3"
	grep -q "^1/1 boots *$3" log || sed 's/^/#  /' log
}
meson_test good.img 0 OK
meson_test bad.img 1 FAIL
meson_test none.img 0 SKIP

# ---- Slurm ----
# The parts I of a job array are merged.
merged() {
	"$twinboot" matrix --merge boot-1.json boot-2.json >out 2>&1
	is $? 0 "$1: its parts are merged"
	is "$(grep -cE '^(not )?ok' out)" "$(jq .total boot-1.json)" \
		"$1: no cell is missing"
	"$twinboot" matrix --merge boot-2.json >out 2>&1
	is "$?$(grep -c 'status: MISS' out)" \
		"99$(jq '.cells | length' boot-1.json)" \
		"$1: a part that is missing is not forgotten"
	rm boot-*.json
}
for i in 1 2; do
	PATH=$B:$PATH SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=2 \
		timeout 300 "$ci/slurm.sh" good.img >out 2>err
	is $? 0 "slurm.sh: task $i"
	sed 's/^/#  /' err
done
merged "slurm.sh"
name="slurm.sh under Slurm"
if [ -z "$LONG" ]; then
	skip "with LONG=1" "$name"
elif ! lacks slurmctld "$name" && ! lacks slurmd "$name" &&
     ! lacks munged "$name"; then
	PATH=$B:$PATH "$tools/slurm" "$tmp/slurm" timeout 600 sbatch --wait \
		--array=1-2 "$ci/slurm.sh" good.img >log 2>&1
	is $? 0 "$name"
	[ -e boot-1.json ] || sed 's/^/#  /' log slurm/log
	merged "$name"
	PATH=$B:$PATH "$tools/slurm" "$tmp/slurm" timeout 600 sbatch --wait \
		--array=1-2 "$ci/slurm.sh" bad.img >log 2>&1
	is $? 1 "$name: a cell that fails is a task that fails"
	is "$(wc -l <slurm/pids)" 6 "$name: daemons of its own"
	for pid in $(cat slurm/pids); do
		[ ! -e "/proc/$pid" ]
		ok $? "$name: daemon $pid has ended"
	done
fi

# ---- Kubernetes ----
holds kubernetes.json '.spec as $job | $job.template.spec as $pod |
	.apiVersion == "batch/v1" and .kind == "Job" and
	(.metadata.name | test("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")) and
	$job.completionMode == "Indexed" and
	($job.parallelism <= $job.completions) and
	($pod.restartPolicy | . == "Never" or . == "OnFailure") and
	(([$pod.containers[].volumeMounts[].name] - [$pod.volumes[].name]) == []) and
	($pod.containers[0].args[0] |
		test("/\($job.completions)\" "))' \
	"kubernetes.yaml: an Indexed Job, a shard for each completion"
shards=$(jq .spec.completions kubernetes.json)
i=0
while [ $i -lt "$shards" ]; do
	jq -r '.spec.template.spec.containers[0] | [.command[], .args[]] | @sh' \
		kubernetes.json | sed "s,/data/,$tmp/,g" >pod
	cp good.img disk.img
	PATH=$B:$PATH JOB_COMPLETION_INDEX=$i sh ./pod >out 2>err
	status=$?
	# A shard may have nothing but cells that are skipped.
	[ $status = 0 ] || [ $status = 77 ]
	ok $? "kubernetes.yaml: pod $i"
	i=$((i + 1))
done
"$twinboot" matrix --merge boot-*.json >out 2>&1
is "$?$(grep -cE '^(not )?ok' out)" "0$(jq .total boot-0.json)" \
	"kubernetes.yaml: its parts are merged"

# Broken in one way at a time: each has to be noticed.
change() {
	case $1 in
	sound)	cat ;;
	field)	sed 's/completionMode/completionMod/' ;;
	deep)	sed 's/mountPath/mountpath/' ;;
	type)	sed 's/completions: 4/completions: four/' ;;
	list)	sed 's/- name: matrix/name: matrix/' ;;
	esac <"$ci/kubernetes.yaml" >"kube-$1.yaml"
}

# kubectl takes what it knows and drops the rest: what comes out has to be what
# went in.
kubectl_check() {
	KUBECONFIG=/dev/null kubectl set image --local -o json -f "$1" \
		matrix=checked >out.json 2>kube.err || return 1
	/usr/bin/python3 -c 'import json, sys, yaml
def lost(a, b):
    if isinstance(a, dict):
        return any(k not in b or lost(v, b[k]) for k, v in a.items())
    if isinstance(a, list):
        return len(a) != len(b) or any(map(lost, a, b))
    return a != b and b != "checked"
sys.exit(lost(yaml.safe_load(open(sys.argv[1])), json.load(open("out.json"))))
' "$1"
}
name="kubernetes.yaml: checked by kubectl"
for what in sound field deep type list; do
	change $what
	want=$([ $what = sound ]; echo $?)
	if /usr/bin/python3 -c 'import kubernetes' 2>/dev/null; then
		"$tools/kube-check" kube-$what.yaml 2>err
		is $? "$want" "kubernetes.yaml: the API's description, $what"
	else
		skip "python3-kubernetes is not installed" \
			"kubernetes.yaml: the API's description, $what"
	fi
	lacks kubectl "$name, $what" && continue
	# Indexed Jobs came with 1.21.
	if [ "$(kubectl version --client -o json 2>/dev/null |
		jq -r .clientVersion.minor | tr -dc 0-9)" -lt 21 ]; then
		skip "kubectl knows no Indexed Jobs" "$name, $what"
		continue
	fi
	kubectl_check kube-$what.yaml
	is $? "$want" "$name, $what"
done
done_testing
