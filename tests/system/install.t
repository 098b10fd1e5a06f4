#!/bin/bash
# make install: what is put below a PREFIX with blanks in it works from anywhere,
# as an ordinary user; manual pages and completion; uninstall leaves nothing.
. "$(dirname "$0")/tap.sh"
prefix="$tmp/in st,all"
make_it() { make --no-print-directory B="$B" PREFIX="$prefix" APT=0 "$@" >"$tmp/log" 2>&1; }
user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
[ "$(id -u)" = 0 ] || user() { "$@"; }

make_it install
ok $? "make install"
bin=$prefix/bin
twinboot=$bin/twinboot
chmod 755 "$tmp"
mkdir -m 777 "$tmp/home" && cd "$tmp/home" || exit 1
export HOME=$tmp/home XDG_CACHE_HOME=
is "$("$twinboot" --version)" "twinboot $(awk '/^.. [0-9]/ { print $2; exit }' \
	"$OLDPWD/CHANGELOG.md")" "the version is the head of CHANGELOG.md"

# As nobody, somewhere else: all parts are found.
user "$bin/kernelgen" --format bzimage-pv -o kernel &&
user "$twinboot" build --kernel kernel --boot pv --append a=1 -o pv.img -q
ok $? "nobody builds an image"
user "$twinboot" run pv.img --paths pv 2>err | grep -q '"cmdline":"a=1"'
ok $? "... and runs it under the installed hypervisor"
user "$twinboot" inspect pv.img >out
is "$?" 0 "... and inspects it"
user "$twinboot" matrix pv.img --probe-init --path pv --table >out 2>&1
grep -q 'SKIP.*no initrd' out
ok $? "... the probe's archive is found"

# What is written for another host names parts as they are called there.
user "$twinboot" adopt pv.img -q -o adopted.img >out &&
	grep -qF "kernel = \"$prefix/share/twinboot/pvboot.elf.gz\"" adopted.img.xl
ok $? "adopt: NEW.xl has the PV loader's own name"

# Of a part or a program that is missing the package is named.
mv "$prefix/share/twinboot/hv.elf" hv.elf
fails "hv.elf: not found; install the package twinboot-boot" \
	"$twinboot" run pv.img --path pv
mv hv.elf "$prefix/share/twinboot/"
mkdir empty
fails "install the package qemu-system-x86" env PATH="$tmp/home/empty" \
	"$twinboot" run pv.img --path pv
fails "there is no Xen test bed (twinboot xen-testbed makes it)" \
	"$twinboot" run pv.img --path xen

# The bed, of what was fetched before; --path xen then finds it.
mkdir -p .cache/twinboot/xen
cp "$B"/xen/{xen,vmlinux,initrd} .cache/twinboot/xen/
chown -R 65534 .cache 2>/dev/null
is "$(user "$twinboot" xen-testbed)" "$HOME/.cache/twinboot/xen" "xen-testbed"
user "$twinboot" run pv.img --path xen --timeout 400 2>err | grep -q '"cmdline":"a=1'
ok $? "... and the image runs under genuine Xen"
echo 0 >.cache/twinboot/xen/pvboot.sha256
fails "has another PV loader (twinboot xen-testbed --dir '$HOME/.cache/twinboot/xen' renews it)" \
	"$twinboot" run pv.img --path xen

# -q and -v are every command's.
is "$("$twinboot" build --kernel kernel -o q.img -q 2>&1)" "" "-q: nothing is said"
"$twinboot" build --kernel kernel -O qcow2 -o v.img -v 2>&1 |
	grep -q '^twinboot: runs qemu-img convert'
ok $? "-v: what is run"

