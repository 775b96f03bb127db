/* scene.c: what the processes of one run share inside the child.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/scene.h"

const rs_type rs_scene_go = {.name = "go"};
const rs_type rs_scene_wake = {.name = "wake"};
const rs_type rs_scene_stop = {.name = "stop"};

const rs_type *rs_scene_word(uint64_t timeout_ns) {
    const rs_message *message = rs_receive(NULL, NULL, timeout_ns);
    if (message && message->type == &rs_scene_stop) rs_exit(RS_ATOM(normal));
    return message ? message->type : NULL;
}

void rs_scene_wait(void) {
    while (rs_scene_word(RS_FOREVER) != &rs_scene_go) continue;
}

const rs_type *rs_scene_sleep(const rs_scene *scene, uint64_t deadline_ns) {
    uint64_t now_ns = rs_scene_since(scene);
    return now_ns < deadline_ns ? rs_scene_word(deadline_ns - now_ns) : NULL;
}
