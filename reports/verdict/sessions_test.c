/* sessions_test.c: sessions of known truth.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/sessions.h"
#include "reports/verdict/student.h"
#include "reports/verdict/verdict.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <math.h>

#define T           0.05
#define SESSIONS    20u
#define REPETITIONS 10u

/* ------------------------------------------------------------------ truth */

static double normal(rs_prng *prng) {
    double u = (double)((rs_prng_next(prng) >> 11) + 1) / 9007199254740992.0;
    double angle = 2 * M_PI * ((double)(rs_prng_next(prng) >> 11) / 9007199254740992.0);
    return sqrt(-2 * log(u)) * cos(angle);
}

/* One session in ten is spoiled. */
static double contaminated(rs_prng *prng) {
    return rs_prng_below(prng, 10) ? 0.5 * normal(prng) : 3 * normal(prng);
}

typedef struct truth {
    double (*noise)(rs_prng *prng); /* of sessions, about unit spread */
    double between, within;         /* spreads of logarithms */
    double slowdown;                /* of the new session */
    uint32_t sessions;
} truth;

/* A session's repetitions share what the session is like. */
static void draw(const truth *of, rs_prng *prng, double shift, double values[REPETITIONS]) {
    double session = of->between * of->noise(prng) + shift;
    for (uint32_t i = 0; i < REPETITIONS; i++)
        values[i] = 1000 * exp(session + of->within * normal(prng));
}

typedef struct sample {
    double base[SESSIONS][REPETITIONS], now[REPETITIONS];
    uint32_t sessions;
} sample;

typedef rs_experiment_word judge(const sample *of, uint32_t metrics);

static const rs_sessions_question plain = {RS_METRIC_LOWER, 0.5, T, 1, false};

static rs_experiment_word by_sessions(const sample *of, uint32_t metrics) {
    double numbers[SESSIONS];
    rs_sessions_question question = plain;
    question.metrics = metrics;
    for (uint32_t i = 0; i < of->sessions; i++)
        numbers[i] = rs_verdict_median(of->base[i], REPETITIONS);
    return rs_sessions_judge(&question, numbers, of->sessions,
                             rs_verdict_median(of->now, REPETITIONS))
        .word;
}

/* The defect that sessions.c is there to avoid: all repetitions are samples of one thing. */
static rs_experiment_word by_repetitions(const sample *of, uint32_t metrics) {
    double logs[SESSIONS * REPETITIONS], now[REPETITIONS], base = 0, new = 0;
    uint32_t count = of->sessions * REPETITIONS;
    for (uint32_t i = 0; i < count; i++)
        base += logs[i] = log(of->base[i / REPETITIONS][i % REPETITIONS]);
    for (uint32_t i = 0; i < REPETITIONS; i++) new += now[i] = log(of->now[i]);
    double middle = new / REPETITIONS - base / count;
    double reach = rs_student_quantile(count - 1, RS_LOOKS_ERROR / metrics) *
                   rs_interval_spread(logs, count) * sqrt(1.0 / REPETITIONS + 1.0 / count);
    rs_interval found = {middle - reach, middle, middle + reach, RS_INTERVAL_STUDENT};
    return rs_experiment_judge(RS_METRIC_LOWER, &found, T);
}

/* Of `rounds` verdicts over `metrics` metrics, how many had each word as their worst. */
typedef struct score {
    uint32_t words[RS_WORD_COUNT];
} score;

static uint32_t alarms(const score *all) {
    return all->words[RS_WORD_REGRESSION] + all->words[RS_WORD_BELOW_THRESHOLD];
}

static score play(const truth *of, judge *by, uint32_t metrics, uint32_t rounds) {
    score all = {{0}};
    rs_prng prng;
    rs_prng_init(&prng, 7, "sessions");
    for (uint32_t round = 0; round < rounds; round++) {
        rs_experiment_word worst = RS_WORD_SHOWN;
        for (uint32_t metric = 0; metric < metrics; metric++) {
            sample drawn = {.sessions = of->sessions};
            for (uint32_t i = 0; i < of->sessions; i++) draw(of, &prng, 0, drawn.base[i]);
            draw(of, &prng, log1p(of->slowdown), drawn.now);
            worst = rs_experiment_worse(worst, by(&drawn, metrics));
        }
        all.words[worst]++;
    }
    return all;
}