# Manual pages: no warning, a page for each command, none of it cut.
: >warnings
for page in "$prefix"/share/man/man[15]/*; do
	groff -man -Tascii -P-cbou -ww "$page" 2>&1 >page | grep -v 'cannot adjust\|an-div' >>warnings
	grep -q NAME page || echo "$page: empty" >>warnings
done
is "$(cat warnings)" "" "manual pages without warnings"
for command in $("$twinboot" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	page=$prefix/share/man/man1/twinboot-$command.1
	groff -man -Tascii -P-cbou "$page" >page 2>&1 ||
		echo "no page of $command"
	"$twinboot" "$command" --help | grep -o '^  .*--[a-z-]*' | grep -o -- '--[a-z-]*' |
	while read -r option; do
		grep -q -e "^ .*$option" page || echo "$command $option"
	done
done >lacks
is "$(cat lacks)" "" "a page for each command, with all options"

# Documents: what they link to is there.
documents=$prefix/share/doc/twinboot
for document in "$documents"/*.md; do
	grep -o '](\([^)#:]*\)[)#]' "$document" | sed 's/^](//; s/[)#]$//' |
	while read -r link; do
		[ -z "$link" ] || [ -e "$documents/$link" ] || echo "$document: $link"
	done
done >broken
is "$(cat broken)" "" "installed documents: what they link to is there"

# Completion: bash by its own means, the others when they are there.
bash_completes() {
	bash -c '. "$1"; shift
	compopt() { :; }
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_twinboot twinboot "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
	echo "${COMPREPLY[*]}"' bash \
		"$prefix/share/bash-completion/completions/twinboot" "$@" 2>&1
}
kernelgen_completes() {
	bash -c '. "$1"; shift
	compopt() { :; }
	_kernelgen kernelgen "${@: -1}" "${@: -2:1}"
	echo "${COMPREPLY[*]}"' bash \
		"$prefix/share/bash-completion/completions/kernelgen" "$@" 2>&1
}
touch 'some file'
is "$(bash_completes twinboot m)" "matrix menu" "bash: commands"
is "$(bash_completes twinboot run x --path uefi-)" "uefi-secure" "bash: words"
is "$(bash_completes twinboot matrix --paths bios,uefi-)" "bios,uefi-secure" \
	"bash: lists"
is "$(bash_completes twinboot build --boot uefi,p)" "uefi,pv" "bash: of a list"
is "$(bash_completes twinboot build --fs e)" "ext2 ext3 ext4" "bash: choices"
is "$(bash_completes twinboot build --menu so)" "some file" "bash: files"
is "$(bash_completes twinboot inspect --ver)" "--verbose --version" "bash: options"
is "$(kernelgen_completes kernelgen --format uk)" "uki" "bash, kernelgen: formats"
is "$(kernelgen_completes kernelgen --compress lz4)" "lz4 lz4-frame" "... methods"
is "$(kernelgen_completes kernelgen --entry '')" "64 32 16" "... choices"
is "$(kernelgen_completes kernelgen -o so)" "some file" "... files"
is "$(kernelgen_completes kernelgen --pad '' | wc -w)" 0 "... nothing for a size"
is "$(kernelgen_completes kernelgen --)" "$("$bin/kernelgen" --help |
	grep -o -e '--[a-z][a-z-]*' | sort -u | xargs)" "... options"
if command -v fish >/dev/null; then
	fish_completes() {
		fish --no-config -c "source '$prefix/share/fish/vendor_completions.d/twinboot.fish'
		complete -C'$1'" | cut -f 1 | tr '\n' ' '
	}
	is "$(fish_completes 'twinboot run x --path uefi-')" "uefi-secure " "fish: words"
	is "$(fish_completes 'twinboot m')" "matrix menu " "fish: commands"
	is "$(fish_completes 'twinboot inspect --verb')" "--verbose " "fish: options"
else
	skip "no fish" "fish"
fi
if command -v zsh >/dev/null; then
	# In a terminal of its own, with what is offered printed.
	cat >zrc <<-Z
	fpath=('$prefix/share/zsh/vendor-completions' \$fpath)
	PS1='> '
	autoload -Uz compinit && compinit -u -D
	zstyle ':completion:*' list-prompt ''
	Z
	zsh_completes() { # INPUT WHAT NAME
		ZDOTDIR=$tmp/home timeout 100 zsh -f -c "zmodload zsh/zpty
		zpty z 'zsh -f -i'
		zpty -w z 'source zrc; echo ready'
		zpty -r -m z line '*ready*ready*'
		zpty -n -w z \$'$1\t\t'
		zpty -r -m z line '*$2*'"
		ok $? "zsh: $3"
	}
	zsh_completes 'twinboot run --path uefi-s' 'uefi-secure' words
	zsh_completes 'twinboot matri' 'matrix' commands
else
	skip "no zsh" "zsh"
fi

cd "$OLDPWD" || exit 1
make_it uninstall
ok $? "make uninstall"
[ ! -e "$prefix" ]
ok $? "nothing is left, also of what it lay in"
# What was there stays, also if nothing is in it.
mkdir -p "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/fish"
touch "$prefix/share/fish/file"
find "$prefix" | sort >before
make_it install && make_it install && touch "$prefix/share/doc/other" &&
	make_it uninstall
ok $? "make install twice, make uninstall"
printf '%s\n' "$prefix/share/doc" "$prefix/share/doc/other" >>before
is "$(find "$prefix" | sort)" "$(sort before)" \
	"folders that were there, or have a file of somebody else's, stay"
rm -r "$prefix" before
make_it install DESTDIR="$tmp/dest" PREFIX=/usr && [ -x "$tmp/dest/usr/bin/twinboot" ]
ok $? "make install DESTDIR="
find "$tmp/dest" -type f | sed "s|^$tmp/dest||" | grep -v '^/usr/\(bin\|share\)/'
is "$?" 1 "DESTDIR: all lies below PREFIX there"
done_testing
