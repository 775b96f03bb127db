%% peer_table.erl: a high-score table: scores best first, at most MaxPlayers of them.
%% SPDX-License-Identifier: MIT
-module(peer_table).
-behaviour(gen_server).
-export([start_link/1, add_score/3, current_scores/1, init/1, handle_call/3, handle_cast/2]).

-record(table, {max, scores = []}).
-record(score, {name, score, time}).

start_link(MaxPlayers) -> gen_server:start_link(?MODULE, MaxPlayers, []).
add_score(Table, Name, Score) -> gen_server:call(Table, {add_score, Name, Score}, infinity).
current_scores(Table) -> gen_server:call(Table, current_scores, infinity).

init(MaxPlayers) -> {ok, #table{max = MaxPlayers}}.

handle_call({add_score, Name, Score}, _From, #table{max = Max} = Table) ->
    case place(Table#table.scores, Score, 1) of
        Place when Place > Max -> {reply, unfortunate, Table};
        Place ->
            New = #score{name = Name, score = Score, time = erlang:monotonic_time()},
            Scores = insert(Table#table.scores, New, Place, Max),
            {reply, {congrats, Place}, Table#table{scores = Scores}}
    end;
handle_call(current_scores, _From, Table) ->
    {reply, Table#table.scores, Table}.

handle_cast(_, Table) -> {noreply, Table}.

%% Behind all scores that are at least as good.
place([#score{score = Other} | Rest], Score, Place) when Other >= Score ->
    place(Rest, Score, Place + 1);
place(_, _, Place) -> Place.

insert(Scores, New, 1, Max) -> [New | lists:sublist(Scores, Max - 1)];
insert([Better | Rest], New, Place, Max) -> [Better | insert(Rest, New, Place - 1, Max - 1)].
