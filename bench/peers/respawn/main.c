/* main.c: the program `peer`: one workload, one line of JSON.
 * SPDX-License-Identifier: MIT
 */
#include "bench/peers/respawn/peer.h"

static void print_line(const rs_peer *peer) {
    printf("{\"peer\": \"respawn\", \"workload\": \"%s\", \"params\": {%s}, \"ops\": %llu, "
           "\"seconds\": %.9f, \"ns_per_op\": %.2f",
           peer->workload, peer->params, (unsigned long long)peer->ops, (double)peer->took_ns / 1e9,
           (double)peer->took_ns / (double)peer->ops);
    for (uint32_t i = 0; i < peer->result_count; i++)
        printf(", \"%s\": %.12g", peer->results[i].name, peer->results[i].value);
    printf("}\n");
}

int main(int argc, char **argv) {
    rs_peer peer = {.workload = argc > 1 ? argv[1] : "", .words = argv + 2, .count = argc - 2};
    if (peer.count <= RS_PEER_WORDS_MAX && rs_peer_work(&peer)) {
        print_line(&peer);
        return 0;
    }
    fputs("usage: peer WORKLOAD key=value…\nworkloads:", stderr);
    rs_peer_list(stderr);
    fputc('\n', stderr);
    return 2;
}
