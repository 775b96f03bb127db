/* jail.pml: the jail of "Decision: runaway code" in the room's README: a core is taken away, a
 * process is killed in jail, a thread comes back.
 * SPDX-License-Identifier: MIT
 *
 * One core, two threads, two processes that loop, call, crash, end or sit in a system call for
 * ever; for each a killer, on a core that is not shown; the monitor.
 *
 *   thread_loop  loop_real.c, `run` in process.c; rs_section_enter and rs_section_ask in table.c
 *   monitor      monitor.c: one look at the core, and the handshake of "Taking a core away"
 *   killer       rs_signal_wake in signal.c: KILL, and whose the death is
 *   own_death    rs_process_die in process.c, in the name of one whose thread is elsewhere
 *   bury         `bury` in process.c: stack, arena, slot
 *   store_buffer the processor's: others see a section count that was raised only later, or at the
 *                monitor's membarrier; all else is sequentially consistent
 *
 * A count is only compared with an earlier one, so it is `odd` and, for the monitor, `changed`
 * since it looked. A floor's value is OPEN. SIGURG to preempt is a call at any instant. Who waits
 * for a message is not shown: nobody runs it.
 *
 * Asserted, all by the README: one thread plays the core; a process runs on one thread, from one
 * stack; who is killed is dead at once, and once, jailed or not; its memory goes once, when nobody
 * is on its stack; who sits in the kernel is jailed at the first try; in the end every thread
 * plays, is spare or is stuck.
 */
#define THREADS   2
#define PROCESSES 2
#define NOBODY    7

/* flags of a process: bits of one word */
#define KILL   1
#define JAILED 2 /* its thread has lost the core */
#define ABSENT 4 /* dead, and its thread is not back */
#define ZOMBIE 8 /* dead, and everybody has been told */

mtype = { OPEN, ASK, TAKEN };

typedef thread_state {
    mtype floor = OPEN;
    byte process = NOBODY; /* whose code it runs */
    bool odd;              /* inside a section … */
    bool unseen;           /* … but that is still in its store buffer */
    bool changed = true;   /* its count, since the monitor looked */
    bool fetched;          /* SIGURG for a dead process */
    bool stuck;            /* will not come by itself */
    bool spare
}
thread_state thread_of[THREADS];

typedef process_state {
    byte flags;
    bool queued, crashed, killed;
    byte runs_on = NOBODY;
    byte jailed_on; /* written before JAILED, and kept: whom to fetch */
    byte stack = NOBODY;  /* thread whose stack pointer lies in its stack */
    byte deaths, burials
}
process_state process_of[PROCESSES];

byte player = NOBODY; /* the thread that may touch the core */

#define T  thread_of[me]
#define P  process_of[p]
#define IS(flag) ((P.flags & (flag)) != 0)

inline drain(t) {
    thread_of[t].changed = thread_of[t].changed || thread_of[t].unseen;
    thread_of[t].unseen = false
}

inline bury(p) {
    atomic {
        assert(P.deaths == 1 && P.burials == 0); /* freed once, after its death */
        assert(P.stack == NOBODY); /* only after the thread is back */
        P.burials++
    }
}

inline die(p) {
    P.deaths++;
    assert(P.deaths == 1) /* dies once, officially */
}

/* Whoever turns JAILED into ABSENT owns the death. The last of two buries: who has told everybody,
 * or the thread that is back. */
inline own_death(p) {
    atomic {
        mine = IS(JAILED);
        if
        :: mine -> P.flags = (P.flags & ~JAILED) | ABSENT; die(p)
        :: else
        fi
    }
    if
    :: mine ->
        thread_of[P.jailed_on].fetched = true; /* the thread may be back, and run another by now */
        skip;                               /* name, DOWN and EXIT go out here */
        atomic { mine = IS(ABSENT); P.flags = P.flags | ZOMBIE }
        if
        :: mine         /* the thread will bury it */
        :: else -> bury(p)
        fi;
        mine = false
    :: else
    fi
}

proctype killer(byte p) {
    bool mine;
    atomic { mine = IS(JAILED); P.flags = P.flags | KILL; P.killed = true }
    if
    :: mine -> own_death(p)
    :: else
    fi
}

