%% peer_main.erl: the command line and the one line of JSON; see ../README.md.
%% SPDX-License-Identifier: MIT
-module(peer_main).
-export([main/1, number/3, choice/3, done/0]).
-export([await/1, random/1, below/2, percentiles/2, resident/0, faults/0]).

-define(WORKLOADS,
        #{"spawn_exit" => peer_messages, "pingpong" => peer_messages, "ring" => peer_messages,
          "fan_in" => peer_messages, "call1" => peer_calls, "calln" => peer_calls,
          "tables" => peer_calls, "restart" => peer_restarts, "restart_group" => peer_restarts,
          "kill_storm" => peer_restarts, "memory" => peer_masses, "sup_start" => peer_masses}).

%% The workload runs in a process whose queue lies off its heap: a million messages waiting there
%% are not copied by each garbage collection.
main([Workload | Words]) ->
    logger:set_primary_config(level, none),
    Module = maps:get(Workload, ?WORKLOADS, none),
    Module =:= none andalso refuse(["no such workload: ", Workload]),
    Run = fun() -> put(given, maps:from_list([split(Word) || Word <- Words])),
                   put(params, []),
                   Results = Module:run(list_to_atom(Workload)),
                   tell(Workload, lists:reverse(get(params)), Results) end,
    {_, Ref} = erlang:spawn_opt(Run, [monitor, {message_queue_data, off_heap}]),
    receive
        {'DOWN', Ref, _, _, normal} -> halt(0);
        {'DOWN', Ref, _, _, {refused, Why}} -> refuse(Why);
        {'DOWN', Ref, _, _, Reason} -> io:format(standard_error, "peer: ~0p~n", [Reason]), halt(1)
    end.

refuse(Why) ->
    io:format(standard_error, "peer: ~ts~n", [Why]),
    halt(2).

split(Word) ->
    case string:split(Word, "=") of
        [Key, Value] -> {list_to_atom(Key), Value};
        _ -> exit({refused, [Word, " is not key=value"]})
    end.

%% number(Key, Fallback, Least) takes a parameter that is a number, at least Least.
number(Key, Fallback, Least) ->
    Value = case take(Key) of
                none -> Fallback;
                Text -> try list_to_integer(Text)
                        catch error:badarg -> exit({refused, [Text, " is no number"]}) end
            end,
    Value >= Least orelse exit({refused, [atom_to_list(Key), " is too small"]}),
    put(params, [{Key, Value} | get(params)]),
    Value.

%% choice(Key, Words, Fallback) takes a parameter that is one of Words.
choice(Key, Words, Fallback) ->
    Value = case take(Key) of none -> Fallback; Text -> list_to_atom(Text) end,
    lists:member(Value, Words) orelse exit({refused, [atom_to_list(Value), " is not known"]}),
    put(params, [{Key, Value} | get(params)]),
    Value.

take(Key) ->
    Given = get(given),
    put(given, maps:remove(Key, Given)),
    maps:get(Key, Given, none).

%% done() refuses parameters that nobody took. `threads` is the emulator's already.
done() ->
    number(threads, erlang:system_info(schedulers_online), 1),
    case maps:keys(get(given)) of
        [] -> ok;
        [Key | _] -> exit({refused, ["unknown parameter ", atom_to_list(Key)]})
    end.

tell(Workload, Params, {Ops, Took, More}) ->
    io:format("{\"peer\": \"beam\", \"workload\": \"~s\", \"params\": {~ts}, ~ts}~n",
              [Workload, members(Params),
               members([{ops, Ops}, {seconds, Took / 1.0e9}, {ns_per_op, Took / Ops} | More])]).

members(Pairs) ->
    lists:join(", ", [io_lib:format("\"~s\": ~s", [Key, json(Value)]) || {Key, Value} <- Pairs]).

json(Value) when is_integer(Value) -> integer_to_list(Value);
json(Value) when is_float(Value) -> float_to_list(Value, [{decimals, 9}, compact]);
json(Value) when is_atom(Value) -> [$", atom_to_list(Value), $"].

%% await(Count) waits until Count monitored processes have ended normally.
await(0) -> ok;
await(Count) -> receive {'DOWN', _, _, _, normal} -> await(Count - 1) end.

%% The generator that OTP made for speed: about 4 ns a number.
random(Seed) -> rand:mwc59_seed(Seed).
below(State, Bound) -> (rand:mwc59_value32(State) * Bound) bsr 32.

%% percentiles(Prefix, Samples) of a non-empty list.
percentiles(Prefix, Samples) ->
    Sorted = list_to_tuple(lists:sort(Samples)),
    Count = tuple_size(Sorted),
    [{Prefix ++ Name, element(min(Count, Count * Permille div 1000 + 1), Sorted)}
     || {Name, Permille} <- [{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999},
                             {"max", 1000}]].

resident() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(Text, " "),
    binary_to_integer(Pages) * 4096.

faults() ->
    {ok, Text} = file:read_file("/proc/self/stat"),
    [_, Rest] = string:split(Text, ")", trailing),
    Fields = string:lexemes(Rest, " "),
    binary_to_integer(lists:nth(8, Fields)) + binary_to_integer(lists:nth(10, Fields)).
