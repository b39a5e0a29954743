package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TailCommandTest {
    private static final String FIRST =
            "{\"token\":\"0:1:0\",\"sequence\":1,\"operation\":\"insert\",\"id\":\"orders/1\",\"document\":{\"a\":1}}\n";
    private static final String SECOND =
            "{\"token\":\"0:2:0\",\"sequence\":2,\"operation\":\"delete\",\"id\":\"orders/1\",\"document\":null}\n";

    private final LoopbackNode node = new LoopbackNode();
    private final LoopbackNode other = new LoopbackNode();

    @AfterEach
    void close() {
        node.close();
        other.close();
    }

    private static String checkpoint(int sequence) {
        return "{\"checkpoint\":\"0:" + sequence + ":0\"}\n";
    }

    @Test
    void shouldPrintPageAfterPageUntilNothingIsLeft() {
        node.on("GET /databases/shop/feed?since=0&collection=Orders", FIRST + checkpoint(1))
                .on("GET /databases/shop/feed?since=0%3A1%3A0&collection=Orders", SECOND + checkpoint(5))
                .on("GET /databases/shop/feed?since=0%3A5%3A0&collection=Orders", checkpoint(5));
        assertThat(Ran.rookery("tail", "--database", "shop", "--collection", "Orders", "--url", node.url())
                        .endsWith(ExitCode.OK)
                        .out()
                        .lines())
                .containsExactly("0:1:0  insert  orders/1  {\"a\":1}", "0:2:0  delete  orders/1");
        assertThat(node.requests()).hasSize(3);
    }

    @Test
    void shouldPrintTheLinesAsTheyCameWhenJsonIsAsked() {
        node.on("GET /databases/default/feed?since=0%3A0%3A0", FIRST + checkpoint(1))
                .on("GET /databases/default/feed?since=0%3A1%3A0", checkpoint(1));
        assertThat(Ran.rookery("tail", "--json", "--since", "0:0:0", "--url", node.url())
                        .endsWith(ExitCode.OK)
                        .out())
                .isEqualTo(FIRST.replace("\n", System.lineSeparator()));
    }

    @Test
    void shouldGoOnAtTheNextNodeWithoutRepeatingWhenOneGoesAway() {
        String feed = "GET /databases/default/feed?since=";
        node.on(feed + "0&wait=30s", FIRST); // breaks off before its checkpoint
        node.on(feed + "0%3A1%3A0&wait=30s", 0, "");
        other.on(feed + "0%3A1%3A0&wait=30s", SECOND + checkpoint(2));
        assertThat(Ran.rookery("tail", "--follow", "--limit", "2", "--url", node.url() + ',' + other.url())
                        .endsWith(ExitCode.OK)
                        .out()
                        .lines())
                .hasSize(2);
        assertThat(other.requests()).containsExactly(feed + "0%3A1%3A0&wait=30s");
    }

    @Test
    void shouldEndWithOneWhenThePlaceIsGone() {
        node.on(
                "GET /databases/default/feed?since=0%3A1%3A0&wait=30s",
                410, "{\"code\":\"GONE\",\"message\":\"oldest is 0:7:3\"}");
        assertThat(Ran.rookery("tail", "--follow", "--since", "0:1:0", "--url", node.url())
                        .endsWith(ExitCode.REFUSED)
                        .err())
                .contains("GONE: oldest is 0:7:3");
    }
}
