package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether all replicas hold the same state at the same applied index. */
final class StateHashes {
    private StateHashes() {}

    static Verdict check(Cluster cluster) {
        Verdict verdict = new Verdict("state-hashes", Tally.NONE);
        String path = "/databases/" + Cluster.DATABASE + "/state-hash";
        long newest = 0;
        for (Member member : cluster.members()) {
            newest = Math.max(newest, (Long) shard(member, path).get("index"));
        }
        Map<String, Object> hashes = new LinkedHashMap<>();
        for (Member member : cluster.members()) {
            hashes.put(member.tag(), shard(member, path + "?index=" + newest).get("hash"));
        }
        verdict.say("index", newest);
        verdict.say("hashes", hashes);
        verdict.require(
                hashes.values().stream().distinct().count() == 1,
                "Expected one state at index " + newest + " on all nodes but found " + hashes);
        return verdict;
    }

    private static Map<?, ?> shard(Member member, String path) {
        List<Answer> answers = new ArrayList<>();
        Cluster.await("node " + member + " gives its state hash", () -> {
            answers.add(member.door(Duration.ofSeconds(20)).get(path));
            return answers.get(answers.size() - 1).isDone();
        });
        List<?> shards = (List<?>) answers.get(answers.size() - 1).json().get("shards");
        return (Map<?, ?>) shards.get(0);
    }
}
