#!/bin/bash
# twinboot adopt with LONG=1: a whole Debian system as a PV machine had it, with
# systemd, sshd, its standard kernel and an initramfs without any driver of another
# machine, adopted: login prompt, address and ssh login on a BIOS and a UEFI
# machine, reboot from inside, power button, three boots, a clean file system.
. "$(dirname "$0")/tap.sh"
if [ -z "$LONG" ]; then
	skip "with LONG=1" "an adopted Debian"
	done_testing
	exit
fi
PATH=$PATH:/usr/sbin:/sbin
tree=$B/debian/pvguest.tar
debian_trees pvguest
cd "$tmp" || exit 1

ssh-keygen -q -t ed25519 -N '' -f key
fakeroot bash -ec "mkdir d && tar -C d -xpf '$tree' && cd d
	mkdir -p boot/grub root/.ssh
	cp ../key.pub root/.ssh/authorized_keys
	chmod -R go= root/.ssh
	echo '/dev/xvda1 / ext4 defaults 0 1' >etc/fstab
	printf '%s\n' 'default 0' 'timeout 0' hiddenmenu 'title Debian' \
		'root (hd0)' \
		'kernel /vmlinuz root=/dev/xvda1 ro console=hvc0' \
		'initrd /initrd.img' >boot/grub/menu.lst
	truncate -s 1500M ../old
	mke2fs -q -F -t ext4 -d . ../old" 2>err || sed 's/^/# /' err
rm -rf d
"$twinboot" adopt old -o new --verify --json >json 2>err || sed 's/^/# /' err
is "$(jq -c '.entries[] | [.pv, .native, .notes]' json)" '[true,"",[]]' \
	'adopted: a PV kernel that drives no other machine, nothing is amiss'
rm old
at=$(jq '.carried[0] | .offset, .size' json | tr '\n' ' ')

# machine NAME CARD OPTION...: runs, its console in ./console, its monitor on 3
machine() {
	name=$1 card=$2
	shift 2
	rm -f mon.in mon.out
	mkfifo mon.in mon.out
	exec 3<>mon.in 4<>mon.out
	: >console
	"$twinboot" run new --write --mem 512M --timeout 3000 "$@" -- \
		-monitor "pipe:$tmp/mon" -device "$card,netdev=n,romfile=" \
		-netdev user,id=n,hostfwd=tcp:127.0.0.1:0-:22 \
		</dev/null >console 2>err &
	pid=$!
	port=
	while [ -z "$port" ] && kill -0 $pid 2>/dev/null; do
		echo info usernet >&3
		sleep 1
		port=$(timeout 1 cat <&4 | tr -d '\r' |
			sed -n 's/^ *TCP\[HOST_FORWARD\] *[0-9]* *127\.0\.0\.1 *\([0-9]*\) .*/\1/p' |
			tail -n 1)
	done
}
prompts() { # N: until the console has that many login prompts
	until [ "$(grep -ac ' login: ' console)" -ge "$1" ]; do
		kill -0 $pid 2>/dev/null || break
		sleep 1
	done
	[ "$(grep -ac ' login: ' console)" -ge "$1" ]
	ok $? "$name: login prompt" || tail -20 console | sed 's/^/# /'
}
# inside COMMAND: by ssh, as soon as there is a server
inside() {
	until ssh -i key -p "$port" -o StrictHostKeyChecking=no -o BatchMode=yes \
		-o UserKnownHostsFile=/dev/null -o ConnectTimeout=60 \
		root@127.0.0.1 true 2>ssh.err; do
		kill -0 $pid 2>/dev/null || return 1
		sleep 1
	done
	ssh -i key -p "$port" -o StrictHostKeyChecking=no -o BatchMode=yes \
		-o UserKnownHostsFile=/dev/null root@127.0.0.1 "$1" 2>ssh.err
}
facts() {
	is "$(inside 'cat /sys/hypervisor/guest_type
		findmnt -no SOURCE /
		ip -4 -o addr show scope global | grep -o "10\.0\.2\.15/24"
		systemctl is-system-running --wait
		systemctl --failed --no-legend
		dmesg | grep -E "WARNING|BUG|I/O error"
		ls /sys/class/block | grep -v loop')" 'PV
/dev/xvda1
10.0.2.15/24
running
xvda1' "$name: what ssh finds"
}
off() { # NAME
	wait $pid
	is $? 0 "$name: $1"
	exec 3>&- 4>&-
	tail -c +$((${at% * } + 1)) new | head -c ${at#* } >part
	e2fsck -fn part >out 2>&1
	ok $? "$name: its file system is clean" || sed 's/^/# /' out
	rm part
}

machine 'BIOS, virtio' virtio-net-pci --path bios --reboots 2
prompts 1
facts
inside 'systemctl reboot'
prompts 2
facts
inside 'echo kept >/root/kept'
echo system_powerdown >&3
off 'the power button turns it off'

machine 'UEFI, NVMe' e1000 --path uefi --disk nvme
prompts 1
facts
is "$(inside 'cat /root/kept')" kept "$name: what the last boot wrote"
inside 'systemctl poweroff'
off 'powered off from inside'
done_testing
