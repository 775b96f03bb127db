%% stages.erl: the story of restarts on the real OTP, as respawn.events/1 on standard output. Named
%% gen_servers under a supervisor, each with a client, are killed one at a time; OTP's own tracing
%% tells what becomes of it, by the table in reports/README.md. The same is done before without
%% tracing, so that what it costs can be told, on standard error.
%%
%%     stages servers=4 kills=2000 every_ms=5 calls_ms=1
%%
%% SPDX-License-Identifier: MIT
-module(stages).
-export([main/1]).

main(Words) ->
    logger:set_primary_config(level, none),
    Settings = settings(Words, #{servers => 4, kills => 2000, every_ms => 5, calls_ms => 1}),
    {_, Ref} = spawn_monitor(fun() -> run(Settings) end),
    receive
        {'DOWN', Ref, _, _, normal} -> halt(0);
        {'DOWN', Ref, _, _, Why} -> io:format(standard_error, "stages: ~0p~n", [Why]), halt(1)
    end.

settings([], Settings) -> Settings;
settings([Word | Words], Settings) ->
    try
        [Key, Value] = string:split(Word, "="),
        settings(Words, maps:update(list_to_existing_atom(Key), list_to_integer(Value), Settings))
    catch
        error:_ -> io:format(standard_error, "stages: ~ts is none of ~0p~n",
                             [Word, maps:keys(Settings)]),
                   halt(2)
    end.

run(#{servers := Servers, kills := Kills, every_ms := Every, calls_ms := Pause}) ->
    Indices = lists:seq(1, Servers),
    Self = self(),
    {ok, Sup} = peer_sup:start_link(one_for_one, stages_server, [{Index, Self} || Index <- Indices]),
    [receive {initialised, Index, _} -> ok end || Index <- Indices],
    [spawn_link(fun() -> ask(stages_server:name(Index), Pause) end) || Index <- Indices],
    Plain = kill(Kills, Servers, Every),
    Tracer = spawn_opt(fun() -> note([]) end, [link, {priority, high}, {message_queue_data, off_heap}]),
    Living = [{whereis(stages_server:name(Index)), Index} || Index <- Indices],
    begin_tracing(Sup, Living, Tracer),
    Zero = erlang:monotonic_time(nanosecond),
    Traced = kill(Kills, Servers, Every),
    timer:sleep(20 * Pause), % who was started last is asked as well
    put_header(Zero, Sup),
    put_story(lists:keysort(1, faults(Traced) ++ end_tracing(Sup, Tracer)), Zero, Living),
    io:format(standard_error, "stages: from a kill to the replacement's init ~.1f us traced, "
              "~.1f us untraced (medians of ~w)~n", [median(Traced), median(Plain), Kills]).

ask(Name, Pause) ->
    receive after Pause -> ok end,
    try gen_server:call(Name, question, 1000) catch exit:_ -> ok end,
    ask(Name, Pause).

%% kill(Kills, Servers, Every): {Index, Pid, Killed, Initialised} of each.
kill(Kills, Servers, Every) -> kill(Kills, Servers, Every, rand:seed_s(exsss, 1), []).

kill(0, _, _, _, Done) -> lists:reverse(Done);
kill(Left, Servers, Every, Random0, Done) ->
    timer:sleep(Every),
    {Index, Random} = rand:uniform_s(Servers, Random0),
    Pid = whereis(stages_server:name(Index)),
    Killed = erlang:monotonic_time(nanosecond),
    exit(Pid, kill),
    receive {initialised, Index, Initialised} -> ok end,
    kill(Left - 1, Servers, Every, Random, [{Index, Pid, Killed, Initialised} | Done]).

median(Done) ->
    Took = lists:sort([Initialised - Killed || {_, _, Killed, Initialised} <- Done]),
    lists:nth((length(Took) + 1) div 2, Took) / 1000.

%% ------------------------------------------------------------------ tracing

%% Of the supervisor's messages, the exits and what its children's starts come to; of what a child
%% sends, its first reply, and then neither sends nor messages any more. Children inherit the flags.
begin_tracing(Sup, Living, Tracer) ->
    erlang:trace_pattern('receive', [{['_', '_', {'EXIT', '_', '_'}], [], []},
                                     {['_', '_', {ack, '_', '_'}], [], []}], []),
    erlang:trace_pattern(send, [{['_', {'_', '_'}], [{'=/=', {self}, Sup}],
                                 [{trace, [send, 'receive'], []}]}], []),
    Common = [procs, monotonic_timestamp, {tracer, Tracer}],
    [1 = erlang:trace(Pid, true, Common) || {Pid, _} <- Living],
    1 = erlang:trace(Sup, true, [send, 'receive', set_on_spawn | Common]).

end_tracing(Sup, Tracer) ->
    erlang:trace(all, false, [all]),
    Ref = erlang:trace_delivered(all),
    receive {trace_delivered, all, Ref} -> ok end,
    Tracer ! {tell, self()},
    receive {noted, Noted} -> lists:reverse([Event || Note <- Noted, Event <- event(Note, Sup)]) end.

note(Noted) ->
    receive
        {tell, Whom} -> Whom ! {noted, Noted};
        Trace -> note([Trace | Noted])
    end.

%% event(Trace, Sup): [{Time, What}] of what the story tells, [] of the rest.
event({trace_ts, Sup, 'receive', {'EXIT', Pid, _}, Time}, Sup) -> [{Time, {noticed, Pid}}];
event({trace_ts, Sup, 'receive', {ack, Pid, {ok, Pid}}, Time}, Sup) -> [{Time, {started, Pid}}];
event({trace_ts, Pid, spawned, _, _, Time}, _) -> [{Time, {spawned, Pid}}];
event({trace_ts, Pid, register, Name, Time}, _) -> [{Time, {reachable, Pid, Name}}];
event({trace_ts, Pid, exit, Reason, Time}, _) -> [{Time, {exit, Pid, Reason}}];
event({trace_ts, Pid, send, _, _, Time}, _) -> [{Time, {served, Pid}}];
event(_, _) -> [].

faults(Done) ->
    Numbered = lists:zip(lists:seq(1, length(Done)), Done),
    [{Killed, {fault, Pid, Cause}} || {Cause, {_, Pid, Killed, _}} <- Numbered].

%% ------------------------------------------------------------------ the story

put_header(Zero, Sup) ->
    true = is_process_alive(Sup),
    Began = erlang:system_time(second) - (erlang:monotonic_time(nanosecond) - Zero) div 1000000000,
    put_line([{format, "respawn.events/1"}, {runtime, "beam"}, {scenario, "stages"},
              {clock, "real"}, {scheduler, "OTP " ++ erlang:system_info(otp_release)},
              {threads, erlang:system_info(schedulers_online)},
              {t0, calendar:system_time_to_rfc3339(Began, [{offset, "Z"}])}]).

%% Lives are maps of a process's role, incarnation, cause and time of birth. A process is one of
%% ours when it registers a name: then it begins the role's next incarnation.
put_story(Events, Zero, Living) ->
    Names = [{Pid, stages_server:name(Index)} || {Pid, Index} <- Living],
    Lives = maps:from_list([{Pid, #{role => Name, incarnation => 1}} || {Pid, Name} <- Names]),
    Latest = maps:from_list([{Name, 1} || {_, Name} <- Names]),
    lists:foldl(fun({Time, What}, State) -> put_event(What, Time - Zero, State) end,
                {Lives, Latest}, Events).

put_event({spawned, Pid}, Time, {Lives, Latest}) ->
    {Lives#{Pid => #{born => Time}}, Latest};
put_event({reachable, Pid, Name}, Time, {Lives, Latest}) ->
    Incarnation = maps:get(Name, Latest) + 1,
    Life = (maps:get(Pid, Lives))#{role => Name, incarnation => Incarnation},
    put_life(reachable, Time, Life, []),
    {Lives#{Pid => Life}, Latest#{Name => Incarnation}};
put_event({fault, Pid, Cause}, Time, {Lives, Latest}) ->
    Life = (maps:get(Pid, Lives))#{cause => Cause},
    put_life(fault, Time, Life, []),
    {Lives#{Pid => Life}, Latest};
put_event(What, Time, {Lives, _} = State) ->
    case maps:get(element(2, What), Lives, none) of
        #{role := _} = Life -> put_life(element(1, What), Time, Life, more(What, Life));
        _ -> ok % it is none of the tree's
    end,
    State.

more({exit, _, Reason}, _) -> [{reason, lists:flatten(io_lib:format("~0p", [Reason]))}];
more({started, _}, #{born := Born}) -> [{init_ns, Born}];
more(_, _) -> [].

put_life(Event, Time, #{role := Role, incarnation := Incarnation} = Life, More) ->
    Cause = case Life of
                #{cause := Number} -> [{cause, Number}, {fault, "kills"}];
                _ -> []
            end,
    put_line([{t_ns, Time}, {event, Event}, {role, Role}, {incarnation, Incarnation}]
             ++ More ++ Cause).

put_line(Members) ->
    Texts = [[$", atom_to_list(Key), "\":", json(Value)] || {Key, Value} <- Members],
    io:put_chars([${, lists:join($,, Texts), "}\n"]).

json(Value) when is_integer(Value) -> integer_to_list(Value);
json(Value) when is_atom(Value) -> json(atom_to_list(Value));
json(Value) -> [$", [escape(Letter) || Letter <- Value], $"].

escape(Letter) when Letter =:= $"; Letter =:= $\\ -> [$\\, Letter];
escape(Letter) when Letter < 32 -> io_lib:format("\\u~4.16.0b", [Letter]);
escape(Letter) -> Letter.
