#!/usr/bin/env escript
%% application.escript: what OTP's applications do in the cases of application.cases, which
%% runtime/otp/application_case_test.c plays here.
%%
%%     fuzz/otp/application.escript runtime/otp/test/application.cases
%%
%% prints the file with what follows each order recorded anew, from the OTP that is installed. Each
%% case runs in a node of its own, since some end it.
%%
%% SPDX-License-Identifier: MIT
-mode(compile).

main([File]) ->
    {ok, Bin} = file:read_file(File),
    Lines = string:split(string:trim(Bin, trailing, "\n"), "\n", all),
    print([binary_to_list(L) || L <- Lines]);
main(["run", Case, Out]) ->
    {ok, Bin} = file:read_file(Case),
    run([string:lexemes(L, " ") || L <- lines(Bin)], Out).

lines(Bin) ->
    [binary_to_list(L) || L <- string:split(Bin, "\n", all), L =/= <<>>].

%%% ------------------------------------------------------------------ from case to node

%% What is no order and no setting is what was recorded last time.
print([]) -> ok;
print(["case " ++ _ = Line | Rest]) ->
    {Case, Others} = lists:splitwith(fun is_of_case/1, Rest),
    Settings = [L || L <- Case, lists:prefix("app ", L) orelse lists:prefix("config ", L)
                                    orelse lists:prefix("command ", L)],
    Orders = [L || "> " ++ _ = L <- Case],
    Recorded = record_whole(Settings ++ Orders),
    [io:put_chars([L, $\n]) || L <- [Line] ++ Settings ++ Recorded ++ [""]],
    print(Others);
print(["" | Rest]) -> print(Rest);
print([Line | Rest]) ->
    io:put_chars([Line, $\n | [[$\n] || not lists:prefix("#", first(Rest))]]),
    print(Rest).

is_of_case("case " ++ _) -> false;
is_of_case("#" ++ _) -> false;
is_of_case(_) -> true.

first([]) -> "";
first([Line | _]) -> Line.

%% A node that dies may be too fast to say why.
record_whole(Lines) ->
    Recorded = record(Lines),
    case lists:last(Recorded) of
        ["= " | _] -> Recorded;
        "= " ++ _ -> Recorded;
        _ -> record_whole(Lines)
    end.

record(Lines) ->
    Dir = "/tmp/application_case_" ++ os:getpid(),
    _ = file:make_dir(Dir),
    Case = Dir ++ "/case",
    Out = Dir ++ "/out",
    ok = file:write_file(Case, [[L, $\n] || L <- Lines]),
    ok = file:write_file(Out, ""),
    ok = file:write_file(Dir ++ "/layer.config", io_lib:format("~p.~n", [config(Lines)])),
    Flags = " -kernel logger_level none -config " ++ Dir ++ "/layer" ++ command(Lines),
    Said = os:cmd("cd " ++ Dir ++ " && ERL_FLAGS='" ++ Flags ++ "' escript "
                  ++ filename:absname(escript:script_name()) ++ " run case out 2>&1"),
    {ok, Bin} = file:read_file(Out),
    _ = file:del_dir_r(Dir),
    lines(Bin) ++ last_words(Said).

config(Lines) ->
    All = [string:lexemes(L, " ") || "config " ++ _ = L <- Lines],
    Apps = lists:usort([A || ["config", A | _] <- All]),
    [{list_to_atom(A), [{list_to_atom(K), term(V)} || ["config", B, K, V] <- All, A =:= B]}
     || A <- Apps].

command(Lines) ->
    [[" -", A, " ", K, " ", V] || "command " ++ _ = L <- Lines,
                                  ["command", A, K, V] <- [string:lexemes(L, " ")]].

%% The reason of the controller, which the node prints when it ends.
last_words(Said) ->
    Pattern = "{\"Kernel pid terminated\",application_controller,\"(.*)\"}",
    case re:run(Said, Pattern, [{capture, [1], list}]) of
        {match, [Reason]} -> [["= ", string:replace(Reason, "\\", "", all)]];
        nomatch -> []
    end.

