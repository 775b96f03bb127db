/* atomic_relacy.cc: the spinlock keeps out whoever locks or tries, and shows what was done inside.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/relacy.h"

#include "runtime/base/atomic.h"

typedef struct world {
    rs_spinlock lock;
} world;

struct one_is_inside : rs_model<one_is_inside, world, 3> {
    rl::var<int> inside, entered;

    void setup() {
        rs_model_store(&world.lock.held, 0);
        VAR(inside) = VAR(entered) = 0;
    }

    void stay() {
        RS_HOLDS(VAR(inside) == 0);
        VAR(inside) = 1;
        VAR(entered) = VAR(entered) + 1;
        VAR(inside) = 0;
        rs_spin_unlock(&world.lock);
    }

    void thread(unsigned index) {
        if (index == 0) {
            while (!rs_spin_try(&world.lock)) rs_relax();
            stay();
            return;
        }
        rs_spin_lock(&world.lock);
        stay();
    }

    void at_end() { RS_HOLDS(VAR(entered) == 3); }
};

static const char *const files[] = {"base/atomic.h", NULL};
static const rs_checked models[] = {RS_MODEL(one_is_inside, 20000, 3), {}};
static const rs_uncaught uncaught[] = {{}};

int main() {
    return rs_relacy_main(files, models, uncaught);
}
