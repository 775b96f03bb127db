/* signals_model.c: a process is two lists: the signals that were sent to it, in that order, and the
 * messages that it has not received. It looks at its signals before everything it does, and when
 * one wakes it. A link is a wish of each side, made and taken back by its own calls and by signals.
 * Source: rules P2, P4, P9, X, L, M.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/signals_model.h"

#include "runtime/base/assert.h"

#include <string.h>

#define ITEMS_MAX 4096u

typedef enum item_kind {
    ITEM_NUMBER,
    ITEM_EXIT,      /* by exit/2 */
    ITEM_LINK_EXIT, /* over a link */
    ITEM_NOTICE,    /* an EXIT message whatever the flag: the link to the dead */
    ITEM_LINK,
    ITEM_UNLINK,
    ITEM_MONITOR,
    ITEM_DEMONITOR,
    ITEM_DOWN,
    ITEM_PING
} item_kind;

typedef struct item {
    item_kind kind;
    uint32_t from, number;
    uint32_t whys;
    uint32_t death; /* signals of one death have no order among themselves; 0: of none */
    uint64_t now_ns;
} item;

typedef struct list {
    item items[ITEMS_MAX];
    uint32_t count;
} list;

typedef struct player {
    bool is_born, is_dead, traps, is_killed;
    uint64_t killed_ns;
    uint32_t doom; /* why it is about to die; 0: it is not */
    bool links[PLAYERS_MAX];
    bool asks, is_answered, answer; /* whether another is alive */
    list signals, mailbox;
} player;

typedef struct monitor {
    uint32_t owner, whom;
    bool is_wanted; /* the owner's end */
    bool is_known;  /* the other's */
} monitor;

static player players[PLAYERS_MAX];
static monitor monitors[MONITORS_MAX];
static uint32_t monitor_count, deaths;
static uint64_t now_ns;

/* ------------------------------------------------------------------ lists */

static void append(list *to, item it) {
    RS_ASSERT(to->count < ITEMS_MAX);
    to->items[to->count++] = it;
}

static void remove_at(list *from, uint32_t at) {
    memmove(&from->items[at], &from->items[at + 1], (--from->count - at) * sizeof(item));
}

/* What is sent to the dead vanishes. */
static void post(uint32_t to, item it) {
    it.now_ns = now_ns;
    if (!players[to].is_dead) append(&players[to].signals, it);
}

/* ------------------------------------------------------------------ looking at signals */

static void deliver_exit(player *self, uint32_t me, const item *signal) {
    if (self->traps) {
        append(&self->mailbox, *signal);
        return;
    }
    bool is_own = signal->kind == ITEM_EXIT && signal->from == me;
    if (signal->whys == WHY_NORMAL && !is_own) return;
    RS_ASSERT(signal->whys == WHY_NORMAL || !(signal->whys & WHY_NORMAL));
    self->doom = signal->whys;
}

static void look_at(uint32_t me, const item *signal) {
    player *self = &players[me];
    bool *link = &self->links[signal->from];
    switch (signal->kind) {
    case ITEM_NUMBER:
    case ITEM_NOTICE: append(&self->mailbox, *signal); break;
    case ITEM_EXIT: deliver_exit(self, me, signal); break;
    case ITEM_LINK_EXIT:
        if (*link) deliver_exit(self, me, signal);
        *link = false;
        break;
    case ITEM_LINK: *link = true; break;
    case ITEM_UNLINK: *link = false; break;
    case ITEM_MONITOR: monitors[signal->number].is_known = true; break;
    case ITEM_DEMONITOR: monitors[signal->number].is_known = false; break;
    case ITEM_DOWN:
        if (monitors[signal->number].is_wanted) append(&self->mailbox, *signal);
        monitors[signal->number].is_wanted = false;
        break;
    case ITEM_PING: players[signal->from].is_answered = players[signal->from].answer = true; break;
    }
}

static void look_at_first(uint32_t me) {
    RS_ASSERT(players[me].signals.count > 0);
    item first = players[me].signals.items[0];
    remove_at(&players[me].signals, 0);
    look_at(me, &first);
}

/* look lets what came before `before_ns` act. A kill acts at once, however much waits. */
static void look(uint32_t me, uint64_t before_ns) {
    player *self = &players[me];
    if (self->is_killed && self->killed_ns < before_ns && !self->doom) self->doom = WHY_KILLED;
    while (!self->doom && self->signals.count && self->signals.items[0].now_ns < before_ns)
        look_at_first(me);
}

#define NOW_TOO UINT64_MAX

/* ------------------------------------------------------------------ dying */

static void send_exit(uint32_t from, uint32_t to, uint32_t whys) {
    post(to, (item){ITEM_LINK_EXIT, .from = from, .whys = whys, .death = deaths});
}

static void send_down(uint32_t from, uint32_t number, uint32_t whys) {
    post(monitors[number].owner,
         (item){ITEM_DOWN, .from = from, .number = number, .whys = whys, .death = deaths});
}

