# high_scores_table.ex: the same table in Elixir, in the shape that talks and tutorials give it: a
# GenServer over a struct, its scores sorted by Enum.
# SPDX-License-Identifier: MIT
defmodule HighScoresTable do
  use GenServer, restart: :temporary, shutdown: :brutal_kill
  defstruct max_players: 10, scores: []

  def start_link(max_players), do: GenServer.start_link(__MODULE__, max_players)
  def add_score(table, name, score), do: GenServer.call(table, {:add_score, name, score}, :infinity)
  def current_scores(table), do: GenServer.call(table, :current_scores, :infinity)

  @impl true
  def init(max_players), do: {:ok, %__MODULE__{max_players: max_players}}

  @impl true
  def handle_call({:add_score, name, score}, _from, %{max_players: max, scores: scores} = table) do
    case Enum.find_index(scores, &(&1.score < score)) || length(scores) do
      ^max ->
        {:reply, :unfortunate, table}

      index ->
        new = %{name: name, score: score, time: System.monotonic_time()}
        scores = scores |> List.insert_at(index, new) |> Enum.take(max)
        {:reply, {:congrats, index + 1}, %{table | scores: scores}}
    end
  end

  def handle_call(:current_scores, _from, table), do: {:reply, table.scores, table}
end