/* ------------------------------------------------------------------ what is said of it */

#define ROUNDS 6000u
/* 1 in 1000, and as far beyond as chance goes once in 10,000. */
#define ALARMS_MAX 17u

static const uint32_t counts[] = {5, 8, 20};
#define COUNTS (sizeof counts / sizeof *counts)

TEST(the_equal_are_not_called_slower) {
    for (size_t i = 0; i < COUNTS; i++) {
        score one = play(&(truth){normal, 0.01, 0.01, 0, counts[i]}, by_sessions, 1, ROUNDS);
        CHECK(alarms(&one) <= ALARMS_MAX);
        score five = play(&(truth){normal, 0.03, 0.01, 0, counts[i]}, by_sessions, 5, ROUNDS / 4);
        CHECK(alarms(&five) <= ALARMS_MAX / 2);
    }
}

/* The error is spent, not hoarded: an interval that never errs is too wide to say anything. */
TEST(the_error_is_spent) {
    score all = play(&(truth){normal, 0.02, 0.005, 0, 20}, by_sessions, 1, 3 * ROUNDS);
    CHECK(alarms(&all) >= 8);
}

/* What sessions differ by is no matter of repetitions. */
TEST(who_ignores_sessions_cries_wolf) {
    for (size_t i = 0; i < COUNTS; i++) {
        truth drifting = {normal, 0.01, 0.01, 0, counts[i]};
        score all = play(&drifting, by_repetitions, 1, 2000);
        CHECK(alarms(&all) > 2000 / 20);
        truth steady = {normal, 0, 0.01, 0, counts[i]};
        all = play(&steady, by_repetitions, 1, 2000);
        CHECK(alarms(&all) <= 10);
    }
}

TEST(a_slowdown_is_caught) {
    score all = play(&(truth){normal, 0.003, 0.003, 0.08, 8}, by_sessions, 2, 1000);
    CHECK(all.words[RS_WORD_REGRESSION] >= 990);
    all = play(&(truth){normal, 0.003, 0.003, T, 20}, by_sessions, 1, 1000);
    CHECK(all.words[RS_WORD_REGRESSION] >= 990);
}

TEST(what_must_be_caught_is_never_called_none) {
    for (size_t i = 0; i < COUNTS; i++) {
        score all = play(&(truth){normal, 0.01, 0.01, T, counts[i]}, by_sessions, 1, ROUNDS);
        CHECK(all.words[RS_WORD_NO_REGRESSION] + all.words[RS_WORD_BELOW_THRESHOLD] <= ALARMS_MAX);
    }
}

TEST(a_quiet_machine_is_cleared) {
    score all = play(&(truth){normal, 0.003, 0.003, 0, 8}, by_sessions, 2, 1000);
    CHECK(all.words[RS_WORD_NO_REGRESSION] >= 990);
    all = play(&(truth){normal, 0.002, 0.002, 0.025, 20}, by_sessions, 1, 1000);
    CHECK(all.words[RS_WORD_BELOW_THRESHOLD] >= 990);
    all = play(&(truth){normal, 0.05, 0.01, 0, 5}, by_sessions, 1, 1000);
    CHECK(all.words[RS_WORD_WAITS] >= 990);
}

/* The README's number: no bell, more alarms. */
TEST(spoiled_sessions_are_called_slower) {
    for (size_t i = 0; i < COUNTS; i++) {
        truth of = {contaminated, 0.02, 0.01, 0, counts[i]};
        score all = play(&of, by_sessions, 1, ROUNDS);
        CHECK(alarms(&all) > ALARMS_MAX && alarms(&all) <= ROUNDS / 50);
    }
}

/* ------------------------------------------------------------------ too few, or elsewhere */

static rs_experiment_word word_of(double now, uint32_t count, bool elsewhere) {
    const double base[] = {1000, 1001, 999, 1000, 1000};
    rs_sessions_question question = plain;
    question.elsewhere = elsewhere;
    return rs_sessions_judge(&question, base, count, now).word;
}

