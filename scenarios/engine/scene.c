/* scene.c: what the processes of one run share inside the child.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/scene.h"

const rs_type rs_scene_go = {.name = "go"};
const rs_type rs_scene_wake = {.name = "wake"};
const rs_type rs_scene_stop = {.name = "stop"};

/* Late answers may lie in the mailbox too; whatever it is, it is not ours. */
static const rs_type *take_word(uint64_t timeout_ns) {
    const rs_message *message = rs_receive(NULL, NULL, timeout_ns);
    if (message && message->type == &rs_scene_stop) rs_exit(RS_ATOM(normal));
    return message ? message->type : NULL;
}

void rs_scene_wait(void) {
    while (take_word(RS_FOREVER) != &rs_scene_go) continue;
}

void rs_scene_sleep(const rs_scene *scene, uint64_t deadline_ns) {
    uint64_t now_ns = rs_scene_since(scene);
    if (now_ns < deadline_ns) take_word(deadline_ns - now_ns);
}
