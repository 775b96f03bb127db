/* ets_owner_test.c: tables belong to somebody: rights, names, heirs, gifts, and the end, which is
 * over before anybody hears of it. Source: rules ET1, ET2, P8.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/test/tables.h"

#define NAME rs_atom_find("scores")

/* ------------------------------------------------------------------ small lives */

typedef struct wish {
    rs_pid boss, heir;
    rs_ets_protection protection;
} wish;

static void owns(const void *args, uint32_t bytes) {
    (void)bytes;
    const wish *it = args;
    rs_ets table = rs_ets_new(&(rs_ets_options){.name = NAME,
                                                .protection = it->protection,
                                                .heir = it->heir,
                                                .heir_data = own_of("{will,1}")});
    insert(table, "{a,1}");
    send_number(it->boss, 1);
    rs_receive(NULL, NULL, RS_FOREVER);
}

/* new_owner returns a process that has made its table. */
static rs_pid new_owner(rs_pid heir, rs_ets_protection protection) {
    const wish it = {rs_self(), heir, protection};
    rs_pid owner = rs_spawn(owns, &it, sizeof it);
    take_number();
    return owner;
}

static rs_ets_info info_of(rs_ets table) {
    rs_ets_info info;
    CHECK(rs_ets_info_read(table, &info));
    return info;
}

static bool is_there(rs_ets table) {
    rs_ets_info info;
    return rs_ets_info_read(table, &info);
}

static bool is_transfer(const rs_message *message, void *context) {
    (void)context;
    return message->type == &rs_ets_transfer_type;
}

static void expect_transfer(rs_pid from, const char *data) {
    char text[64];
    const rs_message *message = rs_receive(is_transfer, NULL, LONG_NS);
    CHECK(message != NULL);
    const rs_ets_transfer *it = (const void *)message->payload;
    CHECK(it->table == NAME && it->from == from && message->from == from);
    rs_term_print(it->data, text, sizeof text);
    CHECK_STR(text, data);
}

/* ------------------------------------------------------------------ the end (ET1, P8) */

IN_PROCESS(who_hears_of_a_death_finds_no_table_and_a_free_name) {
    UNUSED_ARGS;
    for (int i = 0; i < 20; i++) {
        rs_pid owner = new_owner(0, RS_ETS_PROTECTED);
        rs_ets id = rs_ets_whereis(NAME);
        CHECK(id != 0 && info_of(NAME).owner == owner);
        has(NAME, "a", "[{a,1}]");
        kill_and_wait(owner);
        CHECK(rs_ets_whereis(NAME) == 0);
        CHECK(!is_there(NAME) && !is_there(id));
    }
}

IN_PROCESS(a_dead_tables_reference_is_never_another_ones) {
    UNUSED_ARGS;
    rs_ets old = new_table(RS_ETS_SET);
    rs_ets_delete(old);
    for (int i = 0; i < 1000; i++) {
        rs_ets table = new_table(RS_ETS_SET);
        CHECK(table != old && !is_there(old));
        rs_ets_delete(table);
    }
}

IN_PROCESS(a_deleted_tables_name_is_free) {
    UNUSED_ARGS;
    for (int i = 0; i < 3; i++) {
        CHECK(rs_ets_new(&(rs_ets_options){.name = NAME}) == NAME);
        rs_ets_delete(NAME);
        CHECK(rs_ets_whereis(NAME) == 0);
    }
}

IN_PROCESS(a_table_can_be_renamed) {
    UNUSED_ARGS;
    rs_atom other = rs_atom_find("points");
    rs_ets_new(&(rs_ets_options){.name = NAME});
    insert(NAME, "{a,1}");
    rs_ets_rename(NAME, other);
    has(other, "a", "[{a,1}]");
    CHECK(rs_ets_whereis(NAME) == 0 && info_of(other).name == other);
    rs_ets anonymous = new_table(RS_ETS_SET);
    rs_ets_rename(anonymous, NAME);
    CHECK(rs_ets_whereis(NAME) == 0 && info_of(anonymous).name == 0);
}

