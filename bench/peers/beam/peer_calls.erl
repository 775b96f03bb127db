%% peer_calls.erl: call1, calln, tables.
%% SPDX-License-Identifier: MIT
-module(peer_calls).
-export([run/1]).

-define(SCORES, 1000000).
-define(PLAYERS, 10000).

run(call1) ->
    M = peer_main:number(m, 2000000, 1),
    peer_main:done(),
    run_pairs(1, M);
run(calln) ->
    M = peer_main:number(m, 5000000, 1),
    Clients = min(M, peer_main:number(clients, 1000, 1)),
    peer_main:done(),
    run_pairs(Clients, M);
run(tables) ->
    M = peer_main:number(m, 5000000, 1),
    Tables = peer_main:number(tables, 10000, 1),
    Clients = min(M, peer_main:number(clients, 64, 1)),
    Lat = peer_main:number(lat, 0, 0),
    Module = case peer_main:choice(kind, [erlang, elixir], erlang) of
                 erlang -> peer_table;
                 elixir -> 'Elixir.HighScoresTable'
             end,
    peer_main:done(),
    run_tables(Module, Tables, Clients, M div Clients, Lat =/= 0).

run_pairs(Clients, M) ->
    Each = M div Clients,
    Servers = [begin {ok, Pid} = peer_server:start_link(none), Pid end
               || _ <- lists:seq(1, Clients)],
    Start = erlang:monotonic_time(),
    [spawn_monitor(fun() -> call(Server, 0, Each) end) || Server <- Servers],
    peer_main:await(Clients),
    {Each * Clients, erlang:monotonic_time() - Start, []}.

%% Each answer is one more than the request.
call(_, Number, Number) -> ok;
call(Server, Number, End) -> call(Server, gen_server:call(Server, Number, infinity), End).

%% ------------------------------------------------------------------ tables

run_tables(Module, Tables, Clients, Each, Lat) ->
    {ok, Sup} = peer_sup:start_tables(Module),
    Pids = [begin {ok, Pid} = supervisor:start_child(Sup, [10]), Pid end
            || _ <- lists:seq(1, Tables)],
    Names = [<<"player-", (integer_to_binary(I))/binary>> || I <- lists:seq(1, ?PLAYERS)],
    persistent_term:put(tables, list_to_tuple(Pids)),
    persistent_term:put(names, list_to_tuple(Names)),
    Counts = counters:new(2, [write_concurrency]),
    Samples = case Lat of true -> counters:new(Clients * Each, []); false -> none end,
    Start = erlang:monotonic_time(),
    [spawn_monitor(fun() -> play(Module, Number, Each, Samples, Counts) end)
     || Number <- lists:seq(1, Clients)],
    peer_main:await(Clients),
    Took = erlang:monotonic_time() - Start,
    Share = counters:get(Counts, 2) / max(1, counters:get(Counts, 1)),
    {Clients * Each, Took, [{congrats_share, Share} | latencies(Samples, Clients * Each)]}.

latencies(none, _) -> [];
latencies(Samples, Count) ->
    peer_main:percentiles("", [counters:get(Samples, I) || I <- lists:seq(1, Count)]).

play(Module, Number, Each, Samples, Counts) ->
    Tables = persistent_term:get(tables),
    Names = persistent_term:get(names),
    Random = peer_main:random(Number),
    {Adds, Congrats} = case Samples of
                           none -> play(Module, Tables, Names, Random, Each, 0, 0);
                           _ -> play_timed(Module, Tables, Names, Random, Each, 0, 0,
                                           Samples, (Number - 1) * Each)
                       end,
    counters:add(Counts, 1, Adds),
    counters:add(Counts, 2, Congrats).

play(_, _, _, _, 0, Adds, Congrats) -> {Adds, Congrats};
play(Module, Tables, Names, Random, Left, Adds, Congrats) ->
    {Next, Added, Congratulated} = play_once(Module, Tables, Names, Random),
    play(Module, Tables, Names, Next, Left - 1, Adds + Added, Congrats + Congratulated).

play_timed(_, _, _, _, 0, Adds, Congrats, _, _) -> {Adds, Congrats};
play_timed(Module, Tables, Names, Random, Left, Adds, Congrats, Samples, Base) ->
    Start = erlang:monotonic_time(),
    {Next, Added, Congratulated} = play_once(Module, Tables, Names, Random),
    counters:put(Samples, Base + Left, erlang:monotonic_time() - Start),
    play_timed(Module, Tables, Names, Next, Left - 1, Adds + Added, Congrats + Congratulated,
               Samples, Base).

play_once(Module, Tables, Names, R0) ->
    R1 = rand:mwc59(R0),
    R2 = rand:mwc59(R1),
    Table = element(1 + peer_main:below(R1, tuple_size(Tables)), Tables),
    case peer_main:below(R2, 100) of
        Add when Add < 90 ->
            R3 = rand:mwc59(R2),
            R4 = rand:mwc59(R3),
            Name = element(1 + peer_main:below(R3, ?PLAYERS), Names),
            case Module:add_score(Table, Name, peer_main:below(R4, ?SCORES)) of
                {congrats, _} -> {R4, 1, 1};
                unfortunate -> {R4, 1, 0}
            end;
        _ ->
            true = is_list(Module:current_scores(Table)),
            {R2, 0, 0}
    end.