TEST(few_sessions_suspect_at_worst) {
    for (uint32_t count = 1; count < RS_SESSIONS_ENOUGH; count++) {
        CHECK_INT(word_of(1051, count, false), RS_WORD_SUSPECT);
        CHECK_INT(word_of(1000000, count, false), RS_WORD_SUSPECT);
        CHECK_INT(word_of(1049, count, false), RS_WORD_NOT_SEEN);
        CHECK_INT(word_of(10, count, false), RS_WORD_NOT_SEEN);
    }
    CHECK_INT(word_of(1060, 5, false), RS_WORD_REGRESSION);
    CHECK_INT(word_of(1060, 5, true), RS_WORD_SUSPECT);
    CHECK_INT(word_of(1000, 5, false), RS_WORD_NO_REGRESSION);
    CHECK_INT(word_of(1000, 5, true), RS_WORD_NOT_SEEN);
}

TEST(a_point_has_no_ends) {
    const double base[] = {1000, 1100};
    rs_sessions_answer answer = rs_sessions_judge(&plain, base, 2, 2000);
    CHECK(answer.known && isnan(answer.interval.low) && isnan(answer.interval.high));
    CHECK(fabs(answer.base - sqrt(1000.0 * 1100)) < 1e-6);
    CHECK(fabs(exp(answer.interval.middle) - 2000 / answer.base) < 1e-9);
    rs_sessions_question question = plain;
    question.better = RS_METRIC_HIGHER;
    CHECK(fabs(rs_sessions_judge(&question, base, 2, 2000).base - answer.base) < 1e-6);
    CHECK(fabs(answer.spread - log(1.1) / sqrt(2)) < 1e-9);
}

/* ------------------------------------------------------------------ the interval */

/* By hand: mean 0, spread sqrt(10)/2 %, t(4) at 1/1000 is 7.1732. */
TEST(the_interval_is_of_one_more) {
    double base[5];
    for (int i = 0; i < 5; i++) base[i] = 1000 * exp(0.01 * (i - 2));
    rs_sessions_answer answer = rs_sessions_judge(&plain, base, 5, 1000 * exp(0.03));
    double reach = 7.1732 * 0.01 * sqrt(2.5) * sqrt(1.2);
    CHECK(fabs(answer.interval.middle - 0.03) < 1e-9);
    CHECK(fabs(answer.interval.high - 0.03 - reach) < 1e-5);
    CHECK(fabs(answer.interval.low - 0.03 + reach) < 1e-5);
}

TEST(more_metrics_make_it_wider) {
    const double base[] = {1000, 1010, 990, 1005, 995, 1000};
    rs_sessions_question five = plain;
    five.metrics = 5;
    rs_interval one = rs_sessions_judge(&plain, base, 6, 1000).interval;
    rs_interval many = rs_sessions_judge(&five, base, 6, 1000).interval;
    double wider = rs_student_quantile(5, RS_LOOKS_ERROR / 5) / rs_student_quantile(5, 0.001);
    CHECK(fabs((many.high - many.low) / (one.high - one.low) - wider) < 1e-6);
}

/* More is better: half as much is twice as slow. */
TEST(directions_are_turned) {
    const double base[] = {1000, 1000, 1000, 1000, 1000};
    rs_sessions_question question = plain;
    question.better = RS_METRIC_HIGHER;
    rs_sessions_answer answer = rs_sessions_judge(&question, base, 5, 500);
    CHECK_INT(answer.word, RS_WORD_REGRESSION);
    CHECK(fabs(answer.interval.middle - log(2)) < 1e-9);
    CHECK_INT(rs_sessions_judge(&question, base, 5, 2000).word, RS_WORD_NO_REGRESSION);
    question.better = RS_METRIC_NEITHER;
    CHECK_INT(rs_sessions_judge(&question, base, 5, 2000).word, RS_WORD_CHANGED);
    CHECK_INT(rs_sessions_judge(&question, base, 5, 1000).word, RS_WORD_UNCHANGED);
}

