%% peer_messages.erl: spawn_exit, pingpong, ring, fan_in.
%% SPDX-License-Identifier: MIT
-module(peer_messages).
-export([run/1]).

run(spawn_exit) ->
    N = peer_main:number(n, 1000000, 1),
    Batch = min(N, peer_main:number(batch, 1000, 1)),
    peer_main:done(),
    Start = erlang:monotonic_time(),
    spawn_batches(N div Batch, Batch),
    {N div Batch * Batch, erlang:monotonic_time() - Start, []};
run(pingpong) ->
    M = peer_main:number(m, 2000000, 1),
    peer_main:done(),
    {M, go_round(2, 2 * M), []};
run(ring) ->
    N = peer_main:number(n, 1000, 1),
    Hops = peer_main:number(hops, 5000000, 1),
    peer_main:done(),
    {Hops, go_round(N, Hops), []};
run(fan_in) ->
    M = peer_main:number(m, 5000000, 1),
    Senders = min(M, peer_main:number(senders, 8, 1)),
    Kind = peer_main:choice(kind, [off_heap, on_heap], off_heap),
    peer_main:done(),
    Each = M div Senders,
    Self = self(),
    Receiver = spawn_opt(fun() -> receive_all(Each * Senders, Self) end,
                         [link, {message_queue_data, Kind}]),
    Start = erlang:monotonic_time(),
    [spawn_link(fun() -> send_all(Each, Receiver) end) || _ <- lists:seq(1, Senders)],
    receive done -> ok end,
    {Each * Senders, erlang:monotonic_time() - Start, []}.

spawn_batches(0, _) -> ok;
spawn_batches(Batches, Batch) ->
    spawn_batch(Batch),
    peer_main:await(Batch),
    spawn_batches(Batches - 1, Batch).

spawn_batch(0) -> ok;
spawn_batch(Left) ->
    spawn_monitor(fun() -> ok end),
    spawn_batch(Left - 1).

%% The ball holds how many hops are left; who gets the last one tells the driver.
go_round(N, Hops) ->
    Driver = self(),
    Last = spawn_link(fun() -> receive {next, Next} -> pass_on(Next, Driver) end end),
    First = lists:foldl(fun(_, Next) -> spawn_link(fun() -> pass_on(Next, Driver) end) end,
                        Last, lists:seq(2, N)),
    Last ! {next, First},
    Start = erlang:monotonic_time(),
    First ! Hops - 1,
    receive done -> ok end,
    erlang:monotonic_time() - Start.

pass_on(Next, Driver) ->
    receive
        0 -> Driver ! done, pass_on(Next, Driver);
        Left -> Next ! Left - 1, pass_on(Next, Driver)
    end.

send_all(0, _) -> ok;
send_all(Left, To) -> To ! Left, send_all(Left - 1, To).

receive_all(0, Driver) -> Driver ! done;
receive_all(Left, Driver) -> receive _ -> receive_all(Left - 1, Driver) end.
