/* census.c: the memory that the runtime holds when nothing moves.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/census.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Long enough for a message that was on its way to be handled. */
#define PAUSE_NS UINT64_C(150000)

static uint64_t read_number(const char **text) {
    uint64_t number = 0;
    while (**text == ' ') ++*text;
    while (**text >= '0' && **text <= '9') number = number * 10 + (uint64_t)(*(*text)++ - '0');
    return number;
}

/* Without shared pages: what this room writes down about a run is not the runtime's. */
uint64_t rs_census_resident(void) {
    char text[128] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got <= 0) return 0;
    const char *at = text;
    read_number(&at);
    uint64_t resident = read_number(&at), shared = read_number(&at);
    return resident > shared ? (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* What arrives meanwhile is the runner's to read. */
static bool match_nothing(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

/* A process that the system has taken off its processor changes nothing either; it shows in the
 * stacks, for one that waits keeps its own. */
void rs_census_take(rs_census *census, uint32_t blocked, uint64_t patience_ns) {
    uint64_t end_ns = rs_now_ns() + patience_ns;
    rs_memory_use before;
    rs_memory_read(&before);
    do {
        rs_receive(match_nothing, NULL, PAUSE_NS);
        rs_memory_read(&census->use);
        census->quiet = memcmp(&before, &census->use, sizeof before) == 0 &&
                        before.stack >= (uint64_t)blocked * RS_STACK_BYTES;
        before = census->use;
    } while (!census->quiet && rs_now_ns() < end_ns);
    census->taken = true;
}
