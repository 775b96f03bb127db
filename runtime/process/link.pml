/* link.pml: links and monitors between two processes, each of which may link, unlink, monitor,
 * demonitor and die at any instant.
 * SPDX-License-Identifier: MIT
 *
 *   push              rs_signal_try_push in signal.c: the queue and its DEAD word, one CAS
 *   create … finish   the functions of relation.c of the same names; one block, two ends
 *   take              `take` in signal.c; a message that comes of it is read at once
 *   answer            rs_signal_answer in signal.c, rs_relation_settle
 *   dying             rs_process_die in process.c: CLOSE, ANSWER, RELATIONS
 *
 * A block's end `e` is held by maker ^ e; what one process does with its own end is private to it,
 * so a step is what lies between two pushes. Traps are not shown: who gets an EXIT dies of it or
 * goes on.
 *
 * Asserted, by the rules of OTP: at most one link (L1); an EXIT comes once, and only over a link
 * that is (L3, X3), none after unlink (L4); a DOWN comes once, none after demonitor (M1, M3, M5);
 * in the end nobody waits for the dead. By relation.h: each end is done once, each block freed
 * once, and no end used after that.
 */
#ifndef OPERATIONS
#define OPERATIONS 2 /* of each process */
#endif
#define BLOCKS (2 * OPERATIONS + 1)

mtype = { LINK, UNLINK, LINK_EXIT, MONITOR, DEMONITOR, DOWN, EXIT };

typedef relation {
    bit maker;
    bool link;
    mtype kind[2];
    bool listed[2], done[2];
    /* OTP's view: */
    bool taken;   /* the other side has seen the LINK */
    bool second;  /* of two that were made at the same time; given back */
    bool cut;     /* unlinked by one who knew of it */
    bool watching /* the reference of a monitor is active */
}
relation block[BLOCKS];
byte made;

chan inbox[2] = [2 * BLOCKS] of { byte, bit }; /* an end: block, which */
bool links;                                    /* a run is about links, or about monitors */
bool dead[2];                                  /* the inbox is closed */
bool ended[2];
bool linked[2]; /* OTP's view: link/1 has returned, or a link come, and nothing ended it since */

/* Within a step only, so no part of the state. */
hidden byte b, e, i;
hidden byte ok, found, was_link, whole; /* true or false */

#define B block[b]
#define MINE(b) (block[b].maker ^ me)
#define HOLDS(b) (block[b].link && block[b].listed[MINE(b)])

inline check(used) { assert(!B.done[used]) /* an end that is done is not touched again */ }

inline find_link(found) {
    found = false;
    for (i : 0 .. BLOCKS - 1) { found = found || HOLDS(i) }
}

#define IS_LINK(i) (block[i].link && !block[i].second)

inline find_standing(found, cut_too) {
    found = false;
    for (i : 0 .. BLOCKS - 1) { found = found || IS_LINK(i) && (cut_too || !block[i].cut) }
}

inline push(to, sent) {
    check(sent);
    ok = !dead[to];
    if
    :: ok -> inbox[to]!b, sent
    :: else
    fi
}

inline finish(gone) {
    check(gone);
    B.done[gone] = true;
    if /* the freed look alike: fewer states */
    :: B.done[0] && B.done[1] -> B.link = false; B.taken = false; B.cut = false;
        B.second = false; B.kind[0] = 0; B.kind[1] = 0
    :: else
    fi
}

inline create(is_link) {
    b = made;
    made++;
    B.maker = me; B.link = is_link;
    B.listed[0] = true
}

/* ---------------------------------------------------------------- what arrives */

/* Two linked at the same time: the block of the lesser maker stays. */
inline is_superfluous() {
    find_link(found);
#ifdef PLANT_1 /* both sides think that the other's is superfluous */
    found = found && B.link
#else
    found = found && B.link && B.maker > me
#endif
}

inline give_back() {
    B.kind[e] = UNLINK; B.second = true;
    push(1 - me, e);
    if
    :: ok
    :: else -> finish(e)
    fi
}

inline accept() {
    is_superfluous();
    B.taken = true;
    if
    :: found -> give_back()
    :: else -> B.listed[e] = true; linked[me] = linked[me] || B.link
    fi
}

inline unlist(mine) {
    check(mine);
    assert(B.listed[mine]); /* what is taken from the list is in it */
    B.listed[mine] = false
}

/* UNLINK, DEMONITOR: our end goes with it, if we have it still. */
inline dissolve() {
    if
    :: B.listed[1 - e] ->
        unlist(1 - e);
        find_standing(found, B.second);
        assert(!B.second || !linked[me] || found); /* L1: of two links one stays */
        linked[me] = linked[me] && found;
        finish(1 - e)
    :: else
    fi;
    finish(e)
}

/* LINK_EXIT, DOWN: counts only if our end is listed still. */
inline take_end() {
#ifdef PLANT_2 /* does not look whether it was unlinked or demonitored */
    found = true;
    B.listed[1 - e] = true;
    B.done[1 - e] = false;
#else
    found = B.listed[1 - e];
#endif
    was_link = B.link;
    if
    :: found ->
        unlist(1 - e);
        finish(1 - e);
        if
        :: B.link ->
            assert(linked[me] && !B.cut); /* L3, L4, X3: one EXIT, over a link that is */
            linked[me] = false
        :: else ->
            assert(B.watching); /* M1, M5: one DOWN, and none after demonitor */
            B.watching = false
        fi
    :: else
    fi;
    finish(e); /* refused, or read */
    found = found && was_link
}

