/* call.pml: calls: one caller with two calls, a server, and a helper that answers in its place.
 * SPDX-License-Identifier: MIT
 *
 *   caller       rs_call, wait_for and wait_long in call.c; rs_signal_take_reply in signal.c
 *   server       a callback that handles `current`: rs_call_reply, rs_call_reply_to, release_read
 *                in process.c (rs_signal_let_go); take_call_done in signal.c at any gate between
 *   helper       rs_call_reply_to from a third process: the reply, then CALL_DONE
 *   bounce       rs_signal_bounce: a call's own block becomes its CALL_DOWN
 *   dying        `answer` in process.c
 *
 * The caller may die or time out, the server may die, at any instant. The helper answers for sure,
 * the server answers what it has taken unless it dies, so every run ends, and what is asserted at
 * the end says that nobody waits for ever.
 *
 * Asserted, by the rules of OTP: a call is resolved once, by its own answer, its callee's death,
 * its timeout or its caller's death (C1, C3); an answer that raced with the timeout counts (C4);
 * what comes later is late and resolves nothing (C2, M6). By call.h and signal.h: each block is
 * freed once, and none is kept by the living for a call that has been answered.
 */
#define CALLS  2
#define BLOCKS (4 * CALLS)
#define NONE   255

mtype = { CALL, ANSWERED, REPLY, CALL_DOWN, CALL_DONE };

typedef message {
    mtype kind;
    byte ref;
    bool live
}
message block[BLOCKS];
byte made;

chan to_caller = [BLOCKS] of { byte };
chan to_server = [BLOCKS] of { byte };
chan to_helper = [CALLS] of { byte };
chan mailbox = [CALLS] of { byte };

bool caller_dead, server_dead;
byte call_ref = NONE; /* of the call that waits */
byte held = NONE;     /* the reply that the caller is reading */
byte current = NONE;  /* the call that a callback handles */
byte deferred[CALLS] = NONE;
bool asked[CALLS];    /* the helper will answer, too */
bool answered[CALLS]; /* by rs_reply_to of the server itself */
byte resolved[CALLS];

/* Within a step only, so no part of the state. */
hidden byte b, i, is_there;

#define B block[b]

inline release(which) {
    assert(block[which].live); /* each block is freed once */
    block[which].live = false;
    block[which].kind = 0
}

inline build(what, whose) {
    b = made;
    made++;
    B.kind = what; B.ref = whose; B.live = true
}

inline push_to_caller() {
    assert(B.live); /* nothing is sent that is freed */
    if
    :: !caller_dead -> to_caller!b
    :: else -> release(b)
    fi
}

inline resolve(call) {
    resolved[call]++;
    assert(resolved[call] == 1); /* C1: once */
    call_ref = NONE
}

/* ---------------------------------------------------------------- the caller */

inline take_reply() {
    if
#ifdef PLANT_1 /* whatever comes resolves the call that waits */
    :: call_ref != NONE ->
#else
    :: call_ref != NONE && B.ref == call_ref ->
#endif
        assert(B.ref == call_ref); /* C2: by its own answer */
        resolve(call_ref);
        if
        :: B.kind == REPLY -> held = b
        :: else -> release(b)
        fi
    :: else -> release(b) /* late */
    fi
}

inline fetch_all() {
    do
    :: to_caller?b -> take_reply()
    :: empty(to_caller) -> break
    od
}

inline rs_call() {
    if
    :: held != NONE -> release(held); held = NONE
    :: else
    fi;
    call_ref = calls;
    calls++;
    build(CALL, call_ref);
    if
    :: !server_dead -> to_server!b
    :: else -> release(b); resolve(call_ref) /* C1: noproc */
    fi
}

inline time_out() {
#ifndef PLANT_2 /* does not look once more */
    fetch_all();
#endif
    if
    :: call_ref != NONE ->
        for (i : 0 .. BLOCKS - 1) {
            b = i;
            is_there = to_caller??[eval(b)] && B.ref == call_ref;
            assert(!is_there) /* C4: an answer that is there counts */
        }
        resolve(call_ref)
    :: else
    fi
}

