package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cluster, databases, connections and secrets. */
final class AdministrationCommandsTest {
    private final LoopbackNode node = new LoopbackNode();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        node.close();
    }

    private Ran ok(String... args) {
        return run(args).endsWith(ExitCode.OK);
    }

    private Ran run(String... args) {
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--url";
        all[args.length + 1] = node.url();
        return Ran.rookery(all);
    }

    @Test
    void shouldShowNodesAndShards() {
        node.on(
                "GET /cluster",
                """
                {"id":"c1","tag":"A","leader":"B","nodes":[
                {"tag":"A","url":"http://a:1","raft":"a:2","role":"Member","alive":true},
                {"tag":"B","url":"http://b:1","raft":"b:2","role":"Promotable","alive":false}],
                "shards":[{"database":"shop","shard":0,"leader":"B","role":"FOLLOWER","term":3,"applied":42,
                "nodes":[{"tag":"B","role":"Member"},{"tag":"A","role":"Member"},{"tag":"C","role":"Promotable"}],
                "peers":[{"tag":"A","lag":0},{"tag":"C","lag":7}]}]}""");
        assertThat(ok("cluster").out())
                .contains("cluster c1, asked node A, leader B")
                .containsPattern("B +Promotable +no +http://b:1 +b:2")
                .containsPattern("shop +0 +B +B, A, C \\(Promotable\\) +FOLLOWER +3 +42 +A 0, C 7");
    }

    @Test
    void shouldShowDisksOfNodes() {
        node.on(
                "GET /cluster",
                """
                {"id":"c1","tag":"A","leader":"A","nodes":[
                {"tag":"A","url":"http://a:1","raft":"a:2","role":"Member","alive":true,
                "disk":{"free":41943040,"total":419430400,"state":"FULL","reason":"it is full"}}],"shards":[]}""");
        assertThat(ok("cluster").out()).containsPattern("A +Member +yes +FULL, 40 of 400 MB free +http://a:1");
    }

    @Test
    void shouldTakeListAndVerifyBackups() {
        node.on(
                        "POST /databases/shop/backup?kind=full",
                        202,
                        "{\"backup\":\"20260101T000000000Z-full\",\"node\":\"A\"}")
                .on(
                        "POST /databases/shop/backup?kind=incremental",
                        202,
                        "{\"backup\":\"20260102T000000000Z-incremental\",\"node\":\"A\"}")
                .on("POST /databases/shop/backup/verify?backup=b1", 202, "{\"backup\":\"b1\",\"node\":\"A\"}")
                .on(
                        "GET /databases/shop/backup",
                        """
                        {"backups":[{"id":"b1","node":"A","kind":"full","taken":0,"records":7,"bytes":3145728,
                        "shards":[{"shard":0,"from":0,"to":42,"everyVersionFrom":40}]}],
                        "jobs":[{"node":"A","kind":"verify","backup":"b1","state":"DONE","records":7}]}""");
        assertThat(ok("backup", "create", "--database", "shop").out())
                .contains("backup 20260101T000000000Z-full runs on node A");
        assertThat(ok("backup", "create", "--incremental", "--database", "shop").out())
                .contains("20260102T000000000Z-incremental");
        assertThat(ok("backup", "verify", "b1", "--database", "shop").out()).contains("verifying b1");
        assertThat(ok("backup", "list", "--database", "shop").out())
                .containsPattern("b1 +A +full +1970-01-01T00:00:00Z +0 +42 +40 +7 +3")
                .contains("verify b1 on node A: DONE, 7 records");
    }

    @Test
    void shouldRestore() {
        node.on(
                        "POST /databases/copy/restore?from=shop&backup=b1&sequence=7&replicas=3",
                        202,
                        "{\"backup\":\"shop/b1\",\"node\":\"A\"}")
                .on("GET /databases/copy/restore", "{\"state\":\"DONE\",\"from\":\"shop\",\"backup\":\"b1\"}");
        assertThat(ok("restore", "copy", "--from", "shop", "--backup", "b1", "--sequence", "7", "--replicas", "3")
                        .out())
                .contains("restoring shop/b1 into copy on node A");
        assertThat(ok("restore", "copy", "--state").out()).contains("copy: DONE, from shop/b1");
        run("restore", "copy").endsWith(ExitCode.USAGE);
    }

    @Test
    void shouldScrubAndRepair() {
        node.on("POST /databases/shop/scrub", 202, "{\"nodes\":[\"A\",\"B\"]}")
                .on(
                        "GET /databases/shop/scrub",
                        """
                        {"replicas":[{"node":"B","shard":0,"state":"DAMAGED","at":"now","bytes":2097152,"message":"block 7"}]}""")
                .on("POST /databases/shop/repair?node=B&shard=0", 202, "{\"quarantine\":\"/data/quarantine/x\"}");
        assertThat(ok("scrub", "--start", "--database", "shop").out()).contains("nodes A, B");
        assertThat(ok("scrub", "--database", "shop").out()).containsPattern("B +0 +DAMAGED +now +2 +.*block 7");
        assertThat(ok("repair", "--node", "B", "--database", "shop").out())
                .contains("set aside on node B: /data/quarantine/x");
        run("repair", "--database", "shop").endsWith(ExitCode.USAGE);
        run("repair", "--database", "shop", "--data", folder.toString()).endsWith(ExitCode.USAGE);
    }

    @Test
    void shouldPassTheAnswerOnWhenJsonIsAsked() {
        node.on("GET /cluster", "{\"id\":\"c1\",\"more\":[1]}");
        assertThat(ok("cluster", "--json").out().strip()).isEqualTo("{\"id\":\"c1\",\"more\":[1]}");
    }

    @Test
    void shouldAddAndRemoveNodes() {
        node.on("POST /cluster/nodes", 201, "{}").on("DELETE /cluster/nodes/B", 204, "");
        ok("cluster", "add", "B", "http://b:8080", "b:9090");
        ok("cluster", "remove", "B", "--json").json();
        assertThat(node.body("POST /cluster/nodes"))
                .isEqualTo("{\"tag\":\"B\",\"url\":\"http://b:8080\",\"raft\":\"b:9090\"}");
    }

    @Test
    void shouldDrainDemoteAndShowIt() {
        for (String verb : List.of("drain", "undrain", "demote", "promote")) {
            node.on("POST /cluster/nodes/B/" + verb, "{}");
            assertThat(ok("cluster", verb, "B").out()).startsWith("node B is ");
        }
        node.on(
                "GET /cluster",
                """
                {"id":"c1","tag":"A","leader":"B","supervisor":"suspended","nodes":[
                {"tag":"A","url":"http://a:1","raft":"a:2","role":"Watcher","alive":true,"drained":true}],"shards":[]}""");
        assertThat(ok("cluster").out())
                .contains("leader B", ", supervisor suspended")
                .containsPattern("A +Watcher, drained +yes");
    }

    @Test
    void shouldShowDecisionsAndSuspendTheSupervisor() {
        node.on("POST /cluster/supervisor/suspend", "{}").on("POST /cluster/supervisor/resume", "{}");
        ok("cluster", "supervisor", "suspend");
        ok("cluster", "supervisor", "resume");
        node.on(
                "GET /cluster/supervisor",
                """
                {"suspended":false,"rehab":[{"database":"shop","shard":0,"tag":"B","since":1000,"why":"silent"}],
                "decisions":[{"number":2,"at":61000,"what":"replica to rehab","of":"shop/0 on B","why":"silent"}]}""");
        assertThat(ok("cluster", "supervisor").out())
                .contains("supervisor running")
                .containsPattern("shop +0 +B +1970-01-01T00:00:01Z +silent")
                .containsPattern("1970-01-01T00:01:01Z +replica to rehab +shop/0 on B +silent");
    }

    @Test
    void shouldRefuseToRecoverWhereThereIsNoNodesDataOrNobodyToAsk() {
        String data = folder.toString();
        assertThat(Ran.rookery("cluster", "recover", "--data", data, "--node", "A", "--yes")
                        .endsWith(ExitCode.REFUSED)
                        .err())
                .contains("Expected a node's data in " + data);
        Ran.rookery("cluster", "recover", "--data", data + "/none", "--node", "A")
                .endsWith(ExitCode.REFUSED);
        Ran.rookery("cluster", "recover", "--data", data).endsWith(ExitCode.USAGE);
    }

    @Test
    void shouldCreateListAndDeleteDatabases() {
        node.on("PUT /databases/shop?replicas=3", 201, "{}")
                .on(
                        "GET /databases",
                        """
                        {"databases":[{"name":"shop","replicas":3,"shards":[{"number":0,"nodes":["A","B","C"]}]}]}""")
                .on("DELETE /databases/shop", 204, "");
        node.on("PUT /databases/wide?replicas=2&shards=3", 201, "{}")
                .on("POST /databases/wide/shards/2/move?from=A&to=C", 200, "{}")
                .on("POST /databases/wide/shards/1/split", 200, "{}")
                .on("POST /databases/wide/shards/1/split?first=5&last=70", 200, "{}");
        ok("database", "create", "shop", "--replicas", "3");
        ok("database", "create", "wide", "--replicas", "2", "--shards", "3");
        run("database", "create", "wide", "--shards", "17").endsWith(ExitCode.USAGE);
        ok("database", "move", "wide", "--shard", "2", "--from", "A", "--to", "C");
        ok("database", "split", "wide", "--shard", "1");
        ok("database", "split", "wide", "--shard", "1", "--slots", "5-70");
        run("database", "split", "wide", "--shard", "1", "--slots", "5").endsWith(ExitCode.USAGE);
        assertThat(ok("database", "list").out()).containsPattern("shop +3 +0 +A, B, C");
        ok("database", "delete", "shop");
    }

    @Test
    void shouldEndWithOneAndTheNodesWordsWhenItRefuses() {
        node.on(
                "DELETE /databases/nope",
                404,
                "{\"code\":\"DATABASE_MISSING\",\"message\":\"There is no database 'nope'\"}");
        Ran ran = run("database", "delete", "nope").endsWith(ExitCode.REFUSED);
        assertThat(ran.err().strip()).isEqualTo("DATABASE_MISSING: There is no database 'nope'");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void shouldEndWith75WhenThereIsNoLeader() {
        node.on("GET /databases", 503, "{\"code\":\"NO_LEADER\",\"message\":\"none\"}");
        run("database", "list").endsWith(ExitCode.TRY_AGAIN);
    }

    @Test
    void shouldSendASecretsValueWithoutItsLineEndAndNeverPrintIt() throws IOException {
        node.on("PUT /secrets/legacy%2Fpassword", 204, "").on("GET /secrets", "{\"secrets\":[\"legacy/password\"]}");
        Path file = Files.writeString(folder.resolve("value"), " p\u00e4ss\n\n");
        Ran ran = ok("secrets", "set", "legacy/password", "--file", file.toString());
        assertThat(node.body("PUT /secrets/legacy%2Fpassword")).isEqualTo(" p\u00e4ss\n");
        assertThat(ran.out() + ran.err()).doesNotContain("p\u00e4ss");
        assertThat(ok("secrets", "list").out().strip()).isEqualTo("legacy/password");
    }

    @Test
    void shouldEndWithOneWhenAConnectionDoesNotWork() {
        node.on("POST /connections/legacy/check", "{\"ok\":false,\"messages\":[\"wal_level is replica\"]}");
        assertThat(run("connections", "check", "legacy")
                        .endsWith(ExitCode.REFUSED)
                        .out())
                .contains("does not work", "wal_level is replica");
    }

    @Test
    void shouldStoreTheConnectionsOfAFile() throws IOException {
        node.on("PUT /connections/legacy", "{}");
        Path file = Files.writeString(
                folder.resolve("c.yaml"),
                """
                connections:
                  legacy:
                    postgres: { host: "${env:H:-db}", port: 5432 }
                """);
        ok("connections", "apply", file.toString());
        assertThat(node.body("PUT /connections/legacy"))
                .isEqualTo("{\"postgres\":{\"host\":\"${env:H:-db}\",\"port\":5432}}");
    }
}