/* ---------------------------------------------------------------- the monitor */

inline sure(stuck_then) {
    assert(!stuck_then) /* who sits in the kernel is jailed at the first try */
}

#define AGAIN                                                                                      \
    atomic { thread_of[t].changed = true; t = 0; p = 0; mine = false; was_stuck = false }          \
    goto end_watch

proctype monitor() {
    byte t, p;
    bool mine, was_stuck;
end_watch:
    do
    :: atomic {
        player != NOBODY && thread_of[player].process != NOBODY &&
            (thread_of[0].spare || thread_of[1].spare) ->
            t = player
        }
#ifdef PLANT_1 /* the process is read before the section count */
        p = thread_of[t].process;
#endif
        atomic {
            thread_of[t].changed = false;
            was_stuck = thread_of[t].stuck;
            if
            :: thread_of[t].odd && !thread_of[t].unseen -> AGAIN
            :: else
            fi
        }
#ifndef PLANT_1
        p = thread_of[t].process;
#endif
        if
        :: p == NOBODY -> AGAIN
        :: else
        fi;
        if
        :: atomic { thread_of[t].floor == OPEN -> thread_of[t].floor = ASK }
        :: atomic { else -> sure(was_stuck); AGAIN }
        fi;
#ifndef PLANT_2 /* no membarrier */
        atomic { drain(0); drain(1) }
#endif
#ifdef PLANT_3 /* JAILED before it is sure */
        P.jailed_on = t;
        P.flags = P.flags | JAILED;
#endif
        if
        :: atomic { !thread_of[t].changed && !(thread_of[t].odd && !thread_of[t].unseen) -> skip }
        :: else ->
            sure(was_stuck);
#ifdef PLANT_3
            P.flags = P.flags & ~JAILED;
#endif
#ifndef PLANT_4 /* the floor is left at ASK */
            atomic {
                if
                :: thread_of[t].floor == ASK -> thread_of[t].floor = OPEN
                :: else
                fi
            }
#endif
            AGAIN
        fi;
        if
        :: atomic { thread_of[t].floor == ASK -> thread_of[t].floor = TAKEN; player = NOBODY }
        :: atomic { else -> sure(was_stuck) }
#ifdef PLANT_3
            P.flags = P.flags & ~JAILED;
#endif
            AGAIN
        fi;
        P.jailed_on = t;
        atomic { mine = IS(KILL); P.flags = P.flags | JAILED }
#ifndef PLANT_5 /* who was killed before it was jailed is forgotten */
        if
        :: mine -> own_death(p)
        :: else
        fi;
#endif
        atomic {
            t = 1 - t;
            assert(thread_of[t].spare && player == NOBODY); /* one thread plays the core */
            thread_of[t].spare = false;
            player = t
        }
        AGAIN
    od
}

/* ---------------------------------------------------------------- a thread */

