/* grace_relacy.cc: a process found in a section stays itself until the section ends, while another
 * core frees it and a third gives its place to the next. The variant with a word to change on both
 * sides; what membarrier(2) does is beyond C11.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/relacy.h"

#include "runtime/process/grace.h"

#define PLACES   3 /* 0: nobody */
#define SECTIONS 2

typedef struct thread {
    rs_atomic_u64 section;
} thread;

/* One slot, one core whose reader looks into it. */
typedef struct world {
    rs_atomic_u64 slot;
    rs_atomic_u32 word;
    rs_atomic_ptr seat;
    thread first, second; /* that play the core, one after the other */
    rs_spinlock lock;     /* of `freed` */
    uint32_t freed;       /* places, a bit each */
} world;

template <class Model> struct table : rs_model<Model, world, 3> {
    typedef rs_model<Model, world, 3> base;
    rl::var<uint64_t> life[PLACES]; /* what is written into a process at its birth */
    rl::var<int> born[2];           /* the threads' own memory */

    static world *w() { return &base::world; }

    void setup() {
        rs_model_store(&w()->slot, UINT64_C(1) << 32 | 1);
        rs_model_store(&w()->word, 0);
        rs_model_store(&w()->seat, (void *)NULL);
        rs_model_store(&w()->first.section, 0);
        rs_model_store(&w()->second.section, 0);
        rs_model_store(&w()->lock.held, 0);
        for (int i = 0; i < PLACES; i++) VAR(life[i]) = 0;
        VAR(life[1]) = 1;
    }

    void sit_down(thread *self) {
        VAR(born[self == &w()->second]) = 1;
        rs_section_seat(&w()->seat, self);
    }

    /* Counting is a plain increment of the thread's own: weaker than any variant of thread.h. */
    void enter(thread *self) {
        rs_model_store(&self->section, rs_model_load(&self->section) + 1);
        rs_section_fence(&w()->word);
    }

    /* As rs_table_find, for whatever process is there: it stays the same to the end. */
    void look(thread *self) {
        enter(self);
        uint64_t slot = rs_slot_read(&w()->slot);
        if ((uint32_t)slot) {
            RS_HOLDS(VAR(life[(uint32_t)slot]) == slot >> 32);
            rl::yield(1, $);
            RS_HOLDS(VAR(life[(uint32_t)slot]) == slot >> 32);
        }
        rs_section_end(&self->section);
    }

    /* As section_of in table.c. */
    uint64_t section_of_core() {
        thread *player = (thread *)rs_grace_player(&w()->seat);
        if (!player) return 0;
        RS_HOLDS(VAR(born[player == &w()->second]) == 1);
        return rs_grace_count(&player->section);
    }

    /* As rs_table_retire, begin_grace, grace_is_over, free_batch. */
    void retire(uint64_t generation, uint32_t place) {
        rs_slot_clear(&w()->slot, generation + 1);
        rs_grace_fence(&w()->word);
        uint64_t then = section_of_core();
        while (then & 1 && section_of_core() == then) rs_relax();
        rs_spin_lock(&w()->lock);
        w()->freed |= 1u << place;
        rs_spin_unlock(&w()->lock);
    }

    /* As rs_table_take, of the one place that is freed. */
    void fill(uint64_t generation) {
        uint32_t place = 0;
        while (!place) {
            rs_spin_lock(&w()->lock);
            place = w()->freed & 2 ? 1 : w()->freed & 4 ? 2 : 0;
            w()->freed &= ~(1u << place);
            rs_spin_unlock(&w()->lock);
            if (!place) rs_relax();
        }
        VAR(life[place]) = generation;
        rs_slot_fill(&w()->slot, generation, place);
    }

    void at_end() { RS_HOLDS(rs_model_load(&w()->slot) == (UINT64_C(2) << 32 | 1)); }
};

struct the_found_stay : table<the_found_stay> {
    void thread(unsigned index) {
        if (index == 0) {
            sit_down(&world.first);
            for (int i = 0; i < SECTIONS; i++) look(&world.first);
        } else if (index == 1) {
            retire(1, 1);
        } else {
            fill(2);
        }
    }
};

/* The core passes to another thread, by a queue that orders the two. */
struct a_core_changes_hands : table<a_core_changes_hands> {
    rl::atomic<int> left;

    void setup() {
        table<a_core_changes_hands>::setup();
        left.store(0, rl::mo_relaxed, $);
    }

    void thread(unsigned index) {
        if (index == 0) {
            sit_down(&world.first);
            look(&world.first);
            left.store(1, rl::mo_release, $);
        } else if (index == 1) {
            while (!left.load(rl::mo_acquire, $)) rl::yield(1, $);
            sit_down(&world.second);
            look(&world.second);
        } else {
            retire(1, 1);
            fill(2);
        }
    }
};

static const char *const files[] = {"process/grace.h", NULL};

static const rs_checked models[] = {
    RS_MODEL(the_found_stay, 30000, 2), RS_MODEL(a_core_changes_hands, 30000, 2), {}};

static const rs_uncaught uncaught[] = {
    {"rs_slot_clear", "store", RS_NO_RELEASE, "for programs: who is dead has done all it did"}, {}};

int main() {
    return rs_relacy_main(files, models, uncaught);
}