/* ------------------------------------------------------------------ heirs and gifts (ET1) */

IN_PROCESS(a_heir_gets_the_table_and_a_message) {
    UNUSED_ARGS;
    rs_pid owner = new_owner(rs_self(), RS_ETS_PRIVATE);
    kill_and_wait(owner);
    expect_transfer(owner, "{will,1}");
    has(NAME, "a", "[{a,1}]");
    CHECK(info_of(NAME).owner == rs_self() && info_of(NAME).heir == rs_self());
    /* It stays heir when the table has other owners later. */
    rs_pid third = rs_spawn(hears_nothing, NULL, 0);
    rs_ets_give_away(NAME, third, RS_ATOM(ok));
    CHECK(info_of(NAME).owner == third);
    kill_and_wait(third);
    expect_transfer(third, "{will,1}");
    rs_ets_delete(NAME);
}

IN_PROCESS(a_dead_heir_inherits_nothing) {
    UNUSED_ARGS;
    rs_pid heir = rs_spawn(hears_nothing, NULL, 0);
    rs_pid owner = new_owner(heir, RS_ETS_PROTECTED);
    kill_and_wait(heir);
    kill_and_wait(owner);
    CHECK(!is_there(NAME));
}

static void kill_owners_and_heirs(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    rs_ets_delete(new_table(RS_ETS_SET));
    read_settled(&before);
    for (int i = 0; i < ROUNDS; i++) {
        rs_pid heir = rs_spawn(hears_nothing, NULL, 0), owner = new_owner(heir, RS_ETS_PUBLIC);
        rs_ref heirs = rs_monitor(heir), owners = rs_monitor(owner);
        rs_exit_signal(i % 2 ? heir : owner, RS_ATOM(kill));
        rs_exit_signal(i % 2 ? owner : heir, RS_ATOM(kill));
        expect_down(heir, heirs, "killed");
        expect_down(owner, owners, "killed");
        CHECK(!is_there(NAME));
    }
    memory_is(&before);
}
TEST(who_dies_with_its_heir_leaves_nothing) {
    everywhere(kill_owners_and_heirs);
}

IN_PROCESS(heirs_can_be_changed) {
    UNUSED_ARGS;
    rs_pid heir = rs_spawn(hears_nothing, NULL, 0);
    rs_ets_new(&(rs_ets_options){.name = NAME});
    rs_ets_set_heir(NAME, heir, RS_ATOM(ok));
    rs_ets_set_heir(NAME, heir, own_of("{other,data}"));
    CHECK(info_of(NAME).heir == heir);
    rs_ets_set_heir(NAME, rs_self(), RS_ATOM(ok));
    rs_ets_set_heir(NAME, 0, RS_ATOM(ok));
    CHECK(info_of(NAME).heir == 0);
    rs_ets_delete(NAME);
    kill_and_wait(heir);
}

static void takes_a_gift(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_pid giver = *(const rs_pid *)args;
    expect_transfer(giver, "\"for you\"");
    insert(NAME, "{b,2}");
    rs_receive(NULL, NULL, RS_FOREVER);
}

IN_PROCESS(a_gift_changes_the_owner) {
    UNUSED_ARGS;
    const rs_pid self = rs_self();
    rs_pid friend = rs_spawn(takes_a_gift, &self, sizeof self);
    rs_ets_new(&(rs_ets_options){.name = NAME});
    rs_ets_give_away(NAME, friend, own_of("\"for you\""));
    settle();
    has(NAME, "b", "[{b,2}]");
    kill_and_wait(friend);
    CHECK(!is_there(NAME));
}

/* ------------------------------------------------------------------ rights (ET2) */

typedef enum deed {
    NEW_WITH_THE_NAME,
    LOOK,
    WALK,
    WRITE,
    REMOVE,
    DELETE,
    RENAME,
    GIVE,
    BEQUEATH,
    DEED_COUNT
} deed;

