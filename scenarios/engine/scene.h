/* scene.h: what the processes of one run share inside the child: the plan, the shared memory, and
 * the words by which the runner directs clients and injectors.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SCENE_H
#define RS_SCENE_H

#include "runtime/otp/supervisor.h"
#include "scenarios/engine/ambush.h"
#include "scenarios/engine/shared.h"

typedef struct rs_scene {
    const rs_plan *plan;
    rs_shared *shared;
    struct rs_tree *tree;
    rs_ambushes ambushes;
    struct rs_mails *mails;
    uint64_t zero_ns;       /* t = 0 on the run's clock */
    uint64_t load_end_ns;   /* since t = 0; nothing is issued that is intended later */
    rs_atomic_u32 hold;     /* clients shall stop between two operations */
    rs_atomic_u32 held;     /* so many have */
    rs_atomic_u32 busy;     /* injectors that still have blows to give */
    uint32_t process_count; /* clients, then injectors and upgraders */
    rs_pid *processes;
} rs_scene;

/* Words of the runner, as types of empty messages. */
extern const rs_type rs_scene_go;   /* to those that hold or wait to begin */
extern const rs_type rs_scene_wake; /* look at `hold`; whoever has taken it may count as held */
extern const rs_type rs_scene_stop; /* end */

/* rs_scene_since returns the time since t = 0. */
static inline uint64_t rs_scene_since(const rs_scene *scene) {
    return rs_now_ns() - scene->zero_ns;
}

/* rs_scene_word takes the next word, waiting up to `timeout_ns`; NULL after that. An rs_scene_stop
 * ends the caller. */
const rs_type *rs_scene_word(uint64_t timeout_ns);

/* rs_scene_wait waits for rs_scene_go, dropping everything else. */
void rs_scene_wait(void);

/* rs_scene_sleep waits until `deadline_ns` since t = 0, or for a word, which it returns. */
const rs_type *rs_scene_sleep(const rs_scene *scene, uint64_t deadline_ns);

#endif
