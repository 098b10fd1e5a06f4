#!/bin/bash
# tests/rules against a scratch copy of the tree with one wrong thing at a time:
# each is named by file and by what is wrong.
. "$(dirname "$0")/tap.sh"
o=$(realpath "$B")/boot-obj
git ls-files -co --exclude-standard |
	while read -r f; do [ ! -e "$f" ] || echo "$f"; done |
	cpio -pdm --quiet "$tmp/tree"
old=$PWD
cd "$tmp/tree" && git init -q . || exit 1
export B=$tmp/b
mkdir -p "$B/boot-obj/pvboot" && cp -r "$o/pvboot/hv" "$B/boot-obj/pvboot/"
cp -r "${o%/boot-obj}/man" "$B/"

# RULE FILE WORDS...: RULE ends 1 and a line of it has FILE and WORDS.
named() {
	local rule=$1 out
	shift
	out=$("tests/rules/$rule") && { echo "# $rule found nothing"; return 1; }
	for word; do
		out=$(grep -F -- "$word" <<<"$out") ||
			{ echo "# no line of $rule says $word"; return 1; }
	done
}
# FILE LINE: one more line at the end of FILE.
add() { echo "$2" >>"$1"; }
# FILE C-TEXT: FILE's object becomes that of C-TEXT.
compiled() { echo "$2" | gcc -c -x c -o "$B/boot-obj/${1%.c}.o" -; }
undo() {
	cp "$old/$1" "$1"
	cp "$o/${1%.*}.o" "$B/boot-obj/${1%.*}.o" 2>/dev/null
	true
}

check() { # NAME COMMAND...
	local name=$1
	shift
	"$@"
	ok $? "$name"
}

for rule in tests/rules/*; do
	check "$rule finds nothing in the tree as it is" "$rule"
done
f=pvboot/hv/machine/console/com.c
add $f '#include "pvboot/hv/pv/cpu/domain.h"'
check 'an include of a higher room' \
	named layers $f pvboot/hv/pv/cpu/domain.h
undo $f
f=tools/image/build.c
add $f '#include "tools/vm/vm.h"'
check 'an include of a higher room of tools/' named layers $f tools/vm/vm.h
undo $f
f=loader/kernel/multiboot/multiboot.c
add $f '#include "loader/kernel/xenpv/xenpv.h"'
check 'an include of another kernel format' \
	named layers $f loader/kernel/xenpv/xenpv.h
undo $f
f=menu/config/lst.c
add $f '#include "menu/run.h"'
check 'an include of who runs entries, by who reads them' \
	named layers $f menu/run.h
undo $f
f=pvboot/hv/pv/memory/tlb.c
add $f '#include "pvboot/hv/machine/memory.h"'
check 'an include of the machine, in the core' \
	named layers $f pvboot/hv/machine/memory.h
undo $f
f=pvboot/hv/back/vbd.c
add $f 'void *vbd_x(uint64_t mfn) { return core_frame(mfn); }'
check 'a frame of the guest by number, outside the core' \
	named layers $f core_frame
undo $f
f=pvboot/hv/drivers/disk.c
compiled $f 'void kill_guest(void); void disk_x(void) { kill_guest(); }'
check 'a call of a higher room' named layers $f kill_guest
undo $f
compiled $f 'void wild_thing(void) { }'
check 'a public name without the stem of its file' named names $f wild_thing
undo $f
for i in 1 2 3; do add tests/public-names "more_$i"; done
check 'more than twelve exceptions' named names public-names twelve
check 'an exception that nobody needs' named names public-names more_1
undo tests/public-names
f=pvboot/hv/machine/console/com.c
wide=$(printf '/* %78s */' x)
printf 'static void f(void)\n{\n%s\n}\n' "$(yes ';' | head -61)" >>$f
add $f "$wide"
add $f '        int indented;'
add $f 'int blank; '
add $f 'void f(void) __attribute__((noreturn));'
yes '' | head -500 >>$f
for what in '80 columns' 'indented by blanks' 'blanks at the end' \
	'a function of 61 lines' _Noreturn 'a file of'; do
	check "$what" named text $f "$what"
done
undo $f
f=pvboot/hv/pv/domain.h
add $f 'struct x { int *dead_a, dead_b[2]; void (*dead_c)(int a, int b); };'
for what in dead_a dead_b dead_c; do
	check "a member that nobody uses: $what" named members $f $what
done
undo $f
add docs/limits.md "See gone_with_the_wind."'c and NAME.c.'
check 'a file that is not there' named mentions docs/limits.md gone_with
undo docs/limits.md
f=pvboot/hv/drivers/floppy'.c'
add $f 'int floppy;'
check 'a file that the table of the hypervisor'"'"'s files does not have' \
	named files pvboot/hv/drivers floppy
rm $f
touch mbr/bios/many{1..20}.c
check 'a folder of many files without rooms' named rooms mbr/bios: 'has rooms'
rm mbr/bios/many*.c
f=docs/man/twinboot.conf.5
sed -i 's/^\.BR console=com1/.BR nothing/' $f
check 'a key that its manual page does not have' named keys $f console
undo $f
done_testing