static void do_deed(const void *args, uint32_t bytes) {
    (void)bytes;
    switch (*(const deed *)args) {
    case NEW_WITH_THE_NAME: rs_ets_new(&(rs_ets_options){.name = NAME}); break;
    case LOOK: rs_term_release(rs_ets_lookup(NAME, RS_ATOM(ok))); break;
    case WALK: rs_term_release(rs_ets_first(NAME)); break;
    case WRITE: insert(NAME, "{b,1}"); break;
    case REMOVE: rs_ets_delete_key(NAME, RS_ATOM(ok)); break;
    case DELETE: rs_ets_delete(NAME); break;
    case RENAME: rs_ets_rename(NAME, rs_atom_find("points")); break;
    case GIVE: rs_ets_give_away(NAME, rs_self(), RS_ATOM(ok)); break;
    default: rs_ets_set_heir(NAME, rs_self(), RS_ATOM(ok)); break;
    }
}

static void others_may(rs_ets_protection protection, const char *may) {
    for (deed it = 0; it < DEED_COUNT; it++) {
        rs_pid owner = new_owner(0, protection);
        ends_with(do_deed, &it, sizeof it, may[it] == '+' ? "normal" : "badarg");
        kill_and_wait(owner);
    }
}

IN_PROCESS(protection_says_what_others_may) {
    UNUSED_ARGS;
    others_may(RS_ETS_PUBLIC, "-++++++--");
    others_may(RS_ETS_PROTECTED, "-++------");
    others_may(RS_ETS_PRIVATE, "---------");
}

IN_PROCESS(a_dead_table_is_a_badarg) {
    UNUSED_ARGS;
    for (deed it = LOOK; it < DEED_COUNT; it++) ends_with(do_deed, &it, sizeof it, "badarg");
}

static void gives_to_the_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid dead = rs_spawn(hears_nothing, NULL, 0);
    rs_ets table = new_table(RS_ETS_SET);
    kill_and_wait(dead);
    rs_ets_give_away(table, dead, RS_ATOM(ok));
}

static void gives_to_itself(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets_give_away(new_table(RS_ETS_SET), rs_self(), RS_ATOM(ok));
}

static void has_a_number_for_a_name(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets_new(&(rs_ets_options){.name = rs_term_integer(1)});
}

static void inserts_no_tuple(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    insert(new_table(RS_ETS_SET), "[{a,1},b]");
}

static void inserts_a_short_tuple(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    insert(rs_ets_new(&(rs_ets_options){.keypos = 2}), "{a}");
}

static void looks_behind_the_tuple(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    insert(table, "{ok,1}");
    rs_ets_lookup_element(table, RS_ATOM(ok), 3);
}

static void deletes_no_object(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets_delete_object(new_table(RS_ETS_SET), RS_ATOM(ok));
}

static void inserts_what_lies_in_no_block(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets_insert(new_table(RS_ETS_SET), (rs_term)16 | RS_TAG_TUPLE);
}

static void inserts_a_torn_block(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t *torn = rs_alloc(8192);
    rs_term object = own_of("{a,{b,c}}");
    memcpy(torn, (const void *)(uintptr_t)(object - RS_TAG_BLOCK), 64);
    torn[2] = 5; /* elements, of which two are there */
    rs_ets_insert(new_table(RS_ETS_SET), (rs_term)(uintptr_t)torn | RS_TAG_BLOCK);
}

static void inserts_from_nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets_insert(new_table(RS_ETS_SET), (rs_term)16 | RS_TAG_BLOCK);
}

IN_PROCESS(mistakes_end_who_makes_them) {
    UNUSED_ARGS;
    static rs_entry *const mistakes[] = {
        gives_to_the_dead,       gives_to_itself,
        has_a_number_for_a_name, inserts_no_tuple,
        inserts_a_short_tuple,   looks_behind_the_tuple,
        deletes_no_object,       inserts_what_lies_in_no_block,
        inserts_a_torn_block,
    };
    rs_memory_use before;
    read_settled(&before);
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        ends_with(mistakes[i], NULL, 0, "badarg");
    memory_is(&before);
}

