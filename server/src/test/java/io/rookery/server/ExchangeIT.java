package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import io.rookery.server.blackbox.Nodes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compare-exchange values and identities through the API of three processes. */
final class ExchangeIT {
    private static final String BASE = "/databases/exchange";
    private static final String VALUES = BASE + "/cmpxchg";
    private static final String DOCS = BASE + "/docs";
    private static final String BULK = BASE + "/bulk_docs";

    @TempDir
    private static Path folder;

    private static Nodes nodes;
    private static Api api;

    @BeforeAll
    static void start() {
        nodes = Nodes.start(folder, 3).withDatabase("exchange", 3);
        api = nodes.api(0);
    }

    @AfterAll
    static void end() {
        requireSameState();
        nodes.close();
    }

    private static void requireSameState() {
        String index = nodes.api(0)
                .get(BASE + "/state-hash")
                .list("shards")
                .get(0)
                .get("index")
                .toString();
        List<Object> hashes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Answer answer = nodes.api(i).get(BASE + "/state-hash?index=" + index);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            hashes.add(answer.list("shards").get(0).get("hash"));
        }
        assertThat(hashes).containsOnly(hashes.get(0));
    }

    @Test
    void shouldChangeValueOnlyFromItsIndex() {
        Answer created = nodes.api(1).put(VALUES + "?key=k&index=0", "{\"Object\":{\"n\":1}}");
        assertThat(created.status()).as(created.toString()).isEqualTo(200);
        assertThat(created.json()).containsEntry("Successful", true);
        long index = created.number("Index");
        Answer refused = nodes.api(2).put(VALUES + "?key=k&index=0", "{\"Object\":2}");
        assertThat(refused.status()).isEqualTo(200);
        assertThat(refused.json())
                .containsEntry("Successful", false)
                .containsEntry("Index", index)
                .containsEntry("Value", Map.of("Object", Map.of("n", 1L)));

        Answer read = nodes.api(2).get(VALUES + "?key=k");
        assertThat(read.list("Results").get(0))
                .containsEntry("Key", "k")
                .containsEntry("Index", index)
                .containsEntry("Value", Map.of("Object", Map.of("n", 1L)));
        Answer replaced = api.put(VALUES + "?key=k&index=" + index, "{\"Object\":null}");
        assertThat(replaced.json()).containsEntry("Successful", true);
        assertThat(api.delete(VALUES + "?key=k&index=" + index).json()).containsEntry("Successful", false);
        assertThat(api.delete(VALUES + "?key=k&index=" + replaced.number("Index"))
                        .json())
                .containsEntry("Successful", true);
        assertThat(nodes.api(1).get(VALUES + "?key=k").status()).isEqualTo(404);
        assertThat(nodes.api(1).get(VALUES + "?key=k&key=none").list("Results"))
                .extracting(value -> value.get("Index"))
                .containsExactly(-1L, -1L);
    }

    @Test
    void shouldListByPrefixAndPage() {
        for (int i = 0; i < 5; i++) {
            api.put(VALUES + "?index=0&key=page/" + i, "{\"Object\":" + i + "}");
        }
        assertThat(nodes.api(1)
                        .get(VALUES + "?startsWith=page/&start=1&pageSize=3")
                        .list("Results"))
                .extracting(value -> value.get("Key"))
                .containsExactly("page/1", "page/2", "page/3");
        assertThat(nodes.api(2)
                        .get(VALUES + "?startsWith=page/&startAfter=page/3")
                        .list("Results"))
                .extracting(value -> value.get("Key"))
                .containsExactly("page/4");
    }

    @Test
    void shouldLetOneOfManyReserveTheSameAddress() {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Api one = nodes.api(i % 3);
            String body =
                    """
                    {"Commands":[
                      {"Type":"PUT","Id":"racers/%d","Document":{"email":"a@b"}},
                      {"Type":"CompareExchangePUT","Id":"emails/a@b","Index":0,"Document":{"Object":"racers/%d"}}]}"""
                            .formatted(i, i);
            asked.add(CompletableFuture.supplyAsync(() -> one.post(BULK, body)));
        }
        List<Answer> answers = asked.stream().map(CompletableFuture::join).toList();

        List<Answer> won = answers.stream().filter(Answer::isOk).toList();
        assertThat(won).as(answers.toString()).hasSize(1);
        Map<String, Object> put = won.get(0).list("Results").get(0);
        Map<String, Object> reserved = won.get(0).list("Results").get(1);
        Map<String, Object> value =
                nodes.api(1).get(VALUES + "?key=emails/a@b").list("Results").get(0);
        assertThat(reserved).containsEntry("Type", "CompareExchangePUT").containsEntry("Index", value.get("Index"));
        assertThat(value).containsEntry("Value", Map.of("Object", put.get("@id")));
        assertThat(api.get(DOCS + "?startsWith=racers/").list("Results")).hasSize(1);
        answers.stream().filter(answer -> !answer.isOk()).forEach(answer -> {
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.text("outcome")).isEqualTo("not_applied");
            assertThat(answer.text("message")).contains("emails/a@b");
        });
        String change =
                "{\"Commands\":[{\"Type\":\"DELETE\",\"Id\":\"%s\"},{\"Type\":\"CompareExchangeDELETE\",\"Id\":\"emails/a@b\",\"Index\":%s}]}"
                        .formatted(put.get("@id"), value.get("Index"));
        assertThat(api.post(BULK, change).status()).isEqualTo(201);
        assertThat(api.get(VALUES + "?key=emails/a@b").status()).isEqualTo(404);
    }

    @Test
    void shouldAnswerRepeatedRequestWithItsFirstResult() {
        String put = VALUES + "?key=once&index=0&raft-request-id=11111111-0000-0000-0000-000000000001";
        Answer first = api.put(put, "{\"Object\":1}");
        Answer again = nodes.api(1).put(put, "{\"Object\":1}");

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Repeated")).isEqualTo("true");
    }

    @Test
    void shouldGiveEachDocumentOfAnIdentityItsOwnNumber() {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Api one = nodes.api(i % 3);
            String key = "identity " + i;
            asked.add(CompletableFuture.supplyAsync(() -> {
                Answer first = one.put(DOCS + "?id=users%7C", "{\"n\":1}", "Idempotency-Key", key);
                Answer again = api.put(DOCS + "?id=users%7C", "{\"n\":1}", "Idempotency-Key", key);
                assertThat(again.text("Id")).isEqualTo(first.text("Id"));
                assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
                return first;
            }));
        }
        Map<String, String> ids = new HashMap<>();
        asked.forEach(answer -> ids.put(answer.join().text("Id"), answer.join().text("ChangeVector")));

        assertThat(ids.keySet())
                .isEqualTo(LongStream.rangeClosed(1, 30)
                        .mapToObj(n -> "users/" + n)
                        .collect(Collectors.toSet()));
        assertThat(api.get(DOCS + "?id=users/30").document()).containsEntry("n", 1L);
        assertThat(api.get(BASE + "/debug/identities").json()).containsEntry("users|", 30L);
    }

    @Test
    void shouldTakeAndSeedNumbers() {
        String next = BASE + "/identity/next?name=orders%7C";
        assertThat(api.post(next, "").number("NewIdentityValue")).isEqualTo(1);
        assertThat(nodes.api(1)
                        .post(BASE + "/identity/seed?name=orders%7C&value=100", "")
                        .number("NewSeedValue"))
                .isEqualTo(100);
        assertThat(nodes.api(2).post(next + "&raft-request-id=r1", "").number("NewIdentityValue"))
                .isEqualTo(101);
        assertThat(api.post(next + "&raft-request-id=r1", "").number("NewIdentityValue"))
                .isEqualTo(101);
        assertThat(api.post(BASE + "/identity/seed?name=orders&value=5", "").number("NewSeedValue"))
                .isEqualTo(101);
        assertThat(api.post(BASE + "/identity/seed?name=orders&value=5&force=true", "")
                        .number("NewSeedValue"))
                .isEqualTo(5);
        api.put(DOCS + "?id=orders/6", "{\"old\":true}");

        Answer put = api.post(BULK, "{\"Commands\":[{\"Type\":\"PUT\",\"Id\":\"orders|\",\"Document\":{\"n\":1}}]}");

        assertThat(put.list("Results").get(0)).containsEntry("@id", "orders/7");
        assertThat(api.get(DOCS + "?id=orders/6").document()).containsEntry("old", true);
    }

    @Test
    void shouldUseNoNumberTwiceWhenRangesAreTakenAndGivenBackByMany() {
        List<CompletableFuture<List<Long>>> clients = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Api one = nodes.api(i % 3);
            int used = i % 5;
            clients.add(CompletableFuture.supplyAsync(() -> useRanges(one, used)));
        }
        List<Long> numbers =
                clients.stream().flatMap(client -> client.join().stream()).toList();
        assertThat(numbers).doesNotHaveDuplicates().isNotEmpty();
    }

    /** Takes ranges, uses some numbers of each and gives the others back, twice, as a client would that saw no answer. */
    private static List<Long> useRanges(Api one, int used) {
        List<Long> numbers = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            Answer range = one.get(BASE + "/hilo/next?tag=many&lastBatchSize=0");
            assertThat(range.status()).as(range.toString()).isEqualTo(200);
            long last = range.number("Low") + used - 1;
            LongStream.rangeClosed(range.number("Low"), last).forEach(numbers::add);
            String giveBack = BASE + "/hilo/return?tag=many&end=" + range.number("High") + "&last=" + last;
            assertThat(one.put(giveBack, "").status()).isEqualTo(204);
            assertThat(one.put(giveBack, "").status()).isEqualTo(204);
        }
        return numbers;
    }

    @Test
    void shouldNotTakeAwayARangeWhenAnOldReturnIsRepeated() {
        String next = BASE + "/hilo/next?tag=late&lastBatchSize=0";
        Answer first = api.get(next);
        String giveBack = BASE + "/hilo/return?tag=late&end=" + first.number("High") + "&last=0";
        api.put(giveBack, "");
        Answer second = api.get(next);
        assertThat(second.number("Low")).isEqualTo(1);

        nodes.api(1).put(giveBack, "");

        assertThat(api.get(next).number("Low")).isGreaterThan(second.number("High"));
        assertThat(api.get(DOCS + "?id=Raven/Hilo/late").document()).containsKey("Max");
    }
}
