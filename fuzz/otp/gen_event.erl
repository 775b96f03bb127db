%% gen_event: plays scripts about event managers on the real OTP and prints what happens.
%% Usage: escript fuzz/otp/gen_event.erl CASES, where CASES is runtime/otp/test/gen_event.cases: of each case the lines up to
%% the next blank one that begin with `> ` are its script; the rest is what this program prints.
%% SPDX-License-Identifier: MIT
-module(gen_event_cases).
-mode(compile).
-export([main/1, init/1, handle_event/2, handle_call/2, handle_info/2, terminate/2]).

main([File]) ->
    logger:set_primary_config(level, none),
    {ok, Bytes} = file:read_file(File),
    [play(Line) || Line <- string:split(string:trim(binary_to_list(Bytes)) ++ "\n", "\n", all)].

%% ---------------------------------------------------------------- handlers

init({{Id, Init}, Handed}) -> begin_as(Id, Init, io_lib:format("takes over ~w", [Handed]));
init({Id, Init}) -> begin_as(Id, Init, "begins").

begin_as(Id, fail, _) -> say("~w fails", [Id]), nope;
begin_as(Id, exit, _) -> say("~w exits", [Id]), exit(boom);
begin_as(Id, Init, How) -> say("~w ~s", [Id, How]), {ok, {Id, Init}}.

handle_event({Id, Do}, {Id, _} = S) -> say("~w event ~w", [Id, Do]), follow(Do, S);
handle_event(_, {Id, _} = S) -> say("~w event", [Id]), {ok, S}.

handle_call(Do, {Id, _} = S) ->
    say("~w call ~w", [Id, Do]),
    case follow(Do, S) of
        {ok, S} -> {ok, Id, S};
        remove_handler -> {remove_handler, Id};
        {swap_handler, Why, S, To, Args} -> {swap_handler, Id, Why, S, To, Args};
        Other -> Other
    end.

handle_info({Id, Do}, {Id, _} = S) -> say("~w info ~w", [Id, Do]), follow(Do, S);
handle_info({'EXIT', _, Reason}, {Id, _} = S) -> say("~w info EXIT ~w", [Id, Reason]), {ok, S};
handle_info(_, {Id, _} = S) -> say("~w info", [Id]), {ok, S}.

terminate(Why, {Id, Init}) ->
    say("~w terminate ~w", [Id, Why]),
    case Init of tcrash -> exit(tboom); _ -> {left, Id} end.

follow(ok, S) -> {ok, S};
follow(remove, _) -> remove_handler;
follow(junk, _) -> bad_return_value;
follow(exit, _) -> exit(boom);
follow(swap, S) -> {swap_handler, swapped, S, {?MODULE, new}, {new, ok}};
follow(swapfail, S) -> {swap_handler, swapped, S, {?MODULE, new}, {new, fail}}.

say(Format, Args) -> tracer ! {said, io_lib:format(Format, Args)}.

%% ---------------------------------------------------------------- scripts

play("> " ++ Text = Line) ->
    io:format("~s~n", [Line]),
    case whereis(tracer) of undefined -> start(); _ -> ok end,
    Result = (catch do(list_to_tuple([list_to_atom(W) || W <- string:tokens(Text, " ")]))),
    io:format("= ~s~n", [name(Result)]),
    settle(get(manager)),
    flush();
play("") -> io:format("~n"), finish();
play("case" ++ _ = Line) -> io:format("~s~n", [Line]);
play(_) -> ok.

start() ->
    register(tracer, self()),
    process_flag(trap_exit, true),
    {ok, M} = gen_event:start_link(),
    put(manager, M),
    put(watch, monitor(process, M)).

finish() ->
    case get(manager) of
        undefined -> ok;
        M -> unlink(M), exit(M, kill), await_end(), unregister(tracer), erase(), drop()
    end.

drop() -> receive _ -> drop() after 0 -> ok end.

%% All that the manager was sent before is done when it answers. Who does not is dead, or about to be; its EXIT comes
%% before its DOWN.
settle(M) -> try sys:get_state(M, infinity) catch exit:_ -> await_end() end.

await_end() ->
    case erase(watch) of
        undefined -> ok;
        Watch -> await_down(Watch)
    end.

%% Who has died has told those it was linked to before.
await_down(Watch) -> receive {'DOWN', Watch, process, _, _} -> ok end.

%% What one cannot foretell is left out: our name for the module, who owns a new handler.
name(Term) -> re:replace(io_lib:format("~w", [Term]), "gen_event_cases", "h", [global, {return, list}]).

flush() ->
    receive
        {said, Text} -> io:format("  ~s~n", [name_text(Text)]), flush();
        {gen_event_EXIT, {_, Id}, {swapped, H, _}} -> io:format("  told ~w {swapped,~s}~n", [Id, name(H)]), flush();
        {gen_event_EXIT, {_, Id}, Reason} -> io:format("  told ~w ~w~n", [Id, Reason]), flush();
        {'EXIT', _, Reason} -> io:format("  manager EXIT ~w~n", [Reason]), flush()
    after 0 -> ok
    end.
name_text(Text) -> re:replace(Text, "gen_event_cases", "h", [global, {return, list}]).

h(Id) -> {?MODULE, Id}.

do(Op) -> do(Op, get(manager)).
do({add, Id, Init}, M) -> gen_event:add_handler(M, h(Id), {Id, Init});
do({sup, Id, Init}, M) -> gen_event:add_sup_handler(M, h(Id), {Id, Init});
do({delete, Id, Why}, M) -> gen_event:delete_handler(M, h(Id), Why);
do({sync, Id, Do}, M) -> gen_event:sync_notify(M, {Id, Do});
do({notify, Id, Do}, M) -> gen_event:notify(M, {Id, Do});
do({info, Id, Do}, M) -> M ! {Id, Do}, ok;
do({call, Id, Do}, M) -> gen_event:call(M, h(Id), Do, infinity);
do({swap, Id, Why, New, Init}, M) -> gen_event:swap_handler(M, {h(Id), Why}, {h(New), {New, Init}});
do({swapsup, Id, Why, New, Init}, M) -> gen_event:swap_sup_handler(M, {h(Id), Why}, {h(New), {New, Init}});
do({which}, M) -> gen_event:which_handlers(M);
do({state}, M) -> [{A, B, C} || {A, B, {C, _}} <- sys:get_state(M, infinity)];
do({own, Name, Id, Init}, M) ->
    P = case get(Name) of undefined -> spawn(fun owner/0); Old -> Old end,
    put(Name, P),
    P ! {run, self(), fun() -> gen_event:add_sup_handler(M, h(Id), {Id, Init}) end},
    receive {P, Result} -> Result end;
do({'end', Name, Reason}, _) ->
    Watch = monitor(process, get(Name)),
    erase(Name) ! {die, Reason},
    await_down(Watch);
do({stranger, Reason}, M) ->
    {_, Watch} = spawn_monitor(fun() -> link(M), exit(Reason) end),
    await_down(Watch);
do({stop}, M) -> gen_event:stop(M);
do({stop, Reason}, M) -> gen_event:stop(M, Reason, infinity).

owner() ->
    receive
        {run, From, F} -> From ! {self(), catch F()}, owner();
        {die, Reason} -> exit(Reason);
        _ -> owner()
    end.
