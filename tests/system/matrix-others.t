#!/bin/sh
# twinboot matrix on images that do not say what they were given: one that asks,
# one that only has a screen, one that never powers off; and runs held against
# earlier ones.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

# matrix STATUS NAME OPTION...
matrix() {
	local status=$1 name=$2
	shift 2
	timeout 200 "$twinboot" matrix "$@" --json m.json >tap 2>err
	is $? "$status" "$name"
	sed 's/^/#  /' err
}
# cell FILTER WANTED NAME: a question on the first cell
cell() {
	is "$(jq -r ".cells[0] | $1" m.json)" "$2" "$3"
}

# ---- a guest that asks ----
"$B/kernelgen" --format bzimage -o vmlinuz || exit 1
printf 'title first\nkernel /boot/vmlinuz which=0\n
title second\nkernel /boot/vmlinuz which=1\n' >menu
"$twinboot" build --table mbr --boot bios --kernel vmlinuz --menu menu \
	-o asks.img 2>/dev/null
matrix 1 "a menu that waits fails" asks.img --paths bios
cell '.why | test("^the loader waits in its menu; it said: ")' true "and says so"
matrix 0 "and passes when it is answered" asks.img --paths bios \
	--answer '0> first='
cell '.facts[] | select(.name == "command line") | .got' "which=0" \
	"by Enter alone"
matrix 1 "what is typed arrives" asks.img --paths bios --answer '0> first=1'
cell '.facts[] | select(.name == "command line") | .got' "which=1" \
	"as a key of the menu"
fails "--answer word: not RE=TEXT" "$twinboot" matrix asks.img --answer word

# ---- a screen, and no serial line; it halts for ever ----
{
	printf '\374\276\022\174\254\204\300\164\006\264\016\315\020\353\365'
	printf '\364\353\375Somebody else: ready\r\nhost login: \000'
} >boot.bin
"$twinboot" build --table mbr --boot bios --kernel vmlinuz -o screen.img \
	2>/dev/null
dd if=/dev/zero of=screen.img bs=440 count=1 conv=notrunc 2>/dev/null
dd if=boot.bin of=screen.img conv=notrunc 2>/dev/null
matrix 0 "what is expected is seen on the screen" screen.img --paths bios \
	--expect 'else: ready$'
cell '.evidence | join(" ")' "--expect" "which is evidence"
cell '.console // "none"' none "nothing came on the serial line"
cell '.screen_text | split("\n")[-2:] | join("/")' \
	"Somebody else: ready/host login:" "its text is told"
matrix 0 "so is a login prompt" screen.img --paths bios --allow-unchecked
cell .status UNCHECKED "which nothing checks"
matrix 1 "what does not come" screen.img --paths bios --expect 'never' \
	--silence 3 --html page.html
cell '.why | test("host login:; that is its screen: nothing came on the serial line")' \
	true "fails with the screen's last words, and a hint"
xmllint --xpath 'string(//section[starts-with(@class, "cell ")]/pre)' page.html |
	grep -q '^Somebody else: ready$'
ok $? "the page has the screen's text"

# The same, but it asks, and has keys alone to be told by; SLOW, it does something
# else for that many ticks of the clock after each.
cat >asks.s <<'END'
	.code16
	.globl _start
_start:	cld
	ljmp $0, $1f
1:	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw $name, %si
	call say
	movw $line, %di
1:	xorb %ah, %ah
	int $0x16
	stosb
	movb $0x0e, %ah
	int $0x10
	movw 0x46c, %bx
2:	movw 0x46c, %cx
	subw %bx, %cx
	cmpw $SLOW, %cx
	jb 2b
	cmpb $13, %al
	jne 1b
	movb $0, -1(%di)
	movw $nl, %si
	call say
	movw $line, %si
	call say
	movw $ready, %si
	call say
	hlt
	jmp .
say:	lodsb
	testb %al, %al
	jz 1f
	movb $0x0e, %ah
	int $0x10
	jmp say
1:	ret
name:	.asciz "What is your name? "
nl:	.asciz "\n"
ready:	.asciz " is my name\r\n"
line:
END
# asks IMAGE TICKS
asks() {
	cp screen.img "$1" && as --32 --defsym SLOW="$2" -o asks.o asks.s &&
	ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o asks.bin asks.o &&
	dd if=asks.bin of="$1" conv=notrunc 2>/dev/null
}
asks keys.img 0 && asks slow.img 2
ok $? "boot sectors that ask"
matrix 0 "a question on the screen is answered by keys" keys.img --paths bios \
	--answer 'your name\?=Al-Khwarizmi_{7}|"x" ~' \
	--expect '^Al-Khwarizmi_[{]7[}][|]"x" ~ is my name$'
is "$(cat err)" "" "all of it can be typed"
long=$(printf 'Ab%.0s' $(seq 150))
matrix 0 "one of 300 keys" keys.img --paths bios --answer "your name\\?=$long" \
	--expect 'AbAb is my name$'
jq -r '.cells[0].screen_text' m.json | tr -d '\n' |
	grep -qF "name? $long$long is my name"
ok $? "none is lost"
matrix 0 "who is slow to read them gets all" slow.img --paths bios \
	--answer 'your name\?=Muhammad, Son of Musa, of Khwarazm' \
	--expect '^Muhammad, Son of Musa, of Khwarazm is my name$'
asks never.img 65535
matrix 1 "who reads one only" never.img --paths bios --silence 5 \
	--answer 'your name\?=Muhammad' --expect 'is my name$'
