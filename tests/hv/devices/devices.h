/* Between the files of devices.elf. */
#ifndef TESTS_HV_DEVICES_DEVICES_H
#define TESTS_HV_DEVICES_DEVICES_H

void devices_block(void);
/* Nothing when there is no network device. */
void devices_network(void);

#endif
