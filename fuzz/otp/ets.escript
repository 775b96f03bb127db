#!/usr/bin/env escript
%% ets.escript: what OTP's tables answer in the cases of ets.cases, which
%% runtime/store/ets_case_test.c plays here.
%%
%%     fuzz/otp/ets.escript runtime/store/test/ets.cases
%%
%% prints the file with each answer recorded anew, from the OTP that is installed.
%%
%% SPDX-License-Identifier: MIT
-mode(compile).

main([File]) ->
    {ok, Bin} = file:read_file(File),
    Lines = string:split(string:trim(Bin, trailing, "\n"), "\n", all),
    print([binary_to_list(L) || L <- Lines], none).

%% What is no order was recorded last time.
print([], _) -> ok;
print(["= " ++ _ | Rest], Table) -> print(Rest, Table);
print([Line | Rest], Table) ->
    io:put_chars([Line, $\n]),
    case string:lexemes(Line, " ") of
        ["case", _, Type, KeyPos] ->
            print(Rest, ets:new(t, [list_to_atom(Type), {keypos, list_to_integer(KeyPos)}]));
        [">", Order | Arguments] ->
            io:format("= ~w~n", [answer(Table, Order, [term(A) || A <- Arguments])]),
            print(Rest, Table);
        _ -> print(Rest, Table)
    end.

term(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ "."),
    {ok, Term} = erl_parse:parse_term(Tokens),
    Term.

answer(Table, Order, Arguments) ->
    try apply_order(list_to_atom(Order), [Table | Arguments])
    catch error:Reason -> Reason
    end.

apply_order(size, [Table]) -> ets:info(Table, size);
apply_order(Order, Arguments) -> apply(ets, Order, Arguments).
