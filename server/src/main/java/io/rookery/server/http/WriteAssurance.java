package io.rookery.server.http;

import io.rookery.api.CommitResult;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.cluster.ClusterNode;
import io.rookery.cluster.ShardAccess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On how many members a transaction shall be applied before it is answered, as RavenDB's clients ask for it. A majority
 * has every acknowledged write on disk anyway; only what asks for more waits.
 *
 * @param wanted members, the one that wrote first among them
 * @param members of the shard
 * @param throwing whether to answer with an error when the time is over; the write is done in either case
 */
record WriteAssurance(int wanted, int members, Duration patience, boolean throwing) {
    private static final String REPLICAS = "numberOfReplicasToWaitFor";
    private static final String TIMEOUT = "waitForReplicasTimeout";
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Pattern TIME_SPAN = Pattern.compile("(\\d{2}):(\\d{2}):(\\d{2})(\\.\\d{1,7})?");

    /** Null where nothing is asked for. Before the write: what cannot be must change nothing. */
    static WriteAssurance of(Ask ask, ShardAccess shard) {
        Optional<String> replicas = ask.query(REPLICAS);
        Optional<String> timeout = ask.query(TIMEOUT);
        boolean throwing =
                ask.query("throwOnTimeoutInWaitForReplicas").isEmpty() || ask.flag("throwOnTimeoutInWaitForReplicas");
        if (replicas.isEmpty() && timeout.isEmpty()) {
            return null;
        }
        int members = Math.max(1, shard.members().size());
        Duration wait = timeout.map(WriteAssurance::duration).orElse(Duration.ofSeconds(15));
        return new WriteAssurance(wanted(ask, replicas.orElse("1"), members), members, wait, throwing);
    }

    private static int wanted(Ask ask, String replicas, int members) {
        int majority = members / 2 + 1;
        return switch (replicas) {
            case "majority" -> majority;
            case "all" -> members;
            default -> Math.max(majority, 1 + (int) ask.number(REPLICAS, 1, 0, members - 1L));
        };
    }

    /** RavenDB's {@code 00:00:15}, or {@code 15s}. */
    private static Duration duration(String text) {
        Matcher span = TIME_SPAN.matcher(text);
        Duration wait = span.matches()
                ? Duration.ofHours(Long.parseLong(span.group(1)))
                        .plusMinutes(Long.parseLong(span.group(2)))
                        .plusSeconds(Long.parseLong(span.group(3)))
                : Setting.duration(text).orElse(Duration.ZERO);
        if (wait.compareTo(Duration.ofMillis(1)) < 0 || wait.compareTo(LONGEST) > 0) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected a duration like 00:00:15 or 15s, at most " + LONGEST.toMinutes() + " minutes, for '"
                            + TIMEOUT + "' but found '" + text + "'");
        }
        return wait;
    }

    /** The answer to a transaction that is done, once it is assured or the time is over. */
    CompletableFuture<Reply> answer(
            ClusterNode node, ShardAccess shard, CommitResult result, Map<String, Object> body) {
        boolean isFloor = wanted <= members / 2 + 1;
        CompletableFuture<Integer> applied = isFloor
                ? CompletableFuture.completedFuture(wanted)
                : node.appliedBy(shard, result.index(), wanted, patience.toMillis());
        return applied.thenApply(count -> answer(count, result, body));
    }

    private Reply answer(int count, CommitResult result, Map<String, Object> body) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("Wanted", wanted);
        said.put("Members", members);
        said.put("Applied", count);
        said.put("Assured", count >= wanted);
        body.put("Assurance", said);
        if (count >= wanted || !throwing) {
            return Reply.json(201, body);
        }
        String message = "The transaction is done, at index " + result.index() + " and on the disks of a majority, but"
                + " expected " + wanted + " of " + members + " members to have applied it within " + patience.toMillis()
                + " ms and found " + count + "; do not send it again, the others will follow";
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", ErrorCode.NOT_ASSURED.name());
        error.put("message", message);
        error.put("outcome", "applied");
        error.put("Type", "System.TimeoutException");
        error.put("Message", message);
        error.put("Error", message);
        error.putAll(body);
        return Reply.json(ErrorCode.NOT_ASSURED.httpStatus(), error);
    }
}