proctype thread_loop(byte me) {
    byte p;
    bool crash, died, told;

end_spare:
    player == me -> T.odd = true;

end_scheduler: /* in a section, on its own stack */
    atomic {
        process_of[0].queued || process_of[1].queued ->
        assert(player == me && T.process == NOBODY); /* one thread plays the core */
        if
        :: process_of[0].queued -> p = 0
        :: process_of[1].queued -> p = 1
        fi;
        assert(P.runs_on == NOBODY && P.stack == NOBODY); /* it runs on one thread, one stack */
        P.queued = false; P.runs_on = me; P.stack = me
    }
    atomic { T.floor = OPEN; T.process = p }

in_call: /* in a section, on the stack of p */
    assert(player == me && !P.burials); /* one thread plays the core */
    if
    :: IS(KILL) || P.crashed ->
        atomic { die(p) } goto dead
    :: else
    fi;
    if
    :: skip                                                     /* goes on */
    :: atomic { die(p) } goto dead   /* ends */
    :: goto yield
    fi;
    atomic { drain(me); T.odd = false }

user: /* process code: nobody else may move or free what it uses */
    if
    :: skip /* a call */
    :: crash = true /* a fault */
    :: atomic { T.fetched -> T.fetched = false }
        if
        :: atomic { IS(ABSENT) -> T.odd = true; drain(me) } goto gone
        :: else -> goto user
        fi
    :: T.stuck = true;
end_stuck:
        atomic { T.fetched -> T.fetched = false }               /* else for ever */
        if
        :: IS(ABSENT) -> atomic { T.stuck = false; T.odd = true } goto gone
        :: skip -> goto end_stuck                               /* libc holds a lock: a zombie */
        fi
    fi;

    /* rs_section_enter */
    atomic { T.odd = true; T.unseen = true }
#ifdef PLANT_6 /* the fault's handler raises the count, and does not look at the floor */
    if
    :: crash -> atomic { P.crashed = true; crash = false } goto in_call
    :: else
    fi;
#endif
look_at_floor:
    if
    :: T.floor == OPEN -> skip
    :: T.floor == ASK ->
        atomic {
            drain(me);
            if
            :: T.floor == ASK -> T.floor = OPEN
            :: else -> goto look_at_floor
            fi
        }
    :: T.floor == TAKEN -> atomic { P.crashed = P.crashed || crash; crash = false; drain(me) }
        goto gone
    fi;
    atomic { P.crashed = P.crashed || crash; crash = false }
    goto in_call;

yield:
    atomic { drain(me); T.process = NOBODY; P.stack = NOBODY; P.runs_on = NOBODY; P.queued = true }
    goto end_scheduler;

dead:
    atomic { drain(me); T.process = NOBODY; P.stack = NOBODY; P.runs_on = NOBODY }
    bury(p);
    goto end_scheduler;

gone: /* in a section, without a core */
#ifndef PLANT_7 /* does not wait until the monitor has said what became of p */
    IS(JAILED | ABSENT);
#endif
#ifndef PLANT_8 /* in line before it has left the stack */
    P.stack = NOBODY;
#endif
    atomic {
        died = IS(ABSENT);
        told = IS(ZOMBIE);
        P.flags = P.flags & ~(JAILED | ABSENT);
        P.runs_on = NOBODY
    }
    if
    :: !died -> P.queued = true
#ifdef PLANT_9 /* who is back frees, though its death is still being told */
    :: died -> bury(p)
#else
    :: died && told -> bury(p)
#endif
    :: else
    fi;
    P.stack = (P.stack == me -> NOBODY : P.stack);
    atomic {
        drain(me); T.process = NOBODY; T.floor = OPEN; T.odd = false; T.spare = true;
        p = 0; crash = false; died = false; told = false
    }
    goto end_spare
}

/* ---------------------------------------------------------------- the end */

active proctype store_buffer() {
end_buffer:
    do
    :: atomic { thread_of[0].unseen -> drain(0) }
    :: atomic { thread_of[1].unseen -> drain(1) }
    od
}

#define IDLE(t) (thread_of[t].spare && player != t && thread_of[t].process == NOBODY)
#define PLAYS(t) (player == t && !thread_of[t].spare)
#define LOST(t) (player != t && !thread_of[t].spare && thread_of[t].stuck)

/* When nothing moves any more. */
active proctype judge() {
    byte p;
    bool held_up;
    timeout ->
    atomic {
        assert(player != NOBODY); /* no core is lost */
        assert(IDLE(0) || PLAYS(0) || LOST(0)); /* no thread is lost */
        assert(IDLE(1) || PLAYS(1) || LOST(1)); /* no thread is lost */
        for (p : 0 .. PROCESSES - 1) {
            /* Without a spare a stuck core stays stuck, and who is stuck there or in line lives. */
            held_up = (P.runs_on == player || P.queued) && LOST(1 - player);
            assert(!P.killed || P.deaths || held_up); /* who is killed is dead, in jail too */
            assert(P.burials || P.stack != NOBODY || P.queued) /* nobody's memory is forgotten */
        }
    }
}

init {
    byte p;
    atomic {
        player = 0;
        thread_of[1].spare = true;
        for (p : 0 .. PROCESSES - 1) {
            P.queued = true;
            run killer(p)
        }
        run thread_loop(0);
        run thread_loop(1);
        run monitor()
    }
}
