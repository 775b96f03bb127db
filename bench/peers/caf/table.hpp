// table.hpp: a high-score table: add_atom, name, score -> position from 1, or 0 for `unfortunate`;
// current_atom -> its scores, best first.
// SPDX-License-Identifier: MIT
#pragma once

#include "supervisor.hpp"

struct Score {
    std::string name;
    int score;
    int64_t time;
};
using Scores = std::vector<Score>;
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(Scores)

/// Starts a table as a child of a supervisor.
caf::actor start_table(Supervisor *sup, size_t index);
