/* experiment_test.c: pairs of known truth.
 * SPDX-License-Identifier: MIT
 */
#include "reports/verdict/experiment.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <math.h>

#define T 0.05

/* ------------------------------------------------------------------ truth */

static double uniform(rs_prng *prng) {
    return (double)(rs_prng_next(prng) >> 11) / 9007199254740992.0;
}

static double normal(rs_prng *prng) {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += uniform(prng);
    return sum;
}

/* How the numbers of a side scatter, of about unit spread. */
typedef double noise(rs_prng *prng);

/* A neighbour wakes now and then. */
static double contaminated(rs_prng *prng) {
    return rs_prng_below(prng, 10) ? 0.5 * normal(prng) : 3 * normal(prng);
}

static double heavy(rs_prng *prng) {
    return fmax(-50, fmin(50, 0.5 * normal(prng) / sqrt(uniform(prng) + 1e-9)));
}

/* Two layouts, or two neighbours. */
static double two_humps(rs_prng *prng) {
    return (rs_prng_below(prng, 2) ? 1 : -1) + 0.1 * normal(prng);
}

static double one_sided(rs_prng *prng) {
    return -log(uniform(prng) + 1e-12);
}

static noise *const noises[] = {normal, contaminated, heavy, two_humps, one_sided};
#define NOISES (sizeof noises / sizeof *noises)

typedef struct truth {
    noise *noise;
    double spread;   /* of a side's logarithm */
    double slowdown; /* 0.1: B takes 10 % longer */
    double order;    /* what running second costs, as a logarithm */
    double drift;    /* per repetition */
    uint32_t metrics;
} truth;

static const rs_metric *latency, *throughput;

static void begin(rs_experiment *experiment, uint32_t metrics) {
    latency = rs_metric_find("calls.latency");
    throughput = rs_metric_find("calls.throughput");
    rs_experiment_init(experiment, T);
    for (uint32_t i = 0; i < metrics; i++)
        if (i % 2)
            rs_experiment_metric(experiment, "calls.latency.p50", latency, "p50");
        else
            rs_experiment_metric(experiment, "calls.throughput", throughput, NULL);
}

/* Time per call of one side, and what that makes of metric `index`. */
static double side(const truth *of, rs_prng *prng, uint32_t index, double shift) {
    double time = exp(of->spread * of->noise(prng) + shift);
    return index % 2 ? 1000 * time : 5000 / time;
}

static rs_experiment_word run(const truth *of, uint64_t seed, rs_experiment *experiment) {
    rs_prng prng;
    double now = 0;
    bool over = false;
    rs_prng_init(&prng, seed, "experiment");
    begin(experiment, of->metrics);
    for (bool b_first = false; !over;) {
        double a[RS_EXPERIMENT_METRICS], b[RS_EXPERIMENT_METRICS];
        b_first = experiment->pairs % 2 ? !b_first : rs_prng_below(&prng, 2);
        double slower = log1p(of->slowdown);
        for (uint32_t i = 0; i < of->metrics; i++) {
            a[i] = side(of, &prng, i, now + (b_first ? of->order + of->drift : 0));
            b[i] = side(of, &prng, i, now + slower + (b_first ? 0 : of->order + of->drift));
        }
        now += 2 * of->drift;
        over = rs_experiment_add(experiment, a, b);
    }
    return rs_experiment_word_of(experiment);
}

typedef struct score {
    uint32_t words[RS_WORD_COUNT];
    uint64_t pairs;
} score;

static score play(const truth *of, uint32_t rounds) {
    score all = {{0}, 0};
    for (uint32_t i = 0; i < rounds; i++) {
        rs_experiment experiment;
        all.words[run(of, i, &experiment)]++;
        all.pairs += experiment.pairs;
    }
    return all;
}

/* ------------------------------------------------------------------ what is said of it */