term(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ "."),
    {ok, Term} = erl_parse:parse_term(Tokens),
    Term.

%%% ------------------------------------------------------------------ a case

run(Lines, Out) ->
    persistent_term:put(out, filename:absname(Out)),
    register(judge, self()),
    Apps = [app(Name, Keys) || ["app", Name | Keys] <- Lines],
    true = code:add_path("."),
    Included = lists:append([proplists:get_value(included_applications, P)
                             || {application, _, P} <- Apps]),
    [ok = file:write_file(atom_to_list(A) ++ ".app", io_lib:format("~p.~n", [App]))
     || {application, A, _} = App <- Apps, lists:member(A, Included)],
    [begin
         say("~s", [lists:join(" ", Order)]),
         say("= ~s", [text(do(tl(Order), Apps))])
     end || [">" | _] = Order <- Lines],
    halt(0, [{flush, false}]).

say(Format, Args) ->
    ok = file:write_file(persistent_term:get(out), [io_lib:format(Format, Args), $\n], [append]).

text(Term) -> io_lib:format("~0p", [Term]).

value(Key, Keys) ->
    hd([V || K <- Keys, [N, V] <- [string:split(K, "=")], N =:= Key] ++ [""]).

names(Key, Keys) -> [list_to_atom(N) || N <- string:lexemes(value(Key, Keys), ",")].

app(Name, Keys) ->
    Phases = names("phases", Keys),
    Included = names("included", Keys),
    make_module(Name, Keys),
    Mod = list_to_atom(Name),
    Env = [{list_to_atom(K), term(V)} || One <- string:lexemes(value("env", Keys), ";"),
                                         [K, V] <- [string:split(One, ":")]],
    Start = case {Phases, Included} of
                {[_ | _], [_ | _]} -> {application_starter, [Mod, []]};
                _ -> {Mod, []}
            end,
    {application, Mod,
     [{description, "the " ++ Name}, {vsn, "1"}, {env, Env}, {included_applications, Included},
      {applications, names("applications", Keys)},
      {optional_applications, names("optional", Keys)}]
     ++ [{mod, Start} || not lists:member("library", Keys)]
     ++ [{start_phases, [{P, []} || P <- Phases]} || Phases =/= []]}.

%% A callback module of the application's name, whose functions know what they have to do.
make_module(Name, Keys) ->
    Source = "-module(NAME).
