# Twinboot. `make help` lists what can be asked for.
#
# Every C file of loader/ and menu/ is compiled in three flavours:
#   boot   freestanding, linked into everything in build/boot/
#   host   for build/twinboot
#   test   clang with ASan, UBSan and coverage, for tests/unit and tests/fuzz
# A new file in a folder below is picked up by itself.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

# Always by the same name: dependency files have it.
B ?= build
override B := $(patsubst $(CURDIR)/%,%,$(B))
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-7s %s\n' $(1) '$(2)'
DESTDIR ?=
PREFIX ?= /usr/local
# A version and its day: stand once, at the head of CHANGELOG.md.
VERSION := $(shell awk '/^.. [0-9]/ { print $$2; exit }' CHANGELOG.md)
DATE := $(shell awk '/^.. [0-9]/ { print substr($$3, 2, 10); exit }' CHANGELOG.md)
# 0: packages that are missing are only named, and no network is used.
APT ?= 1

CC := gcc
CLANG := clang
LD := ld
OBJCOPY := objcopy

.PHONY: all
all: $(B)/twinboot $(B)/kernelgen boot $(B)/man/.made

# ---- Debian packages: installed when we are root, named when not ----------

PKG_BUILD := gcc binutils libc6-dev linux-libc-dev musl-dev gnu-efi \
	libxen-dev zlib1g-dev liblzma-dev libzstd-dev liblz4-dev libxxhash-dev libbz2-dev \
	liblzo2-dev libfdt-dev libmd-dev libfdisk-dev libblkid-dev libext2fs-dev \
	libarchive-dev libjansson-dev libconfuse-dev libxml2-dev cpio busybox-static xz-utils
PKG_RUN := qemu-system-x86 qemu-utils seabios ovmf e2fsprogs mtools \
	dosfstools xz-utils zstd lz4 bzip2 lzop sbsigntool openssl
PKG_CHECK := fakeroot acl attr python3-minimal clang llvm libclang-rt-dev libcmocka-dev fdisk perl jq \
	grub-common grub-pc-bin grub-efi-amd64-bin grub-xen-bin \
	python3-jsonschema python3-pyte \
	device-tree-compiler u-boot-tools swtpm systemd-boot-efi bochs bochsbios vgabios \
	bochs-x xvfb ipxe memtest86+ syslinux-common \
	python3-yaml libxml2-utils groff-base
PKG_IMAGES := mmdebstrap umoci
# GNU Mach's 64-bit kernel has another name in Debian 12.
GNUMACH := gnumach-image-1-$(shell grep -q '=bookworm' /etc/os-release && \
	echo 486 || echo amd64)
PKG_LONG := $(GNUMACH) chromium fonts-dejavu-core poppler-utils meson ninja-build \
	slurmctld slurmd slurm-client munge python3-kubernetes zsh fish mmdebstrap \
	openssh-client stress-ng buildah
PKG_DEBUG := gdb
PKG_CONTAINER := mmdebstrap buildah
PKG_DEB := build-essential debhelper dpkg-dev fakeroot lintian xz-utils
PKG_AGAIN := faketime locales

# $(call still,WHAT,LOG): before a command that can be silent for long, to say
# that it goes on.  LOG, if it is not -, gets the output; a failure shows its end.
still = tests/still '$(1)' $(2)

# $(call packages,NAME,LIST): a stamp that says LIST is installed.  One at a time,
# also under make -j.
define packages
$(B)/.packages-$(1): Makefile
	$(Q)mkdir -p $(B)
	$(Q)exec 9>$(B)/.apt-lock; flock 9; missing=; for p in $(2); do \
	  dpkg-query -W -f='$$$${Status}' $$$$p 2>/dev/null | \
	    grep -q 'ok installed' || missing="$$$$missing $$$$p"; done; \
	if [ -n "$$$$missing" ]; then \
	  [ $(APT) = 1 ] && [ "$$$$(id -u)" = 0 ] || { echo "missing packages; as root:" \
	    "apt-get install$$$$missing" >&2; exit 1; }; \
	  echo "  APT    $$$$missing"; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	    $$(call still,apt-get,$(B)/apt.log) \
	    apt-get -qq install -y --no-install-recommends $$$$missing; fi
	$(Q)touch $$@
endef
$(eval $(call packages,build,$(PKG_BUILD)))
$(eval $(call packages,run,$(PKG_RUN)))
$(eval $(call packages,check,$(PKG_CHECK)))
$(eval $(call packages,long,$(PKG_LONG)))
$(eval $(call packages,images,$(PKG_IMAGES)))
$(eval $(call packages,debug,$(PKG_DEBUG)))
$(eval $(call packages,deb,$(PKG_DEB)))
$(eval $(call packages,container,$(PKG_CONTAINER)))
$(eval $(call packages,again,$(PKG_AGAIN)))

# ---- flavours --------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
	-Wno-unused-parameter -Wno-missing-field-initializers -Werror
COMMON := -std=gnu11 -g -I. -MMD -MP '-ffile-prefix-map=$(CURDIR)=.' $(WARN)

# musl's headers first, then gcc's own; the rest of /usr/include (Linux', Xen's,
# the libraries') comes after both.  The shell asks gcc: it may not be there yet.
GCC_INCLUDE = $$($(CC) -print-file-name=include)
BOOT_CFLAGS = $(COMMON) -O2 -ffreestanding -fPIC -fvisibility=hidden \
	-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
	-fno-strict-aliasing -ffunction-sections -fdata-sections \
	-mno-red-zone -mgeneral-regs-only -nostdinc -isystem $(GCC_INCLUDE) \
	-isystem /usr/include/x86_64-linux-musl \
	-idirafter /usr/include/x86_64-linux-gnu -idirafter /usr/include
BOOT_LDFLAGS = -nostdlib -static --gc-sections --build-id=none \
	-z noexecstack -z max-page-size=4096 --fatal-warnings
LIBMD := /usr/lib/x86_64-linux-gnu/libmd.a
LIBFDT := /usr/lib/x86_64-linux-gnu/libfdt.a
MUSL := /usr/lib/x86_64-linux-musl/libc.a

# What boot programs link from Debian comes with the packages.
/usr/lib/%.a: | $(B)/.packages-build
	$(Q)test -e $@
# CPPFLAGS, CFLAGS and LDFLAGS from outside are for programs of the host alone.
HOST_CFLAGS = $(COMMON) -O2 -D_FORTIFY_SOURCE=2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(CPPFLAGS) $(CFLAGS)
TEST_CFLAGS = $(COMMON) -O1 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link \
	-fno-sanitize-recover=all

$(B)/host-obj/kernelgen/kernelgen.o \
$(B)/host-obj/tools/version.o $(B)/test-obj/tools/version.o: CHANGELOG.md
# Who is told of holes: SBAT and CONTRIBUTING.md name the same.
SECURITY := $(shell sed -n 's/^Maintainer:.*<\([^>]*\)>.*/\1/p' debian/control)
SBAT := $(B)/boot-obj/mbr/uefi/sbat.o $(B)/boot-obj/pvboot/hv/efi/sbat.o
$(SBAT): CHANGELOG.md debian/control
$(SBAT): private BOOT_CFLAGS += \
	-DTWINBOOT_VERSION='"$(VERSION)"' -DTWINBOOT_SECURITY='"$(SECURITY)"'
$(B)/host-obj/tools/version.o $(B)/host-obj/kernelgen/kernelgen.o: \
	private HOST_CFLAGS += $(VERSION_FLAGS)
$(B)/test-obj/tools/version.o: private TEST_CFLAGS += $(VERSION_FLAGS)
VERSION_FLAGS := -DTWINBOOT_VERSION='"$(VERSION)"' -DTWINBOOT_DATE='"$(DATE)"'

