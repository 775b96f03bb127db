%% stages_server.erl: a named gen_server that answers what it is asked, and tells its driver when it
%% has been initialised.
%% SPDX-License-Identifier: MIT
-module(stages_server).
-behaviour(gen_server).
-export([start_link/1, name/1, init/1, handle_call/3, handle_cast/2]).

start_link({Index, _} = Arg) -> gen_server:start_link({local, name(Index)}, ?MODULE, Arg, []).

name(Index) -> list_to_atom("s" ++ integer_to_list(Index)).

init({Index, Driver}) ->
    Driver ! {initialised, Index, erlang:monotonic_time(nanosecond)},
    {ok, none}.

handle_call(Question, _From, State) -> {reply, Question, State}.
handle_cast(_, State) -> {noreply, State}.