static void points_nowhere(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    ends_with(inserts_from_nowhere, NULL, 0, "sigsegv");
}
TEST(a_term_that_points_nowhere_crashes_its_caller_alone) {
    run_on(&two_threads, points_nowhere);
}

/* ------------------------------------------------------------------ limits */

static void makes_tables_without_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) new_table(RS_ETS_ORDERED_SET);
}

static void meets_the_limit(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    ends_with(makes_tables_without_end, NULL, 0, "{system_limit,tables}");
    memory_is(&before);
    rs_ets_delete(new_table(RS_ETS_SET));
}
TEST(there_is_a_limit_of_tables) {
    run_on(&one_core, meets_the_limit);
}

static void inserts_a_long_list(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term one = own_of("{a,1}"), objects[RS_ETS_LIST_MAX + 1];
    for (size_t i = 0; i <= RS_ETS_LIST_MAX; i++) objects[i] = one;
    rs_ets_insert(new_table(RS_ETS_BAG), rs_term_own_list(RS_ETS_LIST_MAX, objects));
    rs_ets_insert(new_table(RS_ETS_BAG), rs_term_own_list(RS_ETS_LIST_MAX + 1, objects));
}
IN_PROCESS(there_is_a_limit_of_lists) {
    UNUSED_ARGS;
    ends_with(inserts_a_long_list, NULL, 0, "{system_limit,list}");
}

static void inserts_without_end(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_ets table = new_table(RS_ETS_SET);
    char text[4096] = {0};
    for (int64_t i = 0;; i++) {
        rs_term texts[2] = {rs_term_integer(i), rs_term_own_text(text, sizeof text)};
        rs_ets_insert(table, rs_term_own_tuple(2, texts)); /* and forgets the own terms */
    }
}
static void runs_out_of_own_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    read_settled(&before);
    const rs_spawn_options options = {.entry = inserts_without_end, .arena_bytes = 1 << 20};
    rs_pid pid;
    CHECK_INT(rs_spawn_opt(&options, &pid), RS_OK);
    rs_ref ref = rs_monitor(pid);
    const rs_message *message = rs_receive(NULL, NULL, LONG_NS);
    CHECK(message && message->kind == RS_MESSAGE_DOWN && message->ref == ref);
    memory_is(&before);
}
TEST(who_forgets_own_terms_harms_itself_alone) {
    everywhere(runs_out_of_own_memory);
}

/* ------------------------------------------------------------------ the end, in slices */

#define CROWD 50000

static void fills(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_ets table = new_table(*(const rs_ets_type *)args);
    for (int64_t i = 0; i < CROWD; i++) insert_number(table, i, i);
    rs_receive(NULL, NULL, RS_FOREVER);
}

/* One core, so that each turn of ours is one in which nothing is freed. */
static void ends_in_slices(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_ets_type type = variant_of(args);
    rs_memory_use before, now;
    read_settled(&before);
    rs_pid owner = rs_spawn(fills, &type, sizeof type);
    do {
        wait_ns(MS);
        rs_memory_read(&now);
    } while (now.table < CROWD * 128);
    kill_and_wait(owner);
    rs_memory_read(&now);
    CHECK(now.table > before.table); /* we hear of it first */
    uint64_t turns = 0;
    for (; now.table > before.table; turns++) {
        rs_yield();
        rs_memory_read(&now);
    }
    CHECK(turns > CROWD / RS_DISPATCH_BUDGET / 2);
    memory_is(&before);
}
TEST(a_large_table_ends_in_slices) {
    run_with(&one_core, ends_in_slices, RS_ETS_SET);
    run_with(&one_core, ends_in_slices, RS_ETS_ORDERED_SET);
    run_with(&two_threads, ends_in_slices, RS_ETS_SET);
}

/* ------------------------------------------------------------------ in use until the end */