/* Who has not been looked at found nobody (rules L2, M3), unless a kill jumped the queue. */
static void answer_rest(uint32_t me, uint32_t why) {
    player *self = &players[me];
    uint32_t whys = WHY_NOPROC | (why == WHY_KILLED && self->is_killed ? why : 0);
    for (uint32_t i = 0; i < self->signals.count; i++) {
        const item *it = &self->signals.items[i];
        if (it->kind == ITEM_LINK) send_exit(me, it->from, whys);
        if (it->kind == ITEM_MONITOR) send_down(me, it->number, whys);
        if (it->kind == ITEM_UNLINK) self->links[it->from] = false;
        if (it->kind == ITEM_DEMONITOR) monitors[it->number].is_known = false;
        if (it->kind == ITEM_PING) players[it->from].is_answered = true;
    }
}

static void die(uint32_t me, uint32_t why) {
    player *self = &players[me];
    self->is_dead = true;
    deaths++;
    answer_rest(me, why);
    for (uint32_t peer = 0; peer < PLAYERS_MAX; peer++)
        if (self->links[peer]) send_exit(me, peer, why);
    for (uint32_t i = 0; i < monitor_count; i++)
        if (monitors[i].whom == me && monitors[i].is_known) send_down(me, i, why);
}

static void take_death(const rs_model_step *this) {
    player *self = &players[this->who];
    RS_ASSERT(self->is_born && !self->is_dead);
    if (!self->doom) look(this->who, NOW_TOO);
    RS_ASSERT(self->doom & this->why);
    die(this->who, this->why);
}

/* ------------------------------------------------------------------ deeds at once */

static void link_to(uint32_t me, uint32_t peer) {
    player *self = &players[me];
    if (me == peer || self->links[peer]) return;
    if (!players[peer].is_dead) {
        self->links[peer] = true;
        post(peer, (item){ITEM_LINK, .from = me});
    } else if (self->traps) {
        post(me, (item){ITEM_NOTICE, .from = peer, .whys = WHY_NOPROC});
    } else {
        self->doom = WHY_NOPROC;
    }
}

static void unlink_from(uint32_t me, uint32_t peer) {
    if (!players[me].links[peer]) return;
    players[me].links[peer] = false;
    post(peer, (item){ITEM_UNLINK, .from = me});
}

static void add_monitor(const rs_model_step *this, bool is_known) {
    RS_ASSERT(this->number == monitor_count && monitor_count < MONITORS_MAX);
    monitors[monitor_count++] = (monitor){this->who, this->whom, true, is_known};
}

static void watch(const rs_model_step *this) {
    add_monitor(this, false);
    if (players[this->whom].is_dead)
        post(this->who,
             (item){ITEM_DOWN, .from = this->whom, .number = this->number, .whys = WHY_NOPROC});
    else
        post(this->whom, (item){ITEM_MONITOR, .from = this->who, .number = this->number});
}

static void unwatch(const rs_model_step *this) {
    list *mailbox = &players[this->who].mailbox;
    if (monitors[this->number].is_wanted) {
        monitors[this->number].is_wanted = false;
        post(this->whom, (item){ITEM_DEMONITOR, .from = this->who, .number = this->number});
        return;
    }
    for (uint32_t i = 0; this->flag && i < mailbox->count; i++)
        if (mailbox->items[i].kind == ITEM_DOWN && mailbox->items[i].number == this->number) {
            remove_at(mailbox, i);
            return;
        }
}

static void signal_exit(const rs_model_step *this) {
    player *other = &players[this->whom];
    if (this->why == WHY_KILL && !other->is_killed) {
        other->is_killed = true;
        other->killed_ns = this->now_ns;
    }
    if (this->why != WHY_KILL)
        post(this->whom, (item){ITEM_EXIT, .from = this->who, .whys = this->why});
    if (this->who == this->whom) look(this->who, NOW_TOO);
}

static void bear(const rs_model_step *this) {
    RS_ASSERT(!players[this->whom].is_born);
    players[this->whom].is_born = true;
    players[this->who].links[this->whom] = players[this->whom].links[this->who] = this->link;
    if (this->flag) add_monitor(this, true);
}

static void ask(const rs_model_step *this) {
    player *self = &players[this->who];
    const player *other = &players[this->whom];
    self->asks = true;
    self->is_answered = this->who == this->whom || other->is_dead || other->is_killed;
    self->answer = this->who == this->whom;
    if (!self->is_answered) post(this->whom, (item){ITEM_PING, .from = this->who});
}

/* ------------------------------------------------------------------ waiting deeds */

static rs_model_news news_of(const item *it) {
    if (it->kind == ITEM_NUMBER) return NEWS_NUMBER;
    return it->kind == ITEM_DOWN ? NEWS_DOWN : NEWS_EXIT;
}