/* With as many sessions as it says the interval would do, with one less it would not. */
TEST(it_says_how_many_sessions_would_do) {
    double base[6];
    for (int i = 0; i < 6; i++) base[i] = 1000 * exp(i % 2 ? 0.009 : -0.009);
    rs_sessions_answer answer = rs_sessions_judge(&plain, base, 6, 1000);
    CHECK_INT(answer.word, RS_WORD_WAITS);
    CHECK(answer.needed > 6 && answer.needed < 100);
    for (uint32_t less = 0; less < 2; less++) {
        uint32_t count = answer.needed - less;
        double reach =
            rs_student_quantile(count - 1, 0.001) * answer.spread * sqrt(1 + 1.0 / count);
        CHECK((reach < log1p(T)) == !less);
    }
    for (int i = 0; i < 6; i++) base[i] = 1000 * exp(i % 2 ? 0.1 : -0.1);
    CHECK_INT(rs_sessions_judge(&plain, base, 6, 1000).needed, 0);
}

/* ------------------------------------------------------------------ tails */

static rs_experiment_word tail(double share, double spread, uint32_t count) {
    double base[8];
    rs_sessions_question question = plain;
    question.tail = share;
    for (int i = 0; i < 8; i++) base[i] = 1000 * exp(i % 2 ? spread : -spread);
    return rs_sessions_judge(&question, base, count, 3000).word;
}

TEST(a_tail_decides_only_where_it_can) {
    CHECK_INT(tail(0.99, 0.001, 8), RS_WORD_REGRESSION);
    CHECK_INT(tail(0.99, 0.01, 8), RS_WORD_SHOWN);
    CHECK_INT(tail(0.5, 0.01, 8), RS_WORD_REGRESSION);
    CHECK_INT(tail(0.999, 0.001, 8), RS_WORD_SHOWN);
    CHECK_INT(tail(0.99, 0.001, 4), RS_WORD_SHOWN);
    CHECK_INT(tail(0.9, 0.001, 4), RS_WORD_SUSPECT);
}

/* ------------------------------------------------------------------ odd numbers */

TEST(never_and_nothing_are_numbers_too) {
    double base[] = {1000, 1000, 1001, 1000, 999};
    CHECK_INT(rs_sessions_judge(&plain, base, 5, INFINITY).word, RS_WORD_REGRESSION);
    CHECK_INT(rs_sessions_judge(&plain, base, 5, 0).word, RS_WORD_NO_REGRESSION);
    CHECK_INT(rs_sessions_judge(&plain, base, 5, (double)NAN).word, RS_WORD_MISSING);
    base[4] = (double)NAN;
    CHECK_INT(rs_sessions_judge(&plain, base, 5, 1000).word, RS_WORD_MISSING);
    for (int i = 0; i < 5; i++) base[i] = INFINITY;
    CHECK_INT(rs_sessions_judge(&plain, base, 5, INFINITY).word, RS_WORD_NO_REGRESSION);
    for (int i = 0; i < 5; i++) base[i] = 0;
    CHECK_INT(rs_sessions_judge(&plain, base, 5, 0).word, RS_WORD_NO_REGRESSION);
    CHECK_INT(rs_sessions_judge(&plain, base, 5, 1).word, RS_WORD_REGRESSION);
}

/* ------------------------------------------------------------------ virtual time */

TEST(exact_numbers_have_exact_words) {
    CHECK_INT(rs_sessions_exact(&plain, 1000, 1000).word, RS_WORD_IDENTICAL);
    CHECK_INT(rs_sessions_exact(&plain, 1000, 1049).word, RS_WORD_CHANGED);
    CHECK_INT(rs_sessions_exact(&plain, 1000, 1050).word, RS_WORD_REGRESSION);
    CHECK_INT(rs_sessions_exact(&plain, 1000, 10).word, RS_WORD_CHANGED);
    CHECK_INT(rs_sessions_exact(&plain, 1000, INFINITY).word, RS_WORD_REGRESSION);
    CHECK_INT(rs_sessions_exact(&plain, (double)NAN, 1).word, RS_WORD_MISSING);
    rs_sessions_question question = plain;
    question.better = RS_METRIC_HIGHER;
    CHECK_INT(rs_sessions_exact(&question, 1050, 1000).word, RS_WORD_REGRESSION);
    question.better = RS_METRIC_NEITHER;
    CHECK_INT(rs_sessions_exact(&question, 1000, 5000).word, RS_WORD_CHANGED);
    question.tail = 0.999;
    CHECK_INT(rs_sessions_exact(&question, 1000, 5000).word, RS_WORD_SHOWN);
}

TEST_MAIN()
