/* shutdown.pml: a supervisor stops its children: a worker, and a supervisor with a worker of its
 * own.
 * SPDX-License-Identifier: MIT
 *
 *   supervisor     the gen_server of supervisor.c: EXITs of children (no restarts are shown), then
 *                  terminate
 *   stop_all       stop_in_order in supervisor_stop.c
 *   stop_process   rs_supervisor_stop_process, with flush_exit
 *   worker         a child by its manner: polite, with a reason of its own, deaf until it is
 *                  killed, dead by itself at any instant; it may unlink itself first
 *   die            RS_DYING_CLOSE … RELATIONS in process.c: from DEAD on a monitor gets `noproc`;
 *                  EXIT and DOWN go out in either order (a MONITOR that was never taken is answered
 *                  before the links, see runtime/process/link.pml)
 *
 * Asserted, by the rules of OTP: a supervisor that was not killed leaves no child alive; children
 * are stopped in reverse order, each dead before the next is asked (S21); none hangs it, deaf or
 * unlinked (S20); of each death there is one report, with the child's own reason, not `noproc`, if
 * its EXIT came (S20); no EXIT is left behind or comes later (S20, L4). An exit signal `kill` of a
 * parent reaches what hangs below it (S23).
 */
#define CHILDREN 3 /* a worker, and behind it … */
#define SUB      1 /* … a supervisor … */
#define GRAND    2 /* … with a worker of its own */

mtype = { DOWN, EXIT };
mtype = { NONE, SHUTDOWN, KILLED, OWN, NOPROC }; /* reasons */
mtype = { POLITE, REASONED, DEAF, MORTAL };      /* manners */
mtype = { BRUTAL_KILL, TIMEOUT, INFINITY };

typedef child_state {
    mtype how, reason = NONE;
    bool asked, killed; /* exit signals: shutdown, kill */
    bool monitored;
    bool linked;
    bool unlinked; /* by itself */
    bool exit_came, exit_waits; /* in the mailbox */
    bool dead, ended;
    bool running = true; /* as its supervisor knows */
    bool stopped;        /* rs_supervisor_stop_process has returned */
    byte reports
}
child_state child[CHILDREN];

chan inbox[2] = [2 * CHILDREN] of { mtype, byte, mtype }; /* of the root, and of SUB */
bool root_ended;

#define C child[c]
#define FIRST(me) (me == 0 -> 0 : GRAND)
#define LAST(me)  (me == 0 -> SUB : GRAND)
#define PARENT(i) (i == GRAND -> 1 : 0)

/* ---------------------------------------------------------------- the end of a child */

inline die(i, why) {
    atomic { child[i].dead = true; child[i].reason = why }
    do
    :: atomic { child[i].linked ->
            assert(!child[i].stopped); /* L4: no EXIT comes later */
            child[i].linked = false;
            child[i].exit_came = true; child[i].exit_waits = true;
            inbox[PARENT(i)]!EXIT, i, why }
    :: atomic { child[i].monitored ->
            child[i].monitored = false;
            inbox[PARENT(i)]!DOWN, i, why }
    :: atomic { !child[i].linked && !child[i].monitored -> child[i].ended = true; break }
    od
}

/* Its parent was killed: an EXIT over the link. */
#define ORPHANED(i)                                                                                \
    (i == GRAND && child[SUB].ended && child[SUB].reason == KILLED && child[i].linked)

proctype worker(byte i; mtype manner) {
end_alive: /* for ever, if it has unlinked itself from a parent that was killed */
    do
    :: child[i].killed -> die(i, KILLED); break
    :: child[i].asked && manner == POLITE -> die(i, SHUTDOWN); break
    :: child[i].asked && manner == REASONED -> die(i, OWN); break
    :: manner == MORTAL -> die(i, OWN); break
    :: ORPHANED(i) -> die(i, KILLED); break
    :: atomic { manner == DEAF && child[i].linked && !child[i].dead ->
            child[i].linked = false; child[i].unlinked = true }
    od
}

/* ---------------------------------------------------------------- stopping */

#define killed(me) (me == 1 && child[SUB].killed)

