%% peer_masses.erl: memory, sup_start.
%% SPDX-License-Identifier: MIT
-module(peer_masses).
-export([run/1, wait/1, hibernate/1, awake/0]).

run(memory) ->
    N = peer_main:number(n, 1000000, 1),
    Kind = peer_main:choice(kind, [table, server, process, hibernated], table),
    peer_main:done(),
    Add = adder(Kind),
    Resident = peer_main:resident(),
    Start = erlang:monotonic_time(),
    repeat(N, Add),
    Took = erlang:monotonic_time() - Start,
    {N, Took, [{bytes_per_process, (peer_main:resident() - Resident) / N}]};
run(sup_start) ->
    N = peer_main:number(n, 1000000, 1),
    peer_main:done(),
    Resident = peer_main:resident(),
    {Sup, First, FirstFaults} = start_all(N),
    Bytes = (peer_main:resident() - Resident) / N,
    unlink(Sup),
    Ref = monitor(process, Sup),
    exit(Sup, shutdown),
    receive {'DOWN', Ref, _, _, _} -> ok end,
    {_, Second, SecondFaults} = start_all(N),
    {N, First, [{first_ns, First / N}, {second_ns, Second / N}, {first_faults, FirstFaults},
                {second_faults, SecondFaults}, {bytes_per_process, Bytes}]}.

start_all(N) ->
    {ok, Sup} = peer_sup:start_tables(peer_table),
    Faults = peer_main:faults(),
    Start = erlang:monotonic_time(),
    repeat(N, fun() -> {ok, _} = supervisor:start_child(Sup, [10]) end),
    {Sup, erlang:monotonic_time() - Start, peer_main:faults() - Faults}.

repeat(0, _) -> ok;
repeat(Left, Do) -> Do(), repeat(Left - 1, Do).

adder(table) ->
    {ok, Sup} = peer_sup:start_tables(peer_table),
    fun() -> {ok, _} = supervisor:start_child(Sup, [10]) end;
adder(server) ->
    fun() -> {ok, _} = peer_server:start_link(none) end;
adder(Kind) ->
    Entry = case Kind of process -> wait; hibernated -> hibernate end,
    fun() -> spawn_link(?MODULE, Entry, [self()]), receive waiting -> ok end end.

wait(Driver) ->
    Driver ! waiting,
    awake().

hibernate(Driver) ->
    Driver ! waiting,
    erlang:hibernate(?MODULE, awake, []).

awake() -> receive stop -> ok end.
