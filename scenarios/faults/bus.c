/* bus.c: the victim writes past the end of a mapped file, as when a file has been cut meanwhile.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/atomic.h"
#include "scenarios/faults/crash.h"
#include "scenarios/faults/fault.h"

#include <sys/mman.h>
#include <unistd.h>

/* A page that no file stands behind: the memory of an empty one. NULL: the system has none. */
static void *map_empty_file(void) {
    int file = memfd_create("respawn_bus", MFD_CLOEXEC);
    if (file < 0) return NULL;
    void *page = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return page == MAP_FAILED ? NULL : page;
}

/* One page serves every victim: a mapping for each would use up the system's after 65,530. */
static volatile int *find_page(void) {
    static rs_atomic_ptr shared_page;
    void *page = rs_load(&shared_page, rs_relaxed), *none = NULL;
    if (page) return page;
    page = map_empty_file();
    /* relaxed: nothing lies in the page that others could see too late */
    if (page && !rs_cas_strong(&shared_page, &none, page, rs_relaxed)) {
        munmap(page, 1);
        page = none;
    }
    return page;
}

__attribute__((noinline, no_sanitize("address", "thread", "undefined"))) static void
write_past_the_end(volatile int *page) {
    *page = 1;
}

static void crash_here(uint64_t unused) {
    (void)unused;
    rs_fault_begin(RS_ATOM(sigbus));
    volatile int *page = find_page();
    if (!page) rs_crash(RS_ATOM(sigbus));
    write_past_the_end(page);
}

static void make_crash(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, crash_here, 0, blow->cause);
}

const rs_fault_kind rs_fault_bus = {
    .name = "bus",
    .about = "makes it write past the end of a mapped file",
    .portable = false,
    .reason = "sigbus",
    .strike = make_crash,
};
