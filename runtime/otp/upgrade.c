/* upgrade.c: see upgrade.h. Several processes share the table by slots, each taking every n-th, so
 * that none waits for another.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/upgrade.h"

#include "runtime/otp/packed_term.h"
#include "runtime/otp/sys.h"
#include "runtime/otp/version.h"

const rs_type rs_upgrade_back_type = {.name = "upgrade_back", .bytes = sizeof(rs_upgrade_back)};

/* What the processes of one pass are given. */
typedef struct share {
    const rs_version *from, *to;
    uint32_t first, step; /* slots */
    bool kill;            /* who cannot be changed */
    uint64_t timeout_ns;
    void (*told)(void *context, const rs_upgraded *upgraded);
    void (*again)(void *context);
    void *context;
    rs_atomic_u64 *suspended;
    uint32_t extra_count;
    uint64_t extra[RS_PACKED_TERM_WORDS];
} share;

/* What one of them has done. */
typedef struct tally {
    uint64_t upgraded, failed;
} tally;

static const rs_type tally_type = {.name = "upgrade_tally", .bytes = sizeof(tally)};

/* ---------------------------------------------------------------- one process */

static bool is_current(const share *this) {
    return rs_version_current(this->to->server) == this->to;
}

/* A version that was taken back meanwhile has already been looked for: who came to it since then is
 * ours to bring back. */
static void undo(const share *this, rs_upgraded *it) {
    const rs_gen_server *current = rs_version_current(this->to->server)->server;
    rs_term reason = 0;
    rs_err err =
        rs_sys_change_code(it->pid, current, RS_ATOM(undefined), this->timeout_ns, &reason);
    rs_term_release(reason);
    if (err != RS_OK) rs_exit_signal(it->pid, RS_ATOM(kill));
    it->err = RS_EINVAL;
}

/* Relaxed: a count. */
static void count_suspended(const share *this, uint64_t difference) {
    if (this->suspended) rs_add(this->suspended, difference, rs_relaxed);
}

/* Who is not back from its code_change in time stays counted. */
static void resume(const share *this, rs_pid pid, bool suspended) {
    rs_err err = rs_sys_resume(pid, suspended ? this->timeout_ns : 0);
    if (suspended && err != RS_ELIMIT) count_suspended(this, UINT64_MAX);
}

/* Who did not suspend in time may do so later: it is resumed whatever happened. */
static void change(const share *this, rs_term extra, rs_upgraded *it) {
    it->err = rs_sys_suspend(it->pid, this->timeout_ns);
    bool suspended = it->err == RS_OK;
    uint64_t since_ns = rs_now_ns();
    if (suspended) count_suspended(this, 1);
    if (suspended)
        it->err =
            rs_sys_change_code(it->pid, this->to->server, extra, this->timeout_ns, &it->reason);
    if (it->err == RS_OK && !is_current(this)) undo(this, it);
    resume(this, it->pid, suspended);
    if (suspended) it->suspended_ns = rs_now_ns() - since_ns;
}

static void upgrade(const share *this, rs_term extra, rs_pid pid, tally *sum) {
    rs_upgraded it = {.pid = pid};
    change(this, extra, &it);
    sum->upgraded += it.err == RS_OK;
    sum->failed += it.err != RS_OK && it.err != RS_ENOPROC;
    if (it.err != RS_OK && this->kill) rs_exit_signal(pid, RS_ATOM(kill));
    if (this->told) this->told(this->context, &it);
    rs_term_release(it.reason);
}

/* ---------------------------------------------------------------- a share of the table */

static void take_share(const void *args, uint32_t bytes) {
    (void)bytes;
    const share *this = args;
    tally sum = {0};
    uint32_t slot = this->first;
    rs_term extra = rs_packed_term_read(this->extra, this->extra_count);
    while (is_current(this)) {
        rs_pid pid = rs_version_next(this->from, false, &slot, this->step);
        if (!pid) break;
        upgrade(this, extra, pid, &sum);
    }
    rs_term_release(extra);
    rs_send(rs_process_here()->parent, &tally_type, &sum, sizeof sum);
}