-export([start/2,prep_stop/1,stop/1,start_phase/3,config_change/3]).
start(_, _) ->
    say(\"start\"),
    case START of
        error -> {error, no};
        exit -> exit(no);
        normal -> exit(normal);
        ignore -> ignore;
        hang -> judge ! {hangs, self()}, receive never -> ok end;
        Other ->
            timer:sleep(case Other of slow -> 100; ok -> 0 end),
            Self = self(),
            Top = spawn_link(fun() -> process_flag(trap_exit, true), Self ! ready, top() end),
            receive ready -> {ok, Top} end
    end.
top() ->
    receive {'EXIT', _, R} -> SILENT orelse say(\"top\"), exit(R); {'end', R} -> exit(R) end.
prep_stop(S) -> say(\"prep_stop\"), S.
stop(_) -> say(\"stop\").
start_phase(P, _, _) ->
    say(\"start_phase \" ++ atom_to_list(P)),
    case {P, PHASE} of
        {q, error} -> {error, no};
        {q, exit} -> exit(no);
        {q, odd} -> odd;
        _ -> ok
    end.
config_change(C, N, R) ->
    say(io_lib:format(\"config_change ~0p ~0p ~0p\", [lists:sort(L) || L <- [C, N, R]])),
    case CHANGE of error -> {error, no}; Other -> Other end.
say(What) ->
    ok = file:write_file(persistent_term:get(out), [\"NAME \", What, 10], [append]).
",
    Filled = lists:foldl(fun({From, To}, Text) -> string:replace(Text, From, To, all) end, Source,
                         [{"NAME", Name}, {"SILENT", atom_to_list(lists:member("silent", Keys))},
                          {"START", word("start", Keys)},
                          {"PHASE", word("phase", Keys)}, {"CHANGE", word("change", Keys)}]),
    Forms = [form(F) || F <- string:split(lists:flatten(Filled), ".\n", all), F =/= ""],
    {ok, Module, Code} = compile:forms(Forms, []),
    {module, Module} = code:load_binary(Module, Name, Code).

word(Key, Keys) ->
    case value(Key, Keys) of "" -> "ok"; Word -> Word end.

form(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ "."),
    {ok, Form} = erl_parse:parse_form(Tokens),
    Form.

do(["load", A], Apps) -> load(A, Apps);
do(["unload", A], _) -> application:unload(list_to_atom(A));
do(["start", A, Type], Apps) -> start(A, Type, Apps);
do(["all", A, Type], Apps) ->
    _ = load(A, Apps),
    application:ensure_all_started(list_to_atom(A), list_to_atom(Type));
do(["stop", A], _) -> application:stop(list_to_atom(A));
do(["which"], Apps) -> ours(application:which_applications(), Apps);
do(["loaded"], Apps) -> lists:sort(ours(application:loaded_applications(), Apps));
do(["get", A, K], _) -> application:get_env(list_to_atom(A), list_to_atom(K));
do(["env", A], _) -> lists:sort(application:get_all_env(list_to_atom(A)));
do(["set", A, K, V], _) -> application:set_env(list_to_atom(A), list_to_atom(K), term(V));
do(["keep", A, K, V], _) ->
    application:set_env(list_to_atom(A), list_to_atom(K), term(V), [{persistent, true}]);
do(["unset", A, K], _) -> application:unset_env(list_to_atom(A), list_to_atom(K));
do(["forget", A, K], _) ->
    application:unset_env(list_to_atom(A), list_to_atom(K), [{persistent, true}]);
do(["change" | Config], Apps) ->
    Before = application_controller:prep_config_change(),
    New = config(["config " ++ lists:flatten(lists:join(" ", Three)) || Three <- threes(Config)]),
    ok = application_controller:change_application_data(Apps, New),
    application_controller:config_change(Before);
do(["end", A, R], _) -> end_top(A, fun(Top) -> Top ! {'end', term(R)} end);
do(["kill", A], _) -> end_top(A, fun(Top) -> exit(Top, kill) end);
do(["kill_start", A, Type], Apps) ->
    Self = self(),
    spawn(fun() -> Self ! {answer, start(A, Type, Apps)} end),
    receive {hangs, Pid} -> exit(Pid, kill) end,
    receive {answer, Answer} -> Answer end;
do(["twice", A, Type], Apps) ->
    Self = self(),
    [spawn(fun() -> Self ! {answer, start(A, Type, Apps)} end) || _ <- [1, 2]],
    [receive {answer, Answer} -> Answer end || _ <- [1, 2]];
do(["fatal" | Order], Apps) ->
    spawn(fun() -> do(Order, Apps) end),
    receive never -> ok end.

%% The first time with the description, later by name: OTP 25 has no other way to do it twice.
load(A, Apps) ->
    Name = list_to_atom(A),
    case lists:keymember(Name, 1, application:loaded_applications()) of
        true -> application:load(Name);
        false -> application:load(lists:keyfind(Name, 2, Apps))
    end.

start(A, Type, Apps) ->
    _ = load(A, Apps),
    application:start(list_to_atom(A), list_to_atom(Type)).

ours(Those, Apps) -> [T || T <- Those, lists:keymember(element(1, T), 2, Apps)].

threes([A, K, V | Rest]) -> [[A, K, V] | threes(Rest)];
threes([]) -> [].

%% The answer comes when the controller has dealt with it, unless that was its end.
end_top(A, How) ->
    Master = application_controller:get_master(list_to_atom(A)),
    {Top, _} = application_master:get_child(Master),
    Ref = monitor(process, Master),
    How(Top),
    receive {'DOWN', Ref, process, _, _} -> ok end,
    catch application:which_applications(),
    done.
