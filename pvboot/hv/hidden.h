/*
 * Included before everything else of the hypervisor (see the Makefile): it is
 * one image, so nothing is reached through a global offset table.
 */
#pragma GCC visibility push(hidden)
