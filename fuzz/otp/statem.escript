#!/usr/bin/env escript
%%! +S 2 -noinput
%% statem.escript: what the real gen_statem does with the scripts of runtime/otp/test/gen_statem, and
%% scripts made by chance.
%%   statem.escript record FILE.script           their traces, to standard output
%%   statem.escript check FILE.script FILE.trace whether OTP still says the same
%%   statem.escript random SEED COUNT            scripts whose traces OTP leaves no choice in
%% Each script runs eight times, often with its timeouts or its sleeps a little longer, each by another bit:
%% what is not always the same is OTP's, or time's, own affair. `record` fails when it meets such a script, `random`
%% leaves it out.
%% runtime/otp/test/gen_statem/README.md has the formats.
%% SPDX-License-Identifier: MIT
-module(statem).
-mode(compile).
-export([main/1]).
-export([init/1, callback_mode/0, handle_event/4, terminate/3]).
-export([a/3, b/3, c/3, d/3]).

%% Each try has longer ones: a machine that is busy with something else is late by less of them.
-define(TICK_MS, 40).
-define(AT_ONCE, 16).
-define(TRIES, 7).
%% By so much of a tick at most: timeouts, sleeps.
-define(LONGER, [{0, 0}, {0, 0}, {1/4, 0}, {1/4, 0}, {1/4, 0}, {0, 3/8}, {0, 3/8}, {0, 3/8}]).

%%% ------------------------------------------------------------------ entry points

main(Words) ->
    ok = logger:set_primary_config(level, none),
    main_for(Words).

main_for(["record", File]) ->
    Results = traces(parse(read(File)), ?TRIES, ?TICK_MS),
    case [[name(S), $\n, T] || {S, {unsure, Traces}, _} <- Results, T <- Traces] of
        [] -> [io:put_chars(T) || {_, {sure, T}, _} <- Results];
        Unsure -> io:format(standard_error, "not always the same:~n~s", [Unsure]), halt(1)
    end;
main_for(["check", File, Recorded]) ->
    Scripts = parse(read(File)),
    Traces = [T ++ "\n" || T <- string:split(string:trim(read(Recorded), trailing), "\n\n", all)],
    case check(lists:zip(Scripts, Traces), ?TRIES, ?TICK_MS) of
        [] -> ok;
        Other -> io:format(standard_error, "not as recorded: ~p~n", [[name(S) || {S, _} <- Other]]), halt(1)
    end;
main_for(["random", Seed, Count]) ->
    rand:seed(exsss, erlang:phash2(Seed)),
    Sure = gather(list_to_integer(Count), 1, []),
    [io:put_chars([[L, $\n] || L <- S] ++ "\n") || S <- Sure];
main_for(_) ->
    io:format(standard_error, "usage: statem.escript record FILE | check FILE FILE | random SEED COUNT~n", []),
    halt(2).

read(File) ->
    {ok, Text} = file:read_file(File),
    binary_to_list(Text).

%% What differs, however often it is tried.
check(Pairs, 0, _) -> Pairs;
check([], _, _) -> [];
check(Pairs, Tries, TickMs) ->
    Results = traces([S || {S, _} <- Pairs], 0, TickMs),
    Same = [S || {{S, Trace}, {_, {sure, T}, _}} <- lists:zip(Pairs, Results),
                 string:trim(T) =:= string:trim(Trace)],
    check([Pair || {S, _} = Pair <- Pairs, not lists:member(S, Same)], Tries - 1, 2 * TickMs).

gather(Count, _, Sure) when length(Sure) >= Count ->
    lists:sublist(Sure, Count);
gather(Count, Number, Sure) ->
    Made = [random_script(N) || N <- lists:seq(Number, Number + ?AT_ONCE - 1)],
    Kept = [useful(S, Used) || {S, {sure, T}, Used} <- traces([parse_one(M) || M <- Made], 1, ?TICK_MS), is_telling(T)],
    gather(Count, Number + ?AT_ONCE, Sure ++ Kept).

%% Something must happen in it.
is_telling(Trace) -> length(string:split(lists:flatten(Trace), "\n", all)) >= 7.