# Changed when a flag changes: then all is compiled again.
flags = $(subst ',,LZO=$(LZO) $(BOOT_CFLAGS) $(HOST_CFLAGS) $(TEST_CFLAGS) \
	$(foreach v,$(sort $(filter FLAGS_%,$(.VARIABLES))),$(v)=$($(v))))
.PHONY: FORCE
$(B)/.flags: FORCE | $(B)/.packages-build
	$(Q)mkdir -p $(@D); echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@

$(B)/boot-obj/%.o: %.c $(B)/.flags | $(B)/.packages-build
	$(Q)mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BOOT_CFLAGS) $(FLAGS_$(*D)) -c $< -o $@

$(B)/boot-obj/%.o: %.S $(B)/.flags | $(B)/.packages-build
	$(Q)mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(BOOT_CFLAGS) $(FLAGS_$(*D)) -D__ASSEMBLER__ -c $< -o $@

$(B)/host-obj/%.o: %.c $(B)/.flags | $(B)/.packages-build
	$(Q)mkdir -p $(@D)
	$(call say,HOSTCC,$<)
	$(Q)$(CC) $(HOST_CFLAGS) -c $< -o $@

$(B)/test-obj/%.o: %.c $(B)/.flags | $(B)/.packages-build $(B)/.packages-check
	$(Q)mkdir -p $(@D)
	$(call say,TESTCC,$<)
	$(Q)$(CLANG) $(TEST_CFLAGS) -c $< -o $@

# $(call link,COMMAND), a recipe; and of a program under the sanitizers, with LIBS.
SANITIZE := -fsanitize=address,undefined
define link
	$(Q)mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(1)
endef
test_link = $(call link,$(CLANG) $(SANITIZE) -o $@ $^ $(1))
fuzz_link = $(call link,$(CLANG) $(SANITIZE) -fsanitize=fuzzer -o $@ $^ $(1))

define archive
	$(Q)rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcsD $@ $^
endef

# ---- the shared loader: all of loader/ and menu/ ---------------------------

SHARED_ROOMS := loader $(addprefix loader/,base disk fs unpack kernel) \
	$(addprefix loader/kernel/,linux multiboot xenpv hv uki fit) \
	menu menu/config menu/screen