TEST(the_error_is_spent_once) {
    double spent = 0, missed = 0;
    for (uint32_t i = 0; i < RS_LOOKS; i++) {
        CHECK(rs_looks_is_one(rs_looks_pairs(i)));
        spent += 5 * rs_looks_error(rs_looks_pairs(i), 5);
        missed += rs_looks_miss(rs_looks_pairs(i));
    }
    CHECK(fabs(spent - RS_LOOKS_ERROR) < 1e-12);
    CHECK(fabs(missed - RS_LOOKS_MISS) < 1e-12);
    CHECK_INT(rs_looks_pairs(RS_LOOKS - 1), RS_PAIRS_MAX);
    CHECK(!rs_looks_is_one(9) && !rs_looks_is_one(0));
}

/* Of 10,000 that are equal no more than 1 in 1000 may be called slower, whatever the noise. */
TEST(the_equal_are_not_called_slower) {
    for (size_t i = 0; i < NOISES; i++) {
        score all = play(&(truth){noises[i], 0.01, 0, 0, 0, 2}, 10000);
        CHECK(all.words[RS_WORD_REGRESSION] + all.words[RS_WORD_BELOW_THRESHOLD] <= 20);
        CHECK(all.words[RS_WORD_NO_REGRESSION] >= 9900);
    }
}

/* Running second costs 4 %, and the machine cools down meanwhile. */
TEST(order_and_drift_are_nobody_s_fault) {
    score all = play(&(truth){normal, 0.005, 0, 0.04, 0, 2}, 3000);
    CHECK_INT(all.words[RS_WORD_REGRESSION] + all.words[RS_WORD_BELOW_THRESHOLD], 0);
    all = play(&(truth){normal, 0.01, 0, 0, 0.003, 2}, 3000);
    CHECK(all.words[RS_WORD_REGRESSION] + all.words[RS_WORD_BELOW_THRESHOLD] <= 6);
}

TEST(a_slowdown_is_caught) {
    for (size_t i = 0; i < NOISES; i++) {
        score at = play(&(truth){noises[i], 0.015, T, 0, 0, 2}, 500);
        CHECK(at.words[RS_WORD_REGRESSION] >= 490);
        score twice = play(&(truth){noises[i], 0.015, 2 * T, 0, 0, 2}, 500);
        CHECK(twice.words[RS_WORD_REGRESSION] >= 498);
        CHECK(twice.pairs < at.pairs);
    }
}

/* Of a hundred that are slower by just T, one may be called none; with two metrics that are slower,
 * both would have to be. */
TEST(what_must_be_caught_is_hardly_ever_called_none) {
    for (size_t i = 0; i < NOISES; i++)
        for (uint32_t metrics = 1; metrics <= 2; metrics++) {
            score all = play(&(truth){noises[i], 0.03, T, 0, 0, metrics}, 2000);
            CHECK(all.words[RS_WORD_NO_REGRESSION] + all.words[RS_WORD_BELOW_THRESHOLD] <= 32);
        }
}

/* One of two is slower: the other one hides nothing. */
TEST(one_slow_metric_of_two_is_caught) {
    uint32_t missed = 0, caught = 0;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        rs_experiment experiment;
        rs_prng prng;
        rs_prng_init(&prng, seed, "one of two");
        begin(&experiment, 2);
        for (bool over = false; !over;) {
            double a[] = {5000 * exp(0.015 * normal(&prng)), 1000 * exp(0.015 * normal(&prng))};
            double b[] = {5000 * exp(0.015 * normal(&prng)),
                          1000 * (1 + T) * exp(0.015 * normal(&prng))};
            over = rs_experiment_add(&experiment, a, b);
        }
        rs_experiment_word word = rs_experiment_word_of(&experiment);
        missed += word == RS_WORD_NO_REGRESSION || word == RS_WORD_BELOW_THRESHOLD;
        caught += word == RS_WORD_REGRESSION;
    }
    CHECK(missed <= 20);
    CHECK(caught >= 970);
}

