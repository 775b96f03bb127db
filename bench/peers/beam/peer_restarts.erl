%% peer_restarts.erl: restart, restart_group, kill_storm.
%% SPDX-License-Identifier: MIT
-module(peer_restarts).
-export([run/1]).

run(restart) ->
    N = peer_main:number(n, 10000, 1),
    Kills = peer_main:number(kills, 20000, 1),
    Pause = peer_main:number(pause_us, 0, 0),
    Strategy = peer_main:choice(strategy, [one_for_one, simple_one_for_one], one_for_one),
    peer_main:done(),
    Pids = start_family(Strategy, N),
    Start = erlang:monotonic_time(),
    Samples = kill_one_by_one(Kills, N, Pids, peer_main:random(1), Pause, []),
    Took = erlang:monotonic_time() - Start,
    {Init, Notified, Answered} = lists:unzip3(Samples),
    {Kills, Took, peer_main:percentiles("", Init) ++ peer_main:percentiles("notified_", Notified)
     ++ peer_main:percentiles("answered_", Answered)};
run(restart_group) ->
    N = peer_main:number(n, 1000, 1),
    Kills = peer_main:number(kills, 100, 1),
    Strategy = peer_main:choice(strategy, [one_for_all, rest_for_one], one_for_all),
    peer_main:done(),
    Places = [case Index of 1 -> Place; N -> Place; _ -> {Index, none} end
              || {Index, _} = Place <- places(N)],
    {ok, Sup} = peer_sup:start_link(Strategy, peer_server, Places),
    First = await_group(N, none),
    Start = erlang:monotonic_time(),
    Samples = kill_first(Kills, N, First, []),
    Took = erlang:monotonic_time() - Start,
    true = is_process_alive(Sup),
    {Init, Notified} = lists:unzip(Samples),
    {Kills, Took, peer_main:percentiles("", Init) ++ peer_main:percentiles("notified_", Notified)};
run(kill_storm) ->
    N = peer_main:number(n, 10000, 1),
    Kills = peer_main:number(kills, 50000, 1),
    Window = lists:min([N, Kills, peer_main:number(window, 100, 1)]),
    Strategy = peer_main:choice(strategy, [one_for_one, simple_one_for_one], one_for_one),
    peer_main:done(),
    Pids = start_family(Strategy, N),
    Start = erlang:monotonic_time(),
    {Random, Struck} = strike(Window, N, Pids, peer_main:random(1)),
    storm(Kills, Kills - Window, N, Struck, Random),
    {Kills, erlang:monotonic_time() - Start, []}.

%% Children whose init the driver wants to hear of.
places(N) -> [{Index, self()} || Index <- lists:seq(1, N)].

start_family(simple_one_for_one, N) ->
    {ok, Sup} = peer_sup:start_link(simple_one_for_one, peer_server, []),
    [{ok, _} = supervisor:start_child(Sup, [Place]) || Place <- places(N)],
    await_all(N, #{});
start_family(one_for_one, N) ->
    {ok, _} = peer_sup:start_link(one_for_one, peer_server, places(N)),
    await_all(N, #{}).

await_all(0, Pids) -> Pids;
await_all(Left, Pids) ->
    receive {started, Index, Pid, _} -> await_all(Left - 1, Pids#{Index => Pid}) end.

%% ------------------------------------------------------------------ restart

kill_one_by_one(0, _, _, _, _, Samples) -> Samples;
kill_one_by_one(Left, N, Pids, R0, Pause, Samples) ->
    Random = rand:mwc59(R0),
    Victim = 1 + peer_main:below(Random, N),
    pause(Pause),
    Killed = erlang:monotonic_time(),
    exit(maps:get(Victim, Pids), kill),
    receive
        {started, Victim, Pid, Init} ->
            Notified = erlang:monotonic_time(),
            1 = gen_server:call(Pid, 0, infinity),
            Answered = erlang:monotonic_time(),
            Sample = {Init - Killed, Notified - Killed, Answered - Killed},
            kill_one_by_one(Left - 1, N, Pids#{Victim := Pid}, Random, Pause, [Sample | Samples])
    end.

%% Timers count milliseconds; what is shorter is waited for awake, but letting others run.
pause(0) -> ok;
pause(Us) when Us >= 1000 -> timer:sleep(Us div 1000);
pause(Us) -> pause_until(erlang:monotonic_time() + Us * 1000).

pause_until(End) ->
    case erlang:monotonic_time() < End of
        true -> erlang:yield(), pause_until(End);
        false -> ok
    end.

%% ------------------------------------------------------------------ restart_group

%% Children start in order: the first one's pid is the next victim, the last one's news is all's.
await_group(N, First) ->
    receive
        {started, 1, Pid, _} when N > 1 -> await_group(N, Pid);
        {started, 1, Pid, Init} -> {Pid, Init};
        {started, N, _, Init} -> {First, Init}
    end.

kill_first(0, _, _, Samples) -> Samples;
kill_first(Left, N, {First, _}, Samples) ->
    Killed = erlang:monotonic_time(),
    exit(First, kill),
    {_, Init} = Group = await_group(N, none),
    Sample = {Init - Killed, erlang:monotonic_time() - Killed},
    kill_first(Left - 1, N, Group, [Sample | Samples]).

%% ------------------------------------------------------------------ kill_storm

%% Pids holds the children that live: who is killed leaves it until its replacement has told.
strike(0, _, Pids, Random) -> {Random, Pids};
strike(Left, N, Pids, R0) ->
    Random = rand:mwc59(R0),
    case maps:take(1 + peer_main:below(Random, N), Pids) of
        {Pid, Rest} -> exit(Pid, kill), strike(Left - 1, N, Rest, Random);
        error -> strike(Left, N, Pids, Random)
    end.

storm(0, _, _, _, _) -> ok;
storm(Left, Unstruck, N, Pids, Random) ->
    receive
        {started, Index, Pid, _} when Unstruck > 0 ->
            {Next, Struck} = strike(1, N, Pids#{Index => Pid}, Random),
            storm(Left - 1, Unstruck - 1, N, Struck, Next);
        {started, _, _, _} -> storm(Left - 1, 0, N, Pids, Random)
    end.