cell '.why | test("nobody reads the keys")' true "is told from who has nothing to say"
mkdir bin
printf '#!/bin/sh\nsleep 6\nexec %s "$@"\n' "$(command -v qemu-system-x86_64)" \
	>bin/qemu-system-x86_64
chmod +x bin/qemu-system-x86_64
PATH=$PWD/bin:$PATH matrix 0 "a QEMU that the host leaves no time" keys.img \
	--paths bios --answer 'your name\?=Muhammad' --expect 'is my name$'
matrix 1 "what no key writes" keys.img --paths bios --silence 3 \
	--answer 'your name\?=é' --expect 'is my name$'
grep -q 'no keyboard writes it' err
ok $? "is told"

# ---- a CD: El Torito, and nothing that a disk would start ----
cat >cd.pl <<'END'
use strict;
my ($bios, $uefi) = @ARGV;
local $/;
my $boot = <STDIN>;
my $cd = "\0" x (2048 * 21);
sub at { substr($cd, $_[0], length $_[1]) = $_[1] }
at(2048 * 16, "\1CD001\1\0");
at(2048 * 17, "\0CD001\1" . pack("a32 x32 V", "EL TORITO SPECIFICATION", 19));
at(2048 * 18, "\xffCD001\1");
my $entry = pack("CC v a24", 1, 0, 0, "");
my $sum = 0xaa55;
$sum += $_ for unpack("v*", $entry);
at(2048 * 19, $entry . pack("v v", -$sum & 0xffff, 0xaa55));
at(2048 * 19 + 32, pack("CCvCCvV", $bios ? 0x88 : 0, 0, 0, 0, 0, 4, 20));
at(2048 * 19 + 64, pack("CCv", 0x91, 0xef, 1)) if $uefi;
at(2048 * 19 + 96, pack("CCvCCvV", 0x88, 0, 0, 0, 0, 4, 20)) if $uefi;
at(2048 * 20, $boot);
print $cd;
END
perl cd.pl 1 0 <boot.bin >bios.iso
perl cd.pl 0 1 <boot.bin >uefi.iso
matrix 0 "a CD boots as one" bios.iso --paths bios --profiles virtio,metal \
	--expect 'else: ready$'
is "$(jq -r '.cells[] | select(.boot.command | test("ide-cd")) | .profile' \
	m.json | tr "\n" " ")" "virtio metal " "in the place of any machine's disk"
is "$("$twinboot" inspect bios.iso --json | jq -r '.paths[] |
	select(.path == "bios" or .path == "uefi") | .path + " " + .status' |
	tr "\n" " ")" "bios foreign uefi not there " "inspect tells it"
is "$("$twinboot" inspect uefi.iso --json | jq -r '.paths[] |
	select(.path == "bios" or .path == "uefi") | .path + " " + .status' |
	tr "\n" " ")" "bios not there uefi foreign " "one for UEFI alone, too"

fails "it is a CD, whose own menu is not read" "$twinboot" matrix bios.iso \
	--entries all

# ---- held against an earlier run ----
fails "--count with --answer: typing is no part of a boot that can be counted" \
	"$twinboot" matrix asks.img --count --answer a=b
mkdir -p root/boot/grub
echo boot-record >root/boot/grub/twinboot.conf
"$twinboot" build --table mbr --boot bios --root root --kernel vmlinuz \
	-o first.img 2>/dev/null
matrix 0 "a boot that is counted" first.img --paths bios --count
mv m.json old.json
matrix 0 "once more" first.img --paths bios --count --baseline old.json
cell .baseline.verdict same "takes as many instructions"
# since JQ VERDICT STATUS NAME: first.img's run, changed by JQ, as the baseline
# of itself.
since() {
	jq "$1" old.json >changed.json
	"$twinboot" matrix --merge old.json --baseline changed.json \
		--json m.json --html page.html >tap 2>err
	is $? "$3" "$4"
	cell .baseline.verdict "$2" "which is $2"
}
since . same 0 "as it was"
since '.cells[].cost.tsc_own *= 0.98 | .cells[].cost.tsc_own |= floor' slower 1 \
	"more instructions than there were"
grep -q '^not ok 1' tap && grep -q 'slower than in the baseline: the loader took' tap
ok $? "is said"
since '.cells[].cost.tsc_own *= 0.995 | .cells[].cost.tsc_own |= floor' same 0 \
	"less than a hundredth more"
since '.cells[] |= (.status = "FAIL" | .why = "x")' better 0 "what failed"
since '.cells[].id = "other"' new 0 "what was not there"
is "$(cat err)" "twinboot: note: other: only in the baseline, where it was PASS" \
	"and what is there no longer, is said"
jq '.cells[] |= (.status = "SKIP" | .why = "no OVMF")' old.json >skip.json
"$twinboot" matrix --merge skip.json --baseline old.json --json m.json \
	--html page.html >tap
is $? 1 "what passed and is skipped now"
cell '.baseline.verdict, .status, .why' "worse
FAIL
it was PASS in the baseline, now SKIP: no OVMF" "is worse"
is "$(xmllint --xpath 'string(//h2[starts-with(., "Since")]/..//li)' page.html)" \
	bios/virtio/default "the page has it"
echo '{}' >none.json
fails "not the JSON of a matrix" "$twinboot" matrix --merge old.json \
	--baseline none.json
done_testing