active proctype caller() {
    byte calls;
    bool mortal, patient; /* RS_FOREVER */
    if
    :: mortal = true
    :: patient = true
    :: skip
    fi;
end_waits:
    do
    :: atomic { call_ref == NONE && calls < CALLS -> rs_call() }
    :: atomic { nempty(to_caller) -> to_caller?b; take_reply() }
    :: atomic { call_ref != NONE && !patient -> time_out() }
    :: atomic { mortal -> caller_dead = true; break } /* the inbox is closed */
    :: atomic { calls == CALLS && call_ref == NONE -> goto end_lives }
    od;
    atomic {
        if
        :: call_ref != NONE -> resolve(call_ref)
        :: else
        fi;
        if
        :: held != NONE -> release(held); held = NONE
        :: else
        fi;
        do
        :: to_caller?b -> release(b)
        :: empty(to_caller) -> break
        od;
        goto end_dead
    }
end_lives:
    do
    :: atomic { to_caller?b -> take_reply() }
    od;
end_dead:
    skip
}

/* ---------------------------------------------------------------- the server */

inline settle(call) { /* `settle` in call.c, for the server's own answer */
    if
    :: deferred[call] != NONE -> release(deferred[call]); deferred[call] = NONE
    :: else ->
#ifndef PLANT_3 /* what is still being read is not marked, and will be kept */
        if
        :: current != NONE && block[current].ref == call -> block[current].kind = ANSWERED
        :: else
        fi
#else
        skip
#endif
    fi
}

/* rs_call_reply_to by the server itself. */
inline answer(whose) {
    answered[whose] = true;
    build(REPLY, whose);
    push_to_caller();
    settle(whose)
}

inline take() {
    if
    :: B.kind == CALL -> mailbox!b
    :: B.kind == CALL_DONE ->
#ifdef PLANT_4 /* looks among the deferred only: the call may still be read */
        if
        :: deferred[B.ref] != NONE -> release(deferred[B.ref]); deferred[B.ref] = NONE
        :: else
        fi;
#else
        settle(B.ref);
#endif
        release(b)
    fi
}

inline let_go() {
    if
    :: block[current].kind == CALL -> deferred[block[current].ref] = current
    :: else -> release(current)
    fi;
    current = NONE
}

inline bounce() {
    if
    :: B.kind == CALL -> B.kind = CALL_DOWN; push_to_caller()
    :: else -> release(b)
    fi
}

active proctype server() {
    byte call;
    bool mortal;
    if
    :: mortal = true
    :: mortal = false
    fi;
end_idle:
    do
    :: atomic { nempty(to_server) -> to_server?b; take() }
    :: atomic { current == NONE && nempty(mailbox) -> mailbox?current }
    :: atomic { current != NONE && block[current].kind == CALL && !asked[block[current].ref] ->
            asked[block[current].ref] = true;
            to_helper!block[current].ref }
    :: atomic { current != NONE && block[current].kind == CALL -> /* rs_call_reply */
            b = current; current = NONE;
            B.kind = REPLY;
            push_to_caller() }
    :: atomic { current != NONE -> let_go() } /* the callback returns */
    :: atomic { current != NONE && !answered[block[current].ref] ->
            call = block[current].ref;
            answer(call);
            call = 0 }
    :: atomic { deferred[0] != NONE && !asked[0] && !answered[0] -> answer(0) }
    :: atomic { deferred[1] != NONE && !asked[1] && !answered[1] -> answer(1) }
    :: atomic { mortal -> server_dead = true; break }
    od;
    /* It dies: what was read, what was kept, what was taken, what was not. */
    if
    :: atomic { current != NONE -> b = current; current = NONE; bounce() }
    :: else
    fi;
    for (call : 0 .. CALLS - 1) {
        if
        :: atomic { deferred[call] != NONE -> b = deferred[call]; deferred[call] = NONE; bounce() }
        :: else
        fi
    }
    do
    :: atomic { nempty(mailbox) -> mailbox?b;
#ifdef PLANT_5 /* dies without a word to those whose calls it had not handled */
            release(b)
#else
            bounce()
#endif
        }
    :: atomic { empty(mailbox) && nempty(to_server) -> to_server?b; bounce() }
    :: empty(mailbox) && empty(to_server) -> break
    od
}

active proctype helper() {
    byte whose;
end_idle:
    do
    :: to_helper?whose ->
        atomic { build(REPLY, whose); push_to_caller() }
#ifndef PLANT_6 /* does not tell the server that its call is answered */
        atomic {
            build(CALL_DONE, whose);
            if
            :: !server_dead -> to_server!b
            :: else -> release(b)
            fi
        }
#endif
    od
}

/* When nothing moves any more. */
active proctype judge() {
    timeout ->
    atomic {
        assert(call_ref == NONE || caller_dead); /* C1: nobody waits for ever */
        for (i : 0 .. BLOCKS - 1) {
            assert(!block[i].live || held == i) /* no block is kept for an answered call */
        }
    }
}