/* ---------------------------------------------------------------- a pass */

typedef struct awaited {
    rs_pid pid;
    rs_ref ref;
} awaited;

/* Its sum comes before its end. */
static bool is_from(const rs_message *message, void *context) {
    const awaited *this = context;
    if (message->kind == RS_MESSAGE_DOWN) return message->ref == this->ref;
    return message->type == &tally_type && message->from == this->pid;
}

static void await(awaited *this, tally *sum) {
    for (const rs_message *message;
         (message = rs_receive(is_from, this, RS_FOREVER))->kind != RS_MESSAGE_DOWN;) {
        const tally *part = (const void *)message->payload;
        sum->upgraded += part->upgraded;
        sum->failed += part->failed;
    }
}

static tally pass(share *this) {
    tally sum = {0};
    awaited *workers = rs_alloc(this->step * sizeof *workers);
    for (uint32_t i = 0; i < this->step; i++) {
        this->first = i;
        const rs_spawn_options options = {.entry = take_share,
                                          .args = this,
                                          .bytes = sizeof *this,
                                          .monitor = true,
                                          .ref = &workers[i].ref};
        if (rs_spawn_opt(&options, &workers[i].pid) != RS_OK) rs_exit(RS_ATOM(system_limit));
    }
    for (uint32_t i = 0; i < this->step; i++) await(&workers[i], &sum);
    rs_free(workers, this->step * sizeof *workers);
    return sum;
}

/* Until a pass finds nobody that it can change. */
static tally pass_all(share *this) {
    tally sum = {0}, last;
    do {
        last = pass(this);
        sum.upgraded += last.upgraded;
        sum.failed = this->kill ? sum.failed + last.failed : last.failed;
        if (!last.upgraded || !is_current(this)) return sum;
        if (this->again) this->again(this->context);
    } while (true);
}

rs_upgrade_counts rs_upgrade_all(const rs_gen_server *server, const rs_upgrade_options *options) {
    share this = {.from = rs_version_old(server), .to = rs_version_current(server)};
    if (!this.from || this.from == this.to) return (rs_upgrade_counts){0};
    this.step = options->at_once ? options->at_once : RS_UPGRADE_AT_ONCE;
    this.timeout_ns = options->timeout_ns ? options->timeout_ns : RS_CALL_TIMEOUT_NS;
    this.told = options->told;
    this.again = options->again;
    this.context = options->context;
    this.suspended = options->suspended;
    rs_term extra = options->extra ? options->extra : RS_ATOM(undefined);
    this.extra_count = rs_packed_term_write(extra, this.extra);
    tally sum = pass_all(&this);
    return (rs_upgrade_counts){sum.upgraded, sum.failed, !is_current(&this)};
}

/* ---------------------------------------------------------------- back */

typedef struct retreat {
    const rs_version *from, *to;
    rs_term reason;
} retreat;

static void retreat_all(const void *args, uint32_t bytes) {
    (void)bytes;
    const retreat *it = args;
    share this = {.from = it->from,
                  .to = it->to,
                  .step = RS_UPGRADE_AT_ONCE,
                  .kill = true,
                  .timeout_ns = RS_CALL_TIMEOUT_NS};
    this.extra_count = rs_packed_term_write(RS_ATOM(undefined), this.extra);
    tally sum = pass_all(&this);
    const rs_upgrade_back back = {.server = it->from->server,
                                  .restored = sum.upgraded,
                                  .killed = sum.failed,
                                  .reason = it->reason};
    rs_send(it->from->loader, &rs_upgrade_back_type, &back, sizeof back);
}

void rs_upgrade_take_back(const rs_gen_server *server, rs_term reason) {
    if (!rs_version_fail(server)) return;
    const retreat it = {rs_version_old(server), rs_version_current(server), reason};
    rs_spawn(retreat_all, &it, sizeof it);
}