inline monitor() {
    atomic {
        if
        :: C.dead -> inbox[me]!DOWN, c, NOPROC
        :: else -> C.monitored = true
        fi
    }
}

inline report(why) {
    C.reports++;
    assert(C.reports == 1); /* one report for each death */
    assert(why == C.reason || !C.exit_came) /* S20: what the EXIT says is preferred */
}

inline stop_process() {
    monitor();
    if
    :: C.how == BRUTAL_KILL -> C.killed = true
    :: else -> C.asked = true
    fi;
    if
#ifdef PLANT_1 /* the EXIT ends the wait: who has unlinked itself hangs us */
    :: atomic { inbox[me]??EXIT, eval(c), why -> C.exit_waits = false }
#else
    :: inbox[me]??DOWN, eval(c), why
#endif
    :: C.how == TIMEOUT -> /* its time is over */
#ifndef PLANT_2 /* is not killed, and not waited for */
        C.killed = true;
        if
        :: inbox[me]??DOWN, eval(c), why
        :: killed(me) -> goto killed_here
        fi
#endif
    :: killed(me) -> goto killed_here
    fi;
    /* flush_exit */
#ifndef PLANT_3 /* the EXIT stays in the mailbox */
    atomic {
        if
#ifdef PLANT_4 /* what the DOWN says is reported */
        :: C.exit_waits -> inbox[me]??EXIT, eval(c), _; C.exit_waits = false
#else
        :: C.exit_waits -> inbox[me]??EXIT, eval(c), why; C.exit_waits = false
#endif
        :: else -> C.linked = false /* unlink */
        fi
    }
#endif
    atomic {
        assert(!C.exit_waits); /* S20: no EXIT is left behind */
        assert(C.dead); /* each fully down before the next is asked */
        C.stopped = true;
        report(why);
        why = NONE
    }
}

/* S21 */
inline stop_all() {
    for (at : FIRST(me) .. LAST(me)) {
#ifdef PLANT_5 /* in the order of their start */
        c = at;
#else
        c = LAST(me) - (at - FIRST(me));
#endif
        if
        :: C.running ->
            assert(c >= LAST(me) || child[c + 1].dead); /* S21: in reverse order */
            stop_process();
            C.running = false
        :: else
        fi
    }
}

/* ---------------------------------------------------------------- a supervisor */

proctype supervisor(bit me; byte self) {
    byte c, at;
    mtype why = NONE;

    /* takes EXITs until it is told to stop; SUB by its parent, the root by whoever runs it */
    do
    :: atomic { inbox[me]?EXIT, c, why ->
            C.exit_waits = false; C.running = false;
            report(why);
            why = NONE }
    :: me == 0 || child[SUB].asked -> break
    :: killed(me) -> goto killed_here
    od;
    stop_all();
    for (c : FIRST(me) .. LAST(me)) {
        assert(C.ended || C.dead); /* every child is dead when the supervisor is */
        assert(C.reports == 1)     /* and its death was told */
    }
    if
    :: me == 0 -> root_ended = true
    :: else -> die(self, SHUTDOWN)
    fi;
    goto over;
killed_here:
    die(self, KILLED);
over:
    skip
}

inline manners(i, h) {
    child[i].how = h;
    child[i].linked = true;
    if
    :: run worker(i, POLITE)
    :: run worker(i, REASONED)
    :: run worker(i, DEAF)
    :: run worker(i, MORTAL)
    fi
}

init {
    atomic {
        if
        :: manners(0, BRUTAL_KILL)
        :: manners(0, TIMEOUT)
        fi;
        if
        :: child[SUB].how = INFINITY
        :: child[SUB].how = TIMEOUT
        fi;
        child[SUB].linked = true;
        manners(GRAND, TIMEOUT);
        run supervisor(1, SUB);
        run supervisor(0, 0)
    }
    /* When nothing moves any more. */
    timeout ->
    atomic {
        assert(root_ended); /* S20: nobody hangs it */
        assert(child[GRAND].dead || child[GRAND].unlinked) /* S23: an EXIT reached it */
    }
}