%% The lines of a script, but for rules that were never followed.
useful(#{raw := Lines, rules := Rules}, Used) ->
    Useless = [Line || {_, _, _, _, _, Line} <- Rules, not lists:member(Line, Used)],
    Lines -- Useless.

%% [{Script, {sure, Trace} | {unsure, [Trace]}, the lines of rules that were followed}]
traces([], _, _) -> [];
traces(Scripts, Tries, TickMs) ->
    {Now, Later} = lists:split(min(?AT_ONCE, length(Scripts)), Scripts),
    Each = [{S, [run_aside(S, Longer, TickMs) || Longer <- ?LONGER]} || S <- Now],
    Judged = [judge(S, [await(R) || R <- Runs]) || {S, Runs} <- Each],
    Sure = [J || {_, {sure, _}, _} = J <- Judged],
    Unsure = [S || {S, {unsure, _}, _} <- Judged],
    Again = case Tries of
        0 -> Judged -- Sure;
        _ -> traces(Unsure, Tries - 1, 2 * TickMs)
    end,
    in_order(Now, Sure ++ Again) ++ traces(Later, Tries, TickMs).

in_order(Scripts, Judged) -> [lists:keyfind(S, 1, Judged) || S <- Scripts].

%% The same in order when times are longer, and in time when they are not. An info that the machine
%% was not sent: see `The restarted timeout` in the README.
judge(Script, [{A, Used, LateA}, {B, _, LateB} | Longer]) ->
    Same = A =:= B andalso lists:all(fun({T, _, _}) -> timeless(T) =:= timeless(A) end, Longer),
    case Same andalso LateA ++ LateB =:= [] andalso string:find(A, "restarted_timeout") =:= nomatch of
        true -> {Script, {sure, A}, Used};
        false -> {Script, {unsure, [A, B | [T || {T, _, _} <- Longer]]}, Used}
    end.

timeless(Trace) ->
    [re:replace(L, "^(call [0-9]+ )?[0-9]+ ", "\\1", [{return, list}])
     || L <- string:split(Trace, "\n", all)].

%% Apart, so that when the machine stands still it does not do the same to all.
run_aside(Script, Longer, TickMs) ->
    {_, Ref} = spawn_monitor(fun() -> timer:sleep(rand:uniform(500)), exit({trace, run(Script, Longer, TickMs)}) end),
    Ref.

await(Ref) ->
    receive {'DOWN', Ref, process, _, Why} ->
        case Why of
            {trace, Trace} -> Trace;
            _ -> io:format(standard_error, "~p~n", [Why]), halt(1)
        end
    end.

%%% ------------------------------------------------------------------ reading

parse(Text) ->
    Scripts = [[L || L <- string:split(S, "\n", all), hd(L ++ "#") =/= $#]
               || S <- string:split(Text, "\n\n", all)],
    [parse_one(S) || S <- Scripts, S =/= []].

parse_one(Lines) ->
    lists:foldl(fun parse_line/2, #{raw => Lines, rules => [], commands => []}, Lines).

name(#{name := Name}) -> Name.

parse_line(Line, Script) ->
    case string:lexemes(Line, " ") of
        ["script", Name] -> Script#{name => Name};
        ["mode" | Modes] -> Script#{mode => [list_to_atom(M) || M <- Modes]};
        ["init", Result | Actions] -> Script#{init => {word(Result), [word(A) || A <- Actions]}};
        ["on", State, Event, Times, Result | Actions] ->
            Rule = {list_to_atom(State), word(Event), times(Times), word(Result),
                    [word(A) || A <- Actions], Line},
            Script#{rules := maps:get(rules, Script) ++ [Rule]};
        ["do", Command] -> Script#{commands := maps:get(commands, Script) ++ [word(Command)]}
    end.

%% set:t1:3:x is [set,t1,3,x]
word(Text) ->
    [try list_to_integer(P) catch error:_ -> list_to_atom(P) end || P <- string:split(Text, ":", all)].

times("*") -> infinity;
times(Text) -> list_to_integer(Text).

%%% ------------------------------------------------------------------ one run

run(Script, {Longer, LongerSleeps}, TickMs) ->
    process_flag(trap_exit, true),
    put(tick, TickMs),
    put(longer, round(Longer * TickMs)),
    put(longer_sleeps, round(LongerSleeps * TickMs)),
    put(scribe, self()),
    put(began, now_ms()),
    put(due, get(began)),
    Given = {Script, maps:from_list(get())},
    Lines = case gen_statem:start_link(?MODULE, Given, []) of
        {ok, Pid} ->
            be_in_time(now_ms() - get(began)),
            Calls = command(maps:get(commands, Script), Pid, []),
            log(ending(Pid)),
            exit(Pid, kill),
            [outcome(C) || C <- Calls];
        ignore -> log("end ignore"), [];
        {error, Why} -> log(["end error ", text(Why)]), []
    end,
    All = ["script " ++ name(Script) | logged(log)] ++ Lines,
    {lists:flatten([[[L, $\n] || L <- All], $\n]), logged(used), logged(late)}.

log(Line) -> get(scribe) ! {log, Line}.
log_now(Line) ->
    be_in_time((now_ms() - get(began)) rem get(tick)),
    log([integer_to_list(tick()), " ", Line]).
logged(What) -> receive {What, Line} -> [Line | logged(What)] after 0 -> [] end.

now_ms() -> erlang:monotonic_time(millisecond).
tick() -> (now_ms() - get(began)) div get(tick).

%% Whoever comes in the second half of a tick might as well have come in the next.
be_in_time(Late) ->
    case Late > get(tick) div 2 of
        true -> get(scribe) ! {late, Late};
        false -> ok
    end.

text(Term) -> io_lib:format("~w", [Term]).

duration(0, _) -> 0;
duration(Ticks, 0) -> Ticks * get(tick);
duration(Ticks, Longer) -> Ticks * get(tick) + rand:uniform(Longer).

command([], _, Calls) -> lists:reverse(Calls);
command([C | Rest], Pid, Calls) ->
    case C of
        [call, Word] -> command(Rest, Pid, [begin_call(Pid, Word, length(Calls) + 1) | Calls]);
        _ -> obey(C, Pid), command(Rest, Pid, Calls)
    end.

obey([cast, Word], Pid) -> gen_statem:cast(Pid, Word);
obey([info, Word], Pid) -> Pid ! Word;
obey([sleep, Ticks], _) ->
    put(due, get(due) + duration(Ticks, get(longer_sleeps))),
    timer:sleep(max(0, get(due) - now_ms())),
    be_in_time(now_ms() - get(due));
obey([exit, Why], Pid) -> exit(Pid, Why);
obey([suspend], Pid) -> catch sys:suspend(Pid, infinity);
obey([resume], Pid) -> catch sys:resume(Pid, infinity);
obey([get_state], Pid) -> attempt(get_state, fun() -> shown(sys:get_state(Pid, infinity)) end);
obey([replace_state, State], Pid) ->
    Replace = fun({_, Data}) -> {State, Data#{count := 0}} end,
    attempt(replace_state, fun() -> shown(sys:replace_state(Pid, Replace, infinity)) end);
obey([stop, Why], Pid) -> attempt(stop, fun() -> gen_statem:stop(Pid, Why, infinity) end).

attempt(What, Fun) ->
    Result = try Fun() catch exit:_ -> failed end,
    log_now([atom_to_list(What), " ", text(Result)]).

%% What was sent before has been handled, and the caller waits before anything else happens: whether
%% one calls who is about to end, or who has ended, would be left to chance.
begin_call(Pid, Word, Number) ->
    try sys:get_state(Pid, infinity) catch exit:_ -> gone end,
    Dictionary = get(),
    {Caller, Ref} = spawn_monitor(fun() ->
        [put(K, V) || {K, V} <- Dictionary],
        Reply = gen_statem:call(Pid, Word),
        exit({answered, tick(), Reply})
    end),
    until_waiting(Caller),
    {Number, Ref}.

until_waiting(Caller) ->
    case process_info(Caller, status) of
        {status, waiting} -> ok;
        undefined -> ok;
        _ -> timer:sleep(1), until_waiting(Caller)
    end.

outcome({Number, Ref}) ->
    receive {'DOWN', Ref, process, _, Why} ->
        ["call ", integer_to_list(Number), " ", case Why of
            {answered, Tick, Reply} -> [integer_to_list(Tick), " reply ", text(Reply)];
            {R, {gen_statem, call, _}} -> ["exit ", text(bare(R)), " {gen_statem,call}"]
        end]
    end.

%% Who does not answer is about to end, if it has not; then its EXIT comes.
ending(Pid) ->
    try sys:get_state(Pid, infinity) of
        State -> ["end alive ", text(shown(State))]
    catch exit:_ ->
        receive {'EXIT', Pid, Why} -> ["end down ", text(bare(Why))] end
    end.

shown({State, #{count := Count}}) -> {State, Count}.

%% Without a stack, and what is new in a state.
bare({Why, [{_, _, _, _} | _]}) -> bare(Why);
bare({bad_state_enter_return_from_state_function, Result}) ->
    {bad_state_enter_return_from_state_function, {next_state, element(2, Result)}};
bare(Why) -> Why.

%%% ------------------------------------------------------------------ the machine

init({#{init := {Result, Actions}, mode := Mode} = Script, Dictionary}) ->
    maps:foreach(fun(K, V) -> put(K, V) end, Dictionary),
    put(mode, Mode -- [trap_exit]),
    put(rules, maps:get(rules, Script)),
    process_flag(trap_exit, lists:member(trap_exit, Mode)),
    case Result of
        [ignore] -> ignore;
        [stop, Why] -> {stop, Why};
        [State] -> {ok, State, #{count => 0, saved => none}, [action(A, none, none) || A <- Actions]}
    end.

callback_mode() -> get(mode).

a(Type, Content, Data) -> handle_event(Type, Content, a, Data).
b(Type, Content, Data) -> handle_event(Type, Content, b, Data).
c(Type, Content, Data) -> handle_event(Type, Content, c, Data).
d(Type, Content, Data) -> handle_event(Type, Content, d, Data).

handle_event(Type, Content, State, #{count := Count, saved := Saved} = Data) ->
    Kind = kind(Type),
    log_now([atom_to_list(State), " ", atom_to_list(Kind), " ", text(content(Content))]),
    {Result, Words} = choose(get(rules), [], State, Kind, Content),
    From = case Type of {call, F} -> F; _ -> none end,
    Kept = case lists:member([save], Words) andalso From =/= none of true -> From; false -> Saved end,
    Actions = lists:flatten([action(W, From, Kept) || W <- Words]),
    result(Result, Data#{count := Count + 1, saved := Kept}, Actions).

kind({call, _}) -> call;
kind({timeout, Name}) -> element(Name, {t1, t2});
kind(Type) -> Type.

content({timeout, Ref, _}) when is_reference(Ref) -> restarted_timeout;
content(Content) -> Content.

choose([], _, _, _, _) -> {[keep], []};
choose([{S, [K, C], Times, Result, Actions, Line} = Rule | Rules], Before, State, Kind, Content) ->
    Fits = (S =:= '*' orelse S =:= State) andalso K =:= Kind andalso (C =:= '*' orelse C =:= Content),
    case Fits andalso Times =/= 0 of
        true ->
            get(scribe) ! {used, Line},
            Left = case Times of infinity -> infinity; _ -> Times - 1 end,
            put(rules, lists:reverse(Before, [setelement(3, Rule, Left) | Rules])),
            {Result, Actions};
        false -> choose(Rules, [Rule | Before], State, Kind, Content)
    end.

result([keep], Data, Actions) -> {keep_state, Data, Actions};
result([repeat], Data, Actions) -> {repeat_state, Data, Actions};
result([next, State], Data, Actions) -> {next_state, State, Data, Actions};
result([stop, Why], Data, _) -> {stop, Why, Data};
result([stop_and_reply, Why], Data, Actions) -> {stop_and_reply, Why, Actions, Data}.

action([save], _, _) -> [];
action([postpone], _, _) -> postpone;
action([hibernate], _, _) -> hibernate;
action([reply, Word], From, _) -> answer(From, Word);
action([reply_saved, Word], _, Saved) -> answer(Saved, Word);
action([insert, call, Word], none, none) -> {next_event, internal, Word};
action([insert, call, Word], none, Saved) -> {next_event, {call, Saved}, Word};
action([insert, call, Word], From, _) -> {next_event, {call, From}, Word};
action([insert, Kind, Word], _, _) -> {next_event, type(Kind), Word};
action([set, Which, Ticks, Word], _, _) -> {type(Which), duration(Ticks, get(longer)), Word};
action([update, Which, Word], _, _) -> {type(Which), update, Word};
action([cancel, Which], _, _) -> {type(Which), cancel}.

answer(none, _) -> [];
answer(From, Word) -> {reply, From, Word}.

type(t1) -> {timeout, 1};
type(t2) -> {timeout, 2};
type(Type) -> Type.

terminate(Why, State, _) ->
    log_now(["terminate ", atom_to_list(State), " ", text(bare(Why))]).

%%% ------------------------------------------------------------------ chance

%% A rule holds a few times only, so that no script goes on for ever.
random_script(Number) ->
    Enter = pick(["", " state_enter"]),
    ["script r" ++ integer_to_list(Number),
     "mode " ++ pick(["state_functions", "handle_event_function"]) ++ Enter,
     "init a" ++ actions(pick([0, 0, 1, 2]), [set, set, insert])]
        ++ [rule(Enter) || _ <- lists:seq(1, 6 + rand:uniform(12))]
        ++ ["do " ++ command() || _ <- lists:seq(1, 4 + rand:uniform(9))]
        ++ ["do sleep:40"].

rule(Enter) ->
    Kind = pick([cast, cast, cast, info, call, call, internal, internal, timeout, timeout, state_timeout,
                 t1, t2] ++ [enter || Enter =/= "", _ <- [1, 2, 3]]),
    Result = result_word(Kind, rand:uniform(100)),
    lists:flatten(io_lib:format("on ~s ~s:~s ~w ~s~s",
                  [pick(["a", "b", "c", "*", "*"]), Kind, content_word(Kind), rand:uniform(3), Result,
                   actions(Kind, Result)])).

content_word(enter) -> "*";
content_word(_) -> pick(["x", "y", "z", "*", "*", "*"]).

result_word(enter, N) when N =< 4 -> "next:" ++ state();
result_word(enter, N) when N =< 12 -> "repeat";
result_word(enter, N) when N =< 98 -> "keep";
result_word(_, N) when N =< 45 -> "keep";
result_word(_, N) when N =< 85 -> "next:" ++ state();
result_word(_, N) when N =< 93 -> "repeat";
result_word(_, N) when N =< 97 -> "stop:" ++ pick(["normal", "shutdown", "oops"]);
result_word(_, _) -> "stop_and_reply:" ++ pick(["normal", "oops"]).

%% What comes after something that is not allowed is done by ours, and not by OTP: it comes last.
actions(_, "stop:" ++ _) -> "";
actions(_, "stop_and_reply:" ++ _) -> actions(pick([1, 2]), [reply]);
actions(enter, "next:" ++ _) -> "";
actions(enter, _) ->
    actions(pick([0, 1, 1, 2]), [set, set, set, cancel, update, reply_saved, hibernate])
        ++ case rand:uniform(25) of 1 -> actions(1, [postpone, insert]); _ -> "" end;
actions(Count, Kinds) when is_integer(Count) ->
    lists:append([[$\s | action_word(pick(Kinds))] || _ <- lists:seq(1, Count)]);
actions(Kind, _) ->
    actions(pick([0, 1, 1, 2, 3]),
            [postpone, postpone, postpone, insert, insert, insert, set, set, set, set, cancel, update,
             hibernate] ++ lists:append([[reply, reply, reply, save, save] || Kind =:= call])).

action_word(postpone) -> "postpone";
action_word(hibernate) -> "hibernate";
action_word(save) -> "save";
action_word(reply) -> pick(["reply:", "reply:", "reply_saved:"]) ++ thing();
action_word(reply_saved) -> "reply_saved:" ++ thing();
action_word(insert) ->
    Kind = pick(["internal", "internal", "internal", "cast", "info", "call", "timeout", "state_timeout", "t1"]),
    "insert:" ++ Kind ++ ":" ++ thing();
action_word(set) ->
    Ticks = pick(["0", "0", "0", "1", "2", "3", "5", "6", "7", "9"]),
    "set:" ++ timeout_word() ++ ":" ++ Ticks ++ ":" ++ thing();
action_word(update) -> "update:" ++ timeout_word() ++ ":" ++ thing();
action_word(cancel) -> "cancel:" ++ timeout_word().

timeout_word() -> pick(["timeout", "state_timeout", "state_timeout", "t1", "t2"]).
thing() -> pick(["x", "y", "z"]).
state() -> pick(["a", "b", "c"]).

command() ->
    case pick([cast, cast, cast, info, call, call, sleep, sleep, sleep]) of
        sleep -> pick(["sleep:4", "sleep:8"]);
        Kind -> atom_to_list(Kind) ++ ":" ++ thing()
    end.

pick(List) -> lists:nth(rand:uniform(length(List)), List).
