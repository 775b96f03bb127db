%% peer_sup.erl: the supervisor of every workload that has one. A million restarts a second are
%% allowed; a child is killed, not asked.
%% SPDX-License-Identifier: MIT
-module(peer_sup).
-behaviour(supervisor).
-export([start_link/3, start_tables/1, init/1]).

%% start_link(Strategy, Module, Args): a child Module for each of Args; one_for_one starts them at
%% once, simple_one_for_one by start_child.
start_link(Strategy, Module, Args) ->
    supervisor:start_link(?MODULE, {Strategy, permanent, Module, Args}).

start_tables(Module) -> supervisor:start_link(?MODULE, {simple_one_for_one, temporary, Module, []}).

init({Strategy, Restart, Module, Args}) ->
    Flags = #{strategy => Strategy, intensity => 1000000000, period => 1},
    Spec = #{id => child, restart => Restart, shutdown => brutal_kill},
    Start = fun(Arguments) -> {Module, start_link, Arguments} end,
    case Strategy of
        simple_one_for_one -> {ok, {Flags, [Spec#{start => Start([])}]}};
        _ -> {ok, {Flags, [Spec#{id => Index, start => Start([Arg])}
                           || {Index, _} = Arg <- Args]}}
    end.
