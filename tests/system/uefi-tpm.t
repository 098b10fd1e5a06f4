#!/bin/sh
# Measured boot, with swtpm: what must be in PCR 8 and 9 is there, and the
# firmware's event log adds up to the values of the PCRs.  The guest's
# initramfs tells both.
. "$(dirname "$0")/tap.sh"
cd "$tmp" || exit 1

# tpm_boot IMAGE: the console to out
tpm_boot() {
	mkdir -p tpm
	rm -f tpm/*
	swtpm socket --tpm2 --tpmstate dir=tpm --ctrl type=unixio,path=tpm.sock \
		--terminate >swtpm.log 2>&1 &
	until [ -S tpm.sock ]; do
		kill -0 $! 2>/dev/null || break
		sleep 0.1
	done
	eval "timeout 400 $("$twinboot" run "$1" --path uefi --print)" \
		-chardev socket,id=tpm,path=tpm.sock \
		-tpmdev emulator,id=tpm0,chardev=tpm \
		-device tpm-tis,tpmdev=tpm0 </dev/null 2>log | tr -d '\r' >out
	sed -n 's/^TPM PCR //p' out | tr A-F a-f >pcrs
	sed -n 's/^TPM LOG //p' out | base64 -d >events
	[ -s pcrs ] || cat out log swtpm.log | sed 's/^/#  /'
}

# Events as "PCR TYPE SHA-256 TEXT" (TCG PC Client Platform Firmware Profile
# 1.05, section 10: TCG_PCR_EVENT first, then TCG_PCR_EVENT2).
cat >events.pl <<'END'
use strict;
undef $/;
my $log = <STDIN>;
my $at = 0;
sub take { my $s = substr $log, $at, $_[0]; $at += $_[0]; return $s }
sub u32 { return unpack "V", take(4) }
sub u16 { return unpack "v", take(2) }
take(28);
my $id = take(u32());
die "no Spec ID Event03\n" unless $id =~ /^Spec ID Event03\0/;
my %size = unpack "(vv)" . unpack("V", substr $id, 24, 4), substr $id, 28;
while ($at < length $log) {
	my ($pcr, $type, $n, $hash) = (u32(), u32(), u32());
	for (1 .. $n) {
		my $alg = u16();
		die "hash $alg\n" unless $size{$alg};
		my $digest = take($size{$alg});
		$hash = unpack "H*", $digest if $alg == 11;
	}
	my $text = take(u32());
	$text =~ s/\0.*//s;
	$text = "" if $text =~ /[^ -\x7e\x80-\xff]/;
	printf "%d %x %s %s\n", $pcr, $type, $hash, $text;
}
END
# Lines "PCR TYPE SHA-256 ..." extended one after the other: "PCR VALUE".
cat >replay.pl <<'END'
use strict;
use Digest::SHA "sha256";
my %pcr = map { $_ => "\0" x 32 } 0 .. 9;
while (<STDIN>) {
	my ($pcr, $type, $hash) = split;
	next if $type eq "3";			# EV_NO_ACTION
	$pcr{$pcr} = sha256($pcr{$pcr} . pack "H*", $hash);
}
printf "%d %s\n", $_, unpack "H*", $pcr{$_} for 0 .. 9;
END
sha() {
	sha256sum | cut -d' ' -f1
}
# What PCR 8 must be: the lines of this menu.lst, then the command line.
wanted8() {
	{
		sed -n '/^title/,$p' menu.lst
		echo "$args"
	} | while IFS= read -r text; do
		echo "8 d $(printf %s "$text" | sha)"
	done | perl replay.pl | grep '^8 '
}
event() { # TEXT: the hash of the event that says so, in PCR 9
	perl events.pl <events | sed -n "s/^9 d \([0-9a-f]*\) $1\$/\1/p"
}

args='console=ttyS0 retain_initrd quiet tpm name=Grüße'
mkdir -p root/boot/grub
cp "$B/debian/cloud/vmlinuz" root/boot/linux
cp "$B/images/cloud/initrd.img" root/boot/one
printf 'three' >root/boot/two
cat >menu.lst <<END
timeout 0
title Measured
root (hd0,0)
kernel /boot/linux $args
initrd /boot/one /boot/two
END
# Settings in all three places: as a block, on the ESP, beside menu.lst.
printf 'hd0=hd0,0\n# ends in no line end' >conf
echo passed over >root/boot/grub/twinboot.conf
"$twinboot" build --root root --menu menu.lst --boot uefi --settings conf -o a.img
tpm_boot a.img
is "$(grep '^8 ' pcrs)" "$(wanted8)" "PCR 8: the entry and the command line"
is "$(perl events.pl <events | sed -n 's/^8 d [0-9a-f]* //p')" \
	"$(sed -n '/^title/,$s/^/menu: /p' menu.lst; echo "cmdline: $args")" \
	"PCR 8: the log says what was measured"
