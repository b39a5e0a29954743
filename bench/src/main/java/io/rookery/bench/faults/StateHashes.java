package io.rookery.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether all replicas of a shard hold the same state at the same applied index. */
final class StateHashes {
    private StateHashes() {}

    static void check(Cluster cluster, String database, Verdict verdict) {
        for (Map<String, Object> shard : cluster.awaitShards(database)) {
            List<?> tags = (List<?>) shard.get("members");
            List<Member> members = cluster.members().stream()
                    .filter(member -> tags.contains(member.tag()))
                    .toList();
            verdict.require(!members.isEmpty(), "No node has " + shard);
            String path = "/databases/" + database + "/state-hash?shard=" + shard.get("shard");
            check(members, path, verdict);
        }
    }

    private static void check(List<Member> members, String path, Verdict verdict) {
        String shard = path.substring(path.lastIndexOf('=') + 1);
        long newest = 0;
        for (Member member : members) {
            newest = Math.max(newest, (Long) ask(member, path).get("index"));
        }
        Map<String, Object> hashes = new LinkedHashMap<>();
        for (Member member : members) {
            hashes.put(member.tag(), ask(member, path + "&index=" + newest).get("hash"));
        }
        verdict.say("shard " + shard + " at index " + newest, hashes);
        verdict.require(
                hashes.values().stream().distinct().count() == 1,
                "Expected one state of shard " + shard + " at index " + newest + " on all nodes but found " + hashes);
    }

    private static Map<?, ?> ask(Member member, String path) {
        List<Answer> answers = new ArrayList<>();
        Cluster.await("node " + member + " gives its state hash", () -> {
            answers.add(member.door(Duration.ofSeconds(20)).get(path));
            return answers.get(answers.size() - 1).isDone();
        });
        List<?> shards = (List<?>) answers.get(answers.size() - 1).json().get("shards");
        return (Map<?, ?>) shards.get(0);
    }
}
