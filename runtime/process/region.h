/* region.h: memory from the operating system. After start the runtime uses no malloc: address
 * space is reserved whole, and pages come when first touched.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_REGION_H
#define RS_REGION_H

#include <stddef.h>

/* rs_region_reserve returns `bytes` of zeroed, untouched, readable and writable memory, aligned to
 * `alignment` (a power of two); NULL when the system refuses. */
void *rs_region_reserve(size_t bytes, size_t alignment);

/* rs_region_release gives it back. */
void rs_region_release(void *region, size_t bytes);

/* rs_region_huge asks for huge pages there: mass starts touch pages, and one fault for 2 MiB is
 * cheaper than 512. A wish: errors are ignored. */
void rs_region_huge(void *region, size_t bytes);

#endif
