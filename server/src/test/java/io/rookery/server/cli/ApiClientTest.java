package io.rookery.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Json;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ApiClientTest {
    private static final ApiPath TASKS = ApiPath.of("tasks");
    private static final ApiPath PAUSE = ApiPath.of("tasks", "t", "pause");
    private static final String NO_LEADER = "{\"code\":\"NO_LEADER\",\"message\":\"no leader\",\"outcome\":\"%s\"}";

    private final LoopbackNode first = new LoopbackNode();
    private final LoopbackNode second = new LoopbackNode();
    private final ApiClient client = new ApiClient(List.of(first.url(), second.url() + '/'));

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void shouldAskTheNextNodeWhenOneDoesNotAnswerAndStayWithIt() {
        first.close();
        second.on("POST /tasks/t/pause", 204, "").on("GET /tasks", "{}");

        assertThat(client.post(PAUSE)).isEqualTo(Json.parse("{}"));
        client.get(TASKS);

        assertThat(second.requests()).containsExactly("POST /tasks/t/pause", "GET /tasks");
    }

    @Test
    void shouldNameEveryNodeWhenNoneAnswers() {
        first.close();
        second.close();
        assertThatThrownBy(() -> client.get(TASKS)).isInstanceOfSatisfying(ApiException.class, failure -> {
            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(failure).hasMessageContainingAll(first.url(), second.url());
        });
    }

    @Test
    void shouldReadFromTheNextNodeWhenOneHasNoLeader() {
        first.on("GET /tasks", 503, NO_LEADER.formatted("not_applied"));
        second.on("GET /tasks", "{\"tasks\":[]}");
        assertThat(client.get(TASKS).asObject()).containsKey("tasks");
    }

    @Test
    void shouldWriteAtTheNextNodeOnlyWhenItIsCertainThatNothingHappened() {
        first.on("POST /tasks/t/pause", 503, NO_LEADER.formatted("not_applied"));
        second.on("POST /tasks/t/pause", 204, "");
        client.post(PAUSE);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void shouldNotWriteTwiceWhenTheOutcomeIsUnknown() {
        first.on("POST /tasks/t/pause", 503, NO_LEADER.formatted("unknown"));
        assertThatThrownBy(() -> client.post(PAUSE))
                .isInstanceOfSatisfying(ApiException.class, failure -> assertThat(failure.exitCode())
                        .isEqualTo(ExitCode.TRY_AGAIN));
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void shouldNotWriteTwiceWhenTheAnswerIsLost() {
        first.on("POST /tasks/t/pause", 0, "");
        assertThatThrownBy(() -> client.post(PAUSE))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("may have taken effect");
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void shouldNotAskTheNextNodeWhenTheRequestIsRefused() {
        first.on("GET /tasks", 400, "{\"code\":\"BAD_REQUEST\",\"message\":\"no\"}");
        assertThatThrownBy(() -> client.get(TASKS)).hasMessage("no");
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void shouldSayWhatCameWhenTheErrorIsNotJson() {
        first.on("GET /tasks", 404, "<html>nginx</html>");
        assertThatThrownBy(() -> client.get(TASKS))
                .isInstanceOfSatisfying(ApiException.class, failure -> assertThat(failure.code())
                        .isEqualTo("HTTP_404"))
                .hasMessageContaining("nginx");
    }

    @Test
    void shouldEncodeWhatUsersWrote() {
        assertThat(ApiPath.of("tasks", "t", "parked", "orders/1 ä?#", "retry")
                        .with("sequence", null)
                        .with("from", "a b&c"))
                .isEqualTo(new ApiPath("/tasks/t/parked/orders%2F1%20%C3%A4%3F%23/retry?from=a%20b%26c"));
        assertThat(ApiPath.of("parked", "*").text()).isEqualTo("/parked/*");
    }
}
