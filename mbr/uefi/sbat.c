/*
 * SBAT: which generation of what this is, for revocation by shim
 * (SBAT.md of the shim project, format version 1).  The generation, 1, grows
 * with each hole that lets something unsigned run; the version is for people.
 */
const char uefi_sbat[] __attribute__((used, section(".sbat"), aligned(4096))) =
	"sbat,1,SBAT Version,sbat,1,"
	"https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	"twinboot,1,Twinboot,twinboot," TWINBOOT_VERSION ","
	"mailto:" TWINBOOT_SECURITY "\n";