is "$(event 'settings: .EFI.twinboot.twinboot.conf') $(perl events.pl <events |
	grep -c '^9 .* settings')" "$(sha <conf) 1" \
	"PCR 9: the settings in force, from the ESP"
is "$(event kernel)" "$(sha <root/boot/linux)" "PCR 9: the kernel"
is "$(event initrd)" "$({ cat root/boot/one root/boot/two
	head -c 3 /dev/zero; } | sha)" "PCR 9: the initrd, as the kernel gets it"
is "$(perl events.pl <events | perl replay.pl)" "$(cat pcrs)" \
	"the event log adds up to PCR 0 to 9"

# The 64-bit entry: no stub, so no log reaches Linux, but the same PCR 8.
perl -e 'open F, "+<", $ARGV[0] or die; seek F, 60, 0; read F, $_, 4;
	 seek F, unpack("V", $_) + 24 + 44, 0; print F "\0\0"' root/boot/linux
# What runs there is the protected-mode part, without a signature behind it.
setup=$(($(od -An -tu1 -j497 -N1 root/boot/linux) * 512 + 512))
runs=$(($(od -An -tu4 -j500 -N4 root/boot/linux) * 16))
"$twinboot" build --root root --menu menu.lst --settings conf -o b.img
tpm_boot b.img
is "$(grep '^8 ' pcrs)" "$(wanted8)" "64-bit entry: PCR 8"
is "$(grep '^9 ' pcrs)" "$({
	echo "9 d $(sha <conf)"
	echo "9 d $(tail -c +$((setup + 1)) root/boot/linux | head -c $runs | sha)"
	echo "9 d $({ cat root/boot/one root/boot/two
		      head -c 3 /dev/zero; } | sha)"
	} | perl replay.pl | grep '^9 ')" "64-bit entry: PCR 9, with the settings block"

# A PV guest: its hypervisor is one that comes back (systemd's stub without a
# kernel), so that the next entry tells what had been measured.
cp "$B/debian/cloud/vmlinuz" root/boot/linux
"$B/kernelgen" --format xenpv -o root/boot/pv
printf 'vbd=xvda1:hd0\n' >root/boot/grub/twinboot.conf
cat >menu.lst <<END
timeout 0
fallback 1
title Guest
#twinboot pv=always
kernel /boot/pv guest
initrd /boot/two
title Linux
kernel /boot/linux $args
initrd /boot/one
END
mkdir -p boot && cp "$B/boot/twinboot.efi" boot/
cp /usr/lib/systemd/boot/efi/linuxx64.efi.stub boot/hv.efi
"$twinboot" build --root root --menu menu.lst --boot uefi --boot-dir "$PWD/boot" \
	-o c.img
tpm_boot c.img
is "$(grep -c 'hv.efi came back' out)" 1 "PV guest: the hypervisor comes back"
is "$(perl events.pl <events | sed -n 's/^8 d [0-9a-f]* //p')" \
	"$(sed -n '/^title/,/^initrd/{/^#/d;s/^/menu: /p}' menu.lst |
		sed '/boot.two/a cmdline: guest'; echo "cmdline: $args")" \
	"PV guest: PCR 8 has its entry and command line"
is "$(perl events.pl <events | awk '$1 == 9 && $2 == "d" { print $3, $4 }' |
	head -5)" "$(sha <root/boot/grub/twinboot.conf) settings:
$(sha <root/boot/pv) kernel
$(sha <root/boot/two) initrd
$(sha <root/boot/linux) kernel
$(sha <root/boot/one) initrd" "PV guest: PCR 9: settings, kernel, initrd"
is "$(perl events.pl <events | perl replay.pl)" "$(cat pcrs)" \
	"PV guest: the event log adds up to PCR 0 to 9"

# `run --tpm' starts one by itself.
timeout 400 "$twinboot" run b.img --path uefi --tpm --timeout 300 </dev/null \
	2>/dev/null | tr -d '\r' >out
is "$(sed -n 's/^TPM PCR 8 //p' out | grep -c .)" 1 "run --tpm: the guest sees a TPM"
done_testing
