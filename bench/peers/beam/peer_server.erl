%% peer_server.erl: the gen_server behind calls, restarts and idle servers. One that is started with
%% a driver tells it when it has been initialised.
%% SPDX-License-Identifier: MIT
-module(peer_server).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

start_link(Args) -> gen_server:start_link(?MODULE, Args, []).

init({Index, Driver}) when is_pid(Driver) ->
    Driver ! {started, Index, self(), erlang:monotonic_time()},
    {ok, none};
init(_) ->
    {ok, none}.

handle_call(Number, _From, State) -> {reply, Number + 1, State}.
handle_cast(_, State) -> {noreply, State}.
