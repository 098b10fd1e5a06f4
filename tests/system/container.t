#!/bin/bash
# The container image of docs/ci: made of Debian's packages and ours, nothing of
# anybody's, and a pod of kubernetes.yaml at work in it.  LONG=1: it fetches
# packages; buildah, which needs root for that, keeps all in a place of our own.
. "$(dirname "$0")/tap.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "${LONG-}" ] || [ "$(id -u)" != 0 ] || ! command -v buildah >/dev/null; then
	skip "with LONG=1, root and buildah" "a container"
	done_testing
	exit
fi
# vfs works wherever files do.
buildah="buildah --root $tmp/store --runroot $tmp/run --storage-driver vfs"
make -C "$top" B="${B#"$top"/}" BUILDAH="$buildah" container >"$tmp/log" 2>&1
status=$?
ok $status "make container"
[ $status = 0 ] || { tail -5 "$tmp/log" | sed 's/^/#  /'; done_testing; exit; }
$buildah inspect --type image twinboot >"$tmp/image"
is "$(jq -r '.OCIv1 | [(.rootfs.diff_ids | length), .config.User,
	.config.WorkingDir, (.config.Cmd | join(" "))] | join(";")' "$tmp/image")" \
	"1;65534:65534;/data;twinboot --help" "one layer, from scratch; nobody, /data"

mkdir -m 777 "$tmp/data"
chmod 755 "$tmp"
"$B/kernelgen" --format bzimage-efi -o "$tmp/k" &&
"$twinboot" build --kernel "$tmp/k" --append a=1 -o "$tmp/data/disk.img" -q
box=$($buildah from twinboot)
inside() {
	$buildah run --isolation chroot --volume "$tmp/data:/data" "$@"
}
is "$(inside "$box" -- twinboot --version)" "$("$twinboot" --version)" \
	"the container has this version"
is "$(inside "$box" -- id -u)" 65534 "... and an ordinary user"
/usr/bin/python3 -c 'import json, sys, yaml
json.dump(yaml.safe_load(sys.stdin), sys.stdout)' <"$top/docs/ci/kubernetes.yaml" |
	jq '.spec.template.spec.containers[0].args[0]' -r >"$tmp/args"
for i in 0 1 2 3; do
	inside --env JOB_COMPLETION_INDEX=$i "$box" -- /bin/sh -c \
		"$(cat "$tmp/args")" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status = 0 ] || [ $status = 77 ]
	ok $? "a pod: shard $((i + 1))"
	[ $status = 0 ] || tail -n 5 "$tmp/out" "$tmp/err" | sed 's/^/#  /'
done
inside "$box" -- sh -c 'twinboot matrix --merge boot-*.json --html page.html' >"$tmp/out"
is "$? $(grep -c '^ok.*/virtio/' "$tmp/out" | sed 's/[1-9].*/some/')" "0 some" \
	"their parts are merged"
grep -q '<html' "$tmp/data/page.html"
ok $? "... into a page"
$buildah rm --all >"$tmp/out"
$buildah rmi --all >"$tmp/out"
done_testing
