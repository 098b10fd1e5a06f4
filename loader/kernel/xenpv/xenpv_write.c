/*
 * The contents a domain builder owes a PV kernel besides its own files.
 */
#include <string.h>

#include "loader/abi/xen.h"
#include "loader/base/err.h"
#include "loader/kernel/xenpv/xenpv.h"
#include "loader/kernel/xenpv/xenpv_tables.h"

#define HYPERCALL_IRET 23u

void xenpv_hypercall_page(void *page)
{
	static const uint8_t head[] = { 0x51, 0x41, 0x53 }; /* push rcx, r11 */
	static const uint8_t tail[] = { 0x0f, 0x05,	/* syscall */
		0x41, 0x5b, 0x59, 0xc3 };		/* pop r11, rcx; ret */
	uint8_t *p = page;

	memset(p, 0xcc, XEN_PAGE);
	for (unsigned i = 0; i < XEN_PAGE / 32; i++, p += 32) {
		uint8_t *q = p;

		memcpy(q, head, sizeof(head));
		q += sizeof(head);
		if (i == HYPERCALL_IRET)
			*q++ = 0x50; /* push rax: part of its frame */
		*q++ = 0xb8;			/* mov $i, %eax */
		memcpy(q, (uint32_t[]){ i }, 4);
		memcpy(q + 4, tail, i == HYPERCALL_IRET ? 2 : sizeof(tail));
	}
}

static int write_p2m(const struct xenpv *x, const struct xenpv_machine *m)
{
	if (m->p2m_written)
		return 0;
	for (uint64_t pfn = 0; pfn < x->nr_pages; pfn += 512) {
		uint64_t *list = m->page(m->ctx, x->p2m.pfn + pfn / 512);

		if (!list)
			return ERR_NO_MEMORY;
		for (uint64_t i = 0; i < 512; i++)
			list[i] = pfn + i < x->nr_pages ?
				m->mfn(m->ctx, pfn + i) : XENPV_NONE;
	}
	return 0;
}

static int write_start_info(const struct xenpv *x,
			    const struct xenpv_machine *m)
{
	start_info_t *s = m->page(m->ctx, x->start_info);

	if (!s)
		return ERR_NO_MEMORY;
	memset(s, 0, XEN_PAGE);
	strcpy(s->magic, "xen-3.0-x86_64");
	s->nr_pages = x->nr_pages;
	s->shared_info = m->shared_info;
	s->flags = x->flags;
	s->store_mfn = m->mfn(m->ctx, x->store);
	s->store_evtchn = m->store_port;
	s->console.domU.mfn = m->mfn(m->ctx, x->console);
	s->console.domU.evtchn = m->console_port;
	s->pt_base = xenpv_va(x, x->tables.pfn);
	s->nr_pt_frames = x->tables.n;
	s->mfn_list = x->p2m_va;
	s->mod_start = x->mod_start;
	s->mod_len = x->mod_len;
	strcpy((char *)s->cmd_line, x->cmdline);
	if (x->image.init_p2m != XENPV_NONE) {
		s->first_p2m_pfn = x->p2m.pfn;
		s->nr_p2m_frames = x->p2m.n + x->p2m_tables.n;
	}
	return 0;
}

static int write_hypercalls(const struct xenpv *x,
			    const struct xenpv_machine *m)
{
	uint64_t va = x->image.hypercall_page;
	void *page;

	if (va == XENPV_NONE)
		return 0;
	page = m->page(m->ctx, (va - x->image.virt_base) / XEN_PAGE);
	if (page)
		xenpv_hypercall_page(page);
	return page ? 0 : ERR_NO_MEMORY;
}

int xenpv_write(const struct xenpv *x, const struct xenpv_machine *m)
{
	void *stack = m->page(m->ctx, x->stack);
	int err;

	if (!stack)
		return ERR_NO_MEMORY;
	memset(stack, 0, XEN_PAGE);
	if ((err = write_p2m(x, m)) || (err = write_hypercalls(x, m)) ||
	    (err = write_start_info(x, m)))
		return err;
	return xenpv_tables_write(x, m);
}