TEST(a_small_change_is_told_and_forgiven) {
    score all = play(&(truth){normal, 0.003, 0.02, 0, 0, 1}, 500);
    CHECK_INT(all.words[RS_WORD_BELOW_THRESHOLD], 500);
    all = play(&(truth){normal, 0.003, -0.2, 0, 0, 1}, 500);
    CHECK_INT(all.words[RS_WORD_NO_REGRESSION], 500);
}

/* What noise hides is hardly ever called none. */
TEST(too_much_noise_is_inconclusive) {
    score all = play(&(truth){normal, 0.5, 0, 0, 0, 1}, 500);
    CHECK(all.words[RS_WORD_WAITS] >= 480);
    CHECK(all.words[RS_WORD_REGRESSION] <= 2);
}

/* One pair in twenty is spoiled; from 18 pairs on that no longer hides anything. */
TEST(wild_pairs_do_not_hide_a_slowdown) {
    rs_experiment experiment;
    rs_prng prng;
    rs_prng_init(&prng, 4, "wild");
    begin(&experiment, 1);
    double a, b;
    do {
        a = exp(0.01 * normal(&prng));
        b = experiment.pairs % 20 == 5 ? 100 : a / 1.1;
    } while (!rs_experiment_add(&experiment, &a, &b));
    CHECK_INT(rs_experiment_word_of(&experiment), RS_WORD_REGRESSION);
    CHECK_INT(experiment.contests[0].interval.method, RS_INTERVAL_SIGNED_RANK);
    CHECK(experiment.pairs > rs_looks_pairs(1));
}

/* What is sure early keeps its word, and the interval that gave it. */
TEST(a_word_once_given_stands) {
    rs_experiment experiment;
    rs_prng prng;
    rs_prng_init(&prng, 6, "word");
    begin(&experiment, 2);
    bool over = false;
    while (!over) {
        double late = experiment.pairs < rs_looks_pairs(0) ? 1 : 2;
        double a[] = {5000, 1000 * exp(0.3 * normal(&prng))};
        double b[] = {5000 / late, 1000 * exp(0.3 * normal(&prng))};
        over = rs_experiment_add(&experiment, a, b);
    }
    CHECK_INT(experiment.contests[0].word, RS_WORD_NO_REGRESSION);
    CHECK_INT(experiment.contests[0].looked_at, rs_looks_pairs(0));
    CHECK_INT(experiment.contests[0].interval.method, RS_INTERVAL_STUDENT);
    CHECK_INT(experiment.contests[1].looked_at, RS_PAIRS_MAX);
}

/* With as many pairs as it says, the interval would be narrow enough for one word in two. */
TEST(it_says_how_many_pairs_would_do) {
    rs_experiment experiment;
    CHECK_INT(run(&(truth){normal, 0.3, 0, 0, 0, 1}, 3, &experiment), RS_WORD_WAITS);
    const rs_contest *contest = &experiment.contests[0];
    double shrinks = sqrt((double)contest->pairs_needed / contest->looked_at);
    double low =
        contest->interval.middle - (contest->interval.middle - contest->interval.low) / shrinks;
    double high =
        contest->interval.middle + (contest->interval.high - contest->interval.middle) / shrinks;
    CHECK(low > -0.001 || high < log1p(T) + 0.001);
    CHECK(contest->pairs_needed > RS_PAIRS_MAX && contest->pairs_needed < 100 * RS_PAIRS_MAX);
}

/* ------------------------------------------------------------------ odd numbers */

static rs_experiment_word feed(rs_experiment *experiment, double a, double b) {
    while (!rs_experiment_add(experiment, &a, &b)) continue;
    return rs_experiment_word_of(experiment);
}