bool rs_model_wants(rs_model_want want, uint32_t wanted_from, rs_model_news kind, uint32_t from,
                    uint32_t number) {
    switch (want) {
    case WANT_ANY: return true;
    case WANT_ODD: return kind == NEWS_NUMBER && number % 2;
    case WANT_NEWS: return kind != NEWS_NUMBER;
    case WANT_FROM: return from == wanted_from;
    case WANT_NOTHING: break;
    }
    return false;
}

static bool is_wanted(const rs_model_step *this, const item *it) {
    return rs_model_wants(this->want, this->wanted_from, news_of(it), it->from, it->number);
}

static bool is_got(const rs_model_step *this, const item *it) {
    if (news_of(it) != this->got || it->from != this->whom) return false;
    if (this->got != NEWS_EXIT && it->number != this->number) return false;
    return this->got == NEWS_NUMBER || (it->whys & this->why);
}

/* Nothing that was wanted had come in time; and the time was over. */
static void check_timeout(const rs_model_step *this) {
    bool is_look = this->deadline_ns == 0; /* timeout 0 */
    look(this->who, is_look ? NOW_TOO : this->deadline_ns);
    const list *mailbox = &players[this->who].mailbox;
    RS_ASSERT(!players[this->who].doom);
    RS_ASSERT(this->now_ns >= this->deadline_ns);
    for (uint32_t i = 0; i < mailbox->count; i++)
        if (is_wanted(this, &mailbox->items[i]))
            RS_ASSERT(!is_look && mailbox->items[i].now_ns >= this->deadline_ns);
}

/* The first at or behind `at` that is wanted; the mailbox's end when there is none. */
static uint32_t find_wanted(const rs_model_step *this, uint32_t at) {
    const list *mailbox = &players[this->who].mailbox;
    while (at < mailbox->count && !is_wanted(this, &mailbox->items[at])) at++;
    return at;
}

/* The oldest that is wanted; of one death any. What came behind it need not have been looked at. */
static void check_got(const rs_model_step *this) {
    player *self = &players[this->who];
    list *mailbox = &self->mailbox;
    uint32_t at = find_wanted(this, 0);
    for (; at == mailbox->count; at = find_wanted(this, at)) look_at_first(this->who);
    RS_ASSERT(!self->doom);
    uint32_t death = mailbox->items[at].death;
    while (!is_got(this, &mailbox->items[at])) {
        if (++at == mailbox->count) look_at_first(this->who);
        RS_ASSERT(death && at < mailbox->count && mailbox->items[at].death == death);
    }
    RS_ASSERT(is_wanted(this, &mailbox->items[at]));
    remove_at(mailbox, at);
}

/* It was alive when it got there, or is dead by now (P9). */
static void take_answer(const rs_model_step *this) {
    player *self = &players[this->who], *other = &players[this->whom];
    RS_ASSERT(self->asks && !self->doom && !self->is_dead);
    while (!self->is_answered && other->signals.count && !other->is_killed) {
        look_at_first(this->whom);
        RS_ASSERT(!other->doom);
    }
    RS_ASSERT(this->flag ? self->answer : !self->answer);
    RS_ASSERT(this->flag || other->is_dead || other->is_killed);
    self->asks = false;
}

/* ------------------------------------------------------------------ the story */

static void do_at_once(const rs_model_step *this) {
    player *self = &players[this->who];
    switch (this->deed) {
    case DEED_SEND:
        post(this->whom, (item){ITEM_NUMBER, .from = this->who, .number = this->number});
        break;
    case DEED_LINK: link_to(this->who, this->whom); break;
    case DEED_UNLINK: unlink_from(this->who, this->whom); break;
    case DEED_MONITOR: watch(this); break;
    case DEED_DEMONITOR: unwatch(this); break;
    case DEED_SIGNAL: signal_exit(this); break;
    case DEED_EXIT: self->doom = this->why; break;
    case DEED_TRAP: self->traps = this->flag; break;
    case DEED_SPAWN: bear(this); break;
    case DEED_ASK: ask(this); break;
    default: RS_UNREACHABLE();
    }
}

void rs_model_take(const rs_model_step *next) {
    const player *self = &players[next->who];
    now_ns = next->now_ns;
    if (next->deed == DEED_DEATH) {
        take_death(next);
        return;
    }
    RS_ASSERT(self->is_born && !self->is_dead && !self->doom);
    if (next->deed == DEED_ANSWER) {
        take_answer(next);
    } else if (next->deed != DEED_RECEIVE) {
        look(next->who, NOW_TOO);
        if (!self->doom) do_at_once(next);
    } else if (next->got == NEWS_NONE) {
        check_timeout(next);
    } else {
        check_got(next);
    }
}

void rs_model_begin(uint32_t count) {
    memset(players, 0, sizeof players);
    monitor_count = deaths = 0;
    for (uint32_t i = 0; i < count; i++) players[i].is_born = true;
}

void rs_model_end(void) {
    for (uint32_t i = 0; i < PLAYERS_MAX; i++) RS_ASSERT(players[i].is_born == players[i].is_dead);
}