SHARED := $(sort $(wildcard $(SHARED_ROOMS:%=%/*.c)))
# liblzo2 is GPL: LZO=0 builds without it.
LZO ?= 1
with_lzo = $(if $(filter 0,$(LZO)),$(patsubst loader/unpack/unpack_lzo.c,\
	loader/unpack/no_lzo/unpack_lzo.c,$(patsubst kernelgen/pack_lzo.c,\
	kernelgen/no_lzo/pack_lzo.c,$(1))),$(1))
SHARED := $(call with_lzo,$(SHARED))
# Also for tests: all of the host programs but their main().
TOOLS_ROOMS := tools tools/host \
	$(addprefix tools/host/,disk boot menu drivers) \
	$(addprefix tools/image/,tree recipe fs disk look) tools/image \
	tools/adopt tools/install tools/change tools/vm tools/matrix \
	tools/matrix/page
TESTED := $(call with_lzo,$(sort $(filter-out tools/twinboot.c \
	kernelgen/kernelgen.c,$(wildcard $(TOOLS_ROOMS:%=%/*.c) \
	kernelgen/*.c))))
# And the hypervisor's files that touch no hardware.
TESTED += $(sort $(wildcard pvboot/hv/store/*.c pvboot/hv/config*.c)) \
	$(patsubst %,pvboot/hv/back/%.c,blkring_back netcsum netring) \
	$(patsubst %,pvboot/hv/drivers/%.c,ahci \
	ata nvme nvme_io scsi virtio_queue)
TESTED += $(patsubst %,pvboot/hv/machine/%.c,acpi/fadt acpi/madt console/scancode \
	interrupt/irq interrupt/msi ranges work)

# And the PV loader's that ask Xen only by what tests/pvguest.h fakes, for
# tests/*/pv_*.c: some have the names of the hypervisor's.
PV_TESTED := $(patsubst %,pvboot/guest/%.c,blkfront blkring_front store)

$(B)/libshared-boot.a: $(SHARED:%.c=$(B)/boot-obj/%.o)
	$(archive)
$(B)/libshared-host.a: $(SHARED:%.c=$(B)/host-obj/%.o)
	$(archive)
$(B)/libshared-test.a: $(SHARED:%.c=$(B)/test-obj/%.o) \
		$(TESTED:%.c=$(B)/test-obj/%.o) \
		$(B)/host-obj/kernelgen/blobs.o
	$(archive)

$(B)/libpvboot-test.a: $(PV_TESTED:%.c=$(B)/test-obj/%.o)
	$(archive)

# The hypervisor's security core, with the processor of tests/core.
CORE := $(sort $(wildcard pvboot/hv/pv/*.c pvboot/hv/pv/memory/*.c \
	tests/core/*.c)) $(patsubst %,pvboot/hv/pv/cpu/%.c,bounce evtchn \
	evtchn_fifo hypercall/hypercall hypercall/multicall iret \
	privileged/control_regs privileged/debug_regs sched vcpu vcpu_start) \
	pvboot/hv/test/audit.c
$(B)/libcore-test.a: $(CORE:%.c=$(B)/test-obj/%.o)
	$(archive)

# xxhash: what liblz4 hashes with since Debian 13; its header is in stage 2, too.
UNPACK_LIBS := -lz -llzma -lzstd -llz4 -lxxhash -lbz2 $(if $(filter-out 0,$(LZO)),-llzo2)
# The same for boot programs, before $(MUSL) on the link line.
BOOT_UNPACK_LIBS := $(B)/boot-obj/loader/unpack/boot/libs.o \
	$(patsubst -l%,/usr/lib/x86_64-linux-gnu/lib%.a,$(UNPACK_LIBS))
# ... and of those that firmware starts.
FIRMWARE_UNPACK_LIBS := $(B)/boot-obj/loader/unpack/boot/crc32.o $(BOOT_UNPACK_LIBS)

# ---- build/boot/ -----------------------------------------------------------

BOOT :=

# mbr/bios: mbr.bin, ext.bin, stage2.bin ---------------------------------------

BIOS_BLOCKS := $(B)/boot/mbr.bin $(B)/boot/ext.bin
BIOS_SRC := $(sort $(filter-out mbr/bios/mbr.S mbr/bios/ext.S \
	mbr/bios/stage2.lds.S,$(wildcard mbr/bios/*.[cS])))
BIOS_OBJ := $(patsubst %,$(B)/boot-obj/%.o,$(basename $(BIOS_SRC)))
BOOT += $(BIOS_BLOCKS) $(B)/boot/stage2.bin

# Stage 2 has 127 sectors, so what it is made of is compiled for size.
FOR_SIZE := $(filter-out loader/unpack,$(SHARED_ROOMS)) mbr/bios mbr/uefi
$(foreach d,$(FOR_SIZE),$(eval FLAGS_$(d) += -Os))

$(BIOS_BLOCKS): $(B)/boot/%.bin: $(B)/boot-obj/mbr/bios/%.o
	$(call link,$(LD) -Ttext=0x7c00 -e start --oformat=binary -o $@ $<)

lds = $(Q)$(CC) -E -P -I. -D__ASSEMBLER__ -x assembler-with-cpp -o $@ $<
$(B)/stage2.lds: mbr/bios/stage2.lds.S mbr/bios/layout.h loader/disk/bootblock.h
	$(lds)

$(B)/stage2.elf: $(B)/stage2.lds $(BIOS_OBJ) $(B)/libshared-boot.a \
		| $(FIRMWARE_UNPACK_LIBS)
	$(call say,LINK,$@)
	$(Q)$(LD) $(BOOT_LDFLAGS) --no-warn-rwx-segments -T $^ $(FIRMWARE_UNPACK_LIBS) \
	  $(LIBMD) $(MUSL) -o $@

# Without it gcc copies each of the four lanes in every turn: a sixth more of what
# the hash costs.
$(B)/boot-obj/loader/disk/xxh64.o: private BOOT_CFLAGS += -fno-tree-forwprop

$(B)/join-parts: $(B)/host-obj/mbr/bios/join/join_parts.o $(B)/libshared-host.a
	$(call link,$(CC) -o $@ $^)

$(B)/boot/stage2.bin: $(B)/join-parts $(B)/stage2.elf
	$(call say,SUM,$@)
	$(Q)$(OBJCOPY) -O binary -R .second $(B)/stage2.elf $(B)/stage2.first
	$(Q)$(OBJCOPY) -O binary -j .second $(B)/stage2.elf $(B)/stage2.second
	$(Q)$< $(B)/stage2.first $(B)/stage2.second $@

# mbr/uefi: twinboot.efi ------------------------------------------------------

# gnu-efi: headers, crt0, linker script and relocation only.  Its crt0 calls
# efi_main, and since 3.0.16 _entry, which would only call efi_main.
UEFI := $(sort $(wildcard mbr/uefi/*.[cS]))
FLAGS_mbr/uefi += -DGNU_EFI_USE_MS_ABI -fshort-wchar -Wno-strict-prototypes \
	-idirafter /usr/include/efi -idirafter /usr/include/efi/x86_64
UEFI_MAX := 196608
BOOT += $(B)/boot/twinboot.efi

# $(call uefi_link,LIBRARIES) and $(uefi_app): of a linker script and objects.
uefi_link = $(Q)$(LD) -nostdlib -shared -Bsymbolic -znocombreloc --gc-sections --build-id=none \
	  --no-undefined --defsym=_entry=efi_main -T $(filter %.ld,$^) \
	  /usr/lib/crt0-efi-x86_64.o $(filter-out %.ld,$^) /usr/lib/libgnuefi.a \
	  $(1) $(MUSL) -o $@
uefi_app = $(Q)$(OBJCOPY) -S -j .text -j .sdata -j .data -j .dynamic -j .dynsym \
	  -j .rel -j .rela -j '.rel.*' -j '.rela.*' -j .reloc -j .sbat \
	  --target efi-app-x86_64 --subsystem=10 $< $@

$(B)/uefi.so: mbr/uefi/uefi.ld $(addprefix $(B)/boot-obj/,$(addsuffix .o,$(basename $(UEFI)))) \
		$(B)/libshared-boot.a | $(FIRMWARE_UNPACK_LIBS)
	$(call say,LD,$@)
	$(call uefi_link,$(FIRMWARE_UNPACK_LIBS) $(LIBMD) $(LIBFDT))

$(B)/boot/twinboot.efi: $(B)/uefi.so
	$(Q)mkdir -p $(@D)
	$(call say,OBJCOPY,$@)
	$(uefi_app)
	$(Q)[ $$(stat -c %s $@) -le $(UEFI_MAX) ] || \
	  { echo "$@ is larger than $(UEFI_MAX) bytes" >&2; rm $@; exit 1; }

# pvboot/guest: pvboot.elf, pvboot.elf.gz -------------------------------------

PVBOOT := $(filter-out %.lds.S,$(sort $(wildcard pvboot/guest/*.[cS])))
PVBOOT_OBJ := $(patsubst %,$(B)/boot-obj/%.o,$(basename $(PVBOOT)))
BOOT += $(B)/boot/pvboot.elf $(B)/boot/pvboot.elf.gz
PVBOOT_MAX := $$((704 * 1024))
PVBOOT_OWN_MAX := $$((160 * 1024))

PVBOOT_IN := $(B)/pvboot.lds $(PVBOOT_OBJ) $(B)/libshared-boot.a \
	$(B)/boot-obj/loader/unpack/boot/libs.o
pvboot_link = $(Q)$(LD) $(BOOT_LDFLAGS) --no-relax $(1) -T $< -o $(2) \
	  $(PVBOOT_OBJ) $(B)/libshared-boot.a $(BOOT_UNPACK_LIBS) $(LIBMD) $(MUSL)

$(B)/pvboot.lds: pvboot/guest/pvboot.lds.S pvboot/guest/layout.h
	$(lds)

$(B)/boot/pvboot.elf: $(PVBOOT_IN)
	$(Q)mkdir -p $(@D)
	$(call say,LINK,$@)
	$(call pvboot_link,-Map=$(B)/pvboot.map,$(B)/pvboot.sym)
	$(Q)own=$$(B=$(B) tests/own-size $(B)/pvboot.map) && [ $$own -gt 0 ] && \
	  [ $$own -le $(PVBOOT_OWN_MAX) ] || \
	  { echo "$@: $$own bytes are our own code, $(PVBOOT_OWN_MAX) at most" >&2; exit 1; }
	$(Q)$(OBJCOPY) --strip-all $(B)/pvboot.sym $@
	$(Q)[ $$(stat -c %s $@) -le $(PVBOOT_MAX) ] || \
	  { echo "$@ is larger than $(PVBOOT_MAX) bytes" >&2; rm $@; exit 1; }

# The same at another place, for tests: pvboot-at-0x1000000.elf.
$(B)/tests/pvboot-at-%.elf: $(PVBOOT_IN)
	$(Q)mkdir -p $(@D)
	$(call pvboot_link,-s --defsym LOAD=$*,$@)

$(B)/boot/pvboot.elf.gz: $(B)/boot/pvboot.elf
	$(Q)gzip -9nc $< >$@

# pvboot/hv: hv.elf -----------------------------------------------------------

# The container is elf32-i386: QEMU's -kernel refuses ELF64 Multiboot images.
# Checked: no vector register is touched, and FS, the guest's, is looked at only
# by functions that run before the first guest (tables.c, fs_block).
HV_ROOMS := $(addprefix pvboot/hv/,machine machine/acpi machine/boot machine/clock \
	machine/console machine/interrupt drivers pv pv/memory pv/cpu pv/cpu/hypercall \
	pv/cpu/privileged store back)
HV := $(filter-out %.lds.S,\
	$(sort $(wildcard $(addsuffix /*.[cS],pvboot/hv $(HV_ROOMS)))))
HV_OBJ := $(patsubst %,$(B)/boot-obj/%.o,$(basename $(HV)))
$(foreach d,pvboot/hv pvboot/hv/test $(HV_ROOMS),$(eval FLAGS_$(d) += \
	-include pvboot/hv/hidden.h))
# 208 KiB is the limit: what does not run for every request can be small.
HV_SMALL := back/backend back/console back/vbd back/vif back/xenbus boot_entry \
	build config config_fdt config_tree drivers/ahci drivers/ata drivers/drivers drivers/disk \
	drivers/ide drivers/nvme drivers/nvme_io drivers/scsi drivers/virtio drivers/virtio_mmio \
	machine/button machine/memory machine/pci machine/power machine/reset \
	machine/tables pv/cpu/callback pv/cpu/domain pv/cpu/hypercall/version \
	$(addprefix pv/cpu/privileged/,control_regs cpuid debug_regs io_ports msr) \
	pv/cpu/vcpu_load pv/cpu/vcpu_start pv/memory/balloon setup \
	start store/store store/store_msg store/chain \
	store/store_path store/store_tx store/store_watch store/tree
$(HV_SMALL:%=$(B)/boot-obj/pvboot/hv/%.o): private BOOT_CFLAGS += -Os
$(foreach d,acpi clock console interrupt,\
	$(eval FLAGS_pvboot/hv/machine/$(d) += -Os))
BOOT += $(B)/boot/hv.elf

$(B)/boot-obj/pvboot/hv/blob.o: pvboot/hv/blob.S $(B)/boot/pvboot.elf
	$(Q)mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(BOOT_CFLAGS) -D__ASSEMBLER__ -Wa,-I$(B)/boot -c $< -o $@

$(B)/hv.lds: pvboot/hv/hv.lds.S pvboot/hv/machine/layout.h
	$(lds)

# $(call hv_link,OBJECTS): $@.sym with symbols, of which $@ is made.
hv_link = $(call link,$(LD) $(BOOT_LDFLAGS) --no-relax -T $< -o $@.sym $(1) \
	  $(B)/libshared-boot.a $(LIBFDT) $(MUSL))
hv_container = $(Q)$(OBJCOPY) --strip-all -O elf32-i386 $@.sym $@

$(B)/boot/hv.elf: $(B)/hv.lds $(HV_OBJ) $(B)/libshared-boot.a $(LIBFDT)
	$(call hv_link,$(HV_OBJ))
	$(Q)if objdump -d --no-show-raw-insn $@.sym | grep -m1 '%[xyz]mm'; then \
	  echo "hv.elf touches vector registers" >&2; exit 1; fi
	$(Q)if objdump -d --no-show-raw-insn $@.sym | awk '/>:$$/ { f = $$2 } \
	  /%fs:/ && f !~ /^<(fdt_|strcspn>)/ { print f; bad = 1 } \
	  END { exit !bad }'; then \
	  echo "hv.elf: these look at FS" >&2; exit 1; fi
	$(hv_container)

# The same with its 64-bit entry, carried by an EFI application.
HV_EFI := $(patsubst %,$(B)/boot-obj/%.o,$(basename \
	$(sort $(wildcard pvboot/hv/efi/*.[cS]))))
FLAGS_pvboot/hv/efi = $(FLAGS_mbr/uefi)
BOOT += $(B)/boot/hv.efi

$(B)/hv64.elf: $(B)/hv.lds $(HV_OBJ) $(B)/libshared-boot.a $(LIBFDT)
	$(call say,LINK,$@)
	$(Q)$(LD) $(BOOT_LDFLAGS) --no-relax -s -e boot_entry64 -T $< -o $@ $(HV_OBJ) \
	  $(B)/libshared-boot.a $(LIBFDT) $(MUSL)

$(B)/boot-obj/pvboot/hv/efi/blob.o: pvboot/hv/efi/blob.S $(B)/hv64.elf
	$(Q)mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(BOOT_CFLAGS) -D__ASSEMBLER__ -Wa,-I$(B) -c $< -o $@

$(B)/hv-efi.so: mbr/uefi/uefi.ld $(HV_EFI)
	$(call say,LD,$@)
	$(call uefi_link)

$(B)/boot/hv.efi: $(B)/hv-efi.so
	$(Q)mkdir -p $(@D)
	$(call say,OBJCOPY,$@)
	$(uefi_app)

# With hypercall 55, for tests/hv: the audit of all frame types and counts.
HV_TEST_OBJ := $(filter-out %/no_test_op.o,$(HV_OBJ)) \
	$(patsubst %,$(B)/boot-obj/pvboot/hv/test/%.o,audit test_op)
$(B)/boot-test/hv.elf: $(B)/hv.lds $(HV_TEST_OBJ) \
		$(B)/libshared-boot.a $(LIBFDT)
	$(call hv_link,$(HV_TEST_OBJ))
	$(hv_container)

# images/init, for any image: what `twinboot matrix --probe-init` puts into a
# copy.  Its program is for Linux, and static.
PROBE_INIT := $(sort $(wildcard images/probe/*.c)) tools/host/disk/hostdisk.c
BOOT += $(B)/boot/probe-init.cpio
$(B)/images/probe: $(PROBE_INIT:%.c=$(B)/host-obj/%.o) $(B)/libshared-host.a
	$(Q)mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -static -s -Wl,--build-id=none -o $@ $^ -lmd $(UNPACK_LIBS)

$(B)/boot/probe-init.cpio: images/initramfs images/init $(B)/images/probe
	$(Q)mkdir -p $(@D)
	$(call say,INITRD,$@)
	$(Q)images/initramfs $(B)/images/probe $@

# For the booted system: to say that a start was good.  Static, for any Linux.
BOOT += $(B)/boot/twinboot-env
TWINBOOT_ENV := images/env/twinboot-env.c tools/host/boot/envdisk.c \
	tools/host/disk/hostdisk.c
$(B)/boot/twinboot-env: $(TWINBOOT_ENV:%.c=$(B)/host-obj/%.o) \
		$(B)/libshared-host.a
	$(Q)mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -static -s -Wl,--build-id=none,--gc-sections -o $@ $^ -lmd \
	  $(UNPACK_LIBS)

# What `twinboot build --kernel-hooks` puts into an image.
BOOT += $(B)/boot/zz-twinboot
$(B)/boot/zz-twinboot: images/zz-twinboot
	$(Q)mkdir -p $(@D) && cp $< $@

# What `twinboot xen-testbed` runs.
BOOT += $(B)/boot/xen-testbed
$(B)/boot/xen-testbed: tests/xen-testbed
	$(Q)mkdir -p $(@D) && cp $< $@

BOOT_SCRIPTS := $(patsubst %,$(B)/boot/%,zz-twinboot twinboot-env xen-testbed)

.PHONY: boot
boot: $(BOOT)

# Programs that tests and benchmarks run inside a Linux guest.
$(B)/guest/%: tests/guest/%.c | $(B)/.packages-build
	$(Q)mkdir -p $(@D)
	$(call say,HOSTCC,$<)
	$(Q)$(CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -static -pthread -o $@ $<

# A Multiboot kernel that tells what it was told, for tests/system/multiboot.t.
$(B)/boot-test/multiboot.elf: tests/system/multiboot-guest.c $(B)/.flags
	$(Q)mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -m32 -std=gnu11 -I. $(WARN) -Os -ffreestanding -fno-pic \
	  -nostdinc -isystem $(GCC_INCLUDE) -isystem /usr/include/x86_64-linux-musl \
	  -fno-stack-protector -fcf-protection=none -mgeneral-regs-only \
	  -fno-asynchronous-unwind-tables -nostdlib -static -no-pie \
	  -Wl,--build-id=none,-Ttext=0x200000,-z,noexecstack $< -o $@

$(B)/guest/v3: private HOST_CFLAGS += -march=x86-64-v3

# Guests for tests/system/hv-*.t, each with the same runtime: tests/hv/NAME.c, or
# all of tests/hv/NAME/.
HV_GUEST_RUN := $(B)/boot-obj/tests/hv/start.o $(B)/boot-obj/tests/hv/guest.o
HV_GUEST_ROOMS := cpu devices fuzz hostile
HV_GUESTS := $(patsubst %,$(B)/boot-test/%.elf,$(HV_GUEST_ROOMS) long smp heir \
	heir-leap heir-p2m frames old told pvh)
HEIR_OBJ := $(patsubst %,$(B)/boot-obj/tests/hv/%.o,heir blk store)
$(B)/boot-test/heir.elf: $(HEIR_OBJ)
# What runs before the hypervisor in hv-cpu.t, hv-memory.t and hv-entries.t:
# 32-bit, above all that they fill.
$(B)/boot-test/old.elf: tests/hv/cpu/old.S
$(B)/boot-test/told.elf: tests/hv/told.S
$(B)/boot-test/pvh.elf: tests/hv/pvh.S
$(patsubst %,$(B)/boot-test/%.elf,old told pvh): $(B)/boot-test/%.elf: tests/hv/next.S
	$(Q)mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)for s in $^; do $(CC) -m32 -c $$s -o $@.$$(basename $$s .S).o || exit; done
	$(Q)$(LD) -m elf_i386 -Ttext 0x1800000 --section-start=.multiboot=0x17ff000 \
	  -z noexecstack --no-warn-rwx-segments -e $*_start $@.*.o -o $@
hv_guest_link = $(call link,$(LD) $(BOOT_LDFLAGS) --no-relax \
	  --no-warn-rwx-segments $(1) -T $(filter %.ld %.o,$^) $(filter %.a,$^) \
	  $(MUSL) -o $@)
$(B)/boot-test/%.elf: tests/hv/guest.ld $(HV_GUEST_RUN) \
		$(B)/boot-obj/tests/hv/%.o $(B)/libshared-boot.a
	$(call hv_guest_link)
# $(call hv_guest_objects,ROOM)
hv_guest_objects = $(patsubst %.c,$(B)/boot-obj/%.o,\
	$(sort $(wildcard tests/hv/$(1)/*.c)))
$(foreach g,$(HV_GUEST_ROOMS),\
	$(eval $(B)/boot-test/$(g).elf: $(call hv_guest_objects,$(g))))
$(B)/boot-test/devices.elf: $(B)/boot-obj/tests/hv/blk.o $(B)/boot-obj/tests/hv/store.o
$(HV_GUEST_ROOMS:%=$(B)/boot-test/%.elf): tests/hv/guest.ld $(HV_GUEST_RUN) \
		$(B)/libshared-boot.a
	$(call hv_guest_link)

# The heir at an address where the PV loader has something of its own, and with
# its p2m list outside of the first map.
$(B)/boot-test/heir-leap.elf: tests/hv/guest.ld $(HV_GUEST_RUN) $(HEIR_OBJ) \
		$(B)/libshared-boot.a
	$(call hv_guest_link,--defsym LINK_BASE=0x230000000000)
$(B)/boot-test/heir-p2m.elf: tests/hv/guest.ld $(HV_GUEST_RUN) $(HEIR_OBJ) \
		$(B)/boot-obj/tests/hv/heir_p2m.o $(B)/libshared-boot.a
	$(call hv_guest_link)

# ---- host programs ---------------------------------------------------------

TOOLS := $(sort $(wildcard $(TOOLS_ROOMS:%=%/*.c)))
$(B)/host-obj/tools/matrix/matrixjunit.o: private HOST_CFLAGS += -isystem /usr/include/libxml2
$(B)/test-obj/tools/matrix/matrixjunit.o: private TEST_CFLAGS += -isystem /usr/include/libxml2
$(B)/host-obj/tools/matrix/page/templates.o $(B)/test-obj/tools/matrix/page/templates.o: \
	$(wildcard tools/matrix/page/*.html) tools/matrix/page/style.css
TOOLS_LIBS := -lfdisk -lblkid -le2p -lext2fs -lcom_err -larchive -ljansson \
	-lconfuse -lmd -lxml2 \
	-lfdt $(UNPACK_LIBS)
$(B)/twinboot: $(TOOLS:%.c=$(B)/host-obj/%.o) $(B)/libshared-host.a
	$(call link,$(CC) -o $@ $^ $(TOOLS_LIBS))

# Manual pages and completion, made of the tables of options.
MANUAL := $(sort $(wildcard tools/manual/*.c)) $(filter-out tools/twinboot.c,$(TOOLS))
$(B)/manual: $(MANUAL:%.c=$(B)/host-obj/%.o) $(B)/libshared-host.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(TOOLS_LIBS)

MAN_DOCS := $(sort $(wildcard docs/man/*.[1-9]))
$(B)/man/.made: $(B)/manual $(B)/kernelgen kernelgen/completion \
		$(wildcard docs/man/*) CHANGELOG.md
	$(call say,MANUAL,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$(B)/manual $(@D) docs/man
	$(Q)mkdir $(@D)/completion && mv $(@D)/twinboot.bash $(@D)/completion/twinboot
	$(Q)kernelgen/completion $(B)/kernelgen bash >$(@D)/completion/kernelgen
	$(Q)kernelgen/completion $(B)/kernelgen zsh >$(@D)/_kernelgen
	$(Q)kernelgen/completion $(B)/kernelgen fish >$(@D)/kernelgen.fish
	$(Q)for f in $(MAN_DOCS); do sed -e 's/@VERSION@/$(VERSION)/' \
	  -e 's/@DATE@/$(DATE)/' -e '/^@COMMANDS@$$/{r $(@D)/commands.man' \
	  -e 'd;}' -e '/^@KEYS@$$/{r $(@D)/keys.man' -e 'd;}' \
	  -e '/^@LST@$$/{r $(@D)/lst.man' -e 'd;}' $$f \
	  >$(@D)/$${f##*/}; done
	$(Q)touch $@

# The probes are boot code that kernelgen carries as blobs.
PROBE_OBJ := $(B)/boot-obj/kernelgen/probe
FLAGS_kernelgen/probe/efi = $(FLAGS_mbr/uefi)
$(B)/probe/setup16.elf: kernelgen/probe/setup16.lds $(PROBE_OBJ)/setup16.o
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) $(BOOT_LDFLAGS) -T $^ -o $@

$(B)/probe/flat.elf: kernelgen/probe/flat.lds \
		$(patsubst %,$(PROBE_OBJ)/%.o,entry linux map report serial \
		acpi efi/efi) \
		$(B)/libshared-boot.a $(LIBMD) $(MUSL)
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) $(filter-out -static,$(BOOT_LDFLAGS)) -pie \
	  --no-dynamic-linker -T $^ -o $@

$(B)/probe/bootsector.elf: $(PROBE_OBJ)/bootsector.o
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -Ttext=0x7c00 -o $@ $^

$(B)/probe/%.bin: $(B)/probe/%.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary -j .text -j .rodata -j .data $< $@

# The PV probe twice: hypercalls by instruction, and by the builder's page.
$(B)/probe/xenpv-%.elf: kernelgen/probe/xenpv.lds $(PROBE_OBJ)/xenpv.o \
		$(PROBE_OBJ)/xen_domain.o $(PROBE_OBJ)/report.o \
		$(PROBE_OBJ)/xen_%.o $(B)/libshared-boot.a $(LIBMD) $(MUSL)
	$(call link,$(LD) $(BOOT_LDFLAGS) -s -T $^ -o $@)

# ELF files, each with a header or note of its own; Multiboot's are of 32 bits.
$(B)/probe/elf-%: kernelgen/probe/elf.lds $(PROBE_OBJ)/head_%.o \
		$(PROBE_OBJ)/%.o $(patsubst %,$(PROBE_OBJ)/%.o,entry map \
		report serial acpi efi/efi) \
		$(B)/libshared-boot.a $(LIBMD) $(MUSL)
	$(call link,$(LD) $(BOOT_LDFLAGS) -s -T $^ -o $@)
$(B)/probe/elf32-%: $(B)/probe/elf-%
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O elf32-i386 $< $@

PROBES := $(B)/probe/setup16.bin $(B)/probe/flat.bin \
	$(B)/probe/bootsector.bin \
	$(B)/probe/elf32-multiboot $(B)/probe/elf32-multiboot2 \
	$(B)/probe/elf-pvh $(B)/probe/xenpv-raw.elf $(B)/probe/xenpv-page.elf
BLOBS := $(B)/host-obj/kernelgen/blobs.o
$(BLOBS): kernelgen/blobs.S $(PROBES)
	$(Q)mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) -Wa,-I$(B)/probe -c $< -o $@

KERNELGEN := $(call with_lzo,$(sort $(wildcard kernelgen/*.c)))
$(B)/kernelgen: $(KERNELGEN:%.c=$(B)/host-obj/%.o) $(BLOBS) \
		$(B)/libshared-host.a
	$(call link,$(CC) -o $@ $^ -lfdt -lmd $(UNPACK_LIBS))

# ---- genuine Xen, for `twinboot run --path xen` and tests/system/xen-*.t -----

XEN_BED := $(B)/xen/xen
$(XEN_BED): tests/xen-testbed | $(B)/.packages-build $(B)/.packages-run
	$(call say,FETCH,$(@D))
	$(Q)$(call still,$@,$(B)/xen-testbed.log) $< build $(@D)

# By the sum of the PV loader in it: times of files are lost when a tree is copied.
# `twinboot run' holds the same sum against the loader that it has.
XEN_LOADER := $(B)/boot/pvboot.elf.gz
$(B)/xen/pvboot.sha256: $(XEN_BED) $(XEN_LOADER) FORCE
	$(Q)sum=$$(sha256sum <$(XEN_LOADER)); sum=$${sum%% *}; \
	if [ "$$sum" != "$$(cat $@ 2>/dev/null)" ] || [ $(XEN_BED) -nt $@ ]; then \
	  echo '  XEN     $(@D)/guest.initrd'; \
	  tests/xen-testbed guest $(@D) $(XEN_LOADER) $(@D)/guest.initrd && \
	  printf %s "$$sum" >$@; fi

.PHONY: xen run-xen
xen: $(B)/xen/pvboot.sha256
run-xen: xen $(B)/images/demo.img
	$(Q)$(B)/twinboot run $(B)/images/demo.img --path xen

# ---- images, and what one does with them -----------------------------------

$(B)/debian/%.stamp: images/debian-kernel | $(B)/.packages-run
	$(call say,FETCH,Debian kernel: $*)
	$(Q)mkdir -p $(@D)
	$(Q)$(call still,$*,-) images/debian-kernel $* $(B)/debian/$*
	$(Q)touch $@

$(B)/images/%/initrd.img: images/initramfs images/init $(B)/images/probe \
		$(B)/debian/%.stamp
	$(Q)mkdir -p $(@D)
	$(call say,INITRD,$@)
	$(Q)images/initramfs $(B)/images/probe $@ $(B)/debian/$*

# The demo is signed, so that it also runs where Secure Boot wants OVMF's test key.
SIGNED := $(B)/images/signed
$(SIGNED)/.made: images/sign $(BOOT) $(B)/debian/cloud.stamp
	$(call say,SIGN,$(@D))
	$(Q)mkdir -p $(@D) && cp $(filter $(B)/boot/%,$^) $(@D)
	$(Q)$< $(B)/boot/twinboot.efi $(@D)/twinboot.efi
	$(Q)$< $(B)/debian/cloud/vmlinuz $(@D)/vmlinuz
	$(Q)touch $@

DEMO := $(B)/images/demo.img
$(DEMO): images/demo.conf images/demo.lst images/demo/boot/grub/twinboot.conf \
		$(B)/images/cloud/initrd.img $(B)/twinboot $(SIGNED)/.made
	$(call say,IMAGE,$@)
	$(Q)SOURCE_DATE_EPOCH=0 $(B)/twinboot build images/demo.conf -o $@ \
	  --boot-dir $(SIGNED) --kernel $(SIGNED)/vmlinuz \
	  --initrd $(B)/images/cloud/initrd.img

.PHONY: images demo run run-bios run-uefi run-pv
demo: $(DEMO) $(B)/images/cloud/initrd.img $(B)/images/standard/initrd.img

# Every recipe of images/, from trees that mmdebstrap makes.
IMAGES := $(patsubst %,$(B)/images/%.img,probe debian pv-hd0 ec2-pv hybrid \
	container)
images: demo $(IMAGES)

$(B)/debian/%.tar: images/debian-tree | $(B)/.packages-images
	$(Q)mkdir -p $(@D)
	$(call say,TREE,$@)
	$(Q)$(call still,$@,$(B)/debian-$*.log) images/debian-tree $* $@

# The same tree as an OCI layout of one layer.
$(B)/debian/oci/.made: $(B)/debian/systemd.tar
	$(call say,OCI,$(@D))
	$(Q)rm -rf $(@D) && umoci init --layout $(@D) && \
	  umoci new --image $(@D):debian && \
	  umoci raw add-layer --image $(@D):debian $<
	$(Q)touch $@

$(B)/images/probe.img: images/probe.conf $(B)/kernelgen $(B)/twinboot $(BOOT)
	$(call say,IMAGE,$@)
	$(Q)mkdir -p $(@D) && $(B)/kernelgen --format bzimage-pv \
	  -o $(B)/images/probe.kernel
	$(Q)$(B)/twinboot build $< --kernel $(B)/images/probe.kernel -o $@

$(B)/images/container.img: TREE = $(B)/debian/oci
$(B)/images/container.img: $(B)/debian/oci/.made
TREE = $(B)/debian/systemd.tar
$(filter-out %/probe.img,$(IMAGES)): $(B)/images/%.img: images/%.conf \
		images/debian.conf $(B)/debian/systemd.tar $(B)/twinboot $(BOOT)
	$(call say,IMAGE,$@)
	$(Q)$(B)/twinboot build $< --root $(TREE) -o $@

run: $(DEMO) xen
	$(Q)$(B)/twinboot run $(DEMO) --path bios --timeout 600
	@echo && echo "Every path, with instructions counted:" && echo
	$(Q)$(call still,matrix,-) $(B)/twinboot matrix $(DEMO) --count --table

run-bios run-uefi run-pv: run-%: $(DEMO)
	$(Q)$(B)/twinboot run $(DEMO) --path $*

# Stop at the first line of stage 2's C; IMAGE=FILE for another image.
.PHONY: gdb-bios
gdb-bios: $(B)/stage2.elf $(if $(IMAGE),,$(DEMO)) \
		| $(B)/.packages-run $(B)/.packages-debug
	$(Q)gdb -q -ex 'set confirm off' \
	  -ex 'target remote | exec qemu-system-x86_64 -accel tcg -m 512 \
	    -display none -serial file:$(B)/gdb-bios.log -gdb stdio -S \
	    -drive file=$(or $(IMAGE),$(DEMO)),format=raw,if=virtio,snapshot=on' \
	  -ex 'hbreak bios_main' -ex continue $(B)/stage2.elf

# The same in twinboot.efi.
.PHONY: gdb-uefi
gdb-uefi: $(B)/boot/twinboot.efi $(B)/twinboot $(if $(IMAGE),,$(DEMO)) \
		| $(B)/.packages-run $(B)/.packages-debug
	$(Q)mbr/uefi/gdb $(B) $(or $(IMAGE),$(DEMO))

# The same in the hypervisor: at its first C, and then at run(), where a guest is
# entered for the first time.
.PHONY: gdb-pv
gdb-pv: $(B)/boot/hv.elf $(if $(IMAGE),,$(DEMO)) \
		| $(B)/.packages-run $(B)/.packages-debug
	$(Q)gdb -q -ex 'set confirm off' \
	  -ex 'target remote | exec qemu-system-x86_64 -accel tcg -m 512 \
	    -display none -serial file:$(B)/gdb-pv.log -gdb stdio -S -kernel $< \
	    -drive file=$(or $(IMAGE),$(DEMO)),format=raw,if=virtio,snapshot=on' \
	  -ex 'hbreak start.c:start' -ex 'hbreak run.c:run' -ex continue $<.sym

# ---- install ---------------------------------------------------------------

# Below $(DESTDIR)$(PREFIX), which may have blanks in it: a folder, the mode of
# the files there, the files.  `uninstall` takes away the same, and the folders
# that `install` had to make, which it writes down; what is staged for a package,
# below DESTDIR, belongs to that.
comma := ,
# Documents with links that lead on from there: what is not installed is named.
DOCUMENTS := $(patsubst docs/%,$(B)/doc/%,$(wildcard docs/*.md))
$(B)/doc/%.md: docs/%.md Makefile
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's,](\.\./CHANGELOG\.md),](CHANGELOG.md),g' \
	  -e 's,\[\([^]]*\)\](\.\./\([^)]*\)),\1 (`\2` of the sources),g' \
	  -e 's,](\([a-z]*\.schema\.json\)),](../../twinboot/\1),g' $< >$@

define newline


endef
COMPLETION := share/bash-completion/completions
define each_installed
$(1) bin 755 $(B)/twinboot $(B)/kernelgen
$(1) share/twinboot 644 $(filter-out $(BOOT_SCRIPTS),$(BOOT)) $(wildcard docs/*.schema.json)
$(1) share/twinboot 755 $(BOOT_SCRIPTS)
$(1) share/man/man1 644 $(B)/man/*.1
$(1) share/man/man5 644 $(B)/man/*.5
$(1) $(COMPLETION) 644 $(B)/man/completion/twinboot $(B)/man/completion/kernelgen
$(1) share/zsh/vendor-completions 644 $(B)/man/_twinboot $(B)/man/_kernelgen
$(1) share/fish/vendor_completions.d 644 $(B)/man/twinboot.fish $(B)/man/kernelgen.fish
$(1) share/doc/twinboot 644 CHANGELOG.md LICENSE $(DOCUMENTS)
$(1) share/doc/twinboot/examples 644 $(wildcard docs/ci/*) docs/pvboot.xl images/demo.lst $(wildcard images/*.conf)
endef

MADE := share/twinboot/made-folders
.PHONY: install uninstall
install: all $(B)/man/.made $(DOCUMENTS)
	$(Q)[ -z '$(DESTDIR)' ] || exit 0; set -e; to='$(PREFIX)'; \
	missing() { d=$$1; while [ "$$d" != . ]; do \
	  [ -d "$$to/$$d" ] || echo "$$d"; d=$$(dirname "$$d"); done; }; \
	new=$$({ [ -d "$$to" ] || echo "../$$(basename "$$to")"; \
	  $(subst $(newline),; ,$(call each_installed,missing)); } | sort -u); \
	  install -d "$$to/share/twinboot"; \
	  [ -z "$$new" ] || echo "$$new" >>"$$to/$(MADE)"
	$(Q)put() { to='$(DESTDIR)$(PREFIX)'/$$1; mode=$$2; shift 2; \
	  install -d "$$to" && install -m $$mode "$$@" "$$to"; }; set -e; \
	$(subst $(newline),; ,$(call each_installed,put))
	@echo "  INSTALL $(DESTDIR)$(PREFIX)"

uninstall: $(B)/man/.made
	$(Q)drop() { from='$(DESTDIR)$(PREFIX)'/$$1; shift 2; \
	  for f; do rm -f "$$from/$${f##*/}"; done; \
	  case $$from in */twinboot|*/examples) \
	    rmdir "$$from" 2>/dev/null || :;; esac; }; set -e; \
	  made=$$(cat '$(DESTDIR)$(PREFIX)/$(MADE)' 2>/dev/null) || :; \
	  rm -f '$(DESTDIR)$(PREFIX)/$(MADE)'; \
	$(subst $(newline),; ,$(call each_installed,drop)); \
	  { echo share/doc/twinboot; echo "$$made"; } | grep . | LC_ALL=C sort -ru | \
	  while read -r d; do rmdir '$(DESTDIR)$(PREFIX)'/"$$d" 2>/dev/null || :; done

# ---- releases --------------------------------------------------------------

# The sources as one archive, with what Debian's tools want and we make.  In a
# clone what git knows, else all but $(B): the archive itself has no git.
DIST := twinboot-$(VERSION)
sources = $$(git ls-files 2>/dev/null | grep . || \
	find * .ci .gitignore -path $(B) -prune -o -path debian/changelog -o \
	-path debian/copyright -o -type f -print -o -type l -print)
.PHONY: dist
dist: $(B)/$(DIST).tar.xz
$(B)/$(DIST).tar.xz: FORCE | $(B)/.packages-build
	$(Q)rm -rf $(B)/dist && mkdir -p $(B)/dist/$(DIST)
	$(Q)printf '%s\n' $(sources) | tar -cf - -T - | tar -C $(B)/dist/$(DIST) -xf -
	$(Q)debian/make-files $(B)/dist/$(DIST)
	$(Q)tar -C $(B)/dist --sort=name --owner=0 --group=0 --numeric-owner \
	  --mode=go=rX,u+rw --mtime='$(DATE) 00:00Z' -cJf $@ $(DIST)
	@echo "  DIST    $@"

# Debian's packages, in $(B)/deb, built of that archive.
.PHONY: deb
deb: $(B)/$(DIST).tar.xz | $(B)/.packages-build $(B)/.packages-deb
	$(Q)rm -rf $(B)/deb && mkdir -p $(B)/deb/src
	$(Q)tar -C $(B)/deb/src -xf $<
	$(call say,DEB,$(B)/deb)
	$(Q)cd $(B)/deb/src/$(DIST) && DEB_BUILD_OPTIONS=parallel=$$(nproc) \
	  $(CURDIR)/$(call still,dpkg-buildpackage,../../log) \
	  dpkg-buildpackage -b -us -uc
	$(Q)mv $(B)/deb/src/*.deb $(B)/deb/src/*.buildinfo $(B)/deb/src/*.changes $(B)/deb
	$(Q)rm -rf $(B)/deb/src
	$(Q)cd $(B)/deb && lintian --fail-on error --tag-display-limit 0 *.changes

# ... which are the same wherever they are made; the next version's beside them.
.PHONY: check-deb
check-deb: deb | $(B)/.packages-again
	$(Q)tests/deb-again $(B)

# A container image of these, made of Debian's packages and of ours alone.
BUILDAH ?= buildah
CONTAINER_SUITE ?= $(shell . /etc/os-release && echo $$VERSION_CODENAME)
.PHONY: container
container: $(B)/container/root.tar
	$(Q)$(BUILDAH) bud --tag twinboot --file docs/ci/Containerfile $(B)/container

$(B)/container/root.tar: deb | $(B)/.packages-container
	$(Q)mkdir -p $(@D)
	$(call say,ROOT,$@)
	$(Q)$(call still,mmdebstrap,$(@D)/log) mmdebstrap --variant=apt \
	  --include=qemu-system-x86$(comma)qemu-utils$(comma)ovmf$(comma)mtools \
	  --customize-hook='mkdir "$$1/debs" && cp $(B)/deb/twinboot_*.deb \
	    $(B)/deb/twinboot-boot_*.deb "$$1/debs"' \
	  --customize-hook='chroot "$$1" sh -c "apt-get install -y \
	    --no-install-recommends /debs/*.deb && rm -r /debs"' \
	  $(CONTAINER_SUITE) $@

# ---- tests -----------------------------------------------------------------

# tests/unit/X_test.c is a cmocka program, tests/fuzz/X_fuzz.c a libFuzzer
# target with its corpus in tests/fuzz/corpus/X/ (and, when tests/fuzz/make-corpus
# makes one, $(B)/fuzz/seed/X/), tests/system/X.t TAP for prove.
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/*_test.c)))
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
UNIT_HELP := $(filter-out %_test.c,$(sort $(wildcard tests/unit/*.c)))
SYSTEM := $(sort $(wildcard tests/system/*.t))
FUZZ_SECONDS ?= 60
# The hypervisor's core gets ten times as long, and plays long games at once.
CORE_PLAY := -timeout=10 -max_len=4096 -len_control=0

$(B)/unit/%: $(B)/test-obj/tests/unit/%.o \
		$(UNIT_HELP:%.c=$(B)/test-obj/%.o) $(B)/libshared-test.a
	$(call test_link,-lcmocka -lcrypt $(TOOLS_LIBS))

$(B)/unit/core_%: $(B)/test-obj/tests/unit/core_%.o $(B)/libcore-test.a \
		$(B)/libshared-test.a
	$(call test_link,-lcmocka)

$(B)/unit/pv_%: $(B)/test-obj/tests/unit/pv_%.o $(B)/libpvboot-test.a \
		$(B)/libshared-test.a
	$(call test_link,-lcmocka)

$(B)/fuzz/pv_%: $(B)/test-obj/tests/fuzz/pv_%.o $(B)/libpvboot-test.a \
		$(B)/libshared-test.a
	$(call fuzz_link)

$(B)/bench/core: $(B)/test-obj/tests/bench/core.o $(B)/libcore-test.a \
		$(B)/libshared-test.a
	$(call test_link)

$(B)/fuzz/core_%: $(B)/test-obj/tests/fuzz/core_%.o $(B)/libcore-test.a \
		$(B)/libshared-test.a
	$(call fuzz_link)

$(B)/fuzz/%: $(B)/test-obj/tests/fuzz/%.o $(B)/libshared-test.a
	$(call fuzz_link,$(TOOLS_LIBS))

.PHONY: check-unit check-rules check-corpus check-system check check-long fuzz
check-rules: all
	$(Q)set -e; for f in tests/rules/*; do B=$(B) $$f; done

check-unit: $(UNIT) | $(B)/.packages-run $(B)/.packages-check
	$(Q)CMOCKA_MESSAGE_OUTPUT=TAP $(call still,unit tests,-) prove -e tests/quietly $(UNIT)

$(B)/fuzz/seed/.made: tests/fuzz/make-corpus | $(B)/.packages-run
	$(call say,CORPUS,$(@D))
	$(Q)mkdir -p $(B)/fuzz
	$(Q)$(call still,$(@D),$(B)/fuzz/make-corpus.log) $< $(@D)
	$(Q)touch $@

# For each target $$f called $$n, with the corpora it has as $$seed.
for_fuzz = set -e; for f in $(FUZZ); do n=$${f\#\#*/}; n=$${n%_fuzz}; seed=; \
	  for d in tests/fuzz/corpus/$$n $(B)/fuzz/seed/$$n; do \
	    [ ! -d $$d ] || seed="$$seed $$d"; done; $(1); done

# Every fuzz target over its starting corpus, once: no crash, no leak, no hang.
check-corpus: $(FUZZ) $(B)/fuzz/seed/.made
	$(Q)$(call for_fuzz,$(call still,fuzzing,$(B)/fuzz/$$n.log) \
	    $$f -runs=0 -timeout=10 $$seed; echo "  FUZZED  $$n")

check-system: all demo xen $(B)/boot-test/hv.elf $(HV_GUESTS) \
		$(B)/boot-test/multiboot.elf \
		$(B)/guest/stress $(B)/guest/netcopy $(B)/guest/v3 $(B)/guest/records | \
		$(B)/.packages-run $(B)/.packages-check
	$(Q)B=$(B) $(call still,system tests,-) prove --timer -j2 \
	  -e tests/quietly $(SYSTEM)

check: all check-rules check-corpus check-unit check-system

# Packages made on minimal Debians, and used on others.
.PHONY: check-packages
check-packages: check-packages-bookworm check-packages-trixie
check-packages-%: FORCE
	$(Q)for what in check-deb --packages --autopkgtest --tutorial; do \
	  tests/fresh $* $$what || { s=$$?; [ $$s = 77 ] || exit $$s; \
	    echo "  FRESH   $*: not tried"; break; }; done

# Also the combinations that `make check` has only some of.
check-long: check-rules check-corpus check-unit $(B)/fuzz/core_fuzz | $(B)/.packages-long
	$(Q)LONG=1 $(MAKE) --no-print-directory check-system
	$(Q)mkdir -p $(B)/fuzz/corpus/core
	$(Q)$(call still,fuzzing,$(B)/fuzz/core-long.log) $(B)/fuzz/core_fuzz \
	  -max_total_time=60 $(CORE_PLAY) -artifact_prefix=$(B)/fuzz/core- \
	  $(B)/fuzz/corpus/core tests/fuzz/corpus/core
	$(Q)B=$(B) tests/hv/check-mutants
	$(Q)$(MAKE) --no-print-directory check-packages

fuzz: $(FUZZ) $(B)/fuzz/seed/.made
	$(Q)$(call for_fuzz,s=$(FUZZ_SECONDS); play=-timeout=10; \
	  [ $$n != core ] || { s=$$((s * 10)); play="$(CORE_PLAY)"; }; \
	  echo "  FUZZ    $$n ($$s s)"; \
	  mkdir -p $(B)/fuzz/corpus/$$n; \
	  $(call still,fuzzing,$(B)/fuzz/$$n.log) $$f \
	    -max_total_time=$$s $$play -print_final_stats=1 \
	    -artifact_prefix=$(B)/fuzz/$$n- $(B)/fuzz/corpus/$$n $$seed)

# What booting costs, and whether it still is within the limits.
.PHONY: bench
bench: all xen demo $(B)/guest/cost $(B)/guest/ops $(B)/guest/netcopy \
		$(B)/boot-test/cost.elf \
		$(B)/bench/core | \
		$(B)/.packages-run $(B)/.packages-check
	$(Q)set -e; for f in $(B)/bench/core \
	  $(filter-out %.c,$(sort $(wildcard tests/bench/*))); do B=$(B) $$f; done

.PHONY: help
help:
	@printf '  %-16s %s\n' \
	  'make' 'the programs: $(B)/twinboot, $(B)/kernelgen, $(B)/boot/*' \
	  'make run' 'make the demo image and boot it' \
	  'make run-bios' 'the same, only over this path (also -uefi, -pv ...)' \
	  'make check' 'all tests; check-unit, check-system ... are parts of it' \
	  'make check-long' 'the tests with every combination' \
	  'make fuzz' 'each target for FUZZ_SECONDS ($(FUZZ_SECONDS)), core ten times that' \
	  'make images' 'an image from every recipe in images/' \
	  'make bench' 'what a boot costs, held against limits' \
	  'make gdb-bios' 'a debugger on the BIOS path (docs/debugging.md)' \
	  'make gdb-uefi' 'the same on the UEFI path' \
	  'make gdb-pv' 'the same in the hypervisor' \
	  'make install' 'into PREFIX ($(PREFIX)), below DESTDIR' \
	  'make dist' 'the sources of version $(VERSION) as an archive' \
	  'make deb' 'packages for Debian' \
	  'make container' 'a container image of these (docs/ci/Containerfile)' \
	  'make uninstall' 'what was put there is taken away' \
	  'make clean' 'remove $(B)' 'V=1' 'show every command'

.PHONY: clean
clean:
	rm -rf $(B)

-include $(shell find $(B)/*-obj -name '*.d' -type f 2>/dev/null)