TEST(never_is_more_than_anything) {
    rs_experiment experiment;
    rs_experiment_init(&experiment, T);
    rs_experiment_metric(&experiment, "calls.latency.p50", rs_metric_find("calls.latency"), "p50");
    CHECK_INT(feed(&experiment, 1000, INFINITY), RS_WORD_REGRESSION);
    begin(&experiment, 1);
    CHECK_INT(feed(&experiment, 5000, 0), RS_WORD_REGRESSION);
    begin(&experiment, 1);
    CHECK_INT(feed(&experiment, 0, 0), RS_WORD_NO_REGRESSION);
    begin(&experiment, 1);
    CHECK_INT(feed(&experiment, 0, 5000), RS_WORD_NO_REGRESSION);
}

TEST(what_was_not_measured_is_not_judged) {
    rs_experiment experiment;
    begin(&experiment, 2);
    bool over = false;
    for (int i = 0; !over; i++) {
        double a[] = {5000, 1000}, b[] = {5000, i == 3 ? (double)NAN : 1000};
        over = rs_experiment_add(&experiment, a, b);
    }
    CHECK_INT(experiment.contests[0].word, RS_WORD_NO_REGRESSION);
    CHECK_INT(experiment.contests[1].word, RS_WORD_MISSING);
    CHECK_INT(experiment.contests[1].missing, 1);
    CHECK_INT(rs_experiment_word_of(&experiment), RS_WORD_WAITS);
}

TEST(equal_numbers_are_no_regression) {
    rs_experiment experiment;
    begin(&experiment, 1);
    CHECK_INT(feed(&experiment, 5000, 5000), RS_WORD_NO_REGRESSION);
    CHECK_INT(experiment.pairs, rs_looks_pairs(0));
}

/* ------------------------------------------------------------------ who decides */

/* `spread` of the pairs' logarithms, and B slower by `shift`. */
static void feed_metric(rs_experiment *experiment, const char *metric, const char *aggregate,
                        double spread, double shift) {
    rs_prng prng;
    rs_prng_init(&prng, 5, "tail");
    rs_experiment_init(experiment, T);
    rs_experiment_metric(experiment, metric, rs_metric_find(metric), aggregate);
    double a, b;
    do {
        a = exp(spread * normal(&prng));
        b = exp(spread * normal(&prng) + shift);
    } while (!rs_experiment_add(experiment, &a, &b));
}

TEST(a_tail_gates_only_where_it_can) {
    rs_experiment experiment;
    feed_metric(&experiment, "calls.latency", "p99", 0.01, 0.2);
    CHECK_INT(experiment.contests[0].word, RS_WORD_REGRESSION);
    feed_metric(&experiment, "calls.latency", "p99", 0.2, 0.2);
    CHECK_INT(experiment.contests[0].word, RS_WORD_SHOWN);
    CHECK_INT(rs_experiment_word_of(&experiment), RS_WORD_WAITS); /* nothing decides */
    feed_metric(&experiment, "calls.latency", "p50", 0.2, 0.2);
    CHECK(experiment.contests[0].word != RS_WORD_SHOWN);
    feed_metric(&experiment, "calls.latency", "p99.9", 0.001, 0.2);
    CHECK_INT(experiment.contests[0].word, RS_WORD_SHOWN);
    CHECK(experiment.contests[0].interval.low > 0.19 &&
          experiment.contests[0].interval.high < 0.21);
}

static const char *directionless(void) {
    for (const rs_metric *metric = rs_metrics; metric->name; metric++)
        if (metric->better == RS_METRIC_NEITHER && rs_metric_takes(metric, NULL))
            return metric->name;
    return NULL;
}

TEST(what_has_no_direction_is_told_alone) {
    rs_experiment experiment;
    feed_metric(&experiment, directionless(), NULL, 0.01, 0.5);
    CHECK_INT(experiment.contests[0].word, RS_WORD_CHANGED);
    CHECK(!rs_experiment_decides(&experiment.contests[0]));
    feed_metric(&experiment, directionless(), NULL, 0.01, 0);
    CHECK_INT(experiment.contests[0].word, RS_WORD_UNCHANGED);
}

TEST_MAIN()
