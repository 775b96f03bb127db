/* atomic.h: the only door to atomics, so that a model checker can stand behind it. Each order
 * weaker than seq_cst is argued where it is used.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ATOMIC_H
#define RS_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#ifndef RS_ATOMIC_MODEL /* a model checker has put its own in place: see test/relacy.h */

#include <stdatomic.h>

typedef _Atomic(uint64_t) rs_atomic_u64;
typedef _Atomic(uint32_t) rs_atomic_u32;
typedef _Atomic(int32_t) rs_atomic_i32;
typedef _Atomic(void *) rs_atomic_ptr;
typedef _Atomic(const void *) rs_atomic_const_ptr;

#define rs_relaxed memory_order_relaxed
#define rs_acquire memory_order_acquire
#define rs_release memory_order_release
#define rs_acq_rel memory_order_acq_rel
#define rs_seq_cst memory_order_seq_cst

#define rs_load(OBJECT, ORDER)         atomic_load_explicit(OBJECT, ORDER)
#define rs_store(OBJECT, VALUE, ORDER) atomic_store_explicit(OBJECT, VALUE, ORDER)
#define rs_swap(OBJECT, VALUE, ORDER)  atomic_exchange_explicit(OBJECT, VALUE, ORDER)
#define rs_add(OBJECT, VALUE, ORDER)   atomic_fetch_add_explicit(OBJECT, VALUE, ORDER)
#define rs_sub(OBJECT, VALUE, ORDER)   atomic_fetch_sub_explicit(OBJECT, VALUE, ORDER)
#define rs_or(OBJECT, VALUE, ORDER)    atomic_fetch_or_explicit(OBJECT, VALUE, ORDER)
#define rs_and(OBJECT, VALUE, ORDER)   atomic_fetch_and_explicit(OBJECT, VALUE, ORDER)
/* rs_cas stores WANTED when *OBJECT equals *EXPECTED, else loads it into *EXPECTED (relaxed). May
 * fail without cause: for loops only. */
#define rs_cas(OBJECT, EXPECTED, WANTED, ORDER)                                                    \
    atomic_compare_exchange_weak_explicit(OBJECT, EXPECTED, WANTED, ORDER, memory_order_relaxed)
/* rs_cas_strong fails only when the values differ. */
#define rs_cas_strong(OBJECT, EXPECTED, WANTED, ORDER)                                             \
    atomic_compare_exchange_strong_explicit(OBJECT, EXPECTED, WANTED, ORDER, memory_order_relaxed)

/* rs_cas_total is rs_cas_strong, seq_cst also when the values differ. */
#define rs_cas_total(OBJECT, EXPECTED, WANTED)                                                     \
    atomic_compare_exchange_strong_explicit(OBJECT, EXPECTED, WANTED, memory_order_seq_cst,        \
                                            memory_order_seq_cst)

/* rs_compiler_barrier keeps the compiler from moving loads and stores across it; for where another
 * thread's barrier orders ours. */
static inline void rs_compiler_barrier(void) {
    atomic_signal_fence(memory_order_seq_cst);
}

/* rs_relax tells the processor that this is a spin loop. */
static inline void rs_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

#endif

/* rs_tally adds to a count that only the calling thread writes and others may read meanwhile: no
 * locked operation. `by` may be a negative number's two's complement. */
static inline void rs_tally(rs_atomic_u64 *count, uint64_t by) {
    rs_store(count, rs_load(count, rs_relaxed) + by, rs_relaxed);
}

/* rs_spinlock: for sections of a few dozen instructions that never block. Zeroed is unlocked. */
typedef struct rs_spinlock {
    rs_atomic_u32 held;
} rs_spinlock;

/* rs_spin_lock waits, without sleeping, until the lock is the caller's. */
static inline void rs_spin_lock(rs_spinlock *lock) {
    /* acquire pairs with the release of rs_spin_unlock. */
    while (rs_swap(&lock->held, 1, rs_acquire))
        while (rs_load(&lock->held, rs_relaxed)) rs_relax();
}

/* rs_spin_try takes the lock if it is free; false: it is not. */
static inline bool rs_spin_try(rs_spinlock *lock) {
    return !rs_load(&lock->held, rs_relaxed) && !rs_swap(&lock->held, 1, rs_acquire);
}

/* rs_spin_unlock gives it back. */
static inline void rs_spin_unlock(rs_spinlock *lock) {
    rs_store(&lock->held, 0, rs_release);
}

#endif