static void uses(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_ets table = *(const rs_ets *)args;
    for (int64_t i = 0;; i++) {
        rs_work(10); /* so that virtual time passes */
        insert_number(table, i % 700, i);
        number_of(table, (i * 7) % 700);
        rs_ets_delete_key(table, rs_term_integer((i * 3) % 700));
        if (i % 50) continue;
        rs_term_release(rs_ets_first(table));
        rs_ets_info info;
        rs_ets_info_read(table, &info);
    }
}

#if RS_TSAN
#define IN_USE_ROUNDS 14u
#define DEAL_ROUNDS   (ROUNDS / 12)
#else
#define IN_USE_ROUNDS 40u
#define DEAL_ROUNDS   (ROUNDS / 4)
#endif

/* Each meets its end in the middle of something. */
static void delete_in_use(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_memory_use before;
    insert_number(new_table(RS_ETS_SET), 1, 1);
    read_settled(&before);
    for (uint32_t round = 0; round < IN_USE_ROUNDS; round++) {
        rs_ets table = new_table(round % 4 ? RS_ETS_SET : RS_ETS_ORDERED_SET);
        rs_ref refs[4];
        for (int i = 0; i < 4; i++) rs_spawn_monitor(uses, &table, sizeof table, &refs[i]);
        wait_ns(800000 / IN_USE_ROUNDS * round);
        if (round % 3 == 0) rs_ets_delete_all_objects(table);
        rs_ets_delete(table);
        for (int i = 0; i < 4; i++) expect_down(0, refs[i], "badarg");
    }
    memory_is(&before);
}
TEST(a_table_that_goes_while_it_is_used_is_a_badarg) {
    everywhere(delete_in_use);
}

/* ------------------------------------------------------------------ killed anywhere */

static void deals(const void *args, uint32_t bytes) {
    (void)bytes;
    const rs_pid boss = *(const rs_pid *)args;
    rs_ets mine = rs_ets_new(&(rs_ets_options){.type = RS_ETS_BAG, .heir = boss});
    for (int64_t i = 0;; i++) {
        rs_work(10); /* so that virtual time passes */
        insert_number(NAME, i % 50, i);
        insert_number(mine, i, i);
        rs_ets_safe_fixtable(NAME, true);
        rs_ets_delete_key(NAME, rs_term_integer((i + 25) % 50));
        rs_term key = rs_ets_first(NAME);
        rs_term_release(rs_ets_take(NAME, key));
        rs_term_release(rs_ets_lookup(mine, rs_term_integer(i)));
        rs_ets_safe_fixtable(NAME, false);
        rs_ets_set_heir(mine, boss, own_of("{data,1}"));
        if (i % 7 == 0) rs_ets_delete_all_objects(mine);
        if (i % 11 == 0) rs_ets_delete(new_table(RS_ETS_SET));
        rs_ets_update_counter(NAME, RS_ATOM(ok), 2, 1, own_of("{ok,0}"));
    }
}

static void take_heritage(void) {
    const rs_message *message;
    while ((message = rs_receive(is_transfer, NULL, 0)))
        rs_ets_delete(((const rs_ets_transfer *)(const void *)message->payload)->table);
}

static void kills_dealers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_pid self = rs_self();
    rs_memory_use before;
    insert_number(new_table(RS_ETS_SET), 1, 1); /* from now on there is an arena, and a table */
    read_settled(&before);
    rs_ets_new(&(rs_ets_options){.name = NAME, .protection = RS_ETS_PUBLIC});
    for (int round = 0; round < DEAL_ROUNDS; round++) {
        rs_pid dealers[3];
        for (int i = 0; i < 3; i++) dealers[i] = rs_spawn(deals, &self, sizeof self);
        for (int i = 0; i < round % 3; i++) rs_yield();
        wait_ns((uint64_t)round * 7000 % 100000);
        for (int i = 0; i < 3; i++) kill_and_wait(dealers[i]);
        CHECK_INT(info_of(NAME).fixed, 0);
        take_heritage();
    }
    insert_number(NAME, 1, 1);
    rs_ets_delete(NAME);
    memory_is(&before);
}
TEST(killed_anywhere_a_process_leaves_nothing_behind) {
    everywhere(kills_dealers);
}

TEST_MAIN()
