module respawn/bench/peers/go

go 1.19
