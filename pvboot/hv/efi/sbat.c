/* SBAT, as mbr/uefi/sbat.c has it: of a component of its own. */
extern const char sbat_hv[];
const char sbat_hv[] __attribute__((used, section(".sbat"), aligned(4096))) =
	"sbat,1,SBAT Version,sbat,1,"
	"https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	"twinboot.hv,1,Twinboot,twinboot," TWINBOOT_VERSION ","
	"mailto:" TWINBOOT_SECURITY "\n";
