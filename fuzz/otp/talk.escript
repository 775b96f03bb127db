#!/usr/bin/env escript
%%! +S 1 -noinput
%% talk.escript: what the real OTP makes of the high-score tables as a talk supervised them: a supervisor that restarts
%% tables, and a registry that starts them again, too.
%%
%%     fuzz/otp/talk.escript scenarios/cli/test/talk.cases
%%
%% prints the file with what follows each case's settings recorded anew. All cases are played at once, on one scheduler,
%% so that no two processes of a case ever run at the same time and what follows from a crash has one order.
%% SPDX-License-Identifier: MIT
-module(talk).
-mode(compile).
-export([main/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

main([File]) ->
    ok = logger:set_primary_config(level, none),
    {ok, Text} = file:read_file(File),
    [Head | Cases] = string:split(string:trim(binary_to_list(Text)), "\n\n", all),
    Self = self(),
    Refs = [begin Ref = make_ref(), spawn(fun() -> Self ! {Ref, play(Case, N)} end), Ref end
            || {N, Case} <- lists:zip(lists:seq(1, length(Cases)), Cases)],
    io:put_chars([Head, $\n | [receive {Ref, Told} -> [$\n | Told] end || Ref <- Refs]]).

%%% ------------------------------------------------------------------ the design

name(Role, N) -> list_to_atom(Role ++ "-" ++ integer_to_list(N)).

init({top, Strategy, N}) ->
    {ok, {{Strategy, 3, 5},
          [{tables, {supervisor, start_link, [{local, name("tables", N)}, ?MODULE, {tables, N}]}, permanent,
            infinity, supervisor, [?MODULE]},
           {registry, {gen_server, start_link, [{local, name("registry", N)}, ?MODULE, {registry, N}, []]}, permanent,
            5000, worker, [?MODULE]}]}};
init({tables, N}) ->
    {ok, {{simple_one_for_one, 3, 5},
          [{table, {gen_server, start_link, [?MODULE, {table, N}]}, permanent, 5000, worker, [?MODULE]}]}};
init({table, _}) -> {ok, []};
init({registry, N}) -> {ok, {name("tables", N), #{}}}.

handle_call({add_score, Score}, _, Scores) -> {reply, ok, [Score | Scores]};
handle_call({add_game, Game}, _, {Tables, Games}) when is_map_key(Game, Games) ->
    {reply, {error, game_already_exists}, {Tables, Games}};
handle_call({add_game, Game}, _, {Tables, Games}) ->
    {ok, Pid} = supervisor:start_child(Tables, [[]]),
    monitor(process, Pid),
    {reply, ok, {Tables, Games#{Game => Pid}}};
handle_call({get_game, Game}, _, {_, Games} = State) ->
    {reply, maps:get(Game, Games, unknown_game), State}.

handle_cast(_, State) -> {noreply, State}.

handle_info({'DOWN', _, process, Pid, _}, {Tables, Games}) ->
    {noreply, {Tables, maps:map(fun(_, Table) -> replaced(Tables, Pid, Table) end, Games)}}.

replaced(Tables, Pid, Pid) ->
    {ok, New} = supervisor:start_child(Tables, [[]]),
    New;
replaced(_, _, Table) -> Table.

%%% ------------------------------------------------------------------ a case

play(Text, N) ->
    ["case " ++ _ | Lines] = All = string:split(Text, "\n", all),
    Settings = maps:from_list([{Word, Rest} || [Word | Rest] <- [string:lexemes(L, " ") || L <- Lines]]),
    [Strategy] = maps:get("strategy", Settings),
    [Count] = maps:get("games", Settings),
    [Every] = maps:get("every", Settings),
    Crashes = [list_to_integer(G) || G <- maps:get("crash", Settings)],
    Games = lists:seq(0, list_to_integer(Count) - 1),
    start(list_to_atom(Strategy), N),
    open(Games, N),
    Reopen = fun() -> is_map_key("reopen", Settings) andalso open(Games, N) end,
    Counts = [crash(Game, N, list_to_integer(Every), Reopen) || Game <- lists:droplast(Crashes)],
    {Before, Story} = record(fun() -> crash(lists:last(Crashes), N, list_to_integer(Every), fun() -> ok end) end, N),
    Children = lists:append(Counts, [Before, children(N)]),
    Kept = lists:takewhile(fun(L) -> not lists:prefix("children", L) end, All),
    [[L, $\n] || L <- Kept ++ [["children", [[$\s, integer_to_list(C)] || C <- Children]]] ++ Story
                 ++ [["score ", io_lib:format("~w", [add_score(0, N)])]]].

%% Whoever starts it is not its parent's concern.
start(Strategy, N) ->
    Self = self(),
    spawn(fun() ->
        erlang:trace(self(), true, [procs, set_on_spawn, {tracer, Self}]),
        {ok, Top} = supervisor:start_link({local, name("top", N)}, ?MODULE, {top, Strategy, N}),
        unlink(Top),
        Self ! started
    end),
    receive started -> ok end.

%% A call's answer, or why it had none.
ask(Server, Request) ->
    try gen_server:call(Server, Request)
    catch exit:{Reason, _} -> Reason
    end.

open(Games, N) -> [ask(name("registry", N), {add_game, Game}) || Game <- Games].

add_score(Game, N) ->
    case ask(name("registry", N), {get_game, Game}) of
        Pid when is_pid(Pid) -> ask(Pid, {add_score, 1});
        Other -> Other
    end.

children(N) ->
    try proplists:get_value(active, supervisor:count_children(name("tables", N)))
    catch exit:_ -> 0
    end.

%% The registry may lead to a dead table; the supervisor's latest child is who took its role.
victim(Game, N) ->
    Pid = gen_server:call(name("registry", N), {get_game, Game}),
    case is_process_alive(Pid) of
        true -> Pid;
        false -> lists:max([P || {_, P, _, _} <- supervisor:which_children(name("tables", N))])
    end.

%% Returns how many children there were before.
crash(Game, N, EveryMs, Reopen) ->
    Reopen(),
    Before = children(N),
    exit(victim(Game, N), kill),
    timer:sleep(EveryMs),
    Before.

%%% ------------------------------------------------------------------ what happened

flush() -> receive _ -> flush() after 0 -> ok end.

record(Do, N) ->
    flush(),
    Names = maps:from_list([{whereis(name(Role, N)), Role} || Role <- ["top", "tables", "registry"]]),
    Result = Do(),
    {Result, together(story(Names))}.

%% Events of processes without a name are a table's.
story(Names) ->
    receive
        {trace, Pid, register, Name} ->
            [Role, _] = string:split(atom_to_list(Name), "-"),
            [{up, Role, none} | story(Names#{Pid => Role})];
        {trace, Pid, exit, Reason} ->
            [{exit, maps:get(Pid, Names, table), Reason} | story(Names)];
        _ -> story(Names)
    after 0 -> []
    end.

%% Tables that end alike one after the other are one line.
together([]) -> [];
together([{exit, table, Reason} = Event | _] = Events) ->
    {Same, Rest} = lists:splitwith(fun(E) -> E =:= Event end, Events),
    [io_lib:format("exit ~w tables ~s", [length(Same), text(Reason)]) | together(Rest)];
together([{exit, Role, Reason} | Rest]) -> [io_lib:format("exit ~s ~s", [Role, text(Reason)]) | together(Rest)];
together([{up, Role, none} | Rest]) -> [["up ", Role] | together(Rest)].

%% Of a call that failed, the arguments are its caller's affair.
text({Reason, {gen_server, call, _}}) -> io_lib:format("{~w,{gen_server,call,_}}", [Reason]);
text(Reason) -> io_lib:format("~w", [Reason]).