inline take() {
    found = false;
    if
    :: B.kind[e] == LINK || B.kind[e] == MONITOR -> accept(); found = false
    :: B.kind[e] == UNLINK || B.kind[e] == DEMONITOR -> dissolve(); found = false
    :: B.kind[e] == LINK_EXIT || B.kind[e] == DOWN -> take_end()
    :: B.kind[e] == EXIT -> finish(e)
    fi
}

/* ---------------------------------------------------------------- dying */

inline send_end() {
    B.kind[e] = (B.link -> LINK_EXIT : DOWN);
    push(1 - me, e);
    if
    :: ok
    :: else -> finish(e)
    fi
}

/* A signal that the dead did not take. */
inline answer() {
    if
    :: B.kind[e] == LINK || B.kind[e] == MONITOR ->
        is_superfluous();
#ifdef PLANT_3 /* a link that was never taken is dropped without a word */
        if
        :: B.link -> finish(e)
        :: else -> send_end()
        fi
#else
        if
        :: found -> give_back()
        :: else -> send_end()
        fi
#endif
#ifndef PLANT_5 /* the dead does not take an UNLINK, so that link stands for the next one */
    :: B.kind[e] == UNLINK || B.kind[e] == DEMONITOR -> dissolve()
#endif
    :: else -> finish(e)
    fi
}

/* The inbox is a stack, newest first. */
inline oldest() {
    inbox[me]?b, e;
#ifdef PLANT_6 /* is answered as it lies there */
    for (i : 2 .. len(inbox[me]) + 1) { inbox[me]!b, e; inbox[me]?b, e }
#endif
}

inline announce() {
    unlist(e);
    if
    :: !B.link && e == 0 -> withdraw_as(e, DEMONITOR)
    :: else -> send_end()
    fi
}

/* ---------------------------------------------------------------- for users */

inline withdraw_as(mine, how) {
    B.kind[mine] = how;
    push(1 - me, mine);
    if
    :: ok
    :: else -> finish(mine)
    fi
}

inline rs_unlink() {
    for (b : 0 .. BLOCKS - 1) {
        if
        :: HOLDS(b) -> e = MINE(b); unlist(e); withdraw_as(e, UNLINK);
#ifdef PLANT_4 /* one is enough, it thinks: while both link there are two */
            break
#endif
        :: else
        fi;
        B.cut = B.cut || b < made && (B.maker == me || B.taken)
    }
    linked[me] = false
}

inline rs_link() {
    find_link(found);
    linked[me] = true;
    if
    :: !found ->
        create(true);
        B.kind[1] = LINK;
        push(1 - me, 1);
        if
        :: ok
        :: else -> /* link_failed, L2: the EXIT is a message already, unlink does not undo it */
            unlist(0);
            finish(0);
            linked[me] = false; B.cut = true;
            B.kind[1] = EXIT;
            push(me, 1)
        fi
    :: else
    fi
}

inline rs_monitor() {
    create(false);
    B.watching = true;
    B.kind[1] = MONITOR;
    push(1 - me, 1);
    if
    :: ok
    :: else -> B.kind[1] = DOWN; push(me, 1)
    fi
}

inline rs_demonitor() {
    for (b : 0 .. BLOCKS - 1) {
        if
        :: !B.link && B.maker == me && B.listed[0] -> unlist(0); withdraw_as(0, DEMONITOR)
        :: else
        fi;
        B.watching = B.watching && B.maker != me
    }
}

/* ---------------------------------------------------------------- a process */

proctype process(bit me; bool mortal) {
    byte operations = OPERATIONS, step;

end_alive:
    do
    :: atomic { inbox[me]?b, e ->
            take();
            if
            :: skip
            :: found -> goto dying /* an EXIT that is not trapped */
            fi }
    :: atomic { links && operations > 0 -> operations--; rs_link() }
    :: atomic { links && operations > 0 -> operations--; rs_unlink() }
    :: atomic { !links && operations > 0 -> operations--; rs_monitor() }
    :: atomic { !links && operations > 0 -> operations--; rs_demonitor() }
    :: atomic { mortal -> goto dying }
    od;

dying:
    atomic { dead[me] = true; linked[me] = false; operations = 0 }
    do
    :: atomic { nempty(inbox[me]) -> oldest(); answer() }
    :: empty(inbox[me]) -> break
    od;
    for (step : 0 .. BLOCKS - 1) {
        atomic {
            b = step;
            e = MINE(b);
            if
            :: B.listed[e] -> announce()
            :: else
            fi
        }
    }
    ended[me] = true
}

init {
    bit me = 0;
    atomic {
        if
        :: links = true
        :: links = false
        fi;
        if
        :: create(links); B.listed[1] = true; /* born with the other: rs_relation_born */
            B.taken = links; linked[0] = links; linked[1] = links; B.watching = !links
        :: skip
        fi;
        if
        :: run process(0, true); run process(1, false) /* the lesser pid dies of itself */
        :: run process(0, false); run process(1, true) /* or the greater */
        :: run process(0, true); run process(1, true)
        fi
    }
    /* When nothing moves any more. */
    timeout ->
    atomic {
        assert(ended[0] == dead[0] && ended[1] == dead[1]); /* who dies is done with it */
        assert(ended[0] || ended[1] || linked[0] == linked[1]); /* L1: both or none */
        assert(!ended[0] || !linked[1] || ended[1]); /* L3: nobody waits for the dead */
        assert(!ended[1] || !linked[0] || ended[0]); /* L3: nobody waits for the dead */
        for (b : 0 .. BLOCKS - 1) {
            assert(!B.watching || !ended[1 - B.maker] || ended[B.maker]); /* M3: a DOWN came */
            if
            :: b < made ->
                whole = B.listed[0] && B.listed[1] && !ended[0] && !ended[1];
                assert(B.done[0] && B.done[1] || whole) /* freed, or whole between two who live */
            :: else
            fi
        }
    }
}
