#!/bin/bash
# console=com1,vga: what COM1 says stands on the screen too, in VGA's text mode and
# in UEFI's picture, and what is typed on a PC keyboard arrives.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

# usage: glyphs WIDTH HEIGHT COM PPM.  Lays out what COM has from hv's first line
# on, in cells of that size, and holds the picture against it: a character looks
# the same everywhere, no two look the same, a blank is nothing.
cat >glyphs.pl <<'END'
use strict;
my ($w, $h, $com, $ppm) = @ARGV;
local $/;
open my $f, "<", $ppm or die "$ppm: $!\n";
my $p = <$f>;
$p =~ s/^P6\s+(\d+)\s+(\d+)\s+255\s// or die "no picture\n";
my ($px, $py) = ($1, $2);
my ($columns, $rows) = (int($px / $w), int($py / $h));
open $f, "<", $com or die "$com: $!\n";
my $text = <$f>;
$text =~ s/^.*?(?=\(hv\))//s;
$text =~ s/\033\[[0-9;?]*[@-~]//g;
my @line = ("");
for my $c (split //, $text) {
	push @line, "" if $c eq "\n" || ($c ge " " && length $line[-1] == $columns);
	$line[-1] .= $c if $c ge " ";
}
splice @line, 0, @line - $rows if @line > $rows;
my (%look, %of, $n);
for my $r (0 .. $#line) {
	for my $c (0 .. length($line[$r]) - 1) {
		my ($is, $bits) = (substr($line[$r], $c, 1), "");
		for my $y (0 .. $h - 1) {
			my $at = (($r * $h + $y) * $px + $c * $w) * 3;
			$bits .= join "", map { $_ eq "\0\0\0" ? " " : "#" }
				unpack "(a3)$w", substr $p, $at, 3 * $w;
		}
		my $where = "row $r, column $c";
		die "$where: a blank is not empty\n" if $is eq " " && $bits =~ /#/;
		die "$where: '$is' is empty\n" if $is ne " " && $bits !~ /#/;
		die "$where: '$is' looks otherwise\n"
			if exists $look{$is} && $look{$is} ne $bits;
		die "$where: '$is' looks like '$of{$bits}'\n"
			if exists $of{$bits} && $of{$bits} ne $is;
		($look{$is}, $of{$bits}) = ($bits, $is);
		$n++;
	}
}
open my $dict, ">", "look";
print $dict "$_$look{$_}\n" for sort keys %look;
printf "%d lines, %d different characters\n", scalar @line, scalar keys %look;
die "too few\n" unless $n > 100 && keys %look > 20;
END

# usage: read WIDTH HEIGHT PPM: what a picture says in the glyphs of the last one.
cat >read.pl <<'END'
use strict;
my ($w, $h, $ppm) = @ARGV;
open my $d, "<", "look" or die;
my %char = map { chomp; (substr($_, 1), substr($_, 0, 1)) } <$d>;
local $/;
open my $f, "<", $ppm or die;
my $p = <$f>;
$p =~ s/^P6\s+(\d+)\s+(\d+)\s+255\s// or die;
my ($px, $py) = ($1, $2);
for my $r (0 .. int($py / $h) - 1) {
	my $line = "";
	for my $c (0 .. int($px / $w) - 1) {
		my $bits = join "", map {
			map { $_ eq "\0\0\0" ? " " : "#" } unpack "(a3)$w",
				substr $p, (($r * $h + $_) * $px + $c * $w) * 3, 3 * $w
		} 0 .. $h - 1;
		$line .= $char{$bits} // "?";
	}
	$line =~ s/ +$//;
	print "$line\n";
}
END

# screen WIDTH HEIGHT QEMU...: until the PV loader waits for a key; then "r".
screen() {
	width=$1 height=$2
	shift 2
	mkfifo monitor
	: >com
	"$@" -accel tcg -m 256 -net none -vga std -display none -no-reboot \
		-serial file:com -monitor stdio <monitor >monitor.log 2>&1 &
	qemu=$!
	exec 3>monitor
	waits 1
	cp com com.then
	pictured $width $height com.then
	echo "sendkey r" >&3
	waits 2
	echo quit >&3
	exec 3>&-
	wait $qemu
	rm -f monitor
}
waits() { # until it has asked so often
	for try in $(seq 600); do
		[ "$(grep -ac 'Press r to try again' com)" -lt "$1" ] || return
		kill -0 $qemu 2>/dev/null || return
		sleep 0.5
	done
}
# pictured WIDTH HEIGHT COM: what the screen shows is COM, soon.
pictured() {
	for try in $(seq 60); do
		echo "screendump picture" >&3
		sleep 0.5
		perl glyphs.pl $1 $2 $3 picture >said 2>&1
		pictured=$?
		[ $pictured != 0 ] && kill -0 $qemu 2>/dev/null || return
	done
}
both() { # NAME
	ok $pictured "$1: the screen shows what COM1 says"
	sed 's/^/# /' said
	is "$(grep -ac 'Press r to try again' com)" 2 "$1: a key arrives"
}

screen 9 16 qemu-system-x86_64 -kernel "$B/boot/hv.elf" \
	-append 'console=com1,vga'
both 'VGA text'
# A machine without a serial port, and nothing said.
mkfifo monitor
qemu-system-x86_64 -accel tcg -m 256 -nodefaults -vga std -display none \
	-serial none -monitor stdio -kernel "$B/boot/hv.elf" \
	<monitor >monitor.log 2>&1 &
qemu=$!
exec 3>monitor
for try in $(seq 200); do
	echo "screendump picture" >&3
	sleep 0.5
	perl read.pl 9 16 picture 2>/dev/null | grep -q 'Press r' && break
done
echo quit >&3
exec 3>&-
wait $qemu
rm monitor
perl read.pl 9 16 picture >said
grep -q '^(hv) domain 1: 2.. MiB, kernel pvboot$' said &&
	grep -q '^Press r to try again, b to reboot.$' said
ok $? 'without a COM1 it is the screen'
sed 's/^/# /; /^# $/d' said
"$B/kernelgen" --format xenpv -o pv
timeout 100 qemu-system-x86_64 -accel tcg -m 64 -net none -display none -no-reboot \
	-serial file:com -kernel "$B/boot/hv.elf" -append 'console=vga' -initrd pv
is "$? $(grep -ac 'PROBE' com)" '0 0' 'console=vga: COM1 is silent'

# UEFI's picture.  The guest ends, and QEMU keeps what it had on its screen.
mkdir -p root/boot/grub
cp pv root/boot/
printf 'console=com1,vga\n' >root/boot/grub/twinboot.conf
printf 'timeout 0\ntitle a\nkernel /boot/pv The Quick Brown Fox, 2+3=5\n' >menu.lst
"$twinboot" build --root root --menu menu.lst --boot uefi -o img
: >com
mkfifo monitor
eval "$("$twinboot" run img --path uefi --print |
	sed 's/-serial stdio/-serial file:com -monitor stdio -no-shutdown/')" \
	<monitor >monitor.log 2>&1 &
qemu=$!
exec 3>monitor
for try in $(seq 600); do
	grep -aq '^(hv) domain 1 powers off' com && break
	kill -0 $qemu || break
	sleep 0.5
done
pictured 8 19 com
echo quit >&3
exec 3>&-
wait $qemu
ok $pictured "UEFI: the screen shows what COM1 says"
sed 's/^/# /' said
grep -aq 'Quick Brown Fox' com
ok $? 'of a guest that runs'
done_testing
